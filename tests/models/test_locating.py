"""Every kind of URI leads to the model's folder, and files of the store are compared."""

import shutil
from pathlib import Path

import fsspec
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import (
    ArtifactChanged,
    InvalidParameterValue,
    InvalidState,
    ResourceDoesNotExist,
    UnsafePath,
)
from jupyter_mltrack.models import Model
from jupyter_mltrack.models.flavors import sklearn
from jupyter_mltrack.models.locating import located
from jupyter_mltrack.models.model_info import ModelInfo

pytestmark = pytest.mark.usefixtures("fresh")


def logged(name: str = "my_model", uri: str | None = None) -> ModelInfo:
    """A model of a run, in a store that ``uri`` names."""
    if uri is not None:
        mlflow.set_tracking_uri(uri)
    with mlflow.start_run():
        return sklearn.log_model({"a": "model"}, name)


def test_of_a_run_and_by_its_id() -> None:
    """Both lead to the folder itself, which is not copied."""
    info = logged()
    folder = located(f"runs:/{info.run_id}/my_model")
    assert folder == located(info.model_uri) == located(f"models:/{info.model_id}/")
    assert folder.parts[-3:] == (info.run_id, "artifacts", "my_model")
    assert Model.load(folder).model_id == info.model_id


@pytest.mark.parametrize("uri", ["file:mlruns", "sqlite:///mlflow.db"])
def test_the_path_where_mlflow_would_keep_it(uri: str) -> None:
    """Tutorials put it together from ids; no such folder is here."""
    info = logged(uri=uri)
    place = located(info.model_uri)
    for start in ("mlruns", "./mlruns", "/somewhere/mlruns", "file:mlruns"):
        assert located(f"{start}/0/{info.run_id}/artifacts/my_model") == place
        assert located(f"{start}/0/models/{info.model_id}/artifacts") == place


def test_the_path_where_it_is() -> None:
    """Absolute, relative, as `file:` and as a `Path`."""
    info = logged()
    place = located(info.model_uri)
    relative = place.relative_to(Path.cwd())
    for path in (str(place), place, str(relative), relative, place.as_uri()):
        assert Path(located(path)).resolve() == place
    assert mlflow.get_run(str(info.run_id)).info.artifact_uri == str(place.parent)


def test_a_model_without_a_run_by_path() -> None:
    """It lies in a folder of its own, and is compared too."""
    info = sklearn.log_model({"a": "model"}, name="alone")
    place = located(info.model_uri)
    assert place.parts[-2:] == (info.model_id, "artifacts")
    (place / "model.pkl").write_bytes(b"changed")
    for uri in (info.model_uri, str(place), f"elsewhere/{info.model_id}/artifacts"):
        with pytest.raises(ArtifactChanged):
            located(uri)


def test_changed_files_of_a_run() -> None:
    """Whichever way they are asked for."""
    info = logged()
    place = located(info.model_uri)
    (place / "model.pkl").write_bytes(b"changed")
    for uri in (info.model_uri, f"runs:/{info.run_id}/my_model", str(place)):
        with pytest.raises(ArtifactChanged, match=r"model\.pkl"):
            located(uri)


def test_the_newest_of_a_name() -> None:
    """`runs:/` asks the store; a path is the folder it says."""
    with mlflow.start_run() as run:
        old, new = (sklearn.log_model([n], "my_model") for n in range(2))
    assert Model.load(located(f"runs:/{run.info.run_id}/my_model")).model_id == new.model_id
    assert Model.load(located(located(old.model_uri))).model_id == old.model_id


def test_a_model_that_was_logged_as_a_folder() -> None:
    """With `log_artifacts`, as people do who have one already."""
    sklearn.save_model({"a": "model"}, "saved")
    with mlflow.start_run() as run:
        mlflow.log_artifacts("saved", "folder/model")
    place = located(f"runs:/{run.info.run_id}/folder/model")
    assert sklearn.load_model(place) == {"a": "model"}


def test_to_a_folder_of_choice() -> None:
    """Everything is copied there, whatever names it."""
    info = logged()
    place = located(info.model_uri)
    for number, uri in enumerate((info.model_uri, f"runs:/{info.run_id}/my_model", place)):
        copy = located(uri, f"copies/{number}")
        assert copy.resolve().is_relative_to(Path(f"copies/{number}").resolve())
        assert sklearn.load_model(copy) == {"a": "model"}  # the signature came along


def test_elsewhere_through_fsspec() -> None:
    """It is brought here, and its links are the same questions."""
    sklearn.save_model({"a": "model"}, "saved")
    files = fsspec.filesystem("memory")
    files.put("saved", "/bucket/model", recursive=True)
    try:
        assert sklearn.load_model("memory://bucket/model") == {"a": "model"}
    finally:
        files.rm("/bucket", recursive=True)


def test_a_link_to_a_model() -> None:
    """A path of the user's may be one; only links inside the folder are refused."""
    sklearn.save_model({"a": "model"}, "saved")
    Path("link").symlink_to("saved")
    assert sklearn.load_model("link") == {"a": "model"}


@pytest.mark.parametrize(
    "uri", ["models:/", "models:Iris", "models:/Iris", "models:/Iris@a@b", "", "bogus://x/y"]
)
def test_no_uri(uri: str) -> None:
    """Nothing is guessed."""
    with pytest.raises(InvalidParameterValue):
        located(uri)


@pytest.mark.parametrize(
    "uri",
    [
        "nowhere",
        "/nowhere/at/all",
        "models:/m-" + "0" * 32,
        "models:/Iris/1",
        "models:/Iris/Production",
        "models:/Iris@best",
        "models:/Iris@2026-05-03",
        "runs:/" + "0" * 32 + "/model",
        "mlruns/0/" + "0" * 32 + "/artifacts/model",
        "memory://nowhere/model",
    ],
)
def test_nothing_there(uri: str) -> None:
    """An error of one kind, and no store is made by looking."""
    with pytest.raises(ResourceDoesNotExist):
        located(uri)
    assert not list(Path().iterdir())


def test_paths_that_lead_out() -> None:
    """Out of the run."""
    info = logged()
    for path in ("../../x", "%2e%2e/../x", "a/../../x", "..\\x"):
        with pytest.raises(UnsafePath):
            located(f"runs:/{info.run_id}/{path}")


def test_a_model_that_was_never_stored() -> None:
    """PENDING and FAILED are said."""
    client = mlflow.MlflowClient()
    model = client.create_logged_model("0", name="begun")
    with pytest.raises(InvalidState, match="is PENDING"):
        located(model.model_uri)
    client.finalize_logged_model(model.model_id, "FAILED", status_message="no space")
    with pytest.raises(InvalidState, match=r"is FAILED: .*no space"):
        located(model.model_uri)


def test_a_copy_of_the_files_of_another_store() -> None:
    """They are as they are."""
    info = logged()
    copy = Path("elsewhere") / str(info.run_id) / "artifacts" / "my_model"
    shutil.copytree(located(info.model_uri), copy)
    (copy / "more").write_text("")
    assert located(copy) == copy
