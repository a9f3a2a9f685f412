"""Emptying the bin leaves alone what versions came from."""

from __future__ import annotations

import logging

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import InvalidState, ResourceDoesNotExist
from jupyter_mltrack.models.flavors import sklearn

pytestmark = pytest.mark.usefixtures("fresh")


def binned(registered: str | None) -> str:
    """A run with a model, in the bin."""
    with mlflow.start_run() as run:
        sklearn.log_model({"a": 1}, "model", registered_model_name=registered)
    mlflow.delete_run(run.info.run_id)
    return run.info.run_id


def test_a_run_that_a_version_needs_stays(caplog: pytest.LogCaptureFixture) -> None:
    """It is named in one warning; the others go."""
    kept, gone = binned("wine"), binned(None)
    with caplog.at_level(logging.WARNING, "jupyter_mltrack"):
        assert mlflow.gc() == [gone]
    (said,) = [one.getMessage() for one in caplog.records if "Kept" in one.getMessage()]
    assert f"{kept} (wine version 1)" in said
    assert sklearn.load_model("models:/wine/1") == {"a": 1}
    MltrackClient().delete_model_version("wine", 1)
    assert mlflow.gc() == [kept]


def test_a_logged_model_that_a_version_needs_stays() -> None:
    """One that is deleted and lies in a folder of its own loads as before."""
    info = sklearn.log_model({"a": 1}, name="model", registered_model_name="wine")
    client = MltrackClient()
    client.delete_logged_model(str(info.model_id))
    assert mlflow.gc() == []
    assert sklearn.load_model("models:/wine/1") == {"a": 1}
    client.delete_registered_model("wine")
    assert mlflow.gc() == [info.model_id]


@pytest.mark.nightly
def test_files_of_a_run_that_are_no_logged_model() -> None:
    """Also those of a copy, whose original is gone."""
    with mlflow.start_run() as run:
        mlflow.log_text("flavors: {}", "model/MLmodel")
    mlflow.register_model(f"runs:/{run.info.run_id}/model", "wine")
    client = MltrackClient()
    client.copy_model_version("models:/wine/1", "prod")
    client.delete_registered_model("wine")
    client.delete_run(run.info.run_id)
    assert mlflow.gc() == []
    assert mlflow.artifacts.load_text("models:/prod/1/MLmodel") == "flavors: {}"


def test_one_that_is_named_is_refused() -> None:
    """And nothing else is removed."""
    kept, other = binned("wine"), binned(None)
    with pytest.raises(InvalidState, match=f"{kept} .wine version 1"):
        mlflow.gc(run_ids=[other, kept])
    client = MltrackClient()
    model_id = str(client.get_model_version("wine", 1).model_id)
    client.delete_logged_model(model_id)
    with pytest.raises(InvalidState, match="delete_model_version"):
        mlflow.gc(logged_model_ids=[model_id])
    assert mlflow.gc(run_ids=[other]) == [other]


@pytest.mark.nightly
def test_what_was_removed_is_not_registered() -> None:
    """The files are gone, and so is the version's past."""
    run_id = binned(None)
    mlflow.gc()
    with pytest.raises(ResourceDoesNotExist):
        mlflow.register_model(f"runs:/{run_id}/model", "wine")
    assert mlflow.search_registered_models() == []
