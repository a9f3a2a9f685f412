"""The second notebook of the tour, executed in a real kernel."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode

from tests.kernels import execute
from tests.lab import ROOT

NOTEBOOK = ROOT / "notebooks" / "02_ask_anything.ipynb"


@pytest.fixture(scope="module")
def kept() -> NotebookNode:
    """The notebook as it is kept in the repository."""
    return nbformat.read(NOTEBOOK, as_version=4)


@pytest.fixture(scope="module")
def shown(kept: NotebookNode, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each cell of code shows, as text."""
    cells = [cell.source for cell in kept.cells if cell.cell_type == "code"]
    executed = execute(tmp_path_factory.mktemp("tour"), *cells)
    outputs = [cell.outputs for cell in executed.cells]
    assert not [one for each in outputs for one in each if one.output_type == "stream"]
    return ["".join(one.data["text/plain"] for one in each) for each in outputs]


def test_it_is_kept_clean(kept: NotebookNode) -> None:
    """Short, with ids, without outputs."""
    nbformat.validate(kept)
    assert len(kept.cells) <= 15
    assert all(cell.get("outputs", []) == [] for cell in kept.cells)
    assert all(cell.get("execution_count") is None for cell in kept.cells)
    assert len({cell.id for cell in kept.cells}) == len(kept.cells)


def test_every_question_has_an_answer(shown: list[str]) -> None:
    """The search, the views, the grid, the curves of the best, the runs that turned."""
    _, _, search, views, grid, kept, curves, turned = shown
    assert search.count("seed 1") == 3
    assert "metric_history" in views
    assert grid.count("\n") == 5
    assert kept == ""
    assert "Figure" in curves
    assert turned.count("alpha") == 3


def test_it_is_shipped_beside_the_first(kept: NotebookNode) -> None:
    """Notebooks of the tour are numbered in the order in which they are read."""
    assert kept.cells[0].source.startswith("# Ask anything")
    names = [path.name for path in sorted(Path(ROOT, "notebooks").glob("*.ipynb"))]
    assert names[:2] == ["01_first_run.ipynb", NOTEBOOK.name]
