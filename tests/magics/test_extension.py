from collections.abc import Iterator
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell

import jupyter_mltrack
from jupyter_mltrack.tracking import notebook
from tests.kernels import LOAD, Kernel, open_kernel


def test_loading_makes_nothing(tmp_path: Path) -> None:
    """Nor do looking and a cell that cannot run; the first run makes the store."""
    with open_kernel(tmp_path, "1 + 1", LOAD) as kernel:
        kernel.run("%load_ext jupyter_mltrack\n%reload_ext jupyter_mltrack")
        assert "my notebook" in kernel.run("%mltrack status").stdout
        for cell in ("%%track?", "%%track --bogus\n1", "%%track\nx = (", "%mltrack doctor"):
            kernel.run(cell)
        assert [path.name for path in tmp_path.iterdir()] == [".ipython"]
        kernel.run("%%track\n1")
        assert (tmp_path / "mltrack.journal").is_dir()
        assert kernel.last()["tags"]["mltrack.cell"] == "9"


def test_help(kernel: Kernel) -> None:
    """The question mark shows the options, and makes no run."""
    shown = kernel.run("%%track?").help
    assert "Track this cell as a run." in shown
    assert "--no-figures" in shown
    assert "doctor" in kernel.run("%mltrack?").help
    assert "metric_history" in kernel.run("%mlsql?").help
    assert kernel.run("len(mlflow.search_runs())").value == "0"


def test_completion(kernel: Kernel) -> None:
    """Flags of ``%%track``, verbs of ``%mltrack``, and the magics themselves."""
    assert kernel.ask("complete", "%%track --no-f", 14)["matches"] == ["--no-figures"]
    assert "--metrics" in kernel.ask("complete", "%%track first --\nx = 1", 16)["matches"]
    assert all(flag.startswith("--") for flag in kernel.ask("complete", "%%track -", 9)["matches"])
    assert kernel.ask("complete", "%mltrack ru", 11)["matches"] == ["run", "runs"]
    assert "doctor" in kernel.ask("complete", "%mltrack ", 9)["matches"]
    assert "%%track" in kernel.ask("complete", "%%tra", 5)["matches"]


COMPLETE = {
    "%%track": "incomplete",
    "%%track name\nx = 1": "incomplete",
    "%%track name\nfor i in x:": "incomplete",
    "%%track name\nx = 1\n\n": "complete",
    "x = 1": "complete",
}


@pytest.mark.parametrize("text", COMPLETE)
def test_a_terminal_waits_for_the_whole_cell(kernel: Kernel, text: str) -> None:
    """As with any cell magic, until an empty line; asking runs nothing."""
    assert kernel.ask("is_complete", text)["status"] == COMPLETE[text]
    assert kernel.run("mlflow.active_run() is None").value == "True"


def test_loaded_twice(kernel: Kernel) -> None:
    """A cell is one run all the same."""
    kernel.run("%reload_ext jupyter_mltrack\n%load_ext jupyter_mltrack")
    before = len(kernel.runs("run_id"))
    kernel.run("%%track once\n1")
    assert len(kernel.runs("run_id")) == before + 1


def test_unloaded(kernel: Kernel) -> None:
    """The magics are gone and cells run as without it; it can be loaded again."""
    kernel.run("%unload_ext jupyter_mltrack")
    assert "UsageError" in kernel.run("%%track\n1").stderr
    assert "UsageError" in kernel.run("%mltrack status").stderr
    assert kernel.run("1 + 1").value == "2"
    kernel.run("%load_ext jupyter_mltrack")
    assert kernel.run("%%track again\n1").error is None
    assert kernel.last()["run_name"] == "again"


def test_a_run_is_shown_as_its_card(kernel: Kernel) -> None:
    """A run that is the value of a cell."""
    ran = kernel.run("with mlflow.start_run(run_name='shown') as run:\n    pass\nrun")
    assert "shown" in ran.html[0]


@pytest.fixture
def terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    """IPython without a kernel, as in a terminal."""
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / ".ipython"))
    monkeypatch.setattr(notebook, "_session", notebook.Session())
    shell = InteractiveShell.instance()
    shell.run_line_magic("load_ext", "jupyter_mltrack")
    yield shell
    jupyter_mltrack.unload_ipython_extension(shell)
    notebook.session().stop()
    InteractiveShell.clear_instance()


@pytest.mark.usefixtures("fresh")
def test_in_a_terminal(terminal: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    """One line when the run begins and one when it ends; the rest is the same."""
    result = terminal.run_cell("%%track plain\nlr = 0.1\nprint('hi')\n5", store_history=True)
    assert result.result == 5
    said = capsys.readouterr().out.splitlines()
    assert said[0].startswith("#1 plain ▶ running")
    assert said[1] == "hi"
    assert said[-1].startswith("#1 plain ✓ finished in")
    run = jupyter_mltrack.last_active_run()
    assert run is not None
    assert run.data.params == {"lr": "0.1"}
    assert jupyter_mltrack.search_experiments()[0].name == "Default"
