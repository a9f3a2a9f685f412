"""What the parity test cannot say of models, versions and aliases: what is ours alone."""

from __future__ import annotations

import copy
import pickle
import time

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities.model_registry import ModelVersionStatus
from jupyter_mltrack.entities.model_registry.model_version_stages import (
    DEFAULT_STAGES_FOR_GET_LATEST_VERSIONS,
    STAGE_DELETED_INTERNAL,
    get_canonical_stage,
)
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist

pytestmark = pytest.mark.usefixtures("fresh")


def test_as_of_another_time() -> None:
    """A version, an alias and a stage as they were, also one that is no stage now."""
    client = MltrackClient()
    client.create_registered_model("wine")
    client.create_model_version("wine", "s3://bucket/1", description="Small")
    client.set_registered_model_alias("wine", "champion", 1)
    client.transition_model_version_stage("wine", 1, "Staging")
    then = int(time.time() * 1000)
    time.sleep(0.01)
    client.update_model_version("wine", 1, "")
    client.transition_model_version_stage("wine", 1, "Archived")
    client.set_registry_stages(["None", "Production", "Archived"])
    client.delete_registered_model("wine")
    assert client.get_model_version("wine", 1, at=then).description == "Small"
    assert client.get_model_version_by_alias("wine", "champion", at=then).version == 1
    assert client.get_model_version_by_stage("wine", "staging", at=then).aliases == ["champion"]
    for at in (0, None):
        with pytest.raises(ResourceDoesNotExist):
            client.get_model_version("wine", 1, at=at)


def test_a_renamed_model_is_the_same() -> None:
    """Its versions, aliases and trail go with it; a new one of the old name begins anew."""
    client = MltrackClient()
    made = client.create_registered_model("wine")
    client.create_model_version("wine", "s3://bucket/1")
    client.set_registered_model_alias("wine", "champion", 1)
    renamed = client.rename_registered_model("wine", "wines")
    assert renamed.registered_model_id == made.registered_model_id
    assert client.get_model_version_by_alias("wines", "champion").name == "wines"
    assert [one.field for one in client.registry_history("wines")].count("created") == 2
    again = client.create_registered_model("wine")
    assert again.registered_model_id != made.registered_model_id
    assert client.create_model_version("wine", "s3://bucket/2").version == 1


@pytest.mark.parametrize("alias", ["latest", "V2", "2026-05-03", "a b", "a@b", "", "x" * 256, None])
def test_what_cannot_be_an_alias(alias: str) -> None:
    """A date is a time in a URI, so it is refused; MLflow takes it."""
    client = MltrackClient()
    with pytest.raises(InvalidParameterValue, match="alias"):
        client.set_registered_model_alias("wine", alias, 1)


@pytest.mark.nightly
def test_the_trail_has_the_reasons() -> None:
    """Every change that takes a comment, in order; a change that changes nothing leaves none."""
    client = MltrackClient()
    client.create_registered_model("wine")
    client.create_model_version("wine", "s3://bucket/1", comment="one")
    client.update_model_version("wine", 1, "Small", comment="two")
    for _ in range(2):
        client.set_registered_model_alias("wine", "champion", 1, comment="three")
    client.copy_model_version("models:/wine/1", "copy", comment="four")
    client.delete_registered_model_alias("wine", "champion", comment="five")
    client.delete_model_version("wine", 1, comment="six")
    said = [one.comment for one in client.registry_history() if one.comment]
    assert said == ["one", "two", "three", "four", "five", "six"]


def test_tags_hold_no_credentials() -> None:
    """They are masked before they are written."""
    client = MltrackClient()
    client.create_registered_model("wine", {"api_key": "sk-" + "a1B2" * 12})
    client.create_model_version("wine", "s3://bucket/1", tags={"password": "hunter2hunter2"})
    shown = str(client.get_registered_model("wine")) + str(client.get_model_version("wine", 1))
    assert "a1B2" not in shown
    assert "hunter2" not in shown


def test_entities_are_values() -> None:
    """They compare by value, survive pickling, and iterate as MLflow's do."""
    client = MltrackClient()
    client.create_registered_model("wine")
    found = client.create_model_version("wine", "s3://bucket/1", tags={"a": "b"})
    assert pickle.loads(pickle.dumps(found)) == found == copy.deepcopy(found)  # noqa: S301
    assert client.get_model_version("wine", 1) == found
    assert dict(found)["tags"] == {"a": "b"}
    assert (found.status, type(found.version)) == ("READY", int)


def test_names_of_mlflow() -> None:
    """Statuses by name, stages in any case."""
    assert ModelVersionStatus.from_string("READY") == ModelVersionStatus.READY
    assert ModelVersionStatus.to_string(ModelVersionStatus.READY) == "READY"
    assert len(ModelVersionStatus.all_status()) == 3
    assert get_canonical_stage("production") == "Production"
    assert DEFAULT_STAGES_FOR_GET_LATEST_VERSIONS == ["Staging", "Production"]
    assert STAGE_DELETED_INTERNAL == "Deleted_Internal"
    for wrong in ("ready", "", None):
        with pytest.raises(InvalidParameterValue, match="no status"):
            ModelVersionStatus.from_string(wrong)  # type: ignore[arg-type]
