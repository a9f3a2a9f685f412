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
    renamed = client.rename_registered_model("wine", "wines", comment="as the others")
    assert renamed == client.get_registered_model("wines")
    assert client.registry_history("wines")[-1].comment == "as the others"
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


def test_numbers_from_a_table() -> None:
    """As pandas has them; what is no whole number is none."""
    numpy = pytest.importorskip("numpy")
    client = MltrackClient()
    client.create_registered_model("wine")
    client.create_model_version("wine", "s3://bucket/1")
    for number in (1, "1", 1.0, numpy.int64(1), numpy.float64(1)):
        assert client.get_model_version("wine", number).version == 1
    for wrong in (1.5, True, numpy.True_, float("nan"), float("inf"), None, "one", [1], 2**31):
        with pytest.raises(InvalidParameterValue, match="whole number"):
            client.get_model_version("wine", wrong)


def test_a_name_that_means_a_logged_model() -> None:
    """``models:/m-<id>`` could not be told apart."""
    client, taken = MltrackClient(), "m-" + 32 * "0"
    client.create_registered_model("wine")
    for name in (
        lambda: client.create_registered_model(taken),
        lambda: client.rename_registered_model("wine", taken),
    ):
        with pytest.raises(InvalidParameterValue, match="the logged model of this id"):
            name()


def test_the_model_of_a_version() -> None:
    """Its parameters and metrics, as long as it is there."""
    client = MltrackClient()
    client.create_registered_model("wine")
    model = client.create_logged_model("0", "model", params={"depth": "3"})
    client.finalize_logged_model(model.model_id, "READY")
    client.create_model_version("wine", f"models:/{model.model_id}")
    found = client.get_model_version("wine", 1)
    assert (found.params, found.metrics) == ({"depth": "3"}, [])
    client.delete_logged_model(model.model_id)
    assert client.get_model_version("wine", 1).params is None


def test_an_alias_that_is_a_number() -> None:
    """It need not be written in quotes."""
    client = MltrackClient()
    client.create_registered_model("wine")
    client.create_model_version("wine", "s3://bucket/1")
    client.set_registered_model_alias("wine", "3", 1)
    assert client.get_model_version_by_alias("wine", 3).version == 1  # type: ignore[arg-type]
    client.delete_registered_model_alias("wine", 3)  # type: ignore[arg-type]
    with pytest.raises(InvalidParameterValue, match="has the aliases none"):
        client.get_model_version_by_alias("wine", 3)  # type: ignore[arg-type]


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
