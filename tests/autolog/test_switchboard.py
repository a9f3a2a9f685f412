"""What is switched on, and how."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.configuration import Configuration
from jupyter_mltrack.autolog.switchboard import switchboard
from jupyter_mltrack.errors import InvalidParameterValue
from tests.autolog.toy import plain_watcher, toy_library

pytestmark = pytest.mark.usefixtures("fresh")


def test_again_changes_the_configuration(toy: ModuleType) -> None:
    """The patches stay, the next call is logged in the new way."""
    switchboard.switch(toy_library(), {"log_models": True})
    patched = toy.train
    switchboard.switch(toy_library(), {"log_models": False, "own": 3})
    found = switchboard.configuration("toy")
    assert toy.train is patched
    assert found == Configuration(log_models=False, options={"own": 3})


def test_bad_tags_change_nothing(toy: ModuleType) -> None:
    """They are refused before anything is done."""
    with pytest.raises(InvalidParameterValue, match="extra_tags is a dict"):
        switchboard.switch(toy_library(), {"extra_tags": ["a"]})
    assert switchboard.configuration("toy") is None
    assert not hasattr(toy.train, "__wrapped__")


def test_the_tag_of_autolog_cannot_be_changed(toy: ModuleType) -> None:
    """It says who started the run."""
    switchboard.switch(toy_library(), {"extra_tags": {"mlflow.autologging": "me", "a": "b"}})
    toy.train(1)
    tags = mlflow.last_active_run().data.tags
    assert (tags["mlflow.autologging"], tags["a"]) == ("toy", "b")


@pytest.mark.parametrize(
    ("versions", "options", "is_on", "said"),
    [
        (("1", "999"), {}, True, False),
        (("1", "2"), {}, True, False),
        (("900", "999"), {}, True, True),
        (("1", "2"), {"disable_for_unsupported_versions": True}, False, False),
        (("900", "999"), {"disable_for_unsupported_versions": True}, False, False),
    ],
)
def test_versions_that_were_not_tried(
    toy: ModuleType,
    caplog: pytest.LogCaptureFixture,
    versions: tuple[str, str],
    options: dict[str, Any],
    is_on: bool,
    said: bool,
) -> None:
    """A newer one is assumed to work, an older one is warned of, unless the user is strict."""
    switchboard.switch(toy_library(plain_watcher, versions=versions), options)
    assert hasattr(toy.train, "__wrapped__") == is_on
    assert ("is older than 900" in caplog.text) == said


@pytest.mark.parametrize("version", ["5.1", "unknown"])
def test_a_library_that_pip_has_under_another_name(
    toy: ModuleType, caplog: pytest.LogCaptureFixture, version: str
) -> None:
    """Such as ``xgboost-cpu``: the module may say its version, or else it is assumed to work."""
    toy.__version__ = version
    library = replace(toy_library(), distribution="toy-that-is-not-installed", versions=("6", "7"))
    switchboard.switch(library, {})
    assert toy.train.__wrapped__
    assert ("5.1 is older than 6" in caplog.text) == (version == "5.1")


def test_a_patch_that_comes_later(toy: ModuleType) -> None:
    """It is taken back with the others; after that it is not placed at all."""
    both = [*toy_library().patches()]
    switchboard.switch(toy_library(plain_watcher, "train"), {})
    switchboard.add("toy", both[1:])
    assert toy.Model.fit.__wrapped__
    switchboard.disable("toy")
    switchboard.add("toy", both)
    assert not hasattr(toy.Model.fit, "__wrapped__")
    assert not hasattr(toy.train, "__wrapped__")
