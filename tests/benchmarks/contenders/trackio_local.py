"""trackio on its local SQLite file; a thread writes what ``log`` leaves in a queue."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import trackio  # type: ignore[import-not-found,import-untyped,unused-ignore]

from tests.benchmarks.contenders import Calls, Series

# Where the store is, trackio reads from TRACKIO_DIR: see process.py.


def version() -> str:
    """Return trackio's version."""
    return str(trackio.__version__)


@contextmanager
def opened(folder: Path) -> Iterator[Calls]:
    """Start a run without the monitors of GPU and CPU, which the others have not on either."""
    trackio.init(project="bench", embed=False, auto_log_gpu=False, auto_log_cpu=False)
    yield {"log": lambda step: trackio.log({"loss": 1 / (step + 1)}, step=step)}
    trackio.finish()


def stored_steps(folder: Path) -> set[int]:
    """Read the table: trackio's own reader thins out long series."""
    database = folder / "trackio-store" / "bench.db"
    if not database.exists():
        return set()
    with closing(sqlite3.connect(database)) as connection:
        return {step for (step,) in connection.execute("SELECT step FROM metrics")}


def stored_points(folder: Path) -> int:
    """Count the rows of the table: one row is one call of ``log``."""
    database = folder / "trackio-store" / "bench.db"
    with closing(sqlite3.connect(database)) as connection:
        return int(connection.execute("SELECT count(*) FROM metrics").fetchone()[0])


def log_series(folder: Path, series: Series) -> None:
    """Log the values of a step with one call, as trackio is meant to be used."""
    del folder
    trackio.init(project="bench", embed=False, auto_log_gpu=False, auto_log_cpu=False)
    for step, values in series:
        trackio.log(values, step=step)
    trackio.finish()
