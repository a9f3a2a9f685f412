"""Fixtures for the tests of the page of a run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

import jupyter_mltrack as mlt
from tests.fresh import fresh
from tests.lab import chromium, lab, open_notebook

__all__ = ["chromium", "fresh", "lab", "open_notebook"]


@pytest.fixture
def wine(fresh: Path) -> Iterator[Path]:
    """A store of its own, with the experiment wine active; the working folder."""
    mlt.set_tracking_uri(str(fresh / "mltrack.duckdb"))
    mlt.set_experiment("wine")
    yield fresh
    mlt.end_run()
