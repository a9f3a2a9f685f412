"""Promise 9, with real kernels: however a kernel dies, its run shows as KILLED, nothing is lost."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from jupyter_client.blocking import BlockingKernelClient
from jupyter_client.manager import KernelManager
from nbclient.exceptions import CellTimeoutError

from jupyter_mltrack.store import Store
from tests.kernels import LOAD, environment, execute, execute_together
from tests.reliability import Noting

WORK = """%%track doomed -p seed=3
import os, time
said = open("said", "w", buffering=1)
for i in range(1_000_000):
    mlflow.log_metric("i", i, step=i)
    print(i, file=said)
    time.sleep(0.001)
    if i == {last}:
        os._exit(1)"""


@contextmanager
def working(folder: Path, last: int = -1) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    """A kernel within a tracked cell that says what it has logged."""
    manager = KernelManager(kernel_name="python3")
    manager.start_kernel(cwd=str(folder), env=environment(folder, "my notebook.ipynb"))
    client = manager.blocking_client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=60)
        client.execute(LOAD, reply=True, timeout=60)
        client.execute(WORK.format(last=last))
        wait_for(lambda: len(said(folder)) > 50)
        yield manager, client
    finally:
        client.stop_channels()
        if manager.is_alive():
            manager.shutdown_kernel(now=True)
        manager.cleanup_resources()


def said(folder: Path) -> list[int]:
    """What the cell has logged for sure: the call has returned."""
    path = folder / "said"
    text = path.read_text() if path.exists() else ""
    return [int(number) for number in text.split("\n")[:-1]]


def wait_for(condition: Callable[[], bool]) -> None:
    """Return when a condition holds."""
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def check_killed(folder: Path) -> float:
    """The run is KILLED, with all it said, its params and its source; how long a look takes."""
    start = time.perf_counter()
    store = Store(folder / "mltrack.duckdb")
    ((run_id, status, params, duration),) = store.rows(
        "SELECT run_id, status, params, duration FROM runs"
    )
    took = time.perf_counter() - start
    assert took < 5
    assert (status, params["seed"]) == ("KILLED", "3")
    assert 0 < duration < 30
    values = store.rows("SELECT value FROM metric_history ORDER BY step")
    assert [value for (value,) in values][: len(said(folder))] == said(folder)
    assert len(values) - len(said(folder)) in (0, 1)
    (source,) = folder.glob(f"mltrack.artifacts/*/{run_id}/artifacts/cell.py")
    assert "log_metric" in source.read_text()
    store.finish_sealing()
    return took


DEATHS: dict[str, Callable[[KernelManager, BlockingKernelClient], object]] = {
    "SIGKILL": lambda manager, _: manager.signal_kernel(signal.SIGKILL),
    "SIGTERM": lambda manager, _: manager.signal_kernel(signal.SIGTERM),
    "restart now": lambda manager, _: manager.restart_kernel(now=True),
    "shutdown now": lambda manager, _: manager.shutdown_kernel(now=True),
    "interrupt": lambda manager, client: (
        manager.interrupt_kernel(),
        client.get_shell_msg(timeout=30),
    ),
}


@pytest.mark.parametrize("how", DEATHS)
def test_a_kernel_that_is_ended(tmp_path: Path, how: str, promise: Noting) -> None:
    """By the system, by the user or by Jupyter."""
    with working(tmp_path) as (manager, client):
        DEATHS[how](manager, client)
        if how.startswith("SIG"):
            wait_for(lambda: not manager.is_alive())
        promise(9, f"a kernel: {how}", shown_as="KILLED", after_s=check_killed(tmp_path), lost=0)


def test_a_kernel_that_exits(tmp_path: Path, promise: Noting) -> None:
    """``os._exit`` in a cell, as a crashing library does it."""
    with working(tmp_path, last=100) as (manager, _):
        wait_for(lambda: not manager.is_alive())
        promise(9, "a kernel: os._exit", shown_as="KILLED", after_s=check_killed(tmp_path), lost=0)


def test_a_cell_that_takes_too_long(tmp_path: Path, promise: Noting) -> None:
    """What nbclient and papermill do after their timeout."""
    with pytest.raises(CellTimeoutError):
        execute(tmp_path, LOAD, WORK.format(last=-1), timeout=2)
    took = check_killed(tmp_path)
    promise(9, "a kernel: nbclient's timeout", shown_as="KILLED", after_s=took, lost=0)


def test_a_notebook_that_leaves_a_run_open(tmp_path: Path) -> None:
    """When the kernel is shut down in peace, the run was not finished."""
    execute(
        tmp_path, LOAD, "mlflow.start_run()\nmlflow.log_metric('m', 1)", shutdown_kernel="graceful"
    )
    store = Store(tmp_path / "mltrack.duckdb")
    assert store.rows("SELECT status, metrics['m'] FROM runs") == [("KILLED", 1.0)]


LOGGING = """for run in range(4):
    with mlflow.start_run(run_name="{name}"):
        for step in range(300):
            mlflow.log_metric("i", step, step=step)"""
READING = """import time
counts = [0]
while counts[-1] < 2400:
    counts.append(sum(len(mlflow.MlflowClient().get_metric_history(run.info.run_id, "i"))
                      for run in mlflow.search_runs(output_format="list")))
    assert counts[-1] >= counts[-2]
    time.sleep(0.02)"""
TOGETHER = "mlflow.set_experiment('together');"


def test_two_notebooks_log_while_a_third_reads(tmp_path: Path) -> None:
    """All that both logged is there, numbers are unique, and the reader never sees less."""
    notebooks = [(LOAD, TOGETHER, LOGGING.format(name=name)) for name in "ab"]
    notebooks.append((LOAD, TOGETHER, READING))
    execute_together(tmp_path, *notebooks)
    store = Store(tmp_path / "mltrack.duckdb")
    query = "SELECT run_name, count(*), count(DISTINCT number) FROM runs GROUP BY ALL ORDER BY ALL"
    assert store.rows(query) == [("a", 4, 4), ("b", 4, 4)]
    assert store.rows("SELECT count(DISTINCT number) FROM runs") == [(8,)]
    query = "SELECT count(*), sum(value), count(DISTINCT run_id) FROM metric_history"
    assert store.rows(query) == [(2400, 8 * 299 * 150, 8)]
    assert store.rows("SELECT DISTINCT status FROM runs") == [("FINISHED",)]
