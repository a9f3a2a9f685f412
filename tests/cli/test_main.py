import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.cli import main
from tests.fresh import ROOT

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(fresh: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Call it with arguments for the exit status and what was printed, in an empty folder."""

    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        status = main(arguments)
        return status, *capsys.readouterr()

    return call


def log_three() -> None:
    """Two runs in one experiment, a failed one in another."""
    mlflow.set_experiment("wine")
    for name, rmse in {"one": 0.5, "two": 1.5}.items():
        with mlflow.start_run(run_name=name):
            mlflow.log_param("alpha", rmse / 10)
            mlflow.log_metric("rmse", rmse)
    mlflow.set_experiment("beer")
    mlflow.start_run(run_name="bad")
    mlflow.end_run("FAILED")


def test_runs(run: Run) -> None:
    """A line each, the newest first; experiment, metrics, and params that differ."""
    log_three()
    status, out, _ = run("runs")
    lines = [line.split() for line in out.splitlines()]
    assert status == 0
    assert lines[0] == ["#", "name", "status", "seconds", "rmse", "alpha"]
    assert [line[2:4] for line in lines[1:]] == [
        ["bad", "FAILED"], ["two", "FINISHED"], ["one", "FINISHED"],
    ]  # fmt: skip
    assert lines[3][-2:] == ["0.5", "0.05"]


def test_runs_that_are_asked_for(run: Run) -> None:
    """By filter, experiment, order and number."""
    log_three()
    assert "one" in run("runs", "metrics.rmse < 1")[1]
    assert "two" not in run("runs", "metrics.rmse < 1")[1]
    assert "bad" not in run("runs", "-e", "wine")[1]
    ordered = run("runs", "-e", "wine", "-o", "metrics.rmse ASC", "-n", "1")[1]
    assert [line.split()[1] for line in ordered.splitlines()] == ["name", "one"]
    assert run("runs", "metrics.rmse > 100")[1] == "no runs\n"


def test_runs_as_json(run: Run) -> None:
    """One object a line."""
    log_three()
    status, out, _ = run("runs", "--json", "-o", "metrics.rmse ASC")
    found = [json.loads(line) for line in out.splitlines()]
    assert (status, len(found)) == (0, 3)
    assert found[0]["info"]["run_name"] == "one"
    assert found[0]["data"]["metrics"] == {"rmse": 0.5}


def test_experiments(run: Run) -> None:
    """All that are not deleted."""
    log_three()
    names = [line.split()[1] for line in run("experiments")[1].splitlines()]
    assert sorted(names) == ["Default", "beer", "wine"]
    found = [json.loads(line) for line in run("experiments", "--json")[1].splitlines()]
    assert sorted(one["name"] for one in found) == ["Default", "beer", "wine"]


def test_a_wrong_filter_shows_where(run: Run) -> None:
    """With a caret below the place, on stderr; the exit status is 1."""
    log_three()
    status, out, err = run("runs", "metrics.rmse == 3")
    assert (status, out) == (1, "")
    message, text, caret = err.splitlines()
    assert message == "mltrack: Write '=' instead of '=='"
    assert text.index("==") == caret.index("^")


WRONG = {
    "an order": ["runs", "-o", "bogus"],
    "an experiment": ["runs", "-e", "nope"],
    "a duration": ["gc", "--older-than", "3x"],
    "a run": ["gc", "--run-ids", "0" * 32],
    "a store": ["--store", "https://example.org", "runs"],
}


@pytest.mark.parametrize("what", WRONG)
def test_other_mistakes(run: Run, what: str) -> None:
    """One line on stderr says what is wrong, without a traceback."""
    status, out, err = run(*WRONG[what])
    assert (status, out) == (1, "")
    assert err.startswith("mltrack: ")
    assert "Traceback" not in err


@pytest.mark.parametrize("arguments", [[], ["bogus"], ["runs", "-n", "many"]])
def test_wrong_usage(run: Run, arguments: list[str]) -> None:
    """The exit status is 2, as for other commands."""
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 2


def test_help_and_version(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command is listed."""
    for flag, expected in {"--help": "rebuild", "--version": mlflow.__version__}.items():
        with pytest.raises(SystemExit) as caught:
            run(flag)
        assert caught.value.code == 0
        assert expected in capsys.readouterr().out


@pytest.mark.parametrize("command", ["experiments", "doctor", "rebuild", "gc"])
def test_nothing_is_made_where_nothing_is(run: Run, fresh: Path, command: str) -> None:
    """Looking into an empty folder succeeds and leaves it empty."""
    assert run(command)[0] == 0
    assert list(fresh.iterdir()) == []


def test_doctor(run: Run, fresh: Path) -> None:
    """Status 0 if all is well, 1 if something is damaged."""
    log_three()
    status, out, _ = run("doctor")
    assert status == 0
    assert "3 runs in 3 experiments" in out
    assert "all is well" in out
    with next(fresh.glob("mltrack.journal/*.ndjson")).open("a") as journal:
        journal.write('{"v":1,"broken\n')
    status, out, _ = run("doctor")
    assert status == 1
    assert "! 1 damaged pieces" in out


def test_rebuild(run: Run, fresh: Path) -> None:
    """The database is made again from the journals; without them only by force."""
    log_three()
    (fresh / "mltrack.duckdb").unlink()
    status, out, _ = run("rebuild")
    assert (status, "was made again from 1 journals" in out) == (0, True)
    assert len(run("runs", "--json")[1].splitlines()) == 3
    for journal in fresh.glob("mltrack.journal/*.ndjson"):
        journal.unlink()
    status, _, err = run("rebuild")
    assert (status, "mltrack rebuild --force" in err) == (1, True)


def test_gc(run: Run) -> None:
    """Deleted runs are removed for ever."""
    log_three()
    (found,) = mlflow.search_runs(filter_string="run_name = 'bad'", output_format="list")
    mlflow.delete_run(found.info.run_id)
    assert run("gc", "--older-than", "1d")[1] == "0 runs removed.\n"
    assert run("gc", "--run-ids", found.info.run_id)[1] == "1 runs removed.\n"


def test_another_store(run: Run, fresh: Path) -> None:
    """``--store`` names it."""
    log_three()
    status, _, err = run("--store", str(fresh / "other.duckdb"), "runs")
    assert status == 1
    assert "Nothing is stored at" in err
    assert not (fresh / "other.duckdb").exists()


def test_the_command_itself(fresh: Path) -> None:
    """It works as a program, from a folder below, and into a pipe that is closed early."""
    log_three()
    (fresh / "below").mkdir()
    code = "import sys; from jupyter_mltrack.cli import main; sys.exit(main())"
    command = [sys.executable, "-c", code, "runs", "--json", "-n", "1000"]
    variables = {k: v for k, v in os.environ.items() if not k.startswith("MLTRACK")}
    variables |= {"PYTHONPATH": str(ROOT)}
    below = fresh / "below"
    with subprocess.Popen(command, cwd=below, env=variables, stdout=-1, stderr=-1) as program:
        out, err = program.communicate(timeout=60)
    assert (program.returncode, out.count(b"\n"), err) == (0, 3, b"")
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(command, cwd=below, env=variables, stdout=write, stderr=-1) as program:
        os.close(write)
        _, err = program.communicate(timeout=60)
    assert (program.returncode, err) == (141, b"")
