import re
import time
from pathlib import Path

import pytest
from nbclient.exceptions import CellExecutionError

from jupyter_mltrack.store import Store
from tests.kernels import LOAD, Kernel, execute, interrupt_when


def test_an_exception_is_the_users_own(kernel: Kernel) -> None:
    """It surfaces once, with the right line and without a line of ours."""
    ran = kernel.run("%%track\nalpha = 1\nprint('before')\n1/0\nbeta = 2")
    assert (ran.error.ename, ran.error.evalue) == ("ZeroDivisionError", "division by zero")
    text = "\n".join(ran.error.traceback)
    assert "line 4" in text
    assert "jupyter_mltrack" not in text
    assert "get_ipython().run_cell_magic('track', '', ...)" in re.sub(r"\x1b\[[\d;]*m", "", text)
    assert ran.stderr == ""


def test_a_failed_cell_is_a_failed_run(kernel: Kernel) -> None:
    """With the traceback, the reason, what was printed, and the params of the cell."""
    kernel.run("%%track -m rmse\nalpha = 1\nrmse = 5\nprint('before')\n1/0\n7")
    run = kernel.last()
    assert run["status"] == "FAILED"
    assert run["tags"]["mltrack.error"] == "ZeroDivisionError: division by zero"
    assert run["params"] == {"alpha": "1"}
    assert run["metrics"] == {"rmse": 5.0}
    assert kernel.artifacts() == ["cell.py", "stdout.txt", "traceback.txt"]
    traceback = kernel.artifact("traceback.txt") or ""
    assert traceback.startswith("Traceback (most recent call last)")
    assert "line 5, in <module>" in traceback
    assert kernel.artifact("stdout.txt") == "before\n"


def test_run_all_stops(tmp_path: Path) -> None:
    """The cells after a tracked cell that fails are not executed."""
    cells = (LOAD, "%%track\n1/0", "open('went on', 'w')")
    with pytest.raises(CellExecutionError, match="ZeroDivisionError"):
        execute(tmp_path, *cells)
    assert not (tmp_path / "went on").exists()
    assert Store(tmp_path / "mltrack.duckdb").rows("SELECT status FROM runs") == [("FAILED",)]


def test_await_that_fails(kernel: Kernel) -> None:
    """As any other cell."""
    ran = kernel.run("%%track\nimport asyncio\nawait asyncio.sleep(0)\nraise ValueError('no')")
    assert ran.error.ename == "ValueError"
    assert kernel.last()["tags"]["mltrack.error"] == "ValueError: no"
    assert kernel.run("mlflow.active_run() is None").value == "True"


INTERRUPTED = {
    "busy": "import time\ntime.sleep(30)",
    # One long sleep would not do: a kernel that waits for nothing sees a signal late.
    "awaiting": "import asyncio\nfor _ in range(3000):\n    await asyncio.sleep(0.01)",
}


@pytest.mark.parametrize("how", INTERRUPTED)
def test_an_interrupted_cell_is_killed(kernel: Kernel, how: str) -> None:
    """Also one that awaits, whose end IPython tells without a result."""
    go = kernel.folder / "go"
    go.unlink(missing_ok=True)
    start = time.monotonic()
    with interrupt_when(kernel, go.exists):
        ran = kernel.run(f"%%track\nmlflow.log_metric('m', 1)\nopen('go', 'w')\n{INTERRUPTED[how]}")
    assert time.monotonic() - start < 20
    assert ran.error.ename in ("KeyboardInterrupt", "CancelledError")
    assert (kernel.last()["status"], kernel.last()["metrics"]) == ("KILLED", {"m": 1.0})
    assert kernel.run("mlflow.active_run() is None").value == "True"


@pytest.mark.parametrize(("code", "status"), [("0", "FINISHED"), ("", "FINISHED"), ("1", "FAILED")])
def test_sys_exit(kernel: Kernel, code: str, status: str) -> None:
    """Leaving a cell with success is no failure."""
    kernel.run(f"%%track\nimport sys\nsys.exit({code})")
    assert kernel.last()["status"] == status
    assert ("mltrack.error" in kernel.last()["tags"]) == (status == "FAILED")


NOT_RUN = {
    "%%track --bogus": "UsageError: %%track: unrecognized arguments: --bogus",
    "%%track -p novalue": "UsageError: %%track: --param takes KEY=VALUE",
    "%%track it's fine": "UsageError: %%track: No closing quotation",
    "%%track --bogus\n%%time": "UsageError: %%track: unrecognized arguments: --bogus",
}


@pytest.mark.parametrize("line", NOT_RUN)
def test_wrong_options_stop_the_cell(kernel: Kernel, line: str) -> None:
    """One line says what is wrong, nothing is executed, and there is no run."""
    before = len(kernel.runs("run_id"))
    ran = kernel.run(f"{line}\nprint('ran')")
    assert ran.stderr.startswith(NOT_RUN[line])
    assert ran.stderr.count("\n") == 1
    assert ran.stdout == ""
    assert len(kernel.runs("run_id")) == before


def test_a_bad_param_stops_the_cell(kernel: Kernel) -> None:
    """The run has begun by then, and has failed."""
    ran = kernel.run("%%track -p a//b=1\nprint('ran')")
    assert ran.error.ename == "InvalidParameterValue"
    assert ran.stdout == ""
    assert kernel.last()["status"] == "FAILED"
    assert kernel.run("mlflow.active_run() is None").value == "True"


def test_a_syntax_error_makes_no_run(kernel: Kernel) -> None:
    """The cell is not executed at all; its lines keep their numbers."""
    before = len(kernel.runs("run_id"))
    ran = kernel.run("%%track\nx = 1\ny = (")
    assert ran.error.ename == "SyntaxError"
    assert "line 3" in ran.error.evalue
    assert len(kernel.runs("run_id")) == before


def test_a_cell_that_failed_is_run_again(kernel: Kernel) -> None:
    """A run it started and left open is ended as FAILED, and said so; nothing is 'active'."""
    cell = "mlflow.start_run(run_name='mine')\nmlflow.log_metric('m', 1)\n{}"
    kernel.run(cell.format("1/0"), cell_id="again")
    dangling = kernel.last()
    assert dangling["status"] == "RUNNING"
    ran = kernel.run(cell.format("mlflow.end_run()"), cell_id="again")
    assert ran.error is None
    assert "mine was left open by a cell that failed; it is ended as FAILED." in ran.stderr
    assert [run["status"] for run in kernel.runs()[-2:]] == ["FAILED", "FINISHED"]


def test_a_tracked_cell_after_one_that_failed(kernel: Kernel) -> None:
    """It ends the dangling run too."""
    kernel.run("mlflow.start_run()\n1/0")
    ran = kernel.run("%%track\n1")
    assert ran.error is None
    assert "was left open" in ran.stderr
    assert [run["status"] for run in kernel.runs()[-2:]] == ["FAILED", "FINISHED"]


def test_a_run_that_is_open_on_purpose_stays(kernel: Kernel) -> None:
    """A cell that succeeded may leave its run to the next ones; a failure there changes nothing."""
    kernel.run("mlflow.start_run(run_name='long')")
    kernel.run("mlflow.log_metric('a', 1)\n1/0")
    ran = kernel.run("mlflow.start_run()")
    assert "is already active" in ran.error.evalue
    kernel.run("mlflow.log_metric('b', 2)\nmlflow.end_run()")
    assert kernel.last()["metrics"] == {"a": 1.0, "b": 2.0}
    assert kernel.last()["status"] == "FINISHED"


def test_trouble_of_ours_does_not_break_the_cell(kernel: Kernel) -> None:
    """One warning says what is missing; the run ends as the cell did."""
    kernel.run("""from jupyter_mltrack.magics import tracked_cell
from jupyter_mltrack.magics.capture import Capture
kept = tracked_cell.literals, Capture.stop
def broken(*_): raise RuntimeError('broken')
tracked_cell.literals = Capture.stop = broken""")
    ran = kernel.run("%%track\na = 1\n{'m': 1}")
    kernel.run("tracked_cell.literals, Capture.stop = kept")
    assert (ran.error, ran.value) == (None, "{'m': 1}")
    assert ran.stderr.count("not all of the cell could be logged: broken") == 2
    assert (kernel.last()["status"], kernel.last()["metrics"]) == ("FINISHED", {"m": 1.0})
