"""How runs end when processes do, and how children find the run of their parent."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from pathlib import Path

import joblib
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.entities import Run
from tests.fresh import finish, start
from tests.reliability import Noting

pytestmark = pytest.mark.usefixtures("fresh")


def only_run() -> Run:
    """The one run of the store."""
    (run,) = mlflow.search_runs(output_format="list")
    assert isinstance(run, Run)
    return run


# What a script does after a bare start_run(); its exit code; the status of its run.
ENDS: dict[str, tuple[str, int, str]] = {
    "ends": ("", 0, "FINISHED"),
    "raises": ("1 / 0", 1, "FAILED"),
    "catches": ("try: 1 / 0\nexcept ZeroDivisionError: pass", 0, "FINISHED"),
    "sys.exit()": ("sys.exit()", 0, "FINISHED"),
    "Ctrl-C": ("os.kill(os.getpid(), signal.SIGINT)", -2, "KILLED"),
    "SIGTERM": ("os.kill(os.getpid(), signal.SIGTERM)", -15, "KILLED"),
    "os._exit": ("os._exit(0)", 0, "KILLED"),
    "sys.exit(3) in with": ("with again(): sys.exit(3)", 3, "FAILED"),
    "left open in a coroutine": ("async def main(): again()\nasyncio.run(main())", 0, "FINISHED"),
    "Ctrl-C in a coroutine": ("asyncio.run(interrupted())", -2, "KILLED"),
    "left open in a thread": (
        "mlflow.end_run()\nt = threading.Thread(target=again)\nt.start()",
        0,
        "FINISHED",
    ),
}

BEGIN = """
import asyncio, os, signal, sys, threading
import jupyter_mltrack as mlflow

def again():
    mlflow.end_run()
    return mlflow.start_run(run_id=run.info.run_id)

async def interrupted():
    with again():
        os.kill(os.getpid(), signal.SIGINT)  # asyncio cancels the task
        await asyncio.sleep(9)

run = mlflow.start_run()
mlflow.log_metric("m", 1)
"""


@pytest.fixture(scope="module")
def ended(tmp_path_factory: pytest.TempPathFactory) -> dict[str, tuple[int, str, Path]]:
    """All the scripts, run at once: of each its exit code, its last words and its store."""
    stores = {how: tmp_path_factory.mktemp("ended") / "runs.duckdb" for how in ENDS}
    running = {
        how: start(BEGIN + ENDS[how][0], MLTRACK_TRACKING_URI=str(stores[how])) for how in ENDS
    }
    words = {how: process.communicate(timeout=120)[1] for how, process in running.items()}
    return {how: (running[how].returncode, words[how], stores[how]) for how in ENDS}


@pytest.mark.parametrize("how", ENDS)
def test_an_open_run_ends_with_its_script(
    ended: dict[str, tuple[int, str, Path]], how: str
) -> None:
    """Finished, failed or killed, as the script; the script's own end is not changed."""
    _, code, status = ENDS[how]
    found, errors, store = ended[how]
    assert found == code, errors
    mlflow.set_tracking_uri(store)
    run = only_run()
    assert (run.info.status, run.data.metrics) == (status, {"m": 1})


def test_a_run_is_running_until_its_process_dies() -> None:
    """Whoever looks sees RUNNING, and KILLED after a kill."""
    process = start("""
        import jupyter_mltrack as mlflow
        mlflow.start_run()
        mlflow.log_metric("m", 1)
        print("ready", flush=True)
        input()
    """)
    with process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        assert only_run().info.status == "RUNNING"
        process.send_signal(signal.SIGKILL)
        process.wait()
        run = only_run()
    assert (run.info.status, run.data.metrics) == ("KILLED", {"m": 1})
    assert run.info.end_time is not None


def test_a_child_goes_on_with_the_run_it_is_given() -> None:
    """In its parent's store, which it inherits; it ends the run."""
    mlflow.set_tracking_uri("runs.duckdb")
    with mlflow.start_run() as run:
        mlflow.log_param("parent", 1)
    script = """
        import jupyter_mltrack as mlflow
        with mlflow.start_run():
            mlflow.log_param("child", 2)
        print(mlflow.last_active_run().info.run_id)
    """
    code, out, errors = finish(script, MLFLOW_RUN_ID=run.info.run_id)
    assert (code, out.strip()) == (0, run.info.run_id), errors
    found = only_run()
    assert found.data.params == {"parent": "1", "child": "2"}
    assert found.info.status == "FINISHED"


def test_a_child_inherits_store_and_experiment() -> None:
    """By the environment, as with MLflow."""
    mlflow.set_tracking_uri("runs.duckdb")
    mlflow.set_experiment("wine")
    code, _, errors = finish("""
        import os, jupyter_mltrack as mlflow
        os.mkdir("elsewhere"), os.chdir("elsewhere")
        mlflow.log_metric("m", 1)
    """)
    assert code == 0, errors
    run = only_run()
    assert (run.info.experiment_id, run.info.status) == ("1", "FINISHED")


def test_a_run_that_is_resumed_elsewhere_lives_as_long_as_that_process() -> None:
    """Its first process is gone, the second one is killed."""
    code, _, errors = finish("import jupyter_mltrack as mlflow; mlflow.start_run()")
    assert code == 0, errors
    process = start(f"""
        import jupyter_mltrack as mlflow
        mlflow.start_run(run_id={only_run().info.run_id!r})
        print("ready", flush=True)
        input()
    """)
    with process:
        assert process.stdout is not None
        process.stdout.readline()
        assert only_run().info.status == "RUNNING"
        process.kill()
    assert only_run().info.status == "KILLED"


def log_square(number: int) -> int:
    """What a worker of a pool does: log to the run it finds, or to one of its own."""
    mlflow.log_metric(f"square/{number}", number * number)
    return os.getpid()


def train_alone(number: int) -> str:
    """What a worker of a sweep does: a run of its own, below the sweep's."""
    parent = os.environ.get("PARENT")
    with mlflow.start_run(run_name=f"trial {number}", nested=True, parent_run_id=parent) as run:
        mlflow.log_metric("m", number)
    return run.info.run_id


def test_a_forked_pool_logs_to_the_run_of_its_parent(promise: Noting) -> None:
    """Every point is there once; the run ends when the parent ends it."""
    with mlflow.start_run(), multiprocessing.get_context("fork").Pool(4) as pool:
        pids = pool.map(log_square, range(40), chunksize=1)
        assert only_run().info.status == "RUNNING"
    assert os.getpid() not in pids
    found = only_run()
    assert found.data.metrics == {f"square/{n}": n * n for n in range(40)}
    promise(10, "workers of a forked pool that log to the run of their parent", points=40, lost=0)
    assert found.info.status == "FINISHED"


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_a_pool_of_trials(method: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each worker has runs of its own; they are nested in the one that is named."""
    with mlflow.start_run(run_name="sweep") as sweep:
        monkeypatch.setenv("PARENT", sweep.info.run_id)
        with multiprocessing.get_context(method).Pool(2) as pool:
            ids = pool.map(train_alone, range(6), chunksize=1)
    assert len(set(ids)) == 6
    found = mlflow.search_runs(filter_string=f"tags.mlflow.parentRunId = '{sweep.info.run_id}'")
    assert set(found["run_id"]) == set(ids)
    assert set(found["status"]) == {"FINISHED"}
    assert sorted(found["metrics.m"]) == list(range(6))


def test_joblib_workers(promise: Noting) -> None:
    """Processes that joblib starts, with the client and the run passed along."""
    client = mlflow.MlflowClient()
    with mlflow.start_run() as run:
        calls: list[Callable[[], None]] = [
            joblib.delayed(client.log_metric)(run.info.run_id, f"m{n}", n) for n in range(8)
        ]
        joblib.Parallel(n_jobs=2)(calls)
    assert only_run().data.metrics == {f"m{n}": n for n in range(8)}
    promise(10, "workers of joblib that log to one run", points=8, lost=0)


def test_os_fork_in_a_script() -> None:
    """A child that leaves by sys.exit() ends nothing; what it logged is in the run."""
    code, out, errors = finish("""
        import os, sys, jupyter_mltrack as mlflow
        with mlflow.start_run() as run:
            if os.fork() == 0:
                mlflow.log_metric("child", 1)
                sys.exit(0)
            os.wait()
            print(mlflow.get_run(run.info.run_id).info.status)
            mlflow.log_metric("parent", 1)
    """)
    assert (code, out) == (0, "RUNNING\n"), errors
    found = only_run()
    assert found.data.metrics == {"child": 1, "parent": 1}
    assert found.info.status == "FINISHED"
