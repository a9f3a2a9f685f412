"""``mlflow.autolog()`` and its scope."""

from __future__ import annotations

import inspect
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog import all_libraries, autolog, libraries, scoped
from jupyter_mltrack.autolog.switchboard import switchboard
from jupyter_mltrack.errors import InvalidParameterValue
from tests.autolog.toy import toy_library

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture(autouse=True)
def _only_toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """``toy`` is the only library that autolog knows."""
    module = ModuleType("jupyter_mltrack.autolog.toy")
    module.__spec__ = ModuleSpec(module.__name__, None)
    module.autolog = own_autolog  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    monkeypatch.setattr(all_libraries, "LIBRARIES", {"toy": ("toylib",)})


def own_autolog(
    log_models: bool = True, disable: bool = False, silent: bool = False, own: int = 1
) -> None:
    """What the file of a library has."""
    switchboard.switch(toy_library(), locals())


def runs() -> int:
    """How many there are."""
    return len(mlflow.search_runs())


def test_the_arguments_are_those_of_mlflow() -> None:
    """Names, order and defaults."""
    names = (
        "log_input_examples log_model_signatures log_models log_datasets log_traces disable"
        " exclusive disable_for_unsupported_versions silent extra_tags exclude_flavors"
    )
    assert list(inspect.signature(autolog).parameters) == names.split()


def test_a_library_that_is_imported(toy: ModuleType) -> None:
    """It gets the arguments that it has."""
    autolog(log_models=False, exclusive=True)
    toy.train(1)
    assert runs() == 1
    found = switchboard.configuration("toy")
    assert (found.log_models, found.exclusive, found.options) == (False, False, {"own": 1})


def test_a_library_that_is_imported_later(toy_path: Path) -> None:
    """It is not imported before the user does it."""
    autolog()
    assert "toylib" not in sys.modules
    import toylib

    toylib.train(1)
    assert runs() == 1


def test_disable_ends_everything(toy: ModuleType) -> None:
    """What the library's own function switched on too."""
    own_autolog()
    autolog(disable=True)
    toy.train(1)
    assert runs() == 0
    assert not hasattr(toy.train, "__wrapped__")


def test_a_library_may_be_left_out(toy: ModuleType) -> None:
    """By its flavor."""
    autolog(exclude_flavors=["toy"])
    toy.train(1)
    assert runs() == 0


@pytest.mark.parametrize("options", [{"own": 5}, {"disable": True}])
def test_what_was_said_of_one_library_holds(toy: ModuleType, options: dict[str, Any]) -> None:
    """``autolog()`` for all does not overrule it."""
    own_autolog(**options)
    before = switchboard.configuration("toy")
    autolog(log_models=False)
    assert switchboard.configuration("toy") == before


def test_bad_tags_are_refused_at_once(toy_path: Path) -> None:
    """And not when something is imported."""
    with pytest.raises(InvalidParameterValue, match="extra_tags"):
        autolog(extra_tags="team")  # type: ignore[arg-type]
    assert not switchboard.arrivals.waiting()


def test_a_library_that_fails_is_a_warning(
    toy: ModuleType, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The others go on."""
    monkeypatch.setattr(all_libraries, "LIBRARIES", {"nothere": ("toylib",), "toy": ("toylib",)})
    autolog()
    assert "nothere is not logged" in caplog.text
    assert switchboard.configuration("toy")


def test_a_scope_begins_and_ends(toy: ModuleType) -> None:
    """The library is as it was, also after an error."""
    original = toy.train
    with pytest.raises(ZeroDivisionError), scoped(log_models=False):
        toy.train(1, act=lambda: 1 / 0)
    assert toy.train is original
    toy.train(1)
    assert runs() == 1


def test_a_scope_in_which_a_library_is_imported(toy_path: Path) -> None:
    """It is watched until the end of the scope."""
    with scoped():
        import toylib

        toylib.train(1)
    toylib.train(1)
    assert runs() == 1


def test_after_a_scope_the_configuration_is_the_older_one(toy: ModuleType) -> None:
    """And what was off within it is on again."""
    own_autolog(own=7)
    with scoped():
        assert switchboard.configuration("toy").options == {"own": 7}
        autolog(disable=True)
        toy.train(1)
    assert runs() == 0
    toy.train(1)
    assert (runs(), switchboard.configuration("toy").options) == (1, {"own": 7})


def test_after_a_scope_autolog_waits_again(toy_path: Path) -> None:
    """What it waited for before, and what came meanwhile."""
    autolog()
    with scoped(exclude_flavors=["toy"]):
        import toylib
    toylib.train(1)
    assert runs() == 1


def test_a_scope_has_the_arguments_of_autolog() -> None:
    """A misspelt one is named, and nothing is switched on."""
    with pytest.raises(InvalidParameterValue, match="no argument 'log_model'"), scoped(log_model=1):
        pass


def test_the_table_names_files_that_are_there() -> None:
    """Each flavor is a module beside it."""
    folder = Path(all_libraries.__file__).parent
    for flavor in libraries.LIBRARIES:
        assert (folder / f"{flavor}.py").exists() or (folder / flavor).is_dir(), flavor
