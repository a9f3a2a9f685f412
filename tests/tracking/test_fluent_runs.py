"""The active run: start, nest, resume, end."""

import asyncio
import logging
import pickle
from contextlib import nullcontext

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    MlflowException,
    ResourceDoesNotExist,
    RunAlreadyActive,
)

pytestmark = pytest.mark.usefixtures("fresh")


def status(run: mlflow.ActiveRun) -> str:
    """The status of a run in the store."""
    return mlflow.get_run(run.info.run_id).info.status


def test_nothing_is_active_at_first() -> None:
    """Ending nothing is no error."""
    assert mlflow.active_run() is None
    assert mlflow.last_active_run() is None
    mlflow.end_run()


def test_a_bare_run() -> None:
    """Started, logged to, ended: as in a notebook, one call per cell."""
    run = mlflow.start_run()
    active = mlflow.active_run()
    assert active is not None
    assert active.info == run.info
    assert run.info.status == "RUNNING"
    mlflow.log_metric("a", 1)
    mlflow.end_run()
    assert mlflow.active_run() is None
    last = mlflow.last_active_run()
    assert last is not None
    assert last.info.status == "FINISHED"
    assert last.data.metrics == {"a": 1}


def test_a_run_has_what_it_was_given() -> None:
    """Name, tags, description; and where it comes from."""
    with mlflow.start_run(run_name="first", tags={"a": 1}, description="*why*") as run:
        pass
    found = mlflow.get_run(run.info.run_id)
    tags = found.data.tags
    assert (found.info.run_name, tags["a"], tags["mlflow.note.content"]) == ("first", "1", "*why*")
    assert {"mlflow.user", "mlflow.source.name", "mlflow.source.type"} <= tags.keys()
    assert found.info.user_id == tags["mlflow.user"]
    with pytest.raises(InvalidParameterValue, match="Give it once"):
        mlflow.start_run(tags={"mlflow.note.content": "a"}, description="b")
    with pytest.raises(TypeError, match="no argument 'run_nam'"):
        mlflow.start_run(run_nam="a")
    assert mlflow.active_run() is None


class Stop(BaseException):
    """Something that is no `Exception`."""


OUTCOMES: list[tuple[BaseException | None, str]] = [
    (None, "FINISHED"),
    (ValueError("no"), "FAILED"),
    (Stop(), "FAILED"),
    (KeyboardInterrupt(), "KILLED"),
    (asyncio.CancelledError(), "KILLED"),
    (SystemExit(), "FINISHED"),
    (SystemExit(0), "FINISHED"),
    (SystemExit(3), "FAILED"),
    (SystemExit("no"), "FAILED"),
]


def test_the_status_says_how_the_block_ended() -> None:
    """The exception goes on its way."""
    for error, _ in OUTCOMES:
        with pytest.raises(type(error)) if error else nullcontext(), mlflow.start_run():
            if error:
                raise error
        assert mlflow.active_run() is None
    found = mlflow.search_runs(order_by=["attributes.number"])
    assert found["status"].tolist() == [expected for _, expected in OUTCOMES]


def test_end_run_takes_a_status() -> None:
    """One that does not exist is refused before anything happens."""
    run = mlflow.start_run()
    with pytest.raises(InvalidParameterValue, match="Valid run status strings"):
        mlflow.end_run("DONE")
    assert mlflow.active_run() is not None
    mlflow.end_run("KILLED")
    assert status(run) == "KILLED"


def test_a_second_run_is_refused() -> None:
    """The message names the run and both ways out; `except Exception` of MLflow's users works."""
    with mlflow.start_run(run_name="one") as run:
        with pytest.raises(RunAlreadyActive) as caught:
            mlflow.start_run()
        assert isinstance(caught.value, MlflowException)
        for part in (run.info.run_id, "#1 one", "mlflow.end_run()", "nested=True"):
            assert part in str(caught.value)
    assert status(run) == "FINISHED"


def test_nested_runs() -> None:
    """To any depth; each ends by itself, and its parent is active again."""
    with mlflow.start_run() as one:
        with mlflow.start_run(nested=True) as two:
            with mlflow.start_run(nested=True) as three:
                mlflow.log_metric("depth", 3)
            mlflow.log_metric("depth", 2)
        mlflow.log_metric("depth", 1)
    found = [mlflow.get_run(run.info.run_id) for run in (one, two, three)]
    assert [run.data.metrics["depth"] for run in found] == [1, 2, 3]
    parent = mlflow.get_parent_run(three.info.run_id)
    assert parent is not None
    assert parent.info.run_id == two.info.run_id
    assert mlflow.get_parent_run(one.info.run_id) is None


def test_the_end_of_a_block_ends_what_was_left_open_inside() -> None:
    """A nested run that nobody ended has the fate of its block."""
    with mlflow.start_run() as outer:
        inner = mlflow.start_run(nested=True)
    assert (status(inner), status(outer)) == ("FINISHED", "FINISHED")
    with pytest.raises(ZeroDivisionError), mlflow.start_run() as outer:  # noqa: PT012
        inner = mlflow.start_run(nested=True)
        raise ZeroDivisionError
    assert (status(inner), status(outer)) == ("FAILED", "FAILED")
    with mlflow.start_run() as ended:
        mlflow.end_run("KILLED")
    assert status(ended) == "KILLED"


def test_nested_without_a_parent() -> None:
    """Is an ordinary run."""
    with mlflow.start_run(nested=True) as run:
        assert "mlflow.parentRunId" not in run.data.tags


def test_a_parent_by_id() -> None:
    """It may have ended; it must exist and must not be in the bin."""
    with mlflow.start_run() as parent:
        pass
    with mlflow.start_run(parent_run_id=parent.info.run_id) as child:
        assert child.data.tags["mlflow.parentRunId"] == parent.info.run_id
    with pytest.raises(ResourceDoesNotExist):
        mlflow.start_run(parent_run_id="0" * 32)
    mlflow.delete_run(parent.info.run_id)
    with pytest.raises(InvalidState):
        mlflow.start_run(parent_run_id=parent.info.run_id)
    assert mlflow.active_run() is None


def test_resume() -> None:
    """The run is RUNNING again, keeps what it has, and gets what is new."""
    with mlflow.start_run(run_name="a", tags={"t": "1"}) as run:
        mlflow.log_param("p", 1)
    run_id = run.info.run_id
    with mlflow.start_run(run_id=run_id, tags={"u": "2"}, description="d") as again:
        assert again.info.run_id == run_id
        assert status(again) == "RUNNING"
        mlflow.log_metric("m", 1)
        with pytest.raises(InvalidParameterValue):
            mlflow.log_param("p", 2)
    found = mlflow.get_run(run_id)
    assert (found.info.status, found.info.run_name) == ("FINISHED", "a")
    assert (found.data.params, found.data.metrics) == ({"p": "1"}, {"m": 1})
    assert {"t": "1", "u": "2", "mlflow.note.content": "d"}.items() <= found.data.tags.items()
    with mlflow.start_run(run_uuid=run_id, run_name="b"):
        pass
    assert mlflow.get_run(run_id).info.run_name == "b"


def test_what_cannot_be_resumed() -> None:
    """No such run; a deleted one; one of another experiment than the one that is set."""
    with mlflow.start_run() as run:
        pass
    run_id = run.info.run_id
    with pytest.raises(ResourceDoesNotExist):
        mlflow.start_run(run_id="0" * 32)
    mlflow.create_experiment("other")
    with pytest.raises(InvalidParameterValue, match="belongs to experiment 0"):
        mlflow.start_run(run_id=run_id, experiment_id="other")
    mlflow.set_experiment("other")
    with pytest.raises(InvalidParameterValue, match=r"set_experiment\(experiment_id='0'\)"):
        mlflow.start_run(run_id=run_id)
    mlflow.set_experiment(experiment_id="0")
    mlflow.delete_run(run_id)
    with pytest.raises(InvalidState, match=r"deleted state.*restore_run\(\)"):
        mlflow.start_run(run_id=run_id)
    mlflow.restore_run(run_id)
    with mlflow.start_run(run_id=run_id):
        pass


def test_the_environment_names_a_run_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """A parent process hands a run down; the second start is a run of its own."""
    with mlflow.start_run() as given:
        pass
    for name in ("MLFLOW_RUN_ID", "MLTRACK_RUN_ID"):
        monkeypatch.setenv(name, given.info.run_id)
        with mlflow.start_run() as resumed:
            assert resumed.info.run_id == given.info.run_id
        with mlflow.start_run() as own:
            assert own.info.run_id != given.info.run_id


def test_an_experiment_by_id_or_name() -> None:
    """For one run, whatever is set."""
    two = mlflow.create_experiment("two")
    with mlflow.start_run(experiment_id=two) as run:
        assert run.info.experiment_id == two
    with mlflow.start_run(experiment_id="two") as run:
        assert run.info.experiment_id == two
    with mlflow.start_run() as run:
        assert run.info.experiment_id == "0"


def test_delete_and_restore() -> None:
    """Also the run that is open: it ends, in the bin."""
    with mlflow.start_run() as run:
        mlflow.delete_run(run.info.run_id)
        with pytest.raises(InvalidState):
            mlflow.log_metric("a", 1)
    found = mlflow.get_run(run.info.run_id)
    assert (found.info.status, found.info.lifecycle_stage) == ("FINISHED", "deleted")
    mlflow.restore_run(run.info.run_id)
    assert mlflow.get_run(run.info.run_id).info.lifecycle_stage == "active"


def test_a_run_that_was_removed_while_it_was_open() -> None:
    """The block ends in peace."""
    with mlflow.start_run() as run:
        mlflow.delete_run(run.info.run_id)
        assert mlflow.gc() == [run.info.run_id]
    assert mlflow.active_run() is None


def test_a_cell_that_failed_leaves_its_run_behind(caplog: pytest.LogCaptureFixture) -> None:
    """The next start ends it as FAILED and says so, instead of refusing."""
    left = mlflow.start_run(run_name="left")
    mlflow.tracking.active.stack()[-1].orphaned = True
    with caplog.at_level(logging.WARNING), mlflow.start_run():
        assert "#1 left was left open by a cell that failed" in caplog.text
    assert status(left) == "FAILED"


def test_an_active_run_can_be_sent_to_another_process() -> None:
    """There it is a run like any other, and ends nothing."""
    with mlflow.start_run() as run:
        sent = pickle.loads(pickle.dumps(run))  # noqa: S301  (made here)
        assert type(sent).__name__ == "Run"
        assert sent.info == run.info


def test_the_client_of_a_run_stays_the_same() -> None:
    """Choosing another store in the middle of a run does not split it."""
    mlflow.set_tracking_uri("one.duckdb")
    with mlflow.start_run() as run:
        mlflow.set_tracking_uri("two.duckdb")
        mlflow.log_metric("a", 1)
        assert mlflow.last_active_run() is not None
    assert len(mlflow.search_runs()) == 0
    mlflow.set_tracking_uri("one.duckdb")
    assert mlflow.get_run(run.info.run_id).data.metrics == {"a": 1}
    assert status(run) == "FINISHED"
