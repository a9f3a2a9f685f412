"""The ``growth`` benchmark: whether the ten-millionth point costs what the first did.

One process logs them all, a thousand runs of four metrics, and stops at some marks to fold and to
read one series back.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

from tests.benchmarks.figures import Figure, Unit, percentile
from tests.benchmarks.setting import Setting

POINTS = 10_000_000
MARKS = (0.1, 0.2, 0.5, 1.0)
KEPT = "ten million points"
"""The kept store that is made here; ``memory`` opens it."""
_RUNS = 1_000
_KEYS = ("train_loss", "val_loss", "accuracy", "lr")
_ROUNDS = 5
_FLAT = 1.25
"""What passes for flat: machines drift by as much within a minute."""
_WINDOW = 20
"""Each mark looks at the last runs before it: one in so many of all."""


def grow(ours: ModuleType, folder: Path, points: int) -> list[dict[str, Any]]:
    """Job: log the points; at each mark tell the latency just before it, and read a series."""
    import jupyter_mltrack as mlflow

    mlflow.set_tracking_uri(str(ours.database(folder)))
    runs = min(_RUNS, points // 100)
    steps = points // runs // len(_KEYS)
    marks = [round(share * runs) for share in MARKS]
    told = []
    spent = array("q")
    for number in range(1, runs + 1):
        timed = any(mark - max(runs // _WINDOW, 1) < number <= mark for mark in marks)
        with mlflow.start_run(experiment_id="0") as run:
            _log(mlflow, steps, spent if timed else None)
        if number in marks:
            told.append(_mark(mlflow, run.info.run_id, sorted(spent), number * steps * len(_KEYS)))
            spent = array("q")
    ours.settle(folder)
    return told


def _log(mlflow: ModuleType, steps: int, spent: array[int] | None) -> None:
    now = time.perf_counter_ns
    for step in range(steps):
        for key in _KEYS:
            began = now()
            mlflow.log_metric(key, 1 / (step + 1), step=step)
            if spent is not None:
                spent.append(now() - began)


def _mark(mlflow: ModuleType, run_id: str, spent: list[int], points: int) -> dict[str, Any]:
    client = mlflow.MlflowClient()
    began = time.perf_counter_ns()
    client.get_metric_history(run_id, _KEYS[0])
    folded = time.perf_counter_ns() - began
    reads = []
    for _ in range(_ROUNDS):
        began = time.perf_counter_ns()
        client.get_metric_history(run_id, _KEYS[0])
        reads.append(time.perf_counter_ns() - began)
    return {
        "points": points,
        "p50": percentile(spent, 0.50),
        "p99": percentile(spent, 0.99),
        "first_read": folded,
        "read": median(reads),
    }


def measure(setting: Setting) -> list[Figure]:
    """Log ten million points and compare the marks."""
    if "ours" not in setting.only:
        return []
    points = setting.share(POINTS, least=1_000)
    setting.kept_store(KEPT, "ours", grow, points)
    told = setting.answers[KEPT]
    return [*_marks(told), *_slopes(told)]


def _marks(told: list[dict[str, Any]]) -> Iterator[Figure]:
    for words, key in (
        ("one logged point, p50", "p50"),
        ("one logged point, p99", "p99"),
        ("a series read, with the fold of all that is new", "first_read"),
        ("a series read again, p50", "read"),
    ):
        for mark in told:
            yield Figure(
                what=f"{words}, after {mark['points']:,}",
                contender="ours",
                value=mark[key],
                unit=Unit.NS,
            )


def _slopes(told: list[dict[str, Any]]) -> Iterator[Figure]:
    first, last = told[0], told[-1]
    marks = f"after {last['points']:,} against {first['points']:,}"
    for words, key, limit in (
        ("one logged point, p50", "p50", _FLAT),
        ("a series read again, p50", "read", None),
    ):
        yield Figure(
            what=f"{words}, {marks}",
            contender="ours",
            value=last[key] / first[key],
            unit=Unit.TIMES,
            at_most=limit,
        )
