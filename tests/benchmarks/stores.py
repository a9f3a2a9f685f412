"""Big stores to measure on, written through the store's own journal."""

from __future__ import annotations

import random
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mltrack.events import Event, Metric, Param, RunStarted, RunStatus, Tag
from jupyter_mltrack.store import Store

if TYPE_CHECKING:
    from collections.abc import Iterator

PARAMS = 20
METRICS = 20
_BATCH = 500
_START = 1_790_000_000_000  # ms since 1970
_MODELS = ("ridge", "lasso", "boosting", "forest")


def grow(path: Path, runs: range, *, experiments: int = 4) -> Store:
    """Log ended runs, 20 params and 20 metrics each, to the store at ``path``, and fold them.

    Args:
        path: The DuckDB file; made if missing.
        runs: Numbers of the runs, each a run of its own: ``range(1000)``, then
            ``range(1000, 10_000)`` for the next nine thousand.
        experiments: So many experiments share them, ids "0", "1", …
    """
    store = Store(path)
    events: list[Event] = []
    for number in runs:
        events += _run(number, str(number % experiments))
        if len(events) > _BATCH * (PARAMS + METRICS):
            store.append_all(events)
            events.clear()
    store.append_all(events)
    store.close()
    store.fold()
    store.finish_sealing()
    return store


def _run(number: int, experiment: str) -> Iterator[Event]:
    dice = random.Random(number)
    run = f"{dice.getrandbits(128):032x}"
    start = _START + number * 60_000
    yield RunStarted(run, experiment, start, number + 1, "ada")
    yield Tag(run, "mlflow.runName", f"run-{number}")
    yield Param(run, "model", dice.choice(_MODELS))
    yield Param(run, "lr", f"{dice.uniform(0.0001, 0.1):.6f}")
    for key in range(PARAMS - 2):
        yield Param(run, f"param_{key}", f"{dice.randrange(1000)}")
    yield Metric(run, "rmse", dice.uniform(0.5, 2.0), 0, start + 1000)
    for key in range(METRICS - 1):
        yield Metric(run, f"metric_{key}", dice.random(), 0, start + 1000)
    yield RunStatus(run, "FINISHED", start + 30_000, 30.0)
