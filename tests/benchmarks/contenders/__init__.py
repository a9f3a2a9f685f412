"""Who takes part: one module a contender, with everything that is measured of it.

A module imports its tool when it is imported itself, so only the process that works for a
contender imports one (see ``process.py``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

TITLES = {
    "ours": "jupyter_mltrack",
    "floor": "the floor",
    "mlflow_sqlite": "MLflow, SQLite",
    "trackio_local": "trackio",
    "tensorboardx": "tensorboardX",
    "pandas_frame": "pandas",
    "plotly_widget": "Plotly",
}
"""Module → the name shown in the tables; the last two are cells of ``panels.py``."""

PEERS = frozenset({"mlflow_sqlite", "trackio_local", "tensorboardx"})
"""The modules that run in the peers' environment."""

PAGE = 1_000
FIRST_PAGE = "metrics.rmse > 0 AND params.lr != ''"
"""Finds every run of ``specimens.py``, so a page is full however small the store is."""
SELECTIVE = "metrics.rmse < 0.7 AND params.model = 'ridge'"
"""Finds about one run of thirty."""

Calls = Mapping[str, Callable[[int], object]]
"""Name of a call → the call, which logs the point of the given step."""

Series = Iterable[tuple[int, dict[str, float]]]
"""Steps, and the values of some metrics at each."""


class Contender(Protocol):
    """What every module here offers."""

    def version(self) -> str:
        """Return the version of what is measured, or an empty string."""

    def opened(self, folder: Path) -> AbstractContextManager[Calls]:
        """Open a store in ``folder`` and a run in it; give call name → call(step)."""

    def stored_steps(self, folder: Path) -> set[int]:
        """Return the steps that can be read back from the store."""


class Keeper(Contender, Protocol):
    """A contender that keeps a whole series of points."""

    def log_series(self, folder: Path, series: Series) -> None:
        """Log a series to a new run by the quickest call there is, and close the store."""


class Sharer(Contender, Protocol):
    """A contender whose store takes several processes at a time."""

    def stored_points(self, folder: Path) -> int:
        """Return how many points of all runs can be read back."""


class Searcher(Contender, Protocol):
    """A contender that finds runs by a filter."""

    def fill(self, folder: Path, first: int, last: int) -> None:
        """Log the runs ``first`` to ``last - 1`` of ``specimens.py``."""

    def searches(self, folder: Path) -> Mapping[str, Callable[[], object]]:
        """Return name → search; the length of what it returns is the number of runs found."""
