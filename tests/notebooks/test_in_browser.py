import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.lab import PATIENCE_MS, Lab, Notebook, OpenNotebook
from tests.notebooks.conftest import Demo

pytestmark = pytest.mark.browser

RUN_ROWS = "[role=row][data-id]"
LOAD, TRACK, FAIL, RUNS = range(4)
CELLS = [
    "%load_ext jupyter_mltrack\nimport jupyter_mltrack as mlflow",
    """\
%%track live card -p lr=0.1
import time
for step in range(60):
    mlflow.log_metric("loss", 1 / (step + 1), step=step)
    mlflow.log_metric("accuracy", 1 - 1 / (step + 1), step=step)
    time.sleep(0.05)
print("trained")
{"rmse": 54.25}""",
    """\
%%track failing -p lr=0.2
print("before")
{"a": 1}["b"]""",
    "mlflow.runs()",
]


def shoot(page: Page, target: Locator | None, name: str) -> None:
    """Keep a picture of a cell or of the page, if a folder is given for them."""
    folder = os.environ.get("MLTRACK_SCREENSHOTS")
    if folder:
        path = Path(folder) / f"{name}.png"
        if target is None:
            page.screenshot(path=path)
        else:
            target.screenshot(path=path)


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook with the extension loaded."""
    notebook = open_notebook(CELLS)
    notebook.run(LOAD)
    return notebook


def test_a_tracked_cell_live(notebook: Notebook) -> None:
    """The card is there at once, with live metrics, and static HTML when the cell has ended."""
    page, output = notebook.page, notebook.output(TRACK)
    page.evaluate(
        """cell => {
            const { shell, commands } = window.jupyterapp;
            shell.currentWidget.content.activeCellIndex = cell;
            commands.execute('notebook:run-cell');
        }""",
        TRACK,
    )
    live = output.locator(".jp-mltrack-card")
    expect(live).to_contain_text("live card")
    expect(live).to_contain_text("running")
    expect(live).to_contain_text("accuracy")
    expect(live.locator("polyline")).to_have_count(2)
    expect(live).to_contain_text("lr 0.1")
    expect(live).to_contain_text("running")
    shoot(page, output, "track-live")
    expect(output).to_contain_text("✓ finished", timeout=PATIENCE_MS)
    expect(live).to_have_count(0)
    expect(output).to_contain_text("54.25")
    expect(output).to_contain_text("trained")
    assert output.locator("polyline").count() >= 2
    shoot(page, output, "track-frozen")


def test_a_tracked_cell_that_fails(notebook: Notebook) -> None:
    """Its card says why; the traceback is IPython's, once."""
    notebook.run(FAIL)
    output = notebook.output(FAIL)
    expect(output).to_contain_text("✗ failed")
    expect(output.locator(".jp-RenderedText[data-mime-type*='stderr']")).to_have_count(1)
    shoot(notebook.page, output, "track-failed")


def test_the_table_of_the_runs(notebook: Notebook) -> None:
    """Both runs, the newest first; a click on a header sorts."""
    notebook.run(RUNS)
    rows = notebook.output(RUNS).locator(RUN_ROWS)
    expect(rows).to_have_count(2)
    expect(rows.first).to_contain_text("failing")
    notebook.output(RUNS).get_by_role("columnheader", name="Run", exact=True).click()
    notebook.output(RUNS).get_by_role("columnheader", name="lr").click()
    expect(rows.first).to_contain_text("live card")
    shoot(notebook.page, notebook.output(RUNS), "track-runs")
    assert notebook.errors == []


@pytest.fixture(scope="module")
def tour(lab: Lab, chromium: Browser, demo: Demo) -> Iterator[Page]:
    """The tour as `mltrack demo` leaves it, opened in JupyterLab."""
    shutil.copytree(demo.folder, lab.folder / "my demo")
    page = chromium.new_page(viewport={"width": 1280, "height": 1000})
    page.set_default_timeout(PATIENCE_MS)
    page.goto(f"{lab.url}/lab/tree/my%20demo/01_first_run.ipynb?reset")
    page.wait_for_selector("#jupyterlab-splash", state="detached")
    page.wait_for_selector(".jp-NotebookPanel .jp-Cell")
    yield page
    page.close()


def test_the_tour_as_it_was_executed(tour: Page) -> None:
    """Opened later, without its kernel, it shows the card, the table and the frames."""
    cells = tour.locator(".jp-Notebook .jp-Cell")
    card, table = cells.nth(4), cells.nth(8)
    expect(card).to_contain_text("✓ finished")
    table.scroll_into_view_if_needed()
    expect(table).to_contain_text("ridge 0.3")
    expect(table).not_to_contain_text("Error displaying widget")
    for number in range(0, 13, 3):
        cells.nth(number).scroll_into_view_if_needed()
        tour.wait_for_timeout(300)
        shoot(tour, None, f"tour-executed-{number}")


def test_the_tour_executed_in_lab(tour: Page) -> None:
    """Run again from the first cell: the table is alive, rows sort by a click."""
    tour.wait_for_function(
        """() => {
            const context = window.jupyterapp.shell.currentWidget.sessionContext;
            return context.session?.kernel?.status === 'idle';
        }"""
    )
    tour.evaluate("() => window.jupyterapp.commands.execute('notebook:run-all-cells')")
    table = tour.locator(".jp-Notebook .jp-Cell").nth(8)
    table.scroll_into_view_if_needed()
    panel = table.locator(".jp-mltrack-runs")
    panel.get_by_role("columnheader", name="mae").click()
    expect(panel.locator(RUN_ROWS).first).to_contain_text("ridge 0.3")
    shoot(tour, None, "tour-live")
