"""Which store is used: URIs, paths, the environment, the nearest one."""

import logging
import os
from pathlib import Path
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import InvalidParameterValue, MlflowException, ResourceDoesNotExist

pytestmark = pytest.mark.usefixtures("fresh")

# What users write, and the file that it means, below the working folder.
URIS: list[tuple[Any, str]] = [
    ("", "mltrack.duckdb"),
    ("runs.duckdb", "runs.duckdb"),
    (Path("runs.duckdb"), "runs.duckdb"),
    ("./sub/../runs.duckdb", "runs.duckdb"),
    ("folder", "folder/mltrack.duckdb"),
    (Path("folder"), "folder/mltrack.duckdb"),
    ("duckdb:///runs.duckdb", "runs.duckdb"),
    ("duckdb:///runs.db", "runs.db"),
    ("duckdb:///a b/ü.duckdb", "a b/ü.duckdb"),
    ("sqlite:///mlflow.db", "mlflow.duckdb"),
    ("mlflow.db", "mlflow.duckdb"),
    ("file:mlruns", "mlruns.duckdb"),
    ("file:./mlruns", "mlruns.duckdb"),
    ("./mlruns", "mlruns.duckdb"),
    ("mlruns", "mlruns.duckdb"),
    (Path("mlruns"), "mlruns.duckdb"),
    ("http://127.0.0.1:5000", "mltrack.duckdb"),
    ("http://127.0.0.1:5000/", "mltrack.duckdb"),
    ("http://localhost:8080", "mltrack.duckdb"),
    ("HTTP://LOCALHOST:5000", "mltrack.duckdb"),
]
MLFLOWS = ("sqlite:", "file:", "http", "HTTP", "mlflow.db", "./mlruns", "mlruns")

SERVERS = [
    "http://mlflow.example.com",
    "https://user:secret@mlflow.example.com/path",
    "http://10.0.0.7:5000",
    "databricks",
    "databricks://profile",
    "postgresql://localhost/mlflow",
    "mysql+pymysql://localhost/mlflow",
    "s3://bucket/mlruns",
    "uc:catalog",
    "duckdb:///",
    "sqlite:///",
]


@pytest.mark.parametrize(("uri", "file"), URIS, ids=str)
def test_what_a_uri_means(fresh: Path, uri: Any, file: str) -> None:
    """For the functions, for clients and for child processes alike; nothing is made on disk."""
    mlflow.set_tracking_uri(uri)
    wanted = f"duckdb:///{fresh / file}"
    assert mlflow.get_tracking_uri() == wanted
    assert mlflow.get_registry_uri() == wanted
    assert mlflow.tracking.fluent.client().tracking_uri == wanted
    assert mlflow.MlflowClient(tracking_uri=uri).tracking_uri == wanted
    assert os.environ["MLTRACK_TRACKING_URI"] == wanted
    assert mlflow.is_tracking_uri_set()
    assert list(fresh.iterdir()) == []


@pytest.mark.parametrize(("uri", "file"), URIS, ids=str)
def test_the_environment_names_the_store(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, uri: Any, file: str
) -> None:
    """MLflow's variable does, and ours comes first."""
    assert not mlflow.is_tracking_uri_set()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", str(uri))
    assert mlflow.get_tracking_uri() == f"duckdb:///{fresh / file}"
    assert mlflow.is_tracking_uri_set() is bool(str(uri))
    monkeypatch.setenv("MLTRACK_TRACKING_URI", "ours.duckdb")
    assert mlflow.get_tracking_uri() == f"duckdb:///{fresh}/ours.duckdb"


@pytest.mark.parametrize(("uri", "file"), URIS, ids=str)
def test_a_uri_that_means_something_else_in_mlflow_is_explained_once(
    caplog: pytest.LogCaptureFixture, uri: Any, file: str
) -> None:
    """The notice names the file that is used."""
    for _ in range(2):
        mlflow.set_tracking_uri(uri)
        mlflow.MlflowClient(uri)
    notices = [r.getMessage() for r in caplog.records if r.levelno >= logging.WARNING]
    assert len(notices) == str(uri).startswith(MLFLOWS)
    for notice in notices:
        assert file in notice


@pytest.mark.parametrize("uri", SERVERS)
def test_a_store_that_cannot_be_used(fresh: Path, uri: str) -> None:
    """One clear error, which says what to pass instead; the store in use stays."""
    before = mlflow.get_tracking_uri()
    with pytest.raises(InvalidParameterValue, match=r"\.duckdb") as caught:
        mlflow.set_tracking_uri(uri)
    assert isinstance(caught.value, MlflowException)
    assert mlflow.get_tracking_uri() == before
    with pytest.raises(InvalidParameterValue):
        mlflow.MlflowClient(uri)
    assert list(fresh.iterdir()) == []


def test_the_nearest_store_upwards_is_used(fresh: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As git finds its own; from a folder without one, it is made there."""
    with mlflow.start_run() as run:
        pass
    below = fresh / "a" / "b"
    below.mkdir(parents=True)
    monkeypatch.chdir(below)
    assert mlflow.get_tracking_uri() == f"duckdb:///{fresh}/mltrack.duckdb"
    assert mlflow.search_runs()["run_id"].tolist() == [run.info.run_id]
    mlflow.set_tracking_uri("http://127.0.0.1:5000")
    assert mlflow.get_tracking_uri() == f"duckdb:///{fresh}/mltrack.duckdb"
    (fresh / "mltrack.duckdb").unlink()  # a cache; the journals are the store
    mlflow.set_tracking_uri("")
    assert mlflow.get_tracking_uri() == f"duckdb:///{fresh}/mltrack.duckdb"


def test_a_chosen_store_stays_when_the_working_folder_changes(
    fresh: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Relative URIs are of the folder in which they were set."""
    mlflow.set_tracking_uri("runs.duckdb")
    (fresh / "a").mkdir()
    monkeypatch.chdir(fresh / "a")
    with mlflow.start_run():
        pass
    assert (fresh / "runs.journal").is_dir()
    assert list((fresh / "a").iterdir()) == []


def test_looking_makes_nothing(fresh: Path) -> None:
    """A search in an empty folder leaves it empty."""
    client = mlflow.MltrackClient()
    assert mlflow.get_experiment("0").name == "Default"
    assert mlflow.get_experiment_by_name("none") is None
    assert [one.name for one in mlflow.search_experiments()] == ["Default"]
    assert len(mlflow.search_runs()) == 0
    assert len(mlflow.search_runs(search_all_experiments=True)) == 0
    assert client.search_runs(["0"]) == []
    assert client.get_metric_history("0" * 32, "a") == []
    assert mlflow.gc() == []
    for missing in (mlflow.get_run, mlflow.delete_run, mlflow.get_parent_run):
        with pytest.raises(ResourceDoesNotExist):
            missing("0" * 32)
    assert mlflow.set_experiment(experiment_id="0").name == "Default"
    assert list(fresh.iterdir()) == []


def test_the_store_is_three_things_with_one_stem(fresh: Path) -> None:
    """The file, the journals and the artifacts lie beside each other."""
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    with mlflow.start_run():
        mlflow.log_text("a", "a.txt")
    assert len(mlflow.search_runs()) == 1
    assert sorted(path.name for path in fresh.iterdir()) == [
        "mlflow.artifacts", "mlflow.duckdb", "mlflow.journal"
    ]  # fmt: skip


def test_the_registry_is_in_the_store() -> None:
    """Its URI is accepted and changes nothing."""
    mlflow.set_registry_uri("sqlite:///registry.db")
    assert mlflow.get_registry_uri() == mlflow.get_tracking_uri()


def test_mlflows_other_names() -> None:
    """Functions and client are also where MLflow has them."""
    assert mlflow.tracking.MlflowClient is mlflow.MlflowClient
    mlflow.tracking.set_tracking_uri("runs.duckdb")
    assert mlflow.tracking.get_tracking_uri() == mlflow.get_tracking_uri()
