"""Which run is active depends on who asks: the script, a thread, a task, a child."""

import asyncio
import contextvars
import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TypeVar

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.tracking import active
from jupyter_mltrack.tracking.active import OpenRun
from tests.fresh import untouched

pytestmark = pytest.mark.usefixtures("fresh")

T = TypeVar("T")
THREADS, POINTS = 50, 200
TASKS = 20


def active_id() -> str | None:
    """The id of the run that a call would log to."""
    found = mlflow.active_run()
    return found.info.run_id if found is not None else None


def in_thread(work: Callable[[], T]) -> T:
    """What `work` returns in a thread of its own."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(work).result()


def test_fifty_threads_with_a_run_each() -> None:
    """Nothing is mixed, nothing lost, numbers and names are not given twice."""

    def train(number: int) -> str:
        with mlflow.start_run(run_name=f"thread {number}") as run:
            mlflow.log_param("number", number)
            for step in range(POINTS):
                mlflow.log_metric("m", number * 1000 + step, step=step)
        return run.info.run_id

    with ThreadPoolExecutor(THREADS) as pool:
        ids = list(pool.map(train, range(THREADS)))
    runs = {run.info.run_id: run for run in mlflow.search_runs(output_format="list")}  # type: ignore[union-attr]
    assert len(set(ids)) == len(runs) == THREADS
    assert {run.info.status for run in runs.values()} == {"FINISHED"}
    assert {run.info.number for run in runs.values()} == set(range(1, THREADS + 1))
    for number, run_id in enumerate(ids):
        assert runs[run_id].data.params == {"number": str(number)}
        assert runs[run_id].data.metrics == {"m": number * 1000 + POINTS - 1}
    rows = mlflow.MlflowClient().store.rows("SELECT count(*) FROM metric_history")
    print(f"{rows[0][0]} points of {THREADS} threads")
    assert rows == [(THREADS * POINTS,)]


def test_a_thread_without_a_run_logs_to_the_one_of_the_foreground() -> None:
    """Data loaders and callbacks do that."""
    with mlflow.start_run() as run:
        assert in_thread(active_id) == run.info.run_id
        in_thread(lambda: mlflow.log_metric("loader", 1))
    assert mlflow.get_run(run.info.run_id).data.metrics == {"loader": 1}
    assert in_thread(active_id) is None


def test_a_thread_can_have_a_run_of_its_own() -> None:
    """Beside the foreground's, or nested in it; the foreground's stays as it is."""

    def own(*, nested: bool) -> tuple[str, str | None]:
        with mlflow.start_run(nested=nested) as run:
            assert active_id() == run.info.run_id
            mlflow.end_run()
            assert active_id() == outer.info.run_id
            mlflow.end_run()  # it has no other of its own
        return run.info.run_id, run.data.tags.get("mlflow.parentRunId")

    with mlflow.start_run() as outer:
        beside, _ = in_thread(lambda: own(nested=False))
        inside, parent = in_thread(lambda: own(nested=True))
        assert active_id() == outer.info.run_id
    assert len({beside, inside, outer.info.run_id}) == 3
    assert parent == outer.info.run_id
    assert mlflow.get_run(beside).info.status == "FINISHED"


def test_fifty_threads_log_one_run() -> None:
    """All to the foreground's; every point is there once."""
    with mlflow.start_run() as run, ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda n: [mlflow.log_metric(f"m{n}", s) for s in range(20)], range(THREADS)))
    query = "SELECT key, count(*), sum(value) FROM metric_history GROUP BY key"
    rows = mlflow.MlflowClient().store.rows(query)
    assert {row[1:] for row in rows} == {(20, sum(range(20)))}
    assert len(mlflow.get_run(run.info.run_id).data.metrics) == THREADS


def test_tasks_with_a_run_each() -> None:
    """Interleaved at every step; outside of them no run is active."""

    async def train(number: int) -> tuple[str, str]:
        with mlflow.start_run(run_name=str(number)) as outer:
            await asyncio.sleep(0)
            with mlflow.start_run(nested=True) as inner:
                for step in range(10):
                    mlflow.log_metric("m", number, step=step)
                    await asyncio.sleep(0)
            await asyncio.sleep(0)
            mlflow.log_metric("outer", number)
        return outer.info.run_id, inner.info.run_id

    async def main() -> list[tuple[str, str]]:
        found = await asyncio.gather(*(train(n) for n in range(TASKS)))
        assert active_id() is None
        return found

    pairs = asyncio.run(main())
    assert len({each for pair in pairs for each in pair}) == 2 * TASKS
    runs = {run.info.run_id: run for run in mlflow.search_runs(output_format="list")}  # type: ignore[union-attr]
    for number, (outer, inner) in enumerate(pairs):
        assert runs[outer].data.metrics == {"outer": number}
        assert runs[inner].data.metrics == {"m": number}
        assert runs[inner].data.tags["mlflow.parentRunId"] == outer
        assert runs[inner].info.status == runs[outer].info.status == "FINISHED"


def test_a_task_starts_with_the_run_of_where_it_was_made() -> None:
    """What it starts itself is not seen outside, also if it is left open."""

    async def leave_open() -> str:
        inherited = active_id()
        mlflow.start_run(nested=True)
        return str(inherited)

    async def main() -> None:
        with mlflow.start_run() as run:
            assert await asyncio.create_task(leave_open()) == run.info.run_id
            assert active_id() == run.info.run_id
            assert await asyncio.to_thread(active_id) == run.info.run_id

    asyncio.run(main())
    assert active_id() is None
    assert [opened.run.info.number for opened in active.unended()] == [2]


def test_a_task_sees_the_run_of_the_foreground() -> None:
    """A script opens a run and then runs a loop."""

    async def main() -> str | None:
        return await asyncio.create_task(asyncio.sleep(0, active_id()))

    with mlflow.start_run() as run:
        assert asyncio.run(main()) == run.info.run_id


def test_a_cancelled_task_leaves_a_killed_run() -> None:
    """Ctrl-C reaches coroutines that way."""

    async def main() -> str:
        started: list[str] = []

        async def endless() -> None:
            with mlflow.start_run() as run:
                started.append(run.info.run_id)
                await asyncio.sleep(60)

        task = asyncio.create_task(endless())
        await asyncio.sleep(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return started[0]

    assert mlflow.get_run(asyncio.run(main())).info.status == "KILLED"


def test_a_cell_is_the_foreground_in_whichever_context_it_runs() -> None:
    """A kernel runs cells in contexts, or tasks, of their own."""
    run = contextvars.copy_context().run(mlflow.start_run)
    assert active_id() == run.info.run_id

    async def cell() -> None:
        active.enter_cell()
        assert active_id() == run.info.run_id
        mlflow.end_run()
        mlflow.start_run(run_name="next")

    asyncio.run(cell())
    active.enter_cell()
    found = mlflow.active_run()
    assert found is not None
    assert found.info.run_name == "next"


def test_a_forked_child_inherits_and_has_its_own() -> None:
    """It logs to its parent's run, may start others, and ends only those."""
    with mlflow.start_run() as run:
        child = os.fork()
        if child == 0:
            status = 1
            try:
                assert active_id() == run.info.run_id
                mlflow.log_metric("from child", 1)
                mlflow.end_run()
                with mlflow.start_run(nested=True) as own:
                    assert active_id() == own.info.run_id
                    assert own.data.tags["mlflow.parentRunId"] == run.info.run_id
                assert active_id() == run.info.run_id
                assert active.unended() == ()
                status = 0
            finally:
                os._exit(status)
        assert os.waitpid(child, 0)[1] == 0
        assert active_id() == run.info.run_id
        found = mlflow.get_run(run.info.run_id)
        assert (found.info.status, found.data.metrics) == ("RUNNING", {"from child": 1})
    assert len(mlflow.search_runs(filter_string="status = 'FINISHED'")) == 2


def test_a_child_forked_in_a_thread_inherits_the_run_of_the_thread() -> None:
    """And not that of the foreground."""

    def fork() -> int:
        with mlflow.start_run() as own:
            child = os.fork()
            if child == 0:
                os._exit(0 if active_id() == own.info.run_id else 1)
            return os.waitpid(child, 0)[1]

    with mlflow.start_run():
        assert in_thread(fork) == 0


def test_the_functions_share_one_client_of_a_store(fresh: Path) -> None:
    """And whoever forgets the store gets a new one."""
    client = mlflow.tracking.fluent.client()
    assert mlflow.tracking.fluent.client() is client
    assert in_thread(mlflow.tracking.fluent.client) is client
    active.forget_store(fresh / "mltrack.duckdb")
    assert mlflow.tracking.fluent.client() is not client
    active.forget_store(fresh / "nothing.duckdb")


def test_the_tests_know_all_of_the_state() -> None:
    """What is not in the table of `tests.fresh` would leak from test to test."""
    constants = {"_forking", "_log", "_own", "_stores_lock"}
    kinds = (OpenRun, tuple, list, dict, set, str, active.Sampling, type(None))
    known = untouched().keys() | constants
    state = {name for name, value in vars(active).items() if isinstance(value, kinds)}
    unknown = {name for name in state - known if not name.startswith("__")}
    assert unknown == set()


def test_main_thread_is_the_foreground() -> None:
    """A stack for itself: the foreground of others is only inherited."""
    with mlflow.start_run():
        assert len(active.stack()) == len(active.foreground()) == 1
        assert in_thread(active.stack) == ()
        assert len(in_thread(active.foreground)) == 1
        assert threading.main_thread() is threading.current_thread()
