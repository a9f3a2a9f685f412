"""Every kind of `models:/` URI leads to the version that it means, and to its files."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack import MltrackClient
from jupyter_mltrack.artifacts import download_artifacts, list_artifacts  # type: ignore[attr-defined]
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    ModelNotTrusted,
    RegisteredFilesChanged,
    ResourceDoesNotExist,
)
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.models.flavors import sklearn
from jupyter_mltrack.models.locating import located
from jupyter_mltrack.registry import uris
from tests.registry.lasting import lasting

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture(scope="module")
def uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Three versions of wine: the first in Production, the second champion."""
    with lasting(tmp_path_factory.mktemp("uris")) as uri:
        fill()
        yield uri


@pytest.fixture
def client(uri: str) -> MltrackClient:
    """A client of that store, which is the one in use; nothing is changed in it."""
    mlflow.set_tracking_uri(uri)
    return MltrackClient()


def fill() -> MltrackClient:
    """Make these versions in the store in use."""
    client = MltrackClient()
    sklearn.log_model({"number": 1}, name="model", registered_model_name="wine")
    for number in (2, 3):
        sklearn.save_model({"number": number}, f"saved{number}")
        mlflow.register_model(f"saved{number}", "wine")
    client.transition_model_version_stage("wine", 1, "Production")
    client.set_registered_model_alias("wine", "champion", 2)
    return client


NOW = {
    "models:/wine/1": 1,
    "models:/wine/02": 2,
    "models:///wine/1/": 1,
    "models:/wine/latest": 3,
    "models:/wine/LATEST": 3,
    "models:/wine/Production": 1,
    "models:/wine/production": 1,
    "models:/wine/None": 3,
    "models:/wine@champion": 2,
    "models:/wine@2999-01-01": 3,
    "models:/wine@2999-01-01T12:30Z": 3,
    "models:/wine/Production@2999-01-01": 1,
    "models:/wine@champion@now": 2,
    "models:/wine/latest@0 days ago": 3,
}


def test_what_each_means(client: MltrackClient) -> None:
    """Numbers, stages in any case, aliases, and each of them as of an instant."""
    for uri, number in NOW.items():
        assert client.get_model_version_by_uri(uri).version == number, uri
        assert sklearn.load_model(uri) == {"number": number}, uri


WRONG = {
    "models:/wine/9": ResourceDoesNotExist,
    "models:/wine/Archived": ResourceDoesNotExist,
    "models:/wine/Nowhere": InvalidParameterValue,
    "models:/wine@challenger": InvalidParameterValue,
    "models:/beer/1": ResourceDoesNotExist,
    "models:/wine@2001-01-01": ResourceDoesNotExist,
    "models:/wine/1@2001-01-01": ResourceDoesNotExist,
    "models:/wine@champion@then": InvalidParameterValue,
    "models:/wine@2026-13-99": InvalidParameterValue,
    "models:/wine/99999999999": InvalidParameterValue,
    "models:/wine": InvalidParameterValue,
}


def test_what_is_not_there(client: MltrackClient) -> None:
    """An error of the kind that MLflow's users catch."""
    for uri, error in WRONG.items():
        with pytest.raises(error):
            sklearn.load_model(uri)


@pytest.mark.parametrize(
    ("text", "end"),
    [
        ("2026-05-03", "2026-05-03T23:59:59.999"),
        ("2026-05-03T14:00", "2026-05-03T14:00:59.999"),
        ("2026-05-03T14:00:30.5", "2026-05-03T14:00:30.500"),
    ],
)
def test_a_day_is_meant_to_its_end(text: str, end: str) -> None:
    """And a minute to its last millisecond, in local time."""
    found = uris.parse(f"models:/wine@{text}")
    assert found is not None
    assert found.at == round(datetime.fromisoformat(end).timestamp() * 1000)
    assert found.alias is None


def test_a_path_within(client: MltrackClient) -> None:
    """Files are fetched with the name of the version before them."""
    assert {"MLmodel", "model.pkl"} <= {one.path for one in list_artifacts("models:/wine/1")}
    file = download_artifacts("models:/wine@champion/MLmodel")
    assert Path(file) == located("models:/wine/2") / "MLmodel"
    copy = Path(download_artifacts("models:/wine/1", dst_path="copy"))
    assert copy == Path("copy")
    assert (copy / "model.pkl").exists()
    assert mlflow.artifacts.load_text("models:/wine/1/MLmodel").startswith("artifact_path")
    uri = client.get_model_version_download_uri("wine", 1)
    assert Path(download_artifacts(uri)) == located("models:/wine/1")
    for path in ("../../x", "a/../../x"):
        with pytest.raises(InvalidParameterValue):
            download_artifacts(f"models:/wine/1/{path}")


def test_everything_loads_by_it(client: MltrackClient) -> None:
    """What is known of a model, its requirements, and its folder, without a file more in it."""
    before = {path: path.stat().st_mtime_ns for path in located("models:/wine/1").iterdir()}
    info = mlflow.models.get_model_info("models:/wine/1")
    assert info.model_id == client.get_model_version("wine", 1).model_id
    assert mlflow.pyfunc.get_model_dependencies("models:/wine/1")
    assert sklearn.load_model("models:/wine/1", dst_path="here") == {"number": 1}
    assert before == {path: path.stat().st_mtime_ns for path in located("models:/wine/1").iterdir()}
    assert not list(Path("here").glob("registered_model_meta"))


def test_time_travel() -> None:
    """What a stage, an alias and the highest version were, also one that is deleted since."""
    client = fill()
    moment = datetime.fromtimestamp(time.time()).astimezone().isoformat(timespec="milliseconds")
    time.sleep(0.01)
    client.transition_model_version_stage("wine", 3, "Production", archive_existing_versions=True)
    client.set_registered_model_alias("wine", "champion", 3)
    client.delete_model_version("wine", 3)
    ways = {"/Production": 1, "@champion": 2, "/latest": 3, "": 3}
    for way, number in ways.items():
        uri = f"models:/wine{way}@{moment}"
        assert client.get_model_version_by_uri(uri).version == number, uri
        assert sklearn.load_model(uri) == {"number": number}
    with pytest.raises(ResourceDoesNotExist, match=r"version=3\) not found: .+ deleted it on 20"):
        sklearn.load_model("models:/wine/3")


def test_files_that_are_not_those_registered() -> None:
    """They are not loaded, whatever was done to them; the gate has no say in that."""
    fill()
    changes = {
        1: lambda folder: (folder / "model.pkl").write_bytes(b"other"),
        2: lambda folder: (folder / "new.txt").write_bytes(b"added"),
        3: lambda folder: (folder / "requirements.txt").unlink(),
    }
    for number, change in changes.items():
        change(located(f"models:/wine/{number}"))
        with pytest.raises(RegisteredFilesChanged, match=f"version {number} of 'wine'") as found:
            sklearn.load_model(f"models:/wine/{number}")
        assert found.value.error_code == "DATA_LOSS"


def test_the_gate_is_the_same(client: MltrackClient) -> None:
    """A stranger's model is not trusted because it was registered."""
    shutil.copytree(located("models:/wine/1"), "stranger")
    Path("stranger/mltrack_signature.json").unlink()
    mlflow.set_tracking_uri("other.duckdb")
    mlflow.register_model("stranger", "strange")
    with pytest.raises(ModelNotTrusted):
        sklearn.load_model("models:/strange/1")
    mlflow.trust("models:/strange/1")
    assert sklearn.load_model("models:/strange/1") == {"number": 1}


def test_a_version_that_is_not_ready() -> None:
    """The message says what it is."""
    sklearn.save_model({"a": 1}, "saved")
    mlflow.register_model("saved", "wine")
    client = MltrackClient()
    key = client.get_registered_model("wine").registered_model_id
    for status in ("PENDING_REGISTRATION", "FAILED_REGISTRATION"):
        with client.store.agreeing():
            client._record(RegistryChange(key, "status", 1, text=status))
        with pytest.raises(InvalidState, match=f"Version 1 of wine is {status}"):
            sklearn.load_model("models:/wine/1")
