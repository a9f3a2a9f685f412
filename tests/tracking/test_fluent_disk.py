"""Trouble of the machine never stops the training, unless the user asked for it."""

import shutil
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import StoreError
from tests.fresh import finish

pytestmark = pytest.mark.usefixtures("fresh")

# Not even root can make a folder there.
NOWHERE = "/proc/nowhere/runs.duckdb"

FULL_DISK = """
    import resource, signal
    import jupyter_mltrack as mlflow
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


def test_a_full_disk_is_one_warning() -> None:
    """The loop goes on to its end."""
    code, out, errors = finish(FULL_DISK.replace("AFTER", ""))
    assert (code, out) == (0, "trained\n"), errors
    assert errors.count("Cannot write") == 1
    assert errors.count("your code goes on") == 1


def test_what_a_full_disk_refused_is_written_when_there_is_room() -> None:
    """It is kept in memory meanwhile."""
    room = "resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)"
    code, _, errors = finish(FULL_DISK.replace("AFTER", room))
    assert code == 0, errors
    run = mlflow.search_runs(output_format="list")[0]  # type: ignore[index]
    assert run.data.metrics == {"before": 1, "during": 1999}
    assert (len(run.data.params), run.data.tags["t"]) == (2000, "1999")
    assert run.info.status == "FINISHED"


def test_a_full_disk_raises_if_the_user_wants_that() -> None:
    """`MLTRACK_STRICT=1`; the run is FAILED by it, as far as that can be written."""
    code, out, errors = finish(FULL_DISK.replace("AFTER", ""), MLTRACK_STRICT="1")
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


def test_a_store_that_is_removed_while_a_run_is_open(fresh: Path) -> None:
    """The block ends; the next run makes a new store."""
    with mlflow.start_run():
        shutil.rmtree(fresh / "mltrack.journal")
        mlflow.log_metric("a", 1)
    assert mlflow.active_run() is None
