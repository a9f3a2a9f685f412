"""A store to look at in a browser: a search over parameters with all that runs can be."""

from __future__ import annotations

import math
import random
import time
from pathlib import Path

from jupyter_mltrack.entities import Metric, Param, RunTag
from jupyter_mltrack.tracking import TrackingClient

_WORDS = "brisk-otter calm-heron mellow-yak vivid-newt sunny-wren keen-lynx tidy-mole".split()
_SAME = {"batch_size": "128", "dropout": "0.1", "scheduler": "cosine", "seed": "0"}
_MINUTE = 60_000


def sweep_in(folder: str | Path, runs: int = 24) -> tuple[TrackingClient, str]:
    """Log ``runs`` runs, some failed, one running, one with two children; client, experiment."""
    client = TrackingClient(str(Path(folder) / "mltrack.duckdb"))
    experiment = client.create_experiment("mnist")
    dice = random.Random(7)
    now = int(time.time() * 1000)
    for number in range(1, runs + 1):
        log(client, experiment, dice, number, started=now - (runs - number) ** 2 * 7 * _MINUTE)
    parent = client.search_runs([experiment], "number = 20")
    for fold in range(2 * bool(parent)):
        tags = {"mlflow.parentRunId": parent[0].info.run_id}
        child = client.create_run(experiment, tags=tags, run_name=f"fold-{fold}").info.run_id
        metrics = [Metric("loss", 0.3 + fold / 10, now, 0), Metric("epochs_run", 20.0, now, 0)]
        client.log_batch(child, metrics, [Param(*one) for one in _SAME.items()])
        client.set_terminated(child)
    return client, experiment


def log(
    client: TrackingClient, experiment: str, dice: random.Random, number: int, *, started: int
) -> str:
    """Log one run with params, curves and tags; its id."""
    name = _WORDS[number % len(_WORDS)]
    run = client.create_run(experiment, start_time=started, run_name=name).info.run_id
    rate, depth = round(10 ** dice.uniform(-4, -1), 5), 3 + number % 3
    params = {"learning_rate": rate, "depth": depth, "optimizer": "adam" if number % 3 else "sgd"}
    floor = 0.02 + 1.9 / (number + 1) ** 1.3
    points = [
        Metric("loss", floor + math.exp(-step / 6) * (1 + 0.2 * dice.random()), started, step)
        for step in range(30)
    ]
    if number == 3:
        points.append(Metric("loss", math.nan, started, 30))
    points.append(Metric("val accuracy", 0.71 + 0.29 * math.tanh(number / 9), started, 0))
    if number % 5:
        points.append(Metric("f1", 0.5 + dice.random() / 3, started, 0))
    points.append(Metric("epochs_run", 20.0, started, 0))
    client.log_batch(
        run,
        metrics=points,
        params=[Param(key, str(value)) for key, value in (params | _SAME).items()],
        tags=[RunTag("owner", "ada" if number % 2 else "grace")],
    )
    status = {3: "FAILED", 5: "KILLED", 24: None}.get(number, "FINISHED")
    if status:
        client.set_terminated(run, status, started + 41_300 * number)
    return run


def many_in(folder: str | Path, runs: int) -> tuple[TrackingClient, str]:
    """Log ``runs`` small runs."""
    client = TrackingClient(str(Path(folder) / "many.duckdb"))
    experiment = client.create_experiment("many")
    for number in range(runs):
        run = client.create_run(experiment, run_name=f"run-{number + 1}").info.run_id
        metrics = [Metric(key, number / runs, 0, 0) for key in ("loss", "accuracy")]
        client.log_batch(run, metrics=metrics, params=[Param("depth", str(number % 7))])
        client.set_terminated(run)
    return client, experiment
