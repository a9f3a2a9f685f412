"""Only the outermost training is logged; threads, tasks and forks."""

from __future__ import annotations

import asyncio
import multiprocessing
import threading
from collections.abc import Callable, Generator
from types import ModuleType
from typing import Any

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog import muted
from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.library import Library, Patch
from jupyter_mltrack.autolog.switchboard import switchboard
from tests.autolog.toy import plain_watcher, toy_library

pytestmark = pytest.mark.usefixtures("fresh")


def in_thread(act: Callable[[], Any]) -> None:
    """Do something in another thread and wait for it."""
    thread = threading.Thread(target=act)
    thread.start()
    thread.join()


def test_a_training_inside_a_training(toy: ModuleType) -> None:
    """One run; the inner one is done but not logged."""
    switchboard.switch(toy_library(), {})
    toy.train(1, act=lambda: toy.Model().fit([1], act=lambda: toy.train(5)))
    assert len(mlflow.search_runs()) == 1
    assert mlflow.last_active_run().data.params == {"arguments": "4"}


def test_after_an_inner_one_failed_all_is_as_before(toy: ModuleType) -> None:
    """The next training is logged again."""

    def fails() -> None:
        msg = "inner"
        raise ValueError(msg)

    switchboard.switch(toy_library(), {})
    with pytest.raises(ValueError, match="inner"):
        toy.train(1, act=lambda: toy.train(1, act=fails))
    toy.train(1)
    assert sorted(mlflow.search_runs()["status"]) == ["FAILED", "FINISHED"]


def test_an_inner_call_may_join(toy: ModuleType) -> None:
    """Then it logs to the session of the outer one."""
    sessions: list[Any] = []

    def watch(call: Call) -> Generator[None, Any, None]:
        sessions.append(call.session)
        yield

    patches = [
        Patch(owner=toy.Model, name="fit", watcher=watch),
        Patch(owner=toy, name="train", watcher=watch, joins=True),
    ]
    library = Library(
        flavor="toy", module="toylib", distribution="pytest", versions=("1", "999"),
        patches=lambda: patches,
    )  # fmt: skip
    switchboard.switch(library, {})
    toy.Model().fit([1], act=lambda: toy.train(1))
    assert sessions[0] is sessions[1]
    assert len(mlflow.search_runs()) == 1


def test_muted(toy: ModuleType) -> None:
    """Nothing is logged in the block."""
    switchboard.switch(toy_library(), {})
    with muted():
        assert toy.train(1) == 0.1
    assert len(mlflow.search_runs()) == 0


def test_threads_of_the_user_have_runs_of_their_own(toy: ModuleType) -> None:
    """Also while another thread trains."""
    switchboard.switch(toy_library(), {})
    toy.train(1, act=lambda: in_thread(lambda: toy.train(2)))
    found = mlflow.search_runs()
    assert list(found["status"]) == ["FINISHED", "FINISHED"]
    assert found["metrics.returned"].sum() == 2


def test_many_threads_mix_nothing(toy: ModuleType) -> None:
    """Twenty trainings in eight threads are twenty whole runs."""
    switchboard.switch(toy_library(), {})
    threads = [threading.Thread(target=lambda: toy.train(1)) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = mlflow.search_runs()
    assert len(found) == 20
    assert (found["metrics.returned"] == 1).all()
    assert (found["params.arguments"] == "4").all()


def test_a_thread_logs_to_the_run_of_the_user(toy: ModuleType) -> None:
    """As all else that it logs."""
    switchboard.switch(toy_library(), {})
    with mlflow.start_run() as run:
        in_thread(lambda: toy.train(1))
    assert mlflow.get_run(run.info.run_id).data.metrics == {"returned": 1.0}
    assert len(mlflow.search_runs()) == 1


def test_tasks_have_runs_of_their_own(toy: ModuleType) -> None:
    """Two trainings that take turns in one thread."""
    switchboard.switch(toy_library(), {})

    async def train() -> None:
        await asyncio.sleep(0)
        toy.train(1)

    async def both() -> None:
        await asyncio.gather(train(), train())

    asyncio.run(both())
    assert len(mlflow.search_runs()) == 2


def forked(act: Callable[[], Any]) -> None:
    """Do something in a fork and wait for it."""
    process = multiprocessing.get_context("fork").Process(target=act)
    process.start()
    process.join()
    assert process.exitcode == 0


def test_a_fork_within_a_training_logs_nothing(toy: ModuleType) -> None:
    """It is a worker of that training."""
    switchboard.switch(toy_library(), {})
    toy.train(1, act=lambda: forked(lambda: toy.train(5)))
    assert len(mlflow.search_runs()) == 1


def test_a_fork_within_a_training_from_another_thread(toy: ModuleType) -> None:
    """As pools do that replace their workers."""
    switchboard.switch(toy_library(), {})
    toy.train(1, act=lambda: in_thread(lambda: forked(lambda: toy.train(5))))
    assert len(mlflow.search_runs()) == 1


def test_a_fork_of_the_user_logs(toy: ModuleType) -> None:
    """Nothing was going on when it was made."""
    switchboard.switch(toy_library(plain_watcher, "train"), {})
    forked(lambda: toy.train(5))
    assert len(mlflow.search_runs()) == 1
