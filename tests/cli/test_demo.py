import io
import sys
from pathlib import Path

import pytest

from jupyter_mltrack.cli import demo, main


def test_a_folder_with_other_things(fresh: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Is left as it is; the message says what to do."""
    (fresh / "mine").mkdir()
    (fresh / "mine" / "thesis.txt").write_text("dear")
    assert main(["demo", "mine"]) == 1
    assert "is not empty and holds no demo. Name another folder" in capsys.readouterr().err
    assert [path.name for path in (fresh / "mine").iterdir()] == ["thesis.txt"]


@pytest.mark.usefixtures("fresh")
def test_without_the_packages(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """What it trains with is named, and how to get it; nothing is made."""
    monkeypatch.setattr(demo, "_NEEDED", ("sklearn_not", "matplotlib_not"))
    assert main(["demo"]) == 1
    said = capsys.readouterr().err
    assert "needs sklearn_not and matplotlib_not" in said
    assert 'pip install "jupyter-mltrack[demo]"' in said
    assert not Path("mltrack-demo").exists()


def test_a_cell_that_fails(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """The message says which notebook shows it; the notebook is saved."""
    import nbformat

    broken = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1/0")])
    nbformat.write(broken, fresh / "broken.ipynb")
    monkeypatch.setattr(demo, "tour", lambda _: fresh / "broken.ipynb")
    assert main(["demo", "here"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().err
    saved = nbformat.read(fresh / "here" / "01_first_run.ipynb", as_version=4)
    assert saved.cells[0].outputs[0].ename == "ZeroDivisionError"


def test_progress_in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line that is drawn anew, and left in the end."""
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stdout", terminal)
    progress = demo._Progress(2)
    progress.step()
    progress.step()
    progress.end()
    lines = terminal.getvalue().split("\r")
    assert terminal.getvalue().count("\n") == 1
    assert "░░░  cell 0 of 2" in lines[1]
    assert "███  cell 2 of 2" in lines[3]
