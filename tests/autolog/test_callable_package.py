"""``mlflow.autolog()``, where ``autolog`` is a package too."""

from __future__ import annotations

import importlib
import inspect

import pytest

from jupyter_mltrack.autolog import autolog, libraries
from jupyter_mltrack.autolog.switchboard import switchboard


def test_the_package_is_the_function() -> None:
    """It has its signature and does what it does."""
    package = importlib.import_module("jupyter_mltrack.autolog")
    assert inspect.signature(package) == inspect.signature(autolog)
    package(exclude_flavors=["sklearn"])
    waited_for = set(switchboard.arrivals.waiting())
    package(disable=True)
    assert waited_for <= {name for names in libraries.LIBRARIES.values() for name in names}
    assert not switchboard.arrivals.waiting()


def test_a_wrong_argument() -> None:
    """The error is that of the function."""
    package = importlib.import_module("jupyter_mltrack.autolog")
    with pytest.raises(TypeError, match="log_model"):
        package(log_model=True)
