"""Fixtures for the tests of the registry's panel."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import jupyter_mltrack as mlt
from tests.fresh import fresh
from tests.lab import chromium, lab, open_notebook
from tests.panels.registry.wine import Asked
from tests.test_import_time import python

__all__ = ["chromium", "fresh", "lab", "open_notebook"]

MAKE = """\
import jupyter_mltrack as mlt
from tests.panels.registry.wine import make_registry
mlt.set_tracking_uri("mltrack.duckdb")
make_registry()
"""


@pytest.fixture
def store(fresh: Path) -> Iterator[Path]:
    """A store of its own; the working folder."""
    mlt.set_tracking_uri(str(fresh / "mltrack.duckdb"))
    yield fresh
    mlt.end_run()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that holds four versions of wine; tests work on copies of it."""
    folder = tmp_path_factory.mktemp("made")
    python("-c", MAKE, folder=folder)
    return folder


@pytest.fixture
def wine(made: Path, store: Path) -> Asked:
    """The page of a model with four versions."""
    shutil.copytree(made, store, dirs_exist_ok=True)
    return Asked("wine")
