"""Fixtures for the tests of the registry's panel."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import jupyter_mltrack as mlt
from tests.fresh import fresh
from tests.lab import chromium, lab, open_notebook
from tests.panels.registry.wine import Asked, make_registry
from tests.registry.lasting import lasting

__all__ = ["chromium", "fresh", "lab", "open_notebook"]


@pytest.fixture
def store(fresh: Path) -> Iterator[Path]:
    """A store of its own; the working folder."""
    mlt.set_tracking_uri(str(fresh / "mltrack.duckdb"))
    yield fresh
    mlt.end_run()


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a store that holds four versions of wine; who changes it works on a copy."""
    folder = tmp_path_factory.mktemp("made")
    with lasting(folder):
        make_registry()
    return folder


@pytest.fixture
def wine(made: Path, store: Path) -> Asked:
    """The page of a model with four versions."""
    shutil.copytree(made, store, dirs_exist_ok=True)
    return Asked("wine")


@pytest.fixture(scope="module")
def _in_use(made: Path) -> Iterator[None]:
    """The store with four versions of wine is the one in use, and stays open."""
    with lasting(made):
        yield


@pytest.fixture
def seen(_in_use: None) -> Asked:
    """The same page for tests that change nothing."""
    return Asked("wine")
