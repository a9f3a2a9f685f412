import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.lab import Notebook, OpenNotebook
from tests.panels.compare import notebook_runs
from tests.panels.compare.notebook_runs import SESSION

pytestmark = pytest.mark.browser

SETUP, CONFIG, TRAIN, LOOK, LOGGED = 1, 2, 3, 4, 4
SOURCES = dict(SESSION)
SET_SOURCE = """([cell, source]) => {
  const { widgets } = window.jupyterapp.shell.currentWidget.content;
  widgets[cell].model.sharedModel.setSource(source);
}"""
SWEEP, SELECTED, CODE, HOSTILE = range(LOGGED + 1, LOGGED + 5)
CELLS = [
    """\
import tempfile
from pathlib import Path
import jupyter_mltrack as mlflow
folder = Path(tempfile.mkdtemp())
mlflow.set_tracking_uri(folder / "noted.duckdb")""",
    *[SOURCES[name] for name in ("setup", "config", "train", "look")],
    """\
from jupyter_mltrack.panels.compare import ComparePanel
from tests.panels.parallel.sweep import sweep_in
client, ids = sweep_in(folder)
panel = ComparePanel(client, ids, filter_string="")
panel""",
    """\
print(len(panel.selected), "selected:", panel.query)""",
    """\
from jupyter_mltrack.panels.compare import compare
noted = compare("", view="code")
noted""",
    """\
from jupyter_mltrack.tracking import TrackingClient
from tests.panels.examples import HOSTILE
hostile = TrackingClient(str(folder / "hostile" / "mltrack.duckdb"))
runs = []
for text in HOSTILE:
    run = hostile.create_run("0", run_name=text, tags={"note": text}).info.run_id
    hostile.log_param(run, "why", text)
    hostile.log_metric(run, "loss", 0.5 + len(runs))
    runs.append(run)
bad = ComparePanel(hostile, runs)
bad""",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook that compares 60 runs."""
    notebook = open_notebook(CELLS, height=1000)
    notebook.run(0, SETUP)
    for rate, cells in ((0.1, ()), (0.2, ()), (0.3, (LOOK,))):
        source = notebook_runs.CONFIG.format(rate=rate)
        notebook.page.evaluate(SET_SOURCE, [CONFIG, source])
        notebook.run(*cells, CONFIG, TRAIN)
    notebook.run(SWEEP)
    notebook.output(SWEEP).locator("canvas").last.wait_for()
    return notebook


@pytest.fixture
def panel(notebook: Notebook) -> Locator:
    """The comparison of 60 runs."""
    return notebook.output(SWEEP)


def shoot(notebook: Notebook, name: str, cell: int) -> None:
    """Keep pictures of a cell's output in both themes, if a folder is given for them."""
    folder = os.environ.get("MLTRACK_SCREENSHOTS")
    if folder:
        for theme in ("Dark", "Light"):
            notebook.set_theme(f"JupyterLab {theme}")
            notebook.page.wait_for_timeout(700)
            path = Path(folder) / f"{name}-{theme.lower()}.png"
            notebook.output(cell).screenshot(path=path)


def test_parallel_is_first(notebook: Notebook, panel: Locator) -> None:
    """Six tabs, and the lines of all runs."""
    expect(panel.get_by_role("tab")).to_have_count(6)
    expect(panel.get_by_role("tab", selected=True)).to_have_text("Parallel coordinates")
    expect(panel.get_by_role("img").first).to_have_attribute("aria-label", re.compile("60 runs"))
    shoot(notebook, "compare", SWEEP)


def test_differences_fold_what_is_equal(notebook: Notebook, panel: Locator) -> None:
    """Differing rows first; the box brings the equal ones into the table."""
    panel.get_by_role("tab", name="Parameters & metrics").click()
    table = panel.locator(".jp-mltrack-differences-table")
    expect(table.locator("thead th")).to_have_count(60)
    expect(table.get_by_role("rowheader", name="learning_rate")).to_have_count(1)
    expect(table.get_by_role("rowheader", name="batch_size")).to_have_count(0)
    table.get_by_text("1 equal", exact=True).last.click()
    expect(table.get_by_text("batch_size = 128")).to_be_visible()
    shoot(notebook, "compare-params", SWEEP)
    panel.get_by_label("Only differences").uncheck()
    expect(table.get_by_role("rowheader", name="batch_size")).to_have_count(1)
    panel.get_by_label("Only differences").check()


def test_ticked_runs_are_selected_in_all_views(notebook: Notebook, panel: Locator) -> None:
    """Two runs are ticked: Python has them, the code view and the lines, too."""
    panel.get_by_label("Select #60 trial-60").check()
    panel.get_by_label("Select #58 trial-58").check()
    expect(panel.get_by_text("2 of 60 runs are selected.")).to_be_visible()
    notebook.run(SELECTED)
    expect(notebook.output(SELECTED)).to_contain_text("2 selected: run_id IN (")
    panel.get_by_role("tab", name="Tags & data").click()
    expect(panel.locator(".jp-mltrack-differences-table thead th")).to_have_count(2)
    shoot(notebook, "compare-data", SWEEP)
    panel.get_by_role("tab", name="Code").click()
    expect(panel.locator(".jp-mltrack-code")).to_contain_text("No cell differs.")
    panel.get_by_role("tab", name="Parallel coordinates").click()
    expect(panel.get_by_text("2 of 60 runs", exact=True)).to_be_visible()
    shoot(notebook, "compare-selected", SWEEP)
    panel.get_by_role("tab", name="Code").click()
    panel.get_by_role("button", name="Show all runs").click()
    expect(panel.locator(".jp-mltrack-code option").first).to_have_text("#60 trial-60")
    expect(panel.locator(".jp-mltrack-code select").first.locator("option")).to_have_count(60)


def test_charts_are_drawn(notebook: Notebook, panel: Locator) -> None:
    """Scatter, box and contour, each with its menus; a chart that cannot be says why."""
    panel.get_by_role("tab", name="Charts").click()
    expect(panel.locator(".js-plotly-plot")).to_be_visible()
    panel.get_by_label("x", exact=True).select_option("params.learning_rate")
    panel.get_by_label("Colour").select_option("metrics.loss")
    panel.get_by_label("log x").check()
    expect(panel.locator(".js-plotly-plot .xtitle")).to_contain_text("learning_rate")
    notebook.page.wait_for_timeout(500)
    shoot(notebook, "compare-scatter", SWEEP)
    panel.get_by_label("Chart", exact=True).select_option("Contour")
    panel.get_by_label("y", exact=True).select_option("params.depth")
    expect(panel.locator(".js-plotly-plot .ytitle")).to_contain_text("depth")
    notebook.page.wait_for_timeout(500)
    shoot(notebook, "compare-contour", SWEEP)
    panel.get_by_label("Chart", exact=True).select_option("Box")
    expect(panel.get_by_text("boxes can be told apart")).to_be_visible()
    panel.get_by_label("x", exact=True).select_option("params.optimizer")
    expect(panel.locator(".js-plotly-plot .xtitle")).to_contain_text("optimizer")
    notebook.page.wait_for_timeout(500)
    shoot(notebook, "compare-box", SWEEP)


def test_curves_are_drawn(notebook: Notebook, panel: Locator) -> None:
    """The curves of the same runs."""
    panel.get_by_role("tab", name="Curves").click()
    panel.locator("canvas").first.wait_for()
    notebook.page.wait_for_timeout(500)
    shoot(notebook, "compare-curves", SWEEP)


def test_code_shows_the_changed_line(notebook: Notebook) -> None:
    """With a sign and a colour; cells that are the same are folded; other runs can be chosen."""
    notebook.run(CODE)
    panel = notebook.output(CODE)
    added = panel.locator(".jp-mltrack-code-added", has_text="rate = 0.3")
    expect(added).to_contain_text("+")
    expect(panel.locator(".jp-mltrack-code-removed", has_text="rate = 0.2")).to_contain_text("-")
    expect(panel.get_by_text(re.compile(r"cells are the same"))).to_be_visible()
    expect(panel.locator(".jp-mltrack-code-facts")).to_contain_text("Source")
    shoot(notebook, "compare-code", CODE)
    panel.get_by_label("From").select_option("2")
    expect(panel.locator(".jp-mltrack-code-removed", has_text="rate = 0.1")).to_be_visible()
    panel.get_by_role("tab", name="Tags & data").click()
    expect(panel.get_by_role("rowheader", name="houses (training)")).to_be_visible()
    shoot(notebook, "compare-noted-data", CODE)
    panel.get_by_role("tab", name="Curves").click()
    panel.locator("canvas").first.wait_for()


def test_hostile_texts_are_shown_as_text(notebook: Notebook) -> None:
    """In every view nothing that a run is called or holds is executed."""
    notebook.run(HOSTILE)
    panel = notebook.output(HOSTILE)
    panel.locator("canvas").last.wait_for()
    names = panel.get_by_role("tab").all_inner_texts()
    for name in [*names[1:], names[0]]:
        panel.get_by_role("tab", name=name).click()
        notebook.page.wait_for_timeout(500)
    assert notebook.page.evaluate("window.canary") is None


def test_the_page_has_no_errors(notebook: Notebook) -> None:
    """Whatever was opened above."""
    assert not notebook.errors
