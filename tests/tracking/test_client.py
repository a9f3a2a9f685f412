"""Runs through the client: start, log, read, end, delete."""

import pickle
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_mltrack import MlflowClient, MltrackClient
from jupyter_mltrack.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    Metric,
    Param,
    RunTag,
    ViewType,
)
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    MlflowException,
    ResourceDoesNotExist,
)

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def client() -> MltrackClient:
    """A client of a store that does not exist yet."""
    return MltrackClient("runs.duckdb")


@pytest.fixture
def run(client: MltrackClient) -> str:
    """The id of a run."""
    return client.create_run("0").info.run_id


def test_the_client_has_mlflows_arguments(fresh: Path) -> None:
    """Two of them mean nothing here; both names are one class."""
    client = MlflowClient("runs.duckdb", registry_uri="x", workspace_store_uri="y")
    assert MlflowClient is MltrackClient
    assert client.tracking_uri == f"duckdb:///{fresh}/runs.duckdb"
    assert client.store.path == fresh / "runs.duckdb"
    assert MltrackClient(tracking_uri=client.tracking_uri).store is client.store


def test_a_new_run(client: MltrackClient) -> None:
    """What is returned is what is stored."""
    before = int(time.time() * 1000)
    made = client.create_run("0", tags={"k": 1}, run_name="first")
    read = client.get_run(made.info.run_id)
    assert read.info == made.info
    assert read.data.tags == made.data.tags == {"k": "1", "mlflow.runName": "first"}
    assert (made.info.status, made.info.end_time, made.info.number) == ("RUNNING", None, 1)
    assert before <= made.info.start_time <= time.time() * 1000
    assert made.info.artifact_uri.endswith(f"/runs.artifacts/0/{made.info.run_id}/artifacts")
    assert made.info.run_uuid == made.info.run_id


def test_a_run_has_a_readable_name_and_a_number(client: MltrackClient) -> None:
    """The tag may say the name; numbers count within each experiment."""
    other = client.create_experiment("other")
    runs = [client.create_run("0"), client.create_run(other), client.create_run("0")]
    assert [run.info.number for run in runs] == [1, 1, 2]
    assert all("-" in run.info.run_name for run in runs)
    named = client.create_run("0", tags={"mlflow.runName": "by tag", "mlflow.user": "ann"})
    assert (named.info.run_name, named.info.user_id) == ("by tag", "ann")
    assert client.create_run("other", start_time=5).info.start_time == 5


def test_set_terminated(client: MltrackClient, run: str) -> None:
    """FINISHED is the default; the given end is kept."""
    client.set_terminated(run)
    ended = client.get_run(run).info
    assert ended.status == "FINISHED"
    assert ended.start_time <= (ended.end_time or 0)
    client.set_terminated(run, "FAILED", end_time=ended.start_time + 1500)
    again = client.get_run(run).info
    assert (again.status, again.duration) == ("FAILED", 1.5)
    assert again.end_time == ended.start_time + 1500
    with pytest.raises(InvalidParameterValue, match="Valid run status strings"):
        client.set_terminated(run, "BAD")


def test_update_run(client: MltrackClient, run: str) -> None:
    """Status and name, each or both."""
    client.update_run(run, name="better")
    assert client.get_run(run).info.run_name == "better"
    assert client.get_run(run).info.status == "RUNNING"
    client.update_run(run, "KILLED")
    assert client.get_run(run).info.status == "KILLED"
    with pytest.raises(InvalidParameterValue):
        client.update_run(run, status="DONE")


def test_metrics(client: MltrackClient, run: str) -> None:
    """The latest is the one with the highest step, then time, then value."""
    client.log_metric(run, "loss", 3.0, timestamp=10, step=2)
    client.log_metric(run, "loss", 1.0, timestamp=99, step=1)
    client.log_metric(run, "loss", 2.0, timestamp=10, step=2)
    history = client.get_metric_history(run, "loss")
    assert [(m.value, m.timestamp, m.step) for m in history] == [(3, 10, 2), (1, 99, 1), (2, 10, 2)]
    assert {m.key for m in history} == {"loss"}
    assert client.get_run(run).data.metrics == {"loss": 3.0}
    client.log_metric(run, "loss", 0.5, timestamp=11, step=2)
    assert client.get_run(run).data.metrics == {"loss": 0.5}


def test_a_metric_has_a_step_and_a_time_by_default(client: MltrackClient, run: str) -> None:
    """Step 0, now; the zero of time is a time too."""
    client.log_metric(run, "a", 1).wait()
    client.log_metric(run, "b", 1, timestamp=0)
    (point,) = client.get_metric_history(run, "a")
    assert point.step == 0
    assert abs(point.timestamp - time.time() * 1000) < 60_000
    assert client.get_metric_history(run, "b")[0].timestamp == 0
    assert client.get_metric_history(run, "nothing") == []


def test_equal_points_are_all_kept(client: MltrackClient, run: str) -> None:
    """Every call is a point."""
    for _ in range(3):
        client.log_metric(run, "a", 1, timestamp=5, step=5)
    assert len(client.get_metric_history(run, "a")) == 3


def test_a_param_keeps_its_first_value(client: MltrackClient, run: str) -> None:
    """The same again is fine, another one is refused, and the message says what to do."""
    assert client.log_param(run, "lr", 0.1) == 0.1
    client.log_param(run, "lr", "0.1")
    with pytest.raises(InvalidParameterValue) as caught:
        client.log_param(run, "lr", 0.2)
    for part in ("key='lr'", "value='0.1'", "new value '0.2'", "Start a new run"):
        assert part in str(caught.value)
    assert client.get_run(run).data.params == {"lr": "0.1"}


def test_a_param_is_known_to_another_client(client: MltrackClient, run: str) -> None:
    """Also to a process that did not log it: it asks the store first."""
    client.log_param(run, "lr", 1)
    client._known.params.clear()
    with pytest.raises(InvalidParameterValue, match="already logged"):
        client.log_param(run, "lr", 2)


def test_log_params_is_all_or_nothing(client: MltrackClient, run: str) -> None:
    """One refused value leaves none of them."""
    client.log_params(run, {"a": 1})
    with pytest.raises(InvalidParameterValue):
        client.log_params(run, {"b": 1, "a": 2})
    with pytest.raises(InvalidParameterValue):
        client.log_params(run, {"b": 1, "c@": 2})
    assert client.get_run(run).data.params == {"a": "1"}
    client.log_params(run, {})
    client.log_params(run, {"b": 3})
    assert client.get_run(run).data.params == {"a": "1", "b": "3"}


def test_a_param_that_could_not_be_stored_can_be_logged_again(
    client: MltrackClient, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What failed is not remembered as logged."""
    monkeypatch.setattr("jupyter_mltrack.store.journal.MAX_LINE", 400)
    with pytest.raises(MlflowException):
        client.log_param(run, "p", "x" * 500)
    client.log_param(run, "p", "short")
    assert client.get_run(run).data.params == {"p": "short"}


def test_tags(client: MltrackClient, run: str) -> None:
    """The last value stays; one that is missing cannot be deleted."""
    client.set_tag(run, "a", 1)
    client.set_tags(run, {"a": 2, "b": 3})
    client.delete_tag(run, "b")
    assert client.get_run(run).data.tags["a"] == "2"
    assert "b" not in client.get_run(run).data.tags
    with pytest.raises(ResourceDoesNotExist, match=f"No tag with name: b in run with id {run}"):
        client.delete_tag(run, "b")
    with pytest.raises(InvalidParameterValue):
        client.set_tags(run, {"c": 1, "d@": 2})
    assert "c" not in client.get_run(run).data.tags


def test_log_batch(client: MltrackClient, run: str) -> None:
    """Metrics, params and tags with one call; more of them than MLflow's server takes."""
    metrics = [Metric("m", float(n), n, n) for n in range(1500)]
    params = [Param(f"p{n}", str(n)) for n in range(150)]
    client.log_batch(run, metrics, params, [RunTag("t", "1")], synchronous=True)
    data = client.get_run(run).data
    assert (data.metrics, len(data.params), data.tags["t"]) == ({"m": 1499.0}, 150, "1")
    assert len(client.get_metric_history(run, "m")) == 1500
    client.log_batch(run)


WRONG_BATCHES: list[dict[str, Any]] = [
    {"params": [Param("a", "1"), Param("a", "1")]},
    {"params": [Param("kept", "2")]},
    {"params": [Param("a", "1"), Param("b@", "1")]},
    {"tags": [RunTag("t@", "1")]},
    {"metrics": [Metric("m", None, 0, 0)]},
    {"metrics": [Metric("m", 1.0, 0, 1.5)]},
    {"metrics": [Metric("m", 1.0, -1, 0)]},
]


def test_log_batch_is_all_or_nothing(client: MltrackClient, run: str) -> None:
    """One thing that is refused, and nothing of the batch is stored."""
    client.log_param(run, "kept", 1)
    before = client.get_run(run)
    for wrong in WRONG_BATCHES:
        batch = {"metrics": [Metric("m", 1.0, 0, 0)], "tags": [RunTag("x", "1")]} | wrong
        with pytest.raises(InvalidParameterValue):
            client.log_batch(run, **batch)
    assert client.get_run(run) == before


def test_inputs(client: MltrackClient, run: str) -> None:
    """A dataset comes back with its digest and what it was used for."""
    data = Dataset("wine", "1a2b3c4d", "local", '{"uri": "wine.csv"}', "{}", '{"num_rows": 3}')
    client.log_inputs(run, [DatasetInput(data, [InputTag("mlflow.data.context", "training")])])
    (found,) = client.get_run(run).inputs.dataset_inputs
    assert found.dataset == data
    assert found.tags == [InputTag("mlflow.data.context", "training")]
    client.log_inputs(run)
    as_dict = client.get_run(run).to_dictionary()
    assert as_dict["inputs"]["dataset_inputs"][0]["dataset"]["digest"] == "1a2b3c4d"


def test_parents(client: MltrackClient, run: str) -> None:
    """A nested run has a tag with the id of its parent."""
    child = client.create_run("0", tags={"mlflow.parentRunId": run}).info.run_id
    assert client.get_parent_run(run) is None
    parent = client.get_parent_run(child)
    assert parent is not None
    assert parent.info.run_id == run


def test_delete_and_restore(client: MltrackClient, run: str) -> None:
    """A run in the bin refuses what is logged to it, and is found where one looks for it."""
    client.delete_run(run)
    assert client.get_run(run).info.lifecycle_stage == "deleted"
    for log in (
        lambda: client.log_metric(run, "a", 1),
        lambda: client.log_param(run, "a", 1),
        lambda: client.set_tag(run, "a", 1),
        lambda: client.delete_tag(run, "mlflow.runName"),
        lambda: client.log_batch(run),
    ):
        with pytest.raises(InvalidState, match=r"restore_run\(\)") as caught:
            log()
        assert caught.value.error_code == "INVALID_PARAMETER_VALUE"
    assert client.search_runs("0") == []
    assert len(client.search_runs("0", run_view_type=ViewType.DELETED_ONLY)) == 1
    client.restore_run(run)
    client.log_metric(run, "a", 1)
    assert client.search_runs("0")[0].data.metrics == {"a": 1}


def test_a_deleted_run_can_end(client: MltrackClient, run: str) -> None:
    """It was deleted while it was running."""
    client.delete_run(run)
    client.set_terminated(run)
    assert client.get_run(run).info.status == "FINISHED"


def test_a_run_that_does_not_exist(client: MltrackClient) -> None:
    """Every method says so; an id that none can have is told apart."""
    questions: list[Callable[[str], Any]] = [
        client.get_run,
        client.get_parent_run,
        lambda run: client.log_metric(run, "a", 1),
        lambda run: client.log_param(run, "a", 1),
        lambda run: client.log_params(run, {"a": 1}),
        client.log_batch,
        client.log_inputs,
        lambda run: client.set_tag(run, "a", 1),
        lambda run: client.set_tags(run, {"a": 1}),
        lambda run: client.delete_tag(run, "a"),
        client.set_terminated,
        lambda run: client.update_run(run, "FINISHED"),
        client.delete_run,
        client.restore_run,
        client.list_artifacts,
        lambda run: client.log_text(run, "a", "a.txt"),
    ]
    for ask in questions:
        with pytest.raises(ResourceDoesNotExist, match=r"not found in .*runs\.duckdb") as caught:
            ask("0" * 32)
        assert caught.value.error_code == "RESOURCE_DOES_NOT_EXIST"
        with pytest.raises(InvalidParameterValue, match="Invalid run ID"):
            ask("../etc")


def test_gc(client: MltrackClient, fresh: Path) -> None:
    """Deleted runs go for ever, with their files; others stay."""
    kept, gone = (client.create_run("0").info.run_id for _ in range(2))
    client.log_text(gone, "text", "notes.txt")
    client.delete_run(gone)
    folder = fresh / "runs.artifacts" / "0" / gone
    assert folder.exists()
    assert client.gc(older_than="1d") == []
    assert client.gc(experiment_ids=["nobody"]) == []
    assert client.gc(experiment_ids="Default", older_than="0s") == [gone]
    assert not [path for path in folder.rglob("*") if path.is_file()]
    with pytest.raises(ResourceDoesNotExist):
        client.get_run(gone)
    assert client.get_run(kept).info.run_id == kept
    with pytest.raises(ResourceDoesNotExist):
        client.restore_run(gone)


def test_gc_refuses_what_is_not_deleted(client: MltrackClient, run: str) -> None:
    """Nothing is removed; the message names the run and how to delete it."""
    with pytest.raises(InvalidParameterValue, match=rf"{run}.*delete_run\(\)"):
        client.gc(run_ids=[run])
    client.delete_run(run)
    with pytest.raises(InvalidParameterValue, match="no duration"):
        client.gc(older_than="soon")
    assert client.gc(run_ids=[run]) == [run]


def test_list_run_infos(client: MltrackClient, run: str) -> None:
    """What MLflow 1 called it."""
    assert [info.run_id for info in client.list_run_infos("0", max_results=5)] == [run]


def test_files(client: MltrackClient, run: str, fresh: Path) -> None:
    """In, listed, out; what they can do is tested with `tracking/files.py`."""
    (fresh / "a.txt").write_text("hello")
    client.log_artifact(run, "a.txt", "extra")
    client.log_artifacts(run, str(fresh / "runs.artifacts" / "0" / run / "artifacts" / "extra"))
    client.log_dict(run, {"a": 1}, "d.json")
    assert [one.path for one in client.list_artifacts(run)] == ["a.txt", "d.json", "extra"]
    assert [one.path for one in client.list_artifacts(run, "extra")] == ["extra/a.txt"]
    assert Path(client.download_artifacts(run, "extra/a.txt")).read_text() == "hello"


def test_a_client_can_be_sent_to_another_process(client: MltrackClient, run: str) -> None:
    """As joblib and multiprocessing send what a function uses; runs can be sent too."""
    again = pickle.loads(pickle.dumps(client))  # noqa: S301  (made here)
    assert again.tracking_uri == client.tracking_uri
    found = client.get_run(run)
    assert pickle.loads(pickle.dumps(found)) == found  # noqa: S301
