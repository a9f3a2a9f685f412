import os
import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.lab import Notebook, OpenNotebook

pytestmark = pytest.mark.browser

PANEL, SELECTED, CARD, UPDATE, FREEZE, HOSTILE, EMPTY = range(7)
CELLS = [
    """\
import math
import random
from jupyter_mltrack.panels import LiveCard, RunsPanel, card_data
from tests.panels.examples import HOSTILE, fetch_from, hostile_run, make_run, sweep
runs = sweep()
panel = RunsPanel(lambda text, order: fetch_from(runs, text), title="mnist")
panel""",
    """\
print([run.info.number for run in panel.selected], panel.query)""",
    """\
dice = random.Random(0)
history = {key: [math.exp(-i / 90) + noise * dice.gauss(0, 1) for i in range(400)]
           for key, noise in {"loss": 0.03, "val_loss": 0.06}.items()}
def card(**changed):
    return card_data(
        make_run(41, "brisk-otter", status=changed.pop("status", "RUNNING"),
                 started=runs[0].info.start_time, seconds=changed.pop("seconds", None),
                 metrics={"loss": 0.0213456, "val_loss": 0.0871, "val_accuracy": 0.9712},
                 params={"learning_rate": "0.01", "depth": "6", "warmup": "100"}),
        histories=history,
        previous=make_run(40, params={"learning_rate": "0.1", "depth": "6", "dropout": "0.2"}),
        **changed)
live = LiveCard(card())
live.show()""",
    """\
live.update(card_data(make_run(41, "updated-otter", status="RUNNING", seconds=None)))""",
    """\
live.freeze(card(status="FAILED", seconds=63.2, error="Traceback\\nValueError: loss is NaN"))""",
    """\
from IPython.display import display
from jupyter_mltrack.panels import RunCard
hostile = [hostile_run(text, number) for number, text in enumerate(HOSTILE)]
display(RunsPanel(lambda text, order: hostile, title=HOSTILE[1]))
LiveCard(card_data(hostile[1], previous=hostile[2], error=HOSTILE[0])).show()
for run in hostile:
    display(RunCard(card_data(run, previous=hostile[1], error=HOSTILE[1])))""",
    """\
RunsPanel(lambda text, order: [], title="empty")""",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook that has shown a table of runs."""
    notebook = open_notebook(CELLS)
    notebook.run(PANEL)
    notebook.output(PANEL).locator("tbody tr").first.wait_for()
    return notebook


@pytest.fixture
def panel(notebook: Notebook) -> Locator:
    """The table of runs."""
    return notebook.output(PANEL).locator(".jp-mltrack-runs")


def shoot(notebook: Notebook, name: str, cell: int) -> None:
    """Keep pictures of a cell's output in both themes, if a folder is given for them."""
    folder = os.environ.get("MLTRACK_SCREENSHOTS")
    if folder:
        for theme in ("Dark", "Light"):
            notebook.set_theme(f"JupyterLab {theme}")
            path = Path(folder) / f"{name}-{theme.lower()}.png"
            notebook.output(cell).screenshot(path=path)


def names(panel: Locator) -> list[str]:
    """The runs in the order of the rows."""
    cells = panel.locator("tbody .jp-mltrack-runs-run").all_inner_texts()
    return [cell.split()[0] for cell in cells]


def test_rows_are_shown(notebook: Notebook, panel: Locator) -> None:
    """Every run is a row, what is equal is folded, what is best is bold."""
    assert names(panel) == ["#8", "#7", "#6", "#5", "#4", "#3", "#2", "#1"]
    expect(panel.locator("summary")).to_have_text("4 parameters, 1 metric equal")
    expect(panel.get_by_role("row").filter(has_text="#8")).to_contain_text("just now")
    assert "0.1292" in panel.locator(".jp-mltrack-runs-best").all_inner_texts()
    shoot(notebook, "runs", PANEL)


def test_click_on_header_sorts(panel: Locator) -> None:
    """One click sorts, the next turns round, the third gives the first order; NaN is last."""
    header = panel.get_by_role("columnheader", name="loss")
    header.click()
    assert names(panel) == ["#8", "#7", "#6", "#5", "#4", "#2", "#1", "#3"]
    expect(header).to_have_attribute("aria-sort", "ascending")
    header.click()
    assert names(panel) == ["#1", "#2", "#4", "#5", "#6", "#7", "#8", "#3"]
    header.click()
    assert names(panel)[0] == "#8"


def test_keys_walk_sort_and_select(notebook: Notebook, panel: Locator) -> None:
    """The table can be used without a mouse, and Lab's own keys keep out of it."""
    panel.get_by_role("columnheader", name="Select all runs").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        notebook.page.keyboard.press(key)
    run = panel.get_by_role("columnheader", name="Run", exact=True)
    expect(run).to_be_focused()
    expect(run).to_have_attribute("aria-sort", "descending")
    notebook.page.keyboard.press("Enter")
    assert names(panel)[0] == "#1"
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Space"):
        notebook.page.keyboard.press(key)
    expect(panel.get_by_label("Select #3")).to_be_checked()
    shoot(notebook, "runs-selected", PANEL)
    notebook.page.keyboard.press("Space")
    expect(panel.get_by_label("Select #3")).not_to_be_checked()
    run.click()


def test_wrong_filter_shows_where(notebook: Notebook, panel: Locator) -> None:
    """The error stands under the box with a caret; the last good result stays."""
    box = panel.get_by_role("searchbox")
    box.fill("metrics.loss == 0.2")
    box.press("Enter")
    error = panel.get_by_role("alert")
    expect(error).to_contain_text("Write '=' instead of '=='")
    assert re.search(r"^ +\^$", error.inner_text(), re.MULTILINE)
    assert len(names(panel)) == 8
    shoot(notebook, "runs-error", PANEL)


def test_filter_and_selection_reach_python(notebook: Notebook, panel: Locator) -> None:
    """The next cell has the ticked runs and the filter."""
    box = panel.get_by_role("searchbox")
    box.fill("metrics.loss < 0.3")
    box.press("Enter")
    expect(panel.locator("tbody tr")).to_have_count(5)
    expect(panel.locator(".jp-mltrack-runs-error")).to_be_hidden()
    expect(panel).to_contain_text(re.compile(r"5 runs · \d+ ms"))
    panel.get_by_label("Select #7").check()
    panel.get_by_label("Select #4").check()
    notebook.run(SELECTED)
    expect(notebook.output(SELECTED)).to_have_text("[7, 4] metrics.loss < 0.3")


def test_card_lives_and_freezes(notebook: Notebook) -> None:
    """While the run is open the card is a widget; in the end static HTML in its place."""
    notebook.run(CARD)
    output = notebook.output(CARD)
    live = output.locator(".jp-mltrack-card")
    expect(live).to_contain_text("#41 brisk-otter")
    expect(live.locator("polyline")).to_have_count(2)
    shoot(notebook, "card-live", CARD)
    notebook.run(UPDATE)
    expect(live).to_contain_text("updated-otter")
    notebook.run(FREEZE)
    expect(output).to_contain_text("✗ failed")
    expect(output).to_contain_text("ValueError: loss is NaN")
    expect(live).to_have_count(0)
    shoot(notebook, "card-frozen", CARD)


def test_hostile_texts_are_shown_as_text(notebook: Notebook) -> None:
    """Nothing that a run is called or holds is executed."""
    notebook.run(HOSTILE)
    output = notebook.output(HOSTILE)
    expect(output.locator("tbody tr")).to_have_count(15)
    expect(output.locator(".jp-mltrack-card")).to_contain_text("<script>")
    output.locator("tbody tr").first.hover()
    notebook.page.wait_for_timeout(300)
    assert notebook.page.evaluate("() => window.canary") is None
    assert output.locator("script, iframe, img, style, svg[onload]").count() == 0


def test_empty_table_shows_how_to_begin(notebook: Notebook) -> None:
    """Without runs, the table gives way to a cell that makes one."""
    notebook.run(EMPTY)
    expect(notebook.output(EMPTY)).to_contain_text("with mlt.start_run():")
    expect(notebook.output(EMPTY).locator("table")).to_be_hidden()
    shoot(notebook, "runs-empty", EMPTY)


def test_saved_notebook_shows_the_tables(notebook: Notebook) -> None:
    """What is left on disk has the rows and the card as HTML, and no script."""
    notebook.save()
    saved = nbformat.read(notebook.path, as_version=4)
    html = [saved.cells[cell].outputs[0].data["text/html"] for cell in (PANEL, CARD)]
    assert "#8 brisk-otter" in html[0]
    assert "ValueError: loss is NaN" in html[1]
    assert notebook.errors == []
