"""Viewing never executes: 40 hostile texts in every field, in every panel, in a real browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Browser, Locator, expect
from playwright.sync_api import TimeoutError as TooLate

from jupyter_mltrack.panels import RunCard, card_data, markup
from jupyter_mltrack.tracking.client import TrackingClient
from tests.lab import Lab, Notebook, open_cells
from tests.panels.canary import Canary, exported, watched
from tests.panels.hostile import ALL_IN_ONE, CORPUS, EXPERIMENT, make_hostile_store, run_id
from tests.reliability import Noting

pytestmark = pytest.mark.browser

IMPORTS = """\
import jupyter_mltrack as mlt
from IPython.display import display
mlt.set_tracking_uri("hostile/mltrack.duckdb")
"""
#: What is shown, and a text that proves that it is.
PANELS = {
    "runs": (f"mlt.runs(experiment_ids=['{EXPERIMENT}'])", "canary(2)"),
    "runs found by a hostile name": (
        f"mlt.runs(\"tags.mlflow.runName = '{CORPUS[2]}'\", experiment_ids=['{EXPERIMENT}'])",
        "canary(2)",
    ),
    "comparison": (f"mlt.compare('', experiment_ids=['{EXPERIMENT}'])", "canary("),
    "one run": (f"mlt.run('{run_id(2)}')", "canary(2)"),
    "one run with all texts": (f"mlt.run('{ALL_IN_ONE}')", "canary("),
    "experiments": ("mlt.experiments()", "canary("),
    "frame": ("mlt.ui()", "canary("),
    "registry": ("mlt.registry()", "canary("),
    "a registered model": (f"mlt.registry({CORPUS[2]!r})", "canary(2)"),
    "cards": (
        """\
from jupyter_mltrack.panels import LiveCard, RunCard, card_data
found = mlt.search_runs(experiment_ids=['1'], output_format="list")
cards = [card_data(one, previous=found[0], error=one.data.tags["mltrack.error"]) for one in found]
LiveCard(cards[3]).show()
display(*[RunCard(card) for card in cards])""",
        "canary(2)",
    ),
}
MUTANT_ESM = """\
import importlib.util, sys
from pathlib import Path
import jupyter_mltrack
name = "jupyter_mltrack.panels.browser_module"
file = Path(jupyter_mltrack.__file__).parent / "panels" / "browser_module.py"
spec = importlib.util.spec_from_file_location(name, file)
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
original = module.browser_module
safe = "made.append(...children);"
assert safe in original("elements.js")
as_html = "made.insertAdjacentHTML('beforeend', child)"
unsafe = f"children.forEach(child => child.nodeType ? made.append(child) : {as_html});"
module.browser_module = lambda name: original(name).replace(safe, unsafe)
sys.modules[name] = module
"""
_SETTLED_MS = 150
#: So many tabs, files or lists of a panel are opened in the ordinary run.
_MOST_STEPS = 10


@pytest.fixture(scope="module")
def hostile(lab: Lab) -> Path:
    """The store, in the folder of the server."""
    folder = lab.folder / "hostile"
    folder.mkdir()
    make_hostile_store(folder / "mltrack.duckdb")
    return folder


@dataclass(frozen=True, slots=True)
class Stage:
    """A notebook with a cell for each panel, and who watches it."""

    notebook: Notebook
    canary: Canary

    def show(self, cell: int, proof: str) -> Locator:
        """Run a cell and wait until its output shows what was logged."""
        self.notebook.run(cell)
        output = self.notebook.output(cell)
        output.scroll_into_view_if_needed()
        expect(output).to_contain_text(proof)
        return output

    def explore(self, output: Locator, most: int = _MOST_STEPS) -> int:
        """Open tabs, lists and files, move over all; return how many elements there were."""
        seen = self._look(output)
        for opener in ("[role=tab]", "summary", "[role=treeitem]", "[aria-expanded=false]"):
            for place in range(min(output.locator(opener).count(), most)):
                with suppress(TooLate):  # it is gone, or something lies over it
                    output.locator(opener).nth(place).click(timeout=1000)
                    seen += self._look(output)
        return seen

    def _look(self, output: Locator) -> int:
        self.notebook.page.wait_for_timeout(_SETTLED_MS)
        seen = self.canary.provoke(output)
        assert self.canary.faults(output) == []
        return seen

    def assert_quiet(self) -> None:
        """Nothing ran, nothing was fetched, the page is where it was."""
        assert (self.canary.called, self.canary.others) == (set(), [])


OpenStage = Callable[[list[str]], Stage]


@pytest.fixture(scope="module")
def open_stage(lab: Lab, chromium: Browser, hostile: Path) -> Iterator[OpenStage]:
    """Call it with cells to get a notebook that is watched."""
    open_ones = []

    def open_here(cells: list[str]) -> Stage:
        watching = watched(chromium, lab.url)
        open_ones.append(watching)
        canary = watching.__enter__()
        notebook = open_cells(canary.page, lab, cells)
        notebook.run(0)
        canary.watch()
        return Stage(notebook, canary)

    yield open_here
    for one in open_ones:
        one.__exit__(None, None, None)


@pytest.fixture(scope="module")
def stage(open_stage: OpenStage) -> Stage:
    """The panels of the ordinary run."""
    return open_stage([IMPORTS, *(source for source, _ in PANELS.values())])


@pytest.mark.parametrize("name", PANELS)
def test_nothing_runs_in_a_panel(name: str, stage: Stage) -> None:
    """Whatever was logged is text, however the panel is used."""
    cell = list(PANELS).index(name) + 1
    output = stage.show(cell, PANELS[name][1])
    assert stage.explore(output) > 10
    stage.assert_quiet()


@pytest.mark.parametrize("text", [CORPUS[2], CORPUS[4], CORPUS[32]])
def test_nothing_runs_in_a_filter(text: str, stage: Stage) -> None:
    """The error under the box repeats what was typed, as text."""
    output = stage.show(1, PANELS["runs"][1])
    box = output.get_by_role("searchbox").or_(output.get_by_role("combobox")).first
    box.fill(text)
    box.press("Enter")
    expect(output.get_by_role("alert").filter(has_text=re.compile(r"\S")).first).to_be_visible()
    assert stage.canary.faults(output) == []
    stage.assert_quiet()


def test_nothing_runs_in_an_exported_notebook(
    stage: Stage, chromium: Browser, tmp_path: Path, promise: Noting
) -> None:
    """What nbconvert makes of the saved notebook is inert, and shows the texts."""
    for cell, (_, proof) in enumerate(PANELS.values(), start=1):
        stage.show(cell, proof)
    stage.notebook.save()
    with exported(stage.notebook.path, chromium, tmp_path) as canary:
        outputs = canary.page.locator(".jp-OutputArea")
        seen = sum(canary.provoke(one) for one in outputs.all())
        canary.page.wait_for_timeout(_SETTLED_MS)
        assert [canary.faults(one) for one in outputs.all()] == [[]] * outputs.count()
        assert outputs.count() >= len(PANELS)
        expect(outputs.first).to_contain_text("canary(")
        assert (canary.called, canary.others) == (set(), [])
    promise(15, "hostile texts in every field of every panel", texts=len(CORPUS), executed=0)
    assert seen > 500


@pytest.mark.nightly
@pytest.mark.timeout(1_200)
def test_nothing_runs_in_the_page_of_any_run(open_stage: OpenStage, promise: Noting) -> None:
    """Every text in every field of a run, each file of it opened."""
    runs = [run_id(number) for number in range(len(CORPUS))]
    stage = open_stage([IMPORTS, *(f"mlt.run('{run}')" for run in [*runs, ALL_IN_ONE])])
    seen = 0
    for cell in range(1, len(runs) + 2):
        seen += stage.explore(stage.show(cell, "canary"), most=100)
        stage.assert_quiet()
    promise(15, "pages of runs, every tab and file opened", runs=len(runs) + 1, executed=0)
    assert seen > 100 * len(runs)


def test_the_canary_sings_when_a_panel_uses_html(open_stage: OpenStage, promise: Noting) -> None:
    """With one line of elements.js changed to insert HTML, scripts run and addresses are asked."""
    stage = open_stage([MUTANT_ESM + IMPORTS, PANELS["runs"][0]])
    stage.notebook.run(1)
    stage.notebook.page.wait_for_timeout(2_000)
    assert stage.canary.called
    promise(15, "mutation: a panel inserts HTML instead of text", caught="yes")


def test_the_canary_sings_when_a_twin_is_not_escaped(
    hostile: Path,
    chromium: Browser,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    promise: Noting,
) -> None:
    """Without the escaping of markup.py, the exported notebook executes."""
    monkeypatch.setattr(markup, "escape", str)
    client = TrackingClient(hostile / "mltrack.duckdb")
    cells = [
        nbformat.v4.new_code_cell(outputs=[nbformat.v4.new_output("display_data", twin)])
        for number in range(len(CORPUS))
        for twin in [RunCard(card_data(client.get_run(run_id(number))))._repr_mimebundle_()]
    ]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), tmp_path / "unsafe.ipynb")
    with exported(tmp_path / "unsafe.ipynb", chromium, tmp_path) as canary:
        canary.page.wait_for_timeout(1_000)
        assert len(canary.called) > 5
        assert canary.fetched()
    promise(15, "mutation: a twin is not escaped", caught="yes")
