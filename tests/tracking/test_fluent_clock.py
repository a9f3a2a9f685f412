"""Order and durations do not depend on the wall clock."""

import time
from collections.abc import Callable
from types import SimpleNamespace

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.entities import Run
from jupyter_mltrack.store import journal
from jupyter_mltrack.store.journal import Journal
from jupyter_mltrack.tracking import runs
from tests.reliability import Noting

pytestmark = pytest.mark.usefixtures("fresh")

HOUR, YEAR = 3600.0, 365 * 86_400.0


@pytest.fixture
def jump(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Call it to put the wall clock so many seconds from where it is."""
    real = time.time

    def put(seconds: float) -> None:
        monkeypatch.setattr(time, "time", lambda: real() + seconds)

    return put


def read(run: mlflow.ActiveRun) -> Run:
    """The run as the store has it."""
    return mlflow.get_run(run.info.run_id)


@pytest.mark.parametrize("seconds", [-HOUR, YEAR, -YEAR])
def test_a_duration_is_measured_by_another_clock(
    jump: Callable[[float], None], seconds: float, promise: Noting
) -> None:
    """A run of some milliseconds, in the middle of which the clock is put forward or back."""
    check_duration(jump, seconds)
    promise(11, "durations while the clock jumps by -1 h, +1 y, -1 y", wrong=0)


def check_duration(jump: Callable[[float], None], seconds: float) -> None:
    """What is said to have lasted 20 ms lasted not much longer."""
    with mlflow.start_run() as run:
        jump(seconds)
        time.sleep(0.02)
    duration = read(run).info.duration
    assert duration is not None
    assert 0.02 <= duration < 10


def test_the_last_word_stays_the_last(jump: Callable[[float], None], promise: Noting) -> None:
    """Of a tag, a status, an experiment's name; whatever time they were said at."""
    check_last_words(jump)
    promise(11, "tags, params, states and names while the clock jumps", out_of_order=0)


def check_last_words(jump: Callable[[float], None]) -> None:
    """Who speaks last is right, and of a param who speaks first."""
    with mlflow.start_run() as run:
        mlflow.set_tag("t", "old")
        mlflow.set_tag("u", "old")
        mlflow.log_param("p", "first")
        jump(-HOUR)
        mlflow.set_tag("t", "new")
        jump(YEAR)
        mlflow.set_tag("u", "older")
    experiment = mlflow.create_experiment("a")
    mlflow.delete_run(run.info.run_id)
    jump(0)
    mlflow.MlflowClient().rename_experiment(experiment, "b")
    mlflow.restore_run(run.info.run_id)
    found = read(run)
    assert (found.data.tags["t"], found.data.tags["u"]) == ("new", "older")
    assert (found.data.params, found.info.status) == ({"p": "first"}, "FINISHED")
    assert found.info.lifecycle_stage == "active"
    assert mlflow.get_experiment(experiment).name == "b"


def test_an_order_by_the_wall_clock_would_be_seen(
    jump: Callable[[float], None], monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: events that are numbered, or runs that are timed, by the wall clock."""

    def wall() -> float:
        return time.time()

    by_wall_clock = SimpleNamespace(monotonic=wall, time=wall, sleep=time.sleep)
    for module in (journal, runs):
        monkeypatch.setattr(module, "time", by_wall_clock)
    with pytest.raises(AssertionError):
        check_duration(jump, HOUR)
    never_observed = property(lambda _: 0, lambda *_: None)
    monkeypatch.setattr(Journal, "clock", never_observed, raising=False)
    with pytest.raises(AssertionError):
        check_last_words(jump)
    promise(11, "mutation: durations by the wall clock", caught="yes")
    promise(11, "mutation: order by the wall clock", caught="yes")


def test_the_history_is_in_the_order_of_the_calls(
    jump: Callable[[float], None], promise: Noting
) -> None:
    """The latest value is that of the highest step, also if its time is the earliest."""
    with mlflow.start_run() as run:
        for step, seconds in enumerate((0, -HOUR, YEAR, -YEAR)):
            jump(seconds)
            mlflow.log_metric("m", step * 10, step=step)
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "m")
    assert [point.step for point in history] == [0, 1, 2, 3]
    assert read(run).data.metrics == {"m": 30}
    promise(11, "points while the clock jumps", points=4, out_of_order=0)


def test_equal_steps_and_equal_times(promise: Noting) -> None:
    """The latest is the highest by step, then time, then value, as in MLflow."""
    with mlflow.start_run() as run:
        for value in (1.0, 3.0, 2.0):
            mlflow.log_metric("m", value, step=5, timestamp=100)
        mlflow.log_metric("m", 0.5, step=5, timestamp=99)
        for value in (1.0, 9.0, 4.0):
            mlflow.log_metric("n", value)
    assert read(run).data.metrics["m"] == 3.0
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "m")
    assert [point.value for point in history] == [1.0, 3.0, 2.0, 0.5]
    promise(11, "points of one step, at one time", points=7, lost=0, out_of_order=0)


def test_runs_are_numbered_in_the_order_in_which_they_start(
    jump: Callable[[float], None],
) -> None:
    """The number tells, when the start times do not."""
    started = []
    for seconds in (0, -HOUR, YEAR):
        jump(seconds)
        with mlflow.start_run() as run:
            started.append(run)
    assert [run.info.number for run in started] == [1, 2, 3]
    found = mlflow.search_runs(order_by=["start_time ASC"])
    assert found["run_id"].tolist() == [started[n].info.run_id for n in (1, 0, 2)]


def test_a_run_may_start_when_its_caller_says() -> None:
    """Imported runs have their own times, and a duration by them."""
    client = mlflow.MlflowClient()
    run_id = client.create_run("0", start_time=1000).info.run_id
    client.set_terminated(run_id, end_time=4500)
    found = client.get_run(run_id).info
    assert (found.start_time, found.end_time, found.duration) == (1000, 4500, 3.5)
