"""Going back: the version that was in a stage before, and the one before that."""

from __future__ import annotations

from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import (
    GatesFailed,
    InvalidParameterValue,
    InvalidState,
    ResourceDoesNotExist,
)
from jupyter_mltrack.registry.gates import HasDescription
from jupyter_mltrack.registry.rollback import entered
from jupyter_mltrack.store.registry_past import Staging
from tests.registry.given import copy_of, make

pytestmark = pytest.mark.usefixtures("fresh")


def build(client: MltrackClient) -> None:
    """A store where three versions were in Production, one after the other."""
    client.create_registered_model("prices")
    for number in (1, 2, 3):
        client.create_model_version("prices", "s3://bucket/model")
        client.transition_model_version_stage(
            "prices", number, "Production", archive_existing_versions=True
        )


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that store."""
    return make(tmp_path_factory.mktemp("made"), build)


@pytest.fixture
def client(made: Path, tmp_path: Path) -> MltrackClient:
    """A client of a copy of it."""
    return copy_of(made, tmp_path)


def stages(client: MltrackClient) -> list[str]:
    """The stage of each version."""
    return [client.get_model_version("prices", number).current_stage for number in (1, 2, 3)]


def test_the_one_before_comes_back(client: MltrackClient) -> None:
    """The one there is archived; once more goes back further, until there is nothing."""
    back = client.rollback_model_version_stage("prices", comment="3 fails on empty rows")
    assert (back.version, back.current_stage) == (2, "Production")
    assert stages(client) == ["Archived", "Production", "Archived"]
    assert client.rollback_model_version_stage("prices", "production").version == 1
    assert stages(client) == ["Production", "Archived", "Archived"]
    with pytest.raises(InvalidState, match="nothing to go back to: version 1 is in Production"):
        client.rollback_model_version_stage("prices")


def test_the_trail_says_so(client: MltrackClient) -> None:
    """Both changes have the comment, and that they were a rollback, from where to where."""
    client.rollback_model_version_stage("prices", comment="3 fails on empty rows")
    back, left = client.registry_history("prices")[-2:]
    said = {"rollback": {"from": [3], "to": 2}}
    assert (back.version, back.old_value, back.new_value) == (2, "Archived", "Production")
    assert (left.version, left.old_value, left.new_value) == (3, "Production", "Archived")
    assert (back.details, left.details) == (said, said)
    assert {back.comment, left.comment} == {"3 fails on empty rows"}


def test_gates_apply(client: MltrackClient) -> None:
    """Nothing moves if one says no; with a reason it does."""
    client.set_stage_gates("Production", [HasDescription()])
    with pytest.raises(GatesFailed):
        client.rollback_model_version_stage("prices")
    assert stages(client) == ["Archived", "Archived", "Production"]
    client.rollback_model_version_stage("prices", override="3 is on fire")
    last = client.registry_history("prices", 2)[-1]
    assert last.details["override"] == "3 is on fire"
    assert stages(client) == ["Archived", "Production", "Archived"]


def test_several_in_the_stage(client: MltrackClient) -> None:
    """As MLflow leaves them: the highest goes, the one before stays and is the one in use."""
    for number in (1, 2):
        client.transition_model_version_stage("prices", number, "Production")
    client.transition_model_version_stage("prices", 3, "Production")
    assert client.rollback_model_version_stage("prices").version == 2
    assert stages(client) == ["Production", "Production", "Archived"]
    assert client.get_model_version_by_stage("prices", "Production").version == 2


@pytest.mark.parametrize("stage", ["Archived", "None", "deleted"])
def test_the_bad_one_was_taken_out_by_hand(client: MltrackClient, stage: str) -> None:
    """The stage is empty, and the one before the bad one comes back; then the one before that."""
    if stage == "deleted":
        client.delete_model_version("prices", 3)
    else:
        client.transition_model_version_stage("prices", 3, stage)
    assert client.rollback_model_version_stage("prices").version == 2
    assert client.get_model_version_by_stage("prices", "Production").version == 2
    assert client.rollback_model_version_stage("prices").version == 1


def test_the_bad_one_was_one_of_several(client: MltrackClient) -> None:
    """What came later and was taken out by hand stays out."""
    for number in (1, 2, 3):
        client.transition_model_version_stage("prices", number, "Production")
    client.transition_model_version_stage("prices", 3, "Archived")
    assert client.rollback_model_version_stage("prices").version == 1
    assert stages(client) == ["Production", "Archived", "Archived"]


def test_which_one_would_come_back(client: MltrackClient) -> None:
    """It can be asked before; None if nothing can go back."""
    before = client.version_before("prices", "production")
    assert before is not None
    assert before.version == 2
    assert client.version_before("prices", "Staging") is None
    with pytest.raises(InvalidParameterValue):
        client.version_before("prices", "Archived")


def test_deleted_versions_do_not_come_back(client: MltrackClient) -> None:
    """The next one before does."""
    client.delete_model_version("prices", 2)
    assert client.rollback_model_version_stage("prices").version == 1


@pytest.mark.parametrize(
    ("stage", "error"),
    [("None", InvalidParameterValue), ("archived", InvalidParameterValue),
     ("Nowhere", InvalidParameterValue), ("Staging", InvalidState)],
)  # fmt: skip
def test_nowhere_to_go_back_to(client: MltrackClient, stage: str, error: type[Exception]) -> None:
    """Stages that nobody uses versions from, that there are not, or that were always empty."""
    with pytest.raises(error):
        client.rollback_model_version_stage("prices", stage)
    with pytest.raises(ResourceDoesNotExist):
        client.rollback_model_version_stage("nothing")


@pytest.mark.parametrize(
    ("past", "order"),
    [("1 2 3", [1, 2, 3]), ("1 2 1", [2, 1]), ("1 2 3 2! 3", [1, 2, 3]), ("1 2 3 2! 4", [1, 2, 4]),
     ("1 2 3 2! 1!", [1]), ("1!", [1]), ("1 2 3 1! 1", [1])],
)  # fmt: skip
def test_who_was_there(past: str, order: list[int]) -> None:
    """What a rollback left is forgotten; who comes again counts as the last."""
    came = [
        Staging(version=int(one[0]), stage="Production", is_back=one.endswith("!"))
        for one in past.split()
    ]
    assert entered([*came, Staging(version=9, stage="Staging")], "Production") == order
