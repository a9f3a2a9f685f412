"""Big stores to measure on, written through the store's own journal."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mltrack.events import Event, Metric, Param, RunStarted, RunStatus, Tag
from jupyter_mltrack.store import Store
from tests.benchmarks import specimens

if TYPE_CHECKING:
    from collections.abc import Iterator

PARAMS = specimens.PARAMS
METRICS = specimens.METRICS
_BATCH = 20_000  # events


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
        if len(events) > _BATCH:
            store.append_all(events)
            events.clear()
    store.append_all(events)
    store.close()
    store.fold()
    store.finish_sealing()
    return store


def write_points(path: Path, *, journals: int, runs: int, keys: int, steps: int) -> int:
    """Log points of running runs to ``journals`` journals, and fold nothing.

    Args:
        path: The DuckDB file; made if missing.
        journals: So many writers share the runs.
        runs: How many runs in all.
        keys: Metrics of each run.
        steps: Points of each metric.

    Returns:
        How many points were logged.
    """
    for writer in range(journals):
        store = Store(path)
        for number in range(writer, runs, journals):
            store.append_all(list(_series(number, keys, steps)))
        store.close()
    return runs * keys * steps


def _run(number: int, experiment: str) -> Iterator[Event]:
    made = specimens.run(number)
    run = made.run_id
    yield RunStarted(run, experiment, made.start, number + 1, "ada")
    yield Tag(run, "mlflow.runName", f"run-{number}")
    for key, text in made.params.items():
        yield Param(run, key, text)
    for key, value in made.metrics.items():
        yield Metric(run, key, value, 0, made.start + 1000)
    yield RunStatus(run, "FINISHED", made.end, (made.end - made.start) / 1000)


def _series(number: int, keys: int, steps: int) -> Iterator[Event]:
    run = f"{number:032x}"
    yield RunStarted(run, "0", specimens.START + number, number + 1, "ada")
    for step in range(steps):
        for key in range(keys):
            yield Metric(run, f"metric_{key}", (number + 1) / (step + key + 1), step)
    yield RunStatus(run, "FINISHED", specimens.START + number + 1000, 1.0)
