"""Stages of a store's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import InvalidParameterValue, InvalidState
from jupyter_mltrack.registry.gates import BetterThan, HasDescription
from tests.registry.given import copy_of, make

pytestmark = pytest.mark.usefixtures("fresh")

OWN = ["None", "Validation", "Production", "Archived"]
FOUR = ["None", "Staging", "Production", "Archived"]


def build(client: MltrackClient) -> None:
    """A store with a version that is in no stage."""
    client.create_registered_model("prices")
    client.create_model_version("prices", "s3://bucket/model")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that store."""
    return make(tmp_path_factory.mktemp("made"), build)


@pytest.fixture
def client(made: Path, tmp_path: Path) -> MltrackClient:
    """A client of a copy of it."""
    return copy_of(made, tmp_path)


def test_versions_go_through_them(client: MltrackClient) -> None:
    """In any case, and no others."""
    assert client.registry_stages() == FOUR
    client.set_registry_stages(OWN, comment="as the course has them")
    assert client.get_model_version_stages("prices", 1) == OWN
    moved = client.transition_model_version_stage("prices", 1, "validation")
    assert moved.current_stage == "Validation"
    assert client.get_model_version_by_stage("prices", "VALIDATION").version == 1
    with pytest.raises(InvalidParameterValue, match="None, Validation, Production, Archived"):
        client.transition_model_version_stage("prices", 1, "Staging")


def test_the_trail_has_them(client: MltrackClient) -> None:
    """What they were, what they are, and why."""
    client.set_registry_stages(OWN, comment="as the course has them")
    client.set_registry_stages([*OWN, "Größe"])
    first, last = client.registry_history()[-2:]
    assert (first.field, first.old_value, first.comment) == (
        "stages",
        None,
        "as the course has them",
    )
    assert first.new_value == '["None", "Validation", "Production", "Archived"]'
    assert last.old_value == first.new_value
    assert client.registry_stages()[-1] == "Größe"


def test_a_stage_that_is_in_use_cannot_go(client: MltrackClient) -> None:
    """A version, gates, or gates elsewhere that compare with it: the message says which."""
    client.transition_model_version_stage("prices", 1, "Staging")
    with pytest.raises(InvalidState, match="version 1 of 'prices' is in it"):
        client.set_registry_stages(OWN)
    client.transition_model_version_stage("prices", 1, "None")
    client.set_stage_gates("Staging", [HasDescription()])
    with pytest.raises(InvalidState, match="gates of 'Staging' name it"):
        client.set_registry_stages(OWN)
    client.set_stage_gates("Staging", None)
    client.set_stage_gates("Production", [BetterThan("rmse", "Staging", lower_is_better=True)])
    with pytest.raises(InvalidState, match="gates of 'Production' name it"):
        client.set_registry_stages(OWN)
    assert client.registry_stages() == FOUR


def test_rules_of_a_model_that_is_gone_keep_no_stage(client: MltrackClient) -> None:
    """Nobody could lift them; those of a living one do."""
    client.set_stage_gates("Staging", [HasDescription()], name="prices")
    with pytest.raises(InvalidState, match="gates of 'Staging' name it"):
        client.set_registry_stages(OWN)
    client.delete_registered_model("prices")
    client.set_registry_stages(OWN)
    assert client.registry_stages() == OWN


@pytest.mark.parametrize(
    "stages",
    [
        [],
        "None",
        5,
        ["None", "Production"],
        ["Archived", "None"],
        ["none", "Archived"],
        ["None", "Archived", "archived"],
        ["None", "Archived", ""],
        ["None", "Archived", 3],
        ["None", "Archived", "3"],
        ["None", "Archived", "latest"],
        ["None", "Archived", "a/b"],
        ["None", "Archived", "a@b"],
        ["None", "Archived", "a\nb"],
        ["None", "Archived", " a"],
        ["None", "Archived", "x" * 51],
        ["None", "Archived", "Deleted_Internal"],
        ["None", "Archived", *(f"s{number}" for number in range(50))],
    ],
)
def test_what_cannot_be_the_stages(stages: object) -> None:
    """Refused before anything is written."""
    client = MltrackClient("runs.duckdb")
    with pytest.raises(InvalidParameterValue):
        client.set_registry_stages(stages)  # type: ignore[arg-type]
    assert client.registry_stages() == FOUR
