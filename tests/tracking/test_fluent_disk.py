"""Trouble of the machine never stops the training, unless the user asked for it."""

import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import StoreError
from tests.fresh import finish
from tests.reliability import Noting

pytestmark = pytest.mark.usefixtures("fresh")

# Not even root can make a folder there.
NOWHERE = "/proc/nowhere/runs.duckdb"
NOBODY = 65_534

FULL_DISK = """
    import resource, signal
    import jupyter_mltrack as mlflow
    FAULT
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    with mlflow.start_run():
        mlflow.log_metric("before", 1)
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        for step in range(2000):
            mlflow.log_metric("during", step, step=step)
            mlflow.log_param(f"p{step}", step)
            mlflow.set_tag("t", step)
        AFTER
    print("trained")
"""


def check_a_full_disk_stops_nothing(fault: str = "") -> None:
    """6,000 calls that the disk refuses: no exception, one warning."""
    code, out, errors = finish(FULL_DISK.replace("AFTER", "").replace("FAULT", fault))
    assert (code, out) == (0, "trained\n"), errors
    assert errors.count("Cannot write") == 1
    assert errors.count("your code goes on") == 1


def test_a_full_disk_is_one_warning(promise: Noting) -> None:
    """The loop goes on to its end."""
    check_a_full_disk_stops_nothing()
    promise(3, "calls against a full disk", calls=6_000, exceptions=0, warnings=1)


def test_an_exception_for_a_full_disk_would_be_seen(promise: Noting) -> None:
    """Mutation check: with a journal that raises, or that warns each time, the check fails."""
    raising = "mlflow.MlflowClient().store.journal.strict = True"
    warning = "from jupyter_mltrack.store.journal import Journal; Journal._warned = property("
    warning += "lambda self: False, lambda self, value: None)"
    for fault in (raising, warning):
        with pytest.raises(AssertionError):
            check_a_full_disk_stops_nothing(fault)
    promise(3, "mutation: the journal raises what the disk says", caught="yes")
    promise(3, "mutation: each refused call warns", caught="yes")


def test_what_a_full_disk_refused_is_written_when_there_is_room() -> None:
    """It is kept in memory meanwhile."""
    room = "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)"
    code, _, errors = finish(FULL_DISK.replace("AFTER", room).replace("FAULT", ""))
    assert code == 0, errors
    run = mlflow.search_runs(output_format="list")[0]  # type: ignore[index]
    assert run.data.metrics == {"before": 1, "during": 1999}
    assert (len(run.data.params), run.data.tags["t"]) == (2000, "1999")
    assert run.info.status == "FINISHED"


def test_a_full_disk_raises_if_the_user_wants_that() -> None:
    """`MLTRACK_STRICT=1`; the run is FAILED by it, as far as that can be written."""
    code, out, errors = finish(
        FULL_DISK.replace("AFTER", "").replace("FAULT", ""), MLTRACK_STRICT="1"
    )
    assert (code, out) == (1, "")
    assert "StoreError: Cannot write" in errors


def test_a_place_that_cannot_be_written_is_one_warning(caplog: pytest.LogCaptureFixture) -> None:
    """From the first call on, and one more for the first file."""
    mlflow.set_tracking_uri(NOWHERE)
    for _ in range(2):
        with mlflow.start_run():
            mlflow.log_metric("a", 1)
            mlflow.log_param("p", 1)
            mlflow.log_text("text", "file.txt")
    told = [record.getMessage() for record in caplog.records]
    assert sum("kept in memory" in message for message in told) == 1
    assert sum("The file is not in the run" in message for message in told) == 1
    assert len(told) == 2
    assert mlflow.active_run() is None


def test_a_place_that_cannot_be_written_raises_if_the_user_wants_that(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """At the start of the run."""
    monkeypatch.setenv("MLTRACK_STRICT", "1")
    mlflow.set_tracking_uri(NOWHERE)
    with pytest.raises(StoreError, match="Cannot write"):
        mlflow.start_run()
    assert mlflow.active_run() is None


@pytest.mark.parametrize("strict", ["0", "1"])
def test_a_store_that_is_removed_while_a_run_is_open(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, strict: str, promise: Noting
) -> None:
    """The block ends, also if trouble is to raise: nothing refused a write. Then all is new."""
    monkeypatch.setenv("MLTRACK_STRICT", strict)
    with mlflow.start_run():
        shutil.rmtree(fresh / "mltrack.journal")
        mlflow.log_metric("a", 1)
    assert mlflow.active_run() is None
    with mlflow.start_run() as run:
        mlflow.log_metric("b", 2)
    assert mlflow.get_run(run.info.run_id).data.metrics == {"b": 2}
    promise(3, "the store is deleted under an open run", exceptions=0)


@pytest.fixture
def read_only() -> Iterator[Path]:
    """A folder in which nobody but root may write, and where everybody may look."""
    if os.getuid():
        pytest.skip("only root can become somebody else")
    folder = Path(tempfile.mkdtemp(prefix="mltrack-read-only-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


def as_nobody(function: Callable[[], None]) -> None:
    """Call a function in a child that is not root, for whom no folder is read-only."""
    child = os.fork()
    if not child:
        try:
            os.setgroups([])
            os.setgid(NOBODY)
            os.setuid(NOBODY)
            function()
        except BaseException:  # noqa: BLE001  (the child must not go on as a second parent)
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def test_a_read_only_folder_stops_nothing(
    read_only: Path, caplog: pytest.LogCaptureFixture, promise: Noting
) -> None:
    """One warning for all runs; what the caller does wrong raises as ever."""

    def train() -> None:
        mlflow.set_tracking_uri(read_only / "runs.duckdb")
        for _ in range(3):
            with mlflow.start_run():
                mlflow.log_metrics({"a": 1, "b": 2})
                mlflow.log_param("p", 1)
                with pytest.raises(mlflow.MlflowException, match="Changing param"):
                    mlflow.log_param("p", 2)
                with pytest.raises(mlflow.MlflowException, match="Invalid metric name"):
                    mlflow.log_metric("", 1)
        told = [record.getMessage() for record in caplog.records]
        assert sum("Permission denied" in message for message in told) == len(told) == 1

    as_nobody(train)
    assert list(read_only.iterdir()) == []
    promise(3, "runs in a read-only folder", runs=3, exceptions=0, warnings=1)


def test_a_read_only_folder_raises_if_the_user_wants_that(
    read_only: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At the start of the run, with the reason."""
    monkeypatch.setenv("MLTRACK_STRICT", "1")

    def train() -> None:
        mlflow.set_tracking_uri(read_only / "runs.duckdb")
        with pytest.raises(StoreError, match="Permission denied"):
            mlflow.start_run()

    as_nobody(train)
