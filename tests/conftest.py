"""What tests of every part share: a store in a folder of its own, and a clean environment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mltrack.store import Store
from tests.reliability import promise, pytest_collection_modifyitems, pytest_terminal_summary

__all__ = ["promise", "pytest_collection_modifyitems", "pytest_terminal_summary"]

_VARIABLES = (
    "DURABILITY",
    "EXPERIMENT_ID",
    "EXPERIMENT_NAME",
    "MASK_SECRETS",
    "NOTEBOOK",
    "RUN_ID",
    "SHARED",
    "STRICT",
    "SYSTEM_METRICS",
    "TRACKING_URI",
)


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The shell in which the tests are started chooses no store for them."""
    for name in _VARIABLES:
        monkeypatch.delenv(f"MLTRACK_{name}", raising=False)
        monkeypatch.delenv(f"MLFLOW_{name}", raising=False)


@pytest.fixture(autouse=True)
def data_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that XDG_DATA_HOME names; the tests leave the key of the user alone."""
    home = tmp_path_factory.getbasetemp() / "data"
    home.mkdir(mode=0o700, exist_ok=True)
    monkeypatch.setenv("XDG_DATA_HOME", str(home))
    return home


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """An empty store; nothing is on the disk before the first append."""
    store = Store(tmp_path / "mltrack.duckdb")
    yield store
    store.close()
    store.finish_sealing()
