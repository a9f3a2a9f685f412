"""A watched call: the user's training never suffers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.switchboard import switchboard
from tests.autolog.toy import toy_library

pytestmark = pytest.mark.usefixtures("fresh")


def raises(error: BaseException) -> Callable[[], None]:
    """A function that raises this."""

    def act() -> None:
        raise error

    return act


def fails_before(call: Call) -> Generator[None, Any, None]:
    """Spoil the arguments, then fail."""
    call.args, call.kwargs = ("nonsense",), {}
    msg = "before"
    raise KeyError(msg)
    yield


def fails_after(call: Call) -> Generator[None, Any, None]:
    """Fail when the training is done."""
    call.session.log(params={"a": 1})
    yield
    msg = "after"
    raise KeyError(msg)


def yields_twice(call: Call) -> Generator[None, Any, None]:
    """A watcher that is wrong."""
    del call
    yield
    yield


def never_yields(call: Call) -> Generator[None, Any, None]:
    """Another."""
    if call is None:
        yield


def test_a_training_has_a_run_of_its_own(toy: ModuleType) -> None:
    """With what was logged before and after it, and the tag that says who started it."""
    switchboard.switch(toy_library(), {"extra_tags": {"team": "red"}})
    assert toy.train(4, rate=0.5) == 2.0
    run = mlflow.last_active_run()
    assert run.info.status == "FINISHED"
    assert mlflow.active_run() is None
    assert run.data.params == {"arguments": "4"}
    assert run.data.metrics == {"returned": 1.0}
    assert (run.data.tags["mlflow.autologging"], run.data.tags["team"]) == ("toy", "red")


def test_the_run_of_the_user_is_used_and_stays_open(toy: ModuleType) -> None:
    """Autolog ends only what it started."""
    switchboard.switch(toy_library(), {})
    with mlflow.start_run() as run:
        toy.train(1)
        assert mlflow.active_run().info.run_id == run.info.run_id
    assert "mlflow.autologging" not in mlflow.get_run(run.info.run_id).data.tags
    assert len(mlflow.search_runs()) == 1


@pytest.mark.parametrize("watcher", [fails_before, fails_after])
def test_what_fails_in_autolog_is_one_warning(
    toy: ModuleType, caplog: pytest.LogCaptureFixture, watcher: Any
) -> None:
    """The training is done once, with the user's arguments, and its run is FINISHED."""
    done: list[int] = []
    switchboard.switch(toy_library(watcher), {})
    assert toy.train(2, act=lambda: done.append(1)) == 0.2
    assert done == [1]
    assert len(caplog.records) == 1
    assert "KeyError" in caplog.text
    assert mlflow.last_active_run().info.status == "FINISHED"


@pytest.mark.parametrize("watcher", [yields_twice, never_yields])
def test_a_wrong_watcher_does_no_harm(toy: ModuleType, watcher: Any) -> None:
    """It has to yield once; the training does not depend on that."""
    switchboard.switch(toy_library(watcher), {"silent": True})
    done: list[int] = []
    assert toy.train(2, act=lambda: done.append(1)) == 0.2
    assert done == [1]


def test_silent_says_nothing(toy: ModuleType, caplog: pytest.LogCaptureFixture) -> None:
    """Not even that something failed."""
    switchboard.switch(toy_library(fails_before), {"silent": True})
    toy.train(1)
    assert not caplog.records


@pytest.mark.parametrize(
    ("error", "status"),
    [(ValueError("no"), "FAILED"), (KeyboardInterrupt(), "KILLED"), (SystemExit(3), "FAILED")],
)
def test_what_the_training_raises_reaches_the_user(
    toy: ModuleType, error: BaseException, status: str
) -> None:
    """The very same exception, Ctrl-C too; the run ends as the training did."""
    switchboard.switch(toy_library(), {})
    with pytest.raises(type(error)) as caught:
        toy.train(1, act=raises(error))
    assert caught.value is error
    assert mlflow.last_active_run().info.status == status
    assert mlflow.active_run() is None


def test_ctrl_c_while_logging_ends_the_run(toy: ModuleType) -> None:
    """It is the user's and is not swallowed."""

    def interrupted(call: Call) -> Generator[None, Any, None]:
        del call
        yield
        raise KeyboardInterrupt

    switchboard.switch(toy_library(interrupted), {})
    with pytest.raises(KeyboardInterrupt):
        toy.train(1)
    assert mlflow.last_active_run().info.status == "KILLED"


def test_a_failed_training_closes_the_watcher(toy: ModuleType) -> None:
    """Its ``finally`` blocks run; what is after the ``yield`` does not."""
    seen: list[str] = []

    def tidy(call: Call) -> Generator[None, Any, None]:
        del call
        try:
            yield
            seen.append("after")
        finally:
            seen.append("finally")

    switchboard.switch(toy_library(tidy), {})
    with pytest.raises(ValueError, match="no"):
        toy.train(1, act=raises(ValueError("no")))
    assert seen == ["finally"]


def test_a_callback_that_fails_is_left_out(
    toy: ModuleType, caplog: pytest.LogCaptureFixture
) -> None:
    """It is called no more, and the library never hears of it."""
    calls: list[int] = []

    def callback(step: int) -> None:
        calls.append(step)
        if step == 1:
            msg = "broken"
            raise RuntimeError(msg)

    def watch(call: Call) -> Generator[None, Any, None]:
        call.give("callbacks", [*call.argument("callbacks"), call.harmless(callback)])
        yield

    switchboard.switch(toy_library(watch), {})
    assert toy.train(5) == 0.5
    assert calls == [0, 1]
    assert caplog.text.count("broken") == 1


@pytest.mark.parametrize("given", ["positional", "by name", "not at all"])
def test_an_argument_can_be_replaced(toy: ModuleType, given: str) -> None:
    """However the user passed it, or did not."""
    seen: list[int] = []

    def watch(call: Call) -> Generator[None, Any, None]:
        call.give("callbacks", [seen.append])
        yield

    switchboard.switch(toy_library(watch), {})
    arguments = {"positional": ((2, 0.1, ()), {}), "by name": ((2,), {"callbacks": ()})}
    args, kwargs = arguments.get(given, ((2,), {}))
    toy.train(*args, **kwargs)
    assert seen == [0, 1]


def test_exclusive_leaves_runs_of_the_user_alone(toy: ModuleType) -> None:
    """Without one it logs."""
    switchboard.switch(toy_library(), {"exclusive": True})
    with mlflow.start_run() as run:
        toy.train(1)
    assert mlflow.get_run(run.info.run_id).data.params == {}
    toy.train(1)
    assert mlflow.last_active_run().data.params == {"arguments": "4"}


def test_no_run_can_be_started(
    toy: ModuleType, fresh: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Then the training goes on without being logged."""
    (fresh / "no.duckdb").mkdir()
    mlflow.set_tracking_uri(str(fresh / "no.duckdb" / "x.duckdb"))
    (fresh / "no.duckdb").rmdir()
    (fresh / "no.duckdb").write_text("a file")
    switchboard.switch(toy_library(), {})
    with caplog.at_level(logging.WARNING):
        assert toy.train(1) == 0.1
    assert caplog.records
