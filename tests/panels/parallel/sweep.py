"""A store with a search over parameters in it: numbers, texts, gaps and NaN."""

from __future__ import annotations

import math
import random
from pathlib import Path

from jupyter_mltrack.tracking import TrackingClient


def sweep_in(folder: Path, runs: int = 60) -> tuple[TrackingClient, list[str]]:
    """Log runs to a new store in ``folder``; the client, and their ids, the newest first."""
    client = TrackingClient(str(folder / "mltrack.duckdb"))
    experiment = client.create_experiment("sweep")
    dice = random.Random(7)
    return client, [_log(client, experiment, dice, at) for at in range(runs)][::-1]


def _log(client: TrackingClient, experiment: str, dice: random.Random, at: int) -> str:
    rate = round(10 ** dice.uniform(-4, -1), 6)
    depth = dice.choice([3, 4, 5, 6, 8])
    optimizer = dice.choice(["adam", "sgd", "rmsprop", 'it\'s "new"'])
    run = client.create_run(experiment, run_name=f"trial-{at + 1}").info.run_id
    params = {"learning_rate": rate, "depth": depth, "optimizer": optimizer, "batch_size": 128}
    if at % 4:
        params["dropout"] = dice.choice([0.1, 0.2, 0.5])
    params["warmup"] = "none" if at % 3 else 100
    for key, value in params.items():
        client.log_param(run, key, value)
    loss = 0.2 + (math.log10(rate) + 2.4) ** 2 * 0.4 + dice.random() * 0.2 + 0.1 / depth
    accuracy = 0.97 - loss * 0.2 + dice.random() * 0.02
    client.log_metric(run, "loss", math.nan if at % 9 == 5 else loss)
    client.log_metric(run, "val accuracy", accuracy)
    if at % 5:
        client.log_metric(run, "f1", accuracy - 0.05)
    client.log_metric(run, "huge.max", math.inf if at == 3 else 1e9 + at)
    client.log_metric(run, "epochs", 20)
    client.set_terminated(run)
    return run
