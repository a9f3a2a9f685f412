"""Patched functions look, pickle and come back as if nothing had happened."""

from __future__ import annotations

import inspect
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from types import FunctionType, MethodType, ModuleType

import cloudpickle
import pytest

from jupyter_mltrack.autolog.library import Patch
from jupyter_mltrack.autolog.patching import Placed
from jupyter_mltrack.autolog.switchboard import switchboard
from tests.autolog.toy import plain_watcher, toy_library

pytestmark = pytest.mark.usefixtures("fresh")


def test_a_patched_function_looks_like_the_original(toy: ModuleType) -> None:
    """Its type, name, text and signature."""
    original = toy.train
    switchboard.switch(toy_library(), {})
    assert toy.train is not original
    assert isinstance(toy.train, FunctionType)
    assert inspect.signature(toy.train) == inspect.signature(original)
    assert (toy.train.__name__, toy.train.__doc__) == ("train", "Train.")


def test_a_patched_method_looks_like_the_original(toy: ModuleType) -> None:
    """On the class and on an instance."""
    of_class, of_instance = (inspect.signature(each) for each in (toy.Model.fit, toy.Model().fit))
    switchboard.switch(toy_library(), {})
    assert isinstance(toy.Model.fit, FunctionType)
    assert isinstance(toy.Model().fit, MethodType)
    assert inspect.signature(toy.Model.fit) == of_class
    assert inspect.signature(toy.Model().fit) == of_instance
    assert toy.Model.fit.__qualname__ == "Model.fit"


def test_disable_restores_the_originals(toy: ModuleType) -> None:
    """The very same objects, in the class and in the module."""
    train, fit = vars(toy)["train"], vars(toy.Model)["fit"]
    switchboard.switch(toy_library(), {})
    switchboard.switch(toy_library(), {"disable": True})
    assert vars(toy)["train"] is train
    assert vars(toy.Model)["fit"] is fit


def test_a_method_can_be_called_on_the_class(toy: ModuleType) -> None:
    """``Model.fit(model, x)`` is watched too, and so is a subclass that inherits it."""
    switchboard.switch(toy_library(), {})

    class Own(toy.Model):  # type: ignore[name-defined,misc]
        """A user's."""

    model = Own()
    assert toy.Model.fit(model, [1]) is model
    assert Own().fit([1])


@pytest.mark.parametrize("dump", [pickle.dumps, cloudpickle.dumps])
def test_patched_things_pickle(toy: ModuleType, dump: Callable[[object], bytes]) -> None:
    """Instances, bound methods and functions, by reference as before."""
    switchboard.switch(toy_library(), {})
    for thing in (toy.Model(), toy.Model().fit, toy.Model.fit, toy.train):
        assert b"jupyter_mltrack" not in dump(thing)
        assert pickle.loads(dump(thing))  # noqa: S301  (our own bytes)


def test_a_class_of_a_notebook_takes_nothing_along(tmp_path: Path) -> None:
    """Pickled by value it is the user's own; who opens it needs no autolog."""

    class Own:
        def fit(self, x: int) -> int:
            return x + 1

    Own.__module__ = "__main__"
    placed = Placed(Patch(owner=Own, name="fit", watcher=plain_watcher), "toy", lambda: None)
    content = cloudpickle.dumps(Own())
    placed.take_back()
    assert b"jupyter_mltrack" not in content
    (tmp_path / "own.pkl").write_bytes(content)
    ask = "import pickle, sys; print(pickle.load(open(sys.argv[1], 'rb')).fit(1))"
    out = subprocess.check_output([sys.executable, "-I", "-c", ask, tmp_path / "own.pkl"])
    assert out.strip() == b"2"


def test_a_function_that_was_kept_pickles_after_disable(toy: ModuleType) -> None:
    """A scorer that holds a patched function goes to worker processes still."""
    switchboard.switch(toy_library(), {})
    kept = toy.train
    switchboard.switch(toy_library(), {"disable": True})
    again = pickle.loads(cloudpickle.dumps(kept))  # noqa: S301  (our own bytes)
    assert again(3) == toy.train(3)


@pytest.mark.parametrize("first", [0, 1])
def test_two_patches_of_one_place(toy: ModuleType, first: int) -> None:
    """Taken back in any order, the original is what remains."""
    original = vars(toy.Model)["fit"]
    patch = Patch(owner=toy.Model, name="fit", watcher=plain_watcher)
    placed = [Placed(patch, flavor, lambda: None) for flavor in ("one", "two")]
    assert toy.Model().fit(1)
    placed.pop(first).take_back()
    assert toy.Model().fit(1)
    placed.pop().take_back()
    assert vars(toy.Model)["fit"] is original


def test_somebody_else_patched_later(toy: ModuleType) -> None:
    """Their wrapper stays, and calls the original through ours, which then does nothing."""
    switchboard.switch(toy_library(), {})
    ours = toy.train
    toy.train = theirs = lambda *args: ours(*args) + 1
    switchboard.switch(toy_library(), {"disable": True})
    assert toy.train is theirs
    assert toy.train(10) == 2.0


def test_what_is_not_there_is_said(toy: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    """A library without one of the functions is watched all the same."""
    switchboard.switch(toy_library(plain_watcher, "missing", "train"), {})
    assert "no 'missing' of its own" in caplog.text
    assert toy.train.__wrapped__
