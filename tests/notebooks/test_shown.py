"""The notebooks of the tour that are kept with what they show: executed anew, and as they are."""

from __future__ import annotations

import re
from pathlib import Path

import nbformat
import pytest
from nbconvert import HTMLExporter
from nbformat import NotebookNode

from tests.kernels import execute
from tests.lab import ROOT
from tests.notebooks.refresh import SHOWN, WIDGET
from tests.panels.inert import text_of

LIVE, SEARCH, MODELS, REGISTRY = SHOWN
MOST_CELLS = 26
MOST_BYTES = 300_000
MOST_TWIN = 15_000

#: What is said on stderr when a model is registered, as MLflow says it.
REGISTERED = re.compile(
    r"((Successfully registered|Registered|Created version '\d+' of) model '\w+'.*\n)+"
)


#: Executed anew in the ordinary run, too.
ALWAYS = {LIVE, REGISTRY}


@pytest.fixture(
    scope="module",
    params=[
        name if name in ALWAYS else pytest.param(name, marks=pytest.mark.nightly) for name in SHOWN
    ],
)
def name(request: pytest.FixtureRequest) -> str:
    """The file of a notebook."""
    return str(request.param)


@pytest.fixture(scope="module")
def kept(name: str) -> NotebookNode:
    """The notebook as it is kept in the repository."""
    return nbformat.read(ROOT / "notebooks" / name, as_version=4)


def code_of(notebook: NotebookNode) -> list[NotebookNode]:
    """Its cells of code."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def texts_of(cell: NotebookNode) -> str:
    """What a cell shows where there is no rich front end."""
    return "".join(
        one.text if one.output_type == "stream" else one.data["text/plain"] for one in cell.outputs
    )


def test_it_is_kept_small_and_whole(name: str, kept: NotebookNode) -> None:
    """Executed from top to bottom without an error, with ids, without widgets."""
    nbformat.validate(kept)
    assert (ROOT / "notebooks" / name).stat().st_size < MOST_BYTES
    assert len(kept.cells) <= MOST_CELLS
    assert len({cell.id for cell in kept.cells}) == len(kept.cells)
    assert "widgets" not in kept.metadata
    code = code_of(kept)
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    shown = [one for cell in code for one in cell.outputs]
    assert {one.output_type for one in shown} <= {"display_data", "execute_result", "stream"}
    warned = [one.text for one in shown if one.get("name") == "stderr"]
    assert [text for text in warned if not REGISTERED.fullmatch(text)] == []
    assert not [one for one in shown if WIDGET in one.get("data", {})]


def test_its_panels_are_inert_and_small(kept: NotebookNode) -> None:
    """No twin has a script or an address, none is larger than 15 kB."""
    twins = [
        one.data["text/html"]
        for cell in code_of(kept)
        for one in cell.outputs
        if "text/html" in one.get("data", {})
    ]
    assert len(twins) > 4
    assert not [twin for twin in twins if re.search(r"<script|https?:|\bon\w+=", twin)]
    assert max(len(twin.encode()) for twin in twins) <= MOST_TWIN


def test_nbconvert_shows_the_numbers(kept: NotebookNode) -> None:
    """The exported page has every number that the panels say in words."""
    html, _ = HTMLExporter().from_notebook_node(kept)
    body = html[html.index("<body") :]
    page = text_of(re.sub(r"<script.*?</script>|<style.*?</style>", "", body, flags=re.DOTALL))
    said = [
        one.data["text/plain"] for cell in code_of(kept) for one in cell.outputs if "data" in one
    ]
    numbers = {number for text in said for number in re.findall(r"\b\d+\.\d{3,4}\b", text)}
    assert len(numbers) > 6
    assert [number for number in numbers if number not in page] == []


@pytest.fixture(scope="module")
def anew(name: str, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What each cell of code shows when it is executed now, as text."""
    notebook = nbformat.read(ROOT / "notebooks" / name, as_version=4)
    cells = [cell.source for cell in code_of(notebook)]
    return [texts_of(cell) for cell in execute(tmp_path_factory.mktemp("tour"), *cells).cells]


def test_every_cell_answers(name: str, anew: list[str]) -> None:
    """The panels and the answers, executed now."""
    CHECKS[name](anew)


def check_live(anew: list[str]) -> None:
    """Cards, the table, comparisons, a run, the frame."""
    _, _, card, _, runs, chosen, compared, curves, run, frame = anew
    assert re.search(r"first net ✓ finished in .* val_auc 0\.99", card)
    assert "19 runs" in runs
    assert len(re.findall(r"\b[0-9a-f]{32}\b", chosen)) >= 4
    assert "19 runs" in compared
    assert "val_loss" in curves
    assert "finished" in run
    assert "biopsies" in frame


def check_search(anew: list[str]) -> None:
    """Filters and SQL."""
    _, _, search, wrong, table, views, grid, kept, curves, turned = anew
    assert search.count("seed 1") == 3
    assert re.search(r"^ +\^", wrong, re.MULTILINE)
    assert "4 of 18 runs" in table
    assert "metric_history" in views
    assert grid.count("\n") == 5
    assert kept == ""
    assert "Figure" in curves
    assert turned.count("alpha") == 3


def check_models(anew: list[str]) -> None:
    """Logged, loaded, refused, scored, evaluated, trained, trusted, found."""
    _, _, logged, growers, _, missing, unsure, scored, judged, best, runs, *rest = anew
    refused, trusted, found = rest
    assert "models:/m-" in logged
    assert growers.startswith("array([")
    assert "missing inputs ['alcohol']" in missing
    assert unsure.startswith("[0, ")
    assert scored.count("\n") == 3
    assert re.search(r"roc_auc +0\.99", judged)
    assert "logisticregression__C" in best
    assert "7 runs" in runs
    assert "Nothing of it was run" in refused
    assert trusted.startswith("trusted: from_elsewhere")
    assert "READY" in found


def check_registry(anew: list[str]) -> None:
    """Registered, refused, overridden, rolled back, promoted, as it was, and who did it."""
    _, _, fitted, told, first, _, refused, overridden, passed, moved, then_and_now, *rest = anew
    scored, changes, versions, panel = rest
    assert fitted.count("finished") == 3
    assert "Created version '3' of model 'progression'" in told
    assert first.startswith("array([")
    assert (refused.count("✘"), passed.count("✘"), passed.count("✔")) == (4, 0, 4)
    assert (overridden, moved) == ("2", "(1, 3)")
    assert first in then_and_now
    assert scored.count("\n") == 2
    assert "the ward wants rules" in changes
    assert re.search(r"3 +Production +\[champion\]", versions)
    assert "3 versions" in panel


CHECKS = {
    LIVE: check_live, SEARCH: check_search, MODELS: check_models, REGISTRY: check_registry,
}  # fmt: skip


def test_they_are_numbered_in_reading_order() -> None:
    """All that is shipped belongs to the tour."""
    names = [path.name for path in sorted(Path(ROOT, "notebooks").glob("*.ipynb"))]
    assert names == ["01_first_run.ipynb", *SHOWN]
