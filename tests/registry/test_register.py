"""Models become versions: with `register_model`, and when they are logged."""

from __future__ import annotations

from collections.abc import Iterator
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
from tests.registry.lasting import lasting

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture(scope="module")
def logged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ModelInfo]]:
    """A store, and a model of a run in it; each test has names of its own."""
    with lasting(tmp_path_factory.mktemp("register")) as uri:
        with mlflow.start_run():
            info = sklearn.log_model({"a": "model"}, "model")
        yield uri, info


@pytest.fixture
def info(logged: tuple[str, ModelInfo]) -> ModelInfo:
    """That model, in the store in use."""
    mlflow.set_tracking_uri(logged[0])
    return logged[1]


def is_registered(name: str) -> bool:
    """Whether there is a registered model of this name."""
    return any(one.name == name for one in mlflow.search_registered_models())


def test_the_lines_that_mlflow_prints(info: ModelInfo, capsys: pytest.CaptureFixture[str]) -> None:
    """The name is made with the first version, and the number is said; on stderr, as there."""
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


def test_log_and_register(info: ModelInfo) -> None:
    """What is returned has the number; a model without a run has a folder of its own."""
    mlflow.register_model(info.model_uri, "logged")
    made = sklearn.log_model({"a": 1}, name="model", registered_model_name="logged")
    assert made.registered_model_version == 2
    found = MltrackClient().get_model_version("logged", 2)
    assert (found.run_id, found.model_id) == (None, made.model_id)
    assert sklearn.load_model("models:/logged/2") == {"a": 1}


BAD_NAMES: list[Any] = ["a/b", "a:b", "", " ", "a@b", "x" * 501, 5]


def test_a_bad_name_stores_nothing() -> None:
    """Neither a model nor files nor a registered model, in a store of its own."""
    with mlflow.start_run() as run:
        for name in BAD_NAMES:
            with pytest.raises(InvalidParameterValue):
                sklearn.log_model({"a": 1}, "model", registered_model_name=name)
            with pytest.raises(InvalidParameterValue):
                mlflow.register_model(f"runs:/{run.info.run_id}/model", name)
    assert mlflow.search_logged_models(output_format="list") == []
    assert mlflow.artifacts.list_artifacts(f"runs:/{run.info.run_id}") == []
    assert mlflow.search_registered_models() == []


def test_nothing_to_register_makes_no_name(info: ModelInfo) -> None:
    """The name is not made for a version that cannot be."""
    run_id = info.run_id
    for uri in (f"runs:/{run_id}/nothing", f"runs:/{run_id}/../x", "nowhere", "models:/a/1"):
        with pytest.raises(MltrackException):
            mlflow.register_model(uri, "nothing")
    with pytest.raises(InvalidParameterValue):
        mlflow.register_model(f"runs:/{run_id}/model", "nothing", tags={"": "x"})
    assert not is_registered("nothing")


def test_a_failed_model_is_not_registered(info: ModelInfo) -> None:
    """Nor one that is not finished."""
    client = MltrackClient()
    model = client.create_logged_model("0", "model")
    for status in (None, LoggedModelStatus.FAILED):
        if status is not None:
            client.finalize_logged_model(model.model_id, status)
        with pytest.raises(InvalidState, match="never stored completely"):
            mlflow.register_model(model.model_uri, "failed")
    assert not is_registered("failed")


def test_files_of_a_run_by_their_place(info: ModelInfo) -> None:
    """MLflow's client is often given the path; it is kept so that the store can be moved."""
    with mlflow.start_run() as run:
        mlflow.log_text("flavors: {}", "model/MLmodel")
    client = MltrackClient()
    client.create_registered_model("files")
    uris = (f"{run.info.artifact_uri}/model", f"runs:/{run.info.run_id}/model")
    found = [client.create_model_version("files", uri) for uri in uris]
    assert [one.source for one in found] == list(uris)
    assert {one.location for one in found} == {uris[1]}
    assert {one.run_id for one in found} == {run.info.run_id}
    assert len({one.digest for one in found}) == 1


def test_a_saved_folder_and_the_path_of_mlflow(info: ModelInfo) -> None:
    """A relative path becomes an absolute one; MLflow's own folders need not exist."""
    sklearn.save_model({"a": 1}, "saved")
    assert mlflow.register_model("saved", "saved").location == str(Path("saved").absolute())
    version = mlflow.register_model(f"mlruns/0/{info.run_id}/artifacts/model", "saved")
    assert (version.model_id, version.location) == (info.model_id, None)
    assert sklearn.load_model("models:/saved/1") == {"a": 1}
    assert sklearn.load_model("models:/saved/2") == {"a": "model"}


def test_autolog_registers(info: ModelInfo) -> None:
    """Each trained model is a version; a bad name is refused when autolog is switched on."""
    linear = pytest.importorskip("sklearn.linear_model")
    autolog = mlflow.sklearn.autolog  # type: ignore[attr-defined]
    with pytest.raises(InvalidParameterValue):
        autolog(registered_model_name="a/b")
    autolog(registered_model_name="fitted")
    try:
        linear.LinearRegression().fit([[1.0], [2.0]], [1.0, 2.0])
    finally:
        autolog(disable=True)
    (version,) = mlflow.search_model_versions(filter_string="name = 'fitted'")
    run = mlflow.last_active_run()
    assert run is not None
    assert version.run_id == run.info.run_id != info.run_id


def test_a_copy_stands_on_its_own(info: ModelInfo) -> None:
    """It has the description, the tags and the files, also when the original is gone."""
    client = MltrackClient()
    mlflow.register_model(f"runs:/{info.run_id}/model", "first")
    client.update_model_version("first", 1, "Small")
    client.set_model_version_tag("first", 1, "a", "b")
    client.set_registered_model_alias("first", "champion", 1)
    copy = client.copy_model_version("models:/first@champion", "prod")
    assert (copy.description, copy.tags, copy.aliases) == ("Small", {"a": "b"}, [])
    assert (copy.source, copy.run_id) == ("models:/first/1", info.run_id)
    client.delete_registered_model("first")
    assert client.get_model_version("prod", 1) == copy
    assert sklearn.load_model("models:/prod/1") == {"a": "model"}
    with pytest.raises(ResourceDoesNotExist):
        client.copy_model_version("models:/first/1", "prod")
