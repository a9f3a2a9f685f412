"""Fixtures for the tests of autolog: an empty store, a library of our own, nothing left on."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from jupyter_mltrack.autolog.switchboard import switchboard
from tests.autolog.toy import SOURCE
from tests.fresh import fresh

__all__ = ["fresh"]


@pytest.fixture(autouse=True)
def _nothing_left_on() -> Iterator[None]:
    """What a test switches on is off after it."""
    before = switchboard.setting()
    yield
    switchboard.put(before)


@pytest.fixture
def toy_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A library ``toylib`` that can be imported and was not yet."""
    folder = tmp_path / "libraries"
    folder.mkdir()
    (folder / "toylib.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(folder)
    yield folder
    sys.modules.pop("toylib", None)


@pytest.fixture
def toy(toy_path: Path) -> ModuleType:
    """The library, imported."""
    return importlib.import_module("toylib")
