"""A library that is imported later is watched from then on."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.arrivals import Arrivals
from jupyter_mltrack.autolog.switchboard import switchboard
from tests.autolog.toy import toy_library

pytestmark = pytest.mark.usefixtures("fresh")


def is_listening() -> bool:
    """Whether somebody of ours is asked at every import."""
    return any(isinstance(finder, Arrivals) for finder in sys.meta_path)


def test_imported_after_autolog(toy_path: Path) -> None:
    """Nothing is imported by switching it on; the import itself is as ever."""
    switchboard.switch(toy_library(), {})
    assert "toylib" not in sys.modules
    toy = importlib.import_module("toylib")
    toy.train(1)
    assert mlflow.last_active_run().data.metrics == {"returned": 1.0}
    assert toy.__spec__.loader is toy.__loader__
    assert type(toy.__loader__).__name__ == "SourceFileLoader"


def test_nobody_listens_when_nobody_waits(toy_path: Path) -> None:
    """Imports cost nothing before, after the arrival, and after ``disable``."""
    assert not is_listening()
    switchboard.switch(toy_library(), {})
    assert is_listening()
    importlib.import_module("toylib")
    assert not is_listening()


def test_disabled_before_the_import(toy_path: Path) -> None:
    """Then there is nothing to wait for."""
    switchboard.switch(toy_library(), {})
    switchboard.switch(toy_library(), {"disable": True})
    assert not is_listening()
    toy = importlib.import_module("toylib")
    assert not hasattr(toy.train, "__wrapped__")


def test_what_fails_at_the_import_is_a_warning(
    toy_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The user's import works."""

    def act() -> None:
        msg = "no patches"
        raise RuntimeError(msg)

    arrivals = Arrivals()
    arrivals.expect("toylib", "toy", act)
    assert importlib.import_module("toylib").train(1) == 0.1
    assert "no patches" in caplog.text
    assert arrivals not in sys.meta_path


def test_an_import_that_fails_may_be_tried_again(toy_path: Path) -> None:
    """The error is the library's own; a later import that works is noticed."""
    seen: list[str] = []
    arrivals = Arrivals()
    arrivals.expect("toybroken", "toy", lambda: seen.append("there"))
    (toy_path / "toybroken.py").write_text("1/0")
    with pytest.raises(ZeroDivisionError):
        importlib.import_module("toybroken")
    assert not seen
    (toy_path / "toybroken.py").write_text("value = 1")
    importlib.invalidate_caches()
    sys.dont_write_bytecode, before = True, sys.dont_write_bytecode
    assert importlib.import_module("toybroken").value == 1
    sys.dont_write_bytecode = before
    assert seen == ["there"]
    sys.modules.pop("toybroken")


def test_a_module_that_does_not_exist() -> None:
    """The usual error."""
    arrivals = Arrivals()
    arrivals.expect("toynowhere", "toy", lambda: None)
    with pytest.raises(ModuleNotFoundError, match="toynowhere"):
        importlib.import_module("toynowhere")
    arrivals.forget("toy")
    assert arrivals not in sys.meta_path
