"""The door of the package: what users can write after `jupyter_mltrack.`."""

import inspect
from types import ModuleType

import pytest

import jupyter_mltrack
from jupyter_mltrack import names

#: What IPython and JupyterLab call; nobody else does.
HOOKS = {"load_ipython_extension", "unload_ipython_extension"}


def test_all_is_sorted_and_has_no_doubles() -> None:
    """A reader finds a name where it belongs."""
    assert jupyter_mltrack.__all__ == sorted(set(jupyter_mltrack.__all__))


@pytest.mark.parametrize("name", jupyter_mltrack.__all__)
def test_a_public_name_is_there_and_documented(name: str) -> None:
    """`from jupyter_mltrack import *` works, and `help()` says something."""
    found = getattr(jupyter_mltrack, name)
    assert name == "__version__" or inspect.getdoc(found)


def test_nothing_else_leaks() -> None:
    """Besides the list there are submodules and two hooks."""
    found = {
        name
        for name, value in vars(jupyter_mltrack).items()
        if not name.startswith("_") and not isinstance(value, ModuleType)
    }
    assert found - set(jupyter_mltrack.__all__) == HOOKS


def test_modules_in_the_door_are_our_own() -> None:
    """`jupyter_mltrack.os` would be a leak too."""
    for name, value in vars(jupyter_mltrack).items():
        if isinstance(value, ModuleType) and not name.startswith("_"):
            assert value.__name__.startswith("jupyter_mltrack."), name


def test_dir_lists_what_is_loaded_later_too() -> None:
    """Completion in a notebook asks `dir()`."""
    assert dir(jupyter_mltrack) == sorted({*jupyter_mltrack.__all__, *names.MODULES})


def test_a_name_that_does_not_exist() -> None:
    """The usual error."""
    with pytest.raises(AttributeError, match="no attribute 'log_metrik'"):
        jupyter_mltrack.log_metrik  # noqa: B018
