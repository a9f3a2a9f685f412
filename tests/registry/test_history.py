"""The trail as the client tells it."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.registry.gates import HasDescription
from tests.registry.given import copy_of, make

pytestmark = pytest.mark.usefixtures("fresh")


def build(client: MltrackClient) -> None:
    """A store with a model that was changed in several ways."""
    client.create_registered_model("wine", description="Reds")
    client.create_model_version("wine", "s3://bucket/model", comment="first")
    client.transition_model_version_stage("wine", 1, "Staging", comment="try it")
    client.set_registered_model_alias("wine", "champion", 1)
    client.set_stage_gates("Production", [HasDescription()])
    client.rename_registered_model("wine", "wines")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of that store."""
    return make(tmp_path_factory.mktemp("made"), build)


@pytest.fixture
def client(made: Path, tmp_path: Path) -> MltrackClient:
    """A client of a copy of it."""
    return copy_of(made, tmp_path)


def test_every_change_is_told(client: MltrackClient) -> None:
    """In order, under the last name, the rules of the store too."""
    told = client.registry_history()
    assert [(one.name, one.version, one.field) for one in told] == [
        ("wines", None, "created"),
        ("wines", None, "description"),
        ("wines", 1, "created"),
        ("wines", 1, "stage"),
        ("wines", None, "alias"),
        (None, None, "gates"),
        ("wines", None, "name"),
    ]
    assert [one.number for one in told] == list(range(1, 8))
    assert len({one.chain for one in told}) == 7


def test_who_when_and_why(client: MltrackClient) -> None:
    """As the system knows them, not as the environment claims."""
    change = client.registry_history("wines", 1)[-1]
    assert (change.old_value, change.new_value, change.comment) == ("None", "Staging", "try it")
    assert change.author == os.geteuid()
    assert abs(change.timestamp / 1000 - time.time()) < 60
    assert change.refused is None


def test_one_model_or_one_version(client: MltrackClient) -> None:
    """Only what is asked for."""
    client.create_registered_model("other")
    assert {one.name for one in client.registry_history("wines")} == {"wines"}
    assert [one.field for one in client.registry_history("wines", "1")] == ["created", "stage"]


def test_what_was_deleted_is_still_told(client: MltrackClient) -> None:
    """The trail forgets nothing."""
    client.delete_registered_model("wines", comment="nobody uses it")
    last = client.registry_history("wines")[-1]
    assert (last.field, last.comment) == ("deleted", "nobody uses it")


def test_a_name_that_it_had(client: MltrackClient) -> None:
    """The trail is found under each of its names."""
    assert client.registry_history("wine") == client.registry_history("wines")
    client.create_registered_model("wine")
    assert {one.name for one in client.registry_history("wine")} == {"wine", "wines"}
    assert {one.name for one in client.registry_history("wines")} == {"wines"}


def test_a_former_model_of_the_name_is_another(client: MltrackClient) -> None:
    """Its versions were deleted, not those of the new one."""
    client.create_model_version("wines", "s3://bucket/model")
    client.delete_model_version("wines", 2)
    with pytest.raises(ResourceDoesNotExist, match="deleted it on"):
        client.get_model_version("wines", 2)
    client.delete_registered_model("wines")
    client.create_registered_model("wines")
    with pytest.raises(ResourceDoesNotExist) as error:
        client.get_model_version("wines", 2)
    assert "deleted" not in str(error.value)


def test_a_clock_that_was_set_back(client: MltrackClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """The trail never goes back: what there is now is not torn from what there was."""
    before = client.registry_history()[-1].timestamp
    monkeypatch.setattr(time, "time", lambda: before / 1000 - 3600)
    client.set_model_version_tag("wines", 1, "k", "v")
    assert client.registry_history()[-1].timestamp == before
    assert client.get_model_version("wines", 1, at=before).tags == {"k": "v"}
    with pytest.raises(ResourceDoesNotExist):
        client.get_model_version("wines", 1, at=before - 3_000_000)


def test_what_there_never_was(client: MltrackClient) -> None:
    """No model, no version, no number."""
    for name, version in (("nothing", None), ("wines", 7), (None, 7)):
        with pytest.raises(ResourceDoesNotExist, match="never was"):
            client.registry_history(name, version)
    with pytest.raises(InvalidParameterValue):
        client.registry_history("wines", "one")
    assert MltrackClient("empty.duckdb").registry_history() == []
