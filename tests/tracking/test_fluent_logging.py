"""Logging to the active run."""

import io
from pathlib import Path

import matplotlib.figure
import numpy as np
import pandas as pd
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist

pytestmark = pytest.mark.usefixtures("fresh")


def logged() -> Run:
    """The active run, or the last one, as the store has it."""
    run = mlflow.last_active_run()
    assert run is not None
    return run


def test_everything_a_run_can_hold() -> None:
    """One call each; what is returned is what MLflow's users rely on."""
    with mlflow.start_run():
        assert mlflow.log_param("p", 0.1) == 0.1
        mlflow.log_params({"q": [1, 2], "r s": None}).wait()
        mlflow.log_metric("m", 1, step=3, timestamp=5).wait()
        mlflow.log_metrics({"n": 2, "o": "0.5"}, step=7).wait()
        mlflow.set_tag("t", [])
        mlflow.set_tags({"u": 1, "v": 2})
        mlflow.delete_tag("v")
        mlflow.flush_async_logging()
        mlflow.flush_artifact_async_logging()
    data = logged().data
    assert data.params == {"p": "0.1", "q": "[1, 2]", "r s": "None"}
    assert data.metrics == {"m": 1, "n": 2, "o": 0.5}
    assert (data.tags["t"], data.tags["u"], "v" in data.tags) == ("[]", "1", False)


def test_step_and_timestamp() -> None:
    """Of one metric and of several; `synchronous` is the third argument, as in MLflow."""
    with mlflow.start_run() as run:
        mlflow.log_metric("a", 1.0, 2, None, 30)
        mlflow.log_metrics({"b": 1.0}, 4, None, None, 50)
    history = mlflow.MltrackClient().get_metric_history
    assert [(p.step, p.timestamp) for p in history(run.info.run_id, "a")] == [(2, 30)]
    assert [(p.step, p.timestamp) for p in history(run.info.run_id, "b")] == [(4, 50)]


def test_what_is_refused_leaves_the_run_open() -> None:
    """A caller's mistake raises where it is made."""
    with mlflow.start_run():
        mlflow.log_param("lr", 1)
        for mistake in (
            lambda: mlflow.log_param("lr", 2),
            lambda: mlflow.log_params({"new": 1, "lr": 2}),
            lambda: mlflow.log_metric("a", "high"),  # type: ignore[arg-type]
            lambda: mlflow.log_metric("a", 1, step=1.5),  # type: ignore[arg-type]
            lambda: mlflow.log_metrics({"ok": 1, "b@d": 2}),
            lambda: mlflow.set_tag("b@d", 1),
            lambda: mlflow.set_tags({"ok": 1, "b@d": 2}),
        ):
            with pytest.raises(InvalidParameterValue):
                mistake()
        with pytest.raises(ResourceDoesNotExist, match="No tag with name: none"):
            mlflow.delete_tag("none")
    assert (logged().data.params, logged().data.metrics) == ({"lr": "1"}, {})
    assert "ok" not in logged().data.tags


@pytest.mark.parametrize(
    "log",
    [
        lambda: mlflow.log_metric("a", 1),
        lambda: mlflow.log_metrics({"a": 1}),
        lambda: mlflow.log_param("a", 1),
        lambda: mlflow.log_params({"a": 1}),
        lambda: mlflow.set_tag("a", 1),
        lambda: mlflow.log_text("a", "a.txt"),
        lambda: mlflow.get_artifact_uri(),  # noqa: PLW0108  (looked up when called)
    ],
)
def test_without_a_run_one_is_started(log) -> None:  # noqa: ANN001
    """It stays active, so that the next call finds it."""
    log()
    first = mlflow.active_run()
    assert first is not None
    mlflow.log_metric("b", 2)
    active = mlflow.active_run()
    assert active is not None
    assert active.info.run_id == first.info.run_id


def test_a_run_by_id() -> None:
    """Another run than the active one; it need not be open."""
    with mlflow.start_run() as other:
        pass
    run_id = other.info.run_id
    with mlflow.start_run():
        mlflow.log_metric("a", 1, run_id=run_id)
        mlflow.log_metrics({"b": 2}, run_id=run_id)
        mlflow.log_params({"p": 3}, run_id=run_id)
        mlflow.log_text("x", "x.txt", run_id=run_id)
    found = mlflow.get_run(run_id)
    assert (found.data.metrics, found.data.params) == ({"a": 1, "b": 2}, {"p": "3"})
    assert found.info.status == "FINISHED"
    assert logged().data.metrics == {}


def test_inputs_have_digests() -> None:
    """The digest of the data is kept, with what it was used for."""
    frame = pd.DataFrame({"x": [1, 2], "y": [0, 1]})
    train = mlflow.data.from_pandas(frame, name="train", targets="y")
    with mlflow.start_run():
        mlflow.log_input(train, "training", {"split": "a"})
        mlflow.log_inputs([train, None], ["testing", None], [None, None])
        mlflow.log_inputs()
        mlflow.log_input()
    first, second = logged().inputs.dataset_inputs
    assert (first.dataset.name, first.dataset.digest) == ("train", train.digest)
    assert {tag.key: tag.value for tag in first.tags} == {
        "mlflow.data.context": "training",
        "split": "a",
    }
    assert [tag.value for tag in second.tags] == ["testing"]
    with pytest.raises(InvalidParameterValue, match="lists of one length"):
        mlflow.log_inputs([train], ["a", "b"])


def test_files(fresh: Path) -> None:
    """Every way to store one; what each can do is tested with the client's methods."""
    (fresh / "model.py").write_text("pass")
    (fresh / "folder").mkdir()
    (fresh / "folder" / "in.txt").write_text("in")
    with mlflow.start_run():
        mlflow.log_artifact("model.py")
        mlflow.log_artifact("model.py", "extra")
        mlflow.log_artifact("folder", artifact_path="whole")
        mlflow.log_artifacts("folder", "inside")
        mlflow.log_text("text", "t.txt")
        mlflow.log_dict({"a": 1}, "d.yaml")
        mlflow.log_stream(io.BytesIO(b"bytes"), "s.bin")
        mlflow.log_image(np.zeros((4, 4, 3), dtype=np.uint8), "i.png")
        mlflow.log_figure(matplotlib.figure.Figure(), "f.png")
        mlflow.log_table({"a": [1, 2]}, "table.json")
        uri = mlflow.get_artifact_uri("extra/model.py")
        root = Path(mlflow.get_artifact_uri())
    assert Path(uri).read_text() == "pass"
    found = {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}
    assert found == {
        "model.py", "extra/model.py", "whole/folder/in.txt", "inside/in.txt", "t.txt", "d.yaml",
        "s.bin", "i.png", "f.png", "table.json",
    }  # fmt: skip


def test_files_come_back() -> None:
    """By URI, by run and path; tables of several runs as one."""
    ids = []
    for n in range(2):
        with mlflow.start_run() as run:
            mlflow.log_table({"n": [n]}, "table.json")
            mlflow.log_dict({"n": n}, "d.json")
            mlflow.log_text("hé", "t.txt")
        ids.append(run.info.run_id)
    uri = f"runs:/{ids[1]}"
    assert mlflow.artifacts.load_text(f"{uri}/t.txt") == "hé"
    assert mlflow.artifacts.load_dict(f"{uri}/d.json") == {"n": 1}
    assert len(mlflow.artifacts.list_artifacts(uri)) == 3
    path = mlflow.artifacts.download_artifacts(run_id=ids[0], artifact_path="t.txt", dst_path="to")
    assert Path(path).read_text("utf-8") == "hé"
    table = mlflow.load_table("table.json", extra_columns=["run_id"])
    assert dict(zip(table["run_id"], table["n"], strict=True)) == {ids[0]: 0, ids[1]: 1}
    assert mlflow.load_table("table.json", [ids[1]])["n"].tolist() == [1]


def test_a_file_that_is_not_there() -> None:
    """Python's own error, as in MLflow; the run goes on."""
    with mlflow.start_run():
        with pytest.raises(FileNotFoundError):
            mlflow.log_artifact("nothing.pkl")
        with pytest.raises(InvalidParameterValue):
            mlflow.log_text("x", "../outside.txt")
        mlflow.log_metric("a", 1)
    assert logged().data.metrics == {"a": 1}


def test_system_metrics() -> None:
    """Sampled while the run is open, under MLflow's keys; one run may be told otherwise."""
    mlflow.set_system_metrics_sampling_interval(0.01)
    mlflow.set_system_metrics_samples_before_logging(1)
    mlflow.enable_system_metrics_logging()
    with mlflow.start_run(log_system_metrics=False):
        pass
    assert logged().data.metrics == {}
    with mlflow.start_run():
        pass
    assert "system/cpu_utilization_percentage" in logged().data.metrics
    mlflow.disable_system_metrics_logging()
    mlflow.set_system_metrics_node_id("two")
    with mlflow.start_run(log_system_metrics=True):
        pass
    assert "system/two/disk_usage_megabytes" in logged().data.metrics


def test_system_metrics_by_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """MLflow's variable; the calls refuse what makes no sense."""
    monkeypatch.setenv("MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING", "true")
    with mlflow.start_run():
        pass
    assert any(key.startswith("system/") for key in logged().data.metrics)
    with pytest.raises(InvalidParameterValue):
        mlflow.set_system_metrics_sampling_interval(0)
    with pytest.raises(InvalidParameterValue):
        mlflow.set_system_metrics_samples_before_logging(0)
