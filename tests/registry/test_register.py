"""Models become versions: with `register_model`, and when they are logged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities import LoggedModelStatus
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    MltrackException,
    ResourceDoesNotExist,
)
from jupyter_mltrack.models.flavors import sklearn
from jupyter_mltrack.models.model_info import ModelInfo

pytestmark = pytest.mark.usefixtures("fresh")


def logged(name: str = "model", registered: str | None = None) -> ModelInfo:
    """A model of a run."""
    with mlflow.start_run():
        return sklearn.log_model({"a": name}, name, registered_model_name=registered)


def test_the_lines_that_mlflow_prints(capsys: pytest.CaptureFixture[str]) -> None:
    """The name is made with the first version, and the number is said; on stderr, as there."""
    info = logged()
    first = mlflow.register_model(f"runs:/{info.run_id}/model", "wine", tags={"by": "hand"})
    second = mlflow.register_model(info.model_uri, name="wine", await_registration_for=0)
    assert capsys.readouterr().err.splitlines()[-4:] == [
        "Successfully registered model 'wine'.",
        "Created version '1' of model 'wine'.",
        "Registered model 'wine' already exists. Creating a new version of this model...",
        "Created version '2' of model 'wine'.",
    ]
    assert info.registered_model_version is None
    assert (first.version, first.tags, first.model_id) == (1, {"by": "hand"}, info.model_id)
    assert first.run_id == second.run_id == info.run_id
    assert first.digest == second.digest is not None


def test_log_and_register() -> None:
    """What is returned has the number; a model without a run has a folder of its own."""
    assert logged(registered="wine").registered_model_version == 1
    info = sklearn.log_model({"a": 1}, name="model", registered_model_name="wine")
    assert info.registered_model_version == 2
    found = MltrackClient().get_model_version("wine", 2)
    assert (found.run_id, found.model_id) == (None, info.model_id)
    assert sklearn.load_model("models:/wine/2") == {"a": 1}


BAD_NAMES: list[Any] = ["a/b", "a:b", "", " ", "a@b", "x" * 501, 5]


def test_a_bad_name_stores_nothing() -> None:
    """Neither a model nor files nor a registered model."""
    with mlflow.start_run() as run:
        for name in BAD_NAMES:
            with pytest.raises(InvalidParameterValue):
                sklearn.log_model({"a": 1}, "model", registered_model_name=name)
            with pytest.raises(InvalidParameterValue):
                mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
    assert mlflow.search_logged_models(output_format="list") == []
    assert mlflow.artifacts.list_artifacts(f"runs:/{run.info.run_id}") == []
    assert mlflow.search_registered_models() == []


def test_nothing_to_register_makes_no_name() -> None:
    """The name is not made for a version that cannot be."""
    run_id = logged().run_id
    for uri in (f"runs:/{run_id}/nothing", f"runs:/{run_id}/../x", "nowhere", "models:/a/1"):
        with pytest.raises(MltrackException):
            mlflow.register_model(uri, "wine")
    with pytest.raises(InvalidParameterValue):
        mlflow.register_model(f"runs:/{run_id}/model", "wine", tags={"": "x"})
    assert mlflow.search_registered_models() == []


def test_a_failed_model_is_not_registered() -> None:
    """Nor one that is not finished."""
    client = MltrackClient()
    model = client.create_logged_model("0", "model")
    for status in (None, LoggedModelStatus.FAILED):
        if status is not None:
            client.finalize_logged_model(model.model_id, status)
        with pytest.raises(InvalidState, match="never stored completely"):
            mlflow.register_model(model.model_uri, "wine")
    assert mlflow.search_registered_models() == []


def test_files_of_a_run_by_their_place() -> None:
    """MLflow's client is often given the path; it is kept so that the store can be moved."""
    with mlflow.start_run() as run:
        mlflow.log_text("flavors: {}", "model/MLmodel")
    client = MltrackClient()
    client.create_registered_model("wine")
    uris = (f"{run.info.artifact_uri}/model", f"runs:/{run.info.run_id}/model")
    found = [client.create_model_version("wine", uri) for uri in uris]
    assert [one.source for one in found] == list(uris)
    assert {one.location for one in found} == {uris[1]}
    assert {one.run_id for one in found} == {run.info.run_id}
    assert len({one.digest for one in found}) == 1


def test_a_saved_folder_and_the_path_of_mlflow() -> None:
    """A relative path becomes an absolute one; MLflow's own folders need not exist."""
    sklearn.save_model({"a": 1}, "saved")
    assert mlflow.register_model("saved", "wine").location == str(Path("saved").absolute())
    info = logged()
    version = mlflow.register_model(f"mlruns/0/{info.run_id}/artifacts/model", "wine")
    assert (version.model_id, version.location) == (info.model_id, None)
    assert sklearn.load_model("models:/wine/1") == {"a": 1}
    assert sklearn.load_model("models:/wine/2") == {"a": "model"}


def test_autolog_registers() -> None:
    """Each trained model is a version; a bad name is refused when autolog is switched on."""
    linear = pytest.importorskip("sklearn.linear_model")
    autolog = mlflow.sklearn.autolog  # type: ignore[attr-defined]
    with pytest.raises(InvalidParameterValue):
        autolog(registered_model_name="a/b")
    autolog(registered_model_name="wine")
    try:
        linear.LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
    finally:
        autolog(disable=True)
    (version,) = mlflow.search_model_versions()
    run = mlflow.last_active_run()
    assert run is not None
    assert (version.name, version.run_id) == ("wine", run.info.run_id)


def test_a_copy_stands_on_its_own() -> None:
    """It has the description, the tags and the files, also when the original is gone."""
    info = logged(registered="wine")
    client = MltrackClient()
    client.update_model_version("wine", 1, "Small")
    client.set_model_version_tag("wine", 1, "a", "b")
    client.set_registered_model_alias("wine", "champion", 1)
    copy = client.copy_model_version("models:/wine@champion", "prod")
    assert (copy.description, copy.tags, copy.aliases) == ("Small", {"a": "b"}, [])
    assert (copy.source, copy.run_id) == ("models:/wine/1", info.run_id)
    client.delete_registered_model("wine")
    assert client.get_model_version("prod", 1) == copy
    assert sklearn.load_model("models:/prod/1") == {"a": "model"}
    with pytest.raises(ResourceDoesNotExist):
        client.copy_model_version("models:/wine/1", "prod")
