"""The panels in Notebook 7: the same widgets in another front end."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.lab import Lab, Notebook, open_cells

pytestmark = pytest.mark.browser

LOG, RUNS, SELECTED = range(3)
CELLS = [
    """\
%load_ext jupyter_mltrack
import jupyter_mltrack as mlflow
mlflow.set_tracking_uri("notebook7.duckdb")
for depth in (3, 1, 2):
    with mlflow.start_run(run_name=f"depth {depth}"):
        mlflow.log_param("depth", depth)
        mlflow.log_metric("loss", 1 / depth)""",
    "panel = mlflow.runs()\npanel",
    "print(list(panel.selected['params.depth']))",
]


@pytest.fixture(scope="module")
def notebook(lab: Lab, chromium: Browser) -> Notebook:
    """A notebook with three runs and their table."""
    page = chromium.new_page(viewport={"width": 1280, "height": 900})
    notebook = open_cells(page, lab, CELLS, front_end="notebook")
    notebook.run(LOG)
    return notebook


def test_the_table_sorts_and_selects(notebook: Notebook) -> None:
    """A header sorts, a tick reaches the next cell."""
    of_notebook_itself = list(notebook.errors)
    notebook.run(RUNS)
    panel = notebook.output(RUNS)
    expect(panel.get_by_role("row").filter(has_text="depth 1")).to_be_visible()
    panel.get_by_role("columnheader", name="loss").click()
    rows = panel.get_by_role("row").filter(has_text=re.compile(r"depth \d"))
    expect(rows.first).to_contain_text("depth 3")
    panel.get_by_label("Select #1").check()
    notebook.run(SELECTED)
    expect(notebook.output(SELECTED)).to_have_text("['3']")
    assert notebook.errors == of_notebook_itself
