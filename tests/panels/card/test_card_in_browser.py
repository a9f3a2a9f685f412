import re

import nbformat
import pytest
from playwright.sync_api import expect

from tests.lab import Notebook, OpenNotebook
from tests.panels.test_in_browser import shoot

pytestmark = pytest.mark.browser

IMPORT, TRACKED, STARTED, SWEEP, FAILING, OPEN, END = range(7)
CELLS = [
    """\
%load_ext jupyter_mltrack
import math, time
import jupyter_mltrack as mlt
mlt.set_tracking_uri("card-in-browser.duckdb")
with mlt.start_run(run_name="before"):
    mlt.log_params({"lr": 0.1, "depth": 6, "dropout": 0.2})""",
    """\
%%track live
lr = 0.01
mlt.log_params({"lr": 0.01, "depth": 6, "warmup": 100})
for step in range(100):
    mlt.log_metrics({"loss": math.exp(-step / 30), "accuracy": 1 - math.exp(-step / 20)}, step=step)
    time.sleep(0.05)""",
    """\
with mlt.start_run():
    for step in range(40):
        mlt.log_metric("loss", 1 / (step + 1), step=step)
        time.sleep(0.05)""",
    """\
for n in range(1, 51):
    with mlt.start_run():
        mlt.log_params({"lr": n / 100, "depth": n % 4})
        mlt.log_metric("loss", 1.2 + math.sin(n / 5))
        time.sleep(0.02)""",
    """\
with mlt.start_run():
    raise ValueError("loss is NaN at step 12")""",
    """\
run = mlt.start_run(run_name="stays-open")
mlt.log_metric("loss", 0.5)""",
    "mlt.end_run()",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook with the extension loaded, and one run."""
    notebook = open_notebook(CELLS, height=1100)
    notebook.run(IMPORT)
    expect(notebook.output(IMPORT)).to_contain_text("✓ finished")
    return notebook


def begin(notebook: Notebook, cell: int) -> None:
    """Start a cell, and do not wait for its end."""
    notebook.page.evaluate(
        """cell => {
          window.jupyterapp.shell.currentWidget.content.activeCellIndex = cell;
          void window.jupyterapp.commands.execute('notebook:run-cell', {});
        }""",
        cell,
    )


def test_card_lives_while_the_cell_runs(notebook: Notebook) -> None:
    """Its curve grows, its clock ticks, it says what changed; in the end it is static HTML."""
    output = notebook.output(TRACKED)
    begin(notebook, TRACKED)
    live = output.locator(".jp-mltrack-card")
    expect(live).to_contain_text("▶ running")
    curve = live.locator("polyline").first
    curve.wait_for(state="attached")
    early = len((curve.get_attribute("points") or "").split())
    expect(live).to_contain_text(re.compile(r"step \d+"))
    expect(live).to_contain_text("lr 0.1 → 0.01")
    notebook.page.wait_for_timeout(1200)
    assert len((curve.get_attribute("points") or "").split()) > early
    shoot(notebook, "card-running", TRACKED)
    expect(output).to_contain_text("✓ finished")
    expect(live).to_have_count(0)
    expect(output.locator("polyline")).to_have_count(2)
    shoot(notebook, "card-finished", TRACKED)


def test_start_run_has_a_card_that_opens_the_page(notebook: Notebook) -> None:
    """A press while the cell runs shows the page below the card, which stays when it ends."""
    output = notebook.output(STARTED)
    begin(notebook, STARTED)
    output.get_by_role("button", name=re.compile("^Open .* below$")).click()
    expect(output.get_by_role("tab").first).to_be_visible()
    expect(output.locator(".jp-mltrack-card")).to_contain_text("✓ finished")
    shoot(notebook, "card-opened", STARTED)


def test_a_sweep_does_not_flood(notebook: Notebook) -> None:
    """Three cards, then one that counts and names the best."""
    output = notebook.output(SWEEP)
    notebook.run(SWEEP)
    expect(output).to_contain_text("50 runs")
    expect(output).to_contain_text("50 finished")
    expect(output.locator(".jp-OutputArea-output")).to_have_count(4)
    expect(output).to_contain_text("best loss 0.2")
    shoot(notebook, "card-sweep", SWEEP)


def test_a_failed_run_says_why(notebook: Notebook) -> None:
    """In its card, above the traceback."""
    output = notebook.output(FAILING)
    begin(notebook, FAILING)
    expect(output.locator(".jp-OutputArea-output").first).to_contain_text(
        "ValueError: loss is NaN at step 12"
    )
    shoot(notebook, "card-failed", FAILING)


def test_a_run_that_stays_open(notebook: Notebook) -> None:
    """Its card lives on until another cell ends the run."""
    output = notebook.output(OPEN)
    notebook.run(OPEN)
    expect(output.locator(".jp-mltrack-card")).to_contain_text("▶ running")
    notebook.run(END)
    expect(output).to_contain_text("✓ finished")


def test_saved_notebook_is_static(notebook: Notebook) -> None:
    """What is on disk has the end of every run as HTML without script."""
    notebook.save()
    saved = nbformat.read(notebook.path, as_version=4)
    for cell in (TRACKED, SWEEP, OPEN):
        for one in saved.cells[cell].outputs:
            assert sorted(one.data) == ["text/html", "text/plain"]
            assert "<script" not in one.data["text/html"]
            assert "finished" in one.data["text/html"]
    assert notebook.errors == []
