"""What is logged, and to which run."""

from __future__ import annotations

import logging

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.configuration import Configuration
from jupyter_mltrack.autolog.session import Session, open_session
from jupyter_mltrack.tracking import active

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def session() -> Session:
    """One with a run of its own, silent or not is the configuration's choice."""
    return open_session("toy", Configuration())


def test_one_write_for_an_event(session: Session) -> None:
    """Params, metrics of a step and tags go to the journal at once."""
    writes: list[int] = []
    store = session.client.store
    original = store.append_all
    store.append_all = lambda events: (writes.append(len(events)), original(events))[1]
    try:
        session.log(params={"a": None, "b": 1}, metrics={"m": 2}, tags={"t": 3}, step=7)
    finally:
        store.append_all = original
    assert writes == [4]
    run = mlflow.get_run(session.run_id)
    assert (run.data.params, run.data.metrics) == ({"a": "None", "b": "1"}, {"m": 2.0})
    assert session.client.get_metric_history(session.run_id, "m")[0].step == 7
    session.end("FINISHED")


@pytest.mark.parametrize(("kind", "longest"), [("params", 6000), ("tags", 8000)])
def test_long_texts_are_cut_as_mlflow_cuts_them(session: Session, kind: str, longest: int) -> None:
    """To its limits, with three dots at the end; long names too."""
    session.log(**{kind: {"k" * 300: "v" * 9000}})
    found = getattr(mlflow.get_run(session.run_id).data, kind)
    assert found["k" * 247 + "..."] == "v" * (longest - 3) + "..."
    session.end("FINISHED")


def test_what_cannot_be_logged_is_named_once(
    session: Session, caplog: pytest.LogCaptureFixture
) -> None:
    """The rest is logged."""
    session.log(params={"ok": 1, "no@": 2}, metrics={"m": 1, "bad": "x", "a//b": 1})  # type: ignore[dict-item]
    run = mlflow.get_run(session.run_id)
    assert (run.data.params, run.data.metrics) == ({"ok": "1"}, {"m": 1.0})
    assert len(caplog.records) == 1
    for name in ("no@", "bad", "a//b"):
        assert name in caplog.text
    session.end("FINISHED")


def test_a_second_training_in_one_run(caplog: pytest.LogCaptureFixture) -> None:
    """A run keeps the first value of a param: the others are logged, that one is named."""
    with mlflow.start_run() as run:
        for depth in (3, 5):
            session = open_session("toy", Configuration())
            session.log(params={"same": 1, "depth": depth, f"new{depth}": 0}, metrics={"m": depth})
            session.end("FINISHED")
    data = mlflow.get_run(run.info.run_id).data
    assert data.params == {"same": "1", "depth": "3", "new3": "0", "new5": "0"}
    assert data.metrics == {"m": 5.0}
    assert caplog.text.count("'depth'") == 1


def test_a_run_that_a_failed_cell_left_open(caplog: pytest.LogCaptureFixture) -> None:
    """It is ended, and the training has a run of its own."""
    left = mlflow.start_run()
    active.current().orphaned = True
    with caplog.at_level(logging.WARNING):
        session = open_session("toy", Configuration())
    assert session.run_id != left.info.run_id
    assert mlflow.get_run(left.info.run_id).info.status == "FAILED"
    session.end("FINISHED")


def test_a_run_that_the_training_ended_itself(session: Session) -> None:
    """There is nothing left to end."""
    mlflow.end_run("KILLED")
    session.end("FINISHED")
    assert mlflow.get_run(session.run_id).info.status == "KILLED"
