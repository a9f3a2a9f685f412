import re

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.lab import Notebook, OpenNotebook
from tests.panels.test_in_browser import shoot

pytestmark = pytest.mark.browser

PANEL, FRAME, MORE, LONG, KEPT = range(5)
CELLS = [
    """\
import math
import jupyter_mltrack as mlt
mlt.set_tracking_uri("experiments-in-browser.duckdb")
from jupyter_mltrack.tracking import fluent
user = fluent.client()
for name, count, note in (
    ("wine quality", 12, "Which grapes make a good wine? Trees against linear models."),
    ("mnist", 5, ""),
    ("<script>window.canary=1</script>", 1, "<img src=x onerror=window.canary=1>"),
):
    mlt.set_experiment(name)
    mlt.set_experiment_tag("team", "vision" if name == "mnist" else "a")
    if note:
        mlt.set_experiment_tag("mlflow.note.content", note)
    for n in range(count):
        run = user.create_run(mlt.get_experiment_by_name(name).experiment_id,
                              start_time=1_790_000_000_000 + n * n * 3_600_000)
        user.log_metric(run.info.run_id, "loss", 1 / (n + 1))
        user.log_param(run.info.run_id, "depth", n)
        if n == 2:
            user.log_text(run.info.run_id, "flavors: {}", "model/MLmodel")
        if n != 3:
            user.set_terminated(run.info.run_id, "FAILED" if n == 1 else "FINISHED")
mlt.set_experiment("wine quality")
panel = mlt.experiments()
panel""",
    "frame = mlt.ui()\nframe",
    "with mlt.start_run(): mlt.log_metric('loss', 0.001)",
    "mlt.create_experiment('long', tags={'mlflow.note.content': 'x' * 5000});",
    "print(len(mlt.get_experiment_by_name('longer').tags['mlflow.note.content']), 'kept')",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook that has shown the list of experiments."""
    notebook = open_notebook(CELLS, height=1100)
    notebook.run(PANEL)
    notebook.output(PANEL).locator("tbody tr").first.wait_for()
    return notebook


@pytest.fixture
def panel(notebook: Notebook) -> Locator:
    """The list of experiments."""
    return notebook.output(PANEL).locator(".jp-mltrack-experiments")


def names(panel: Locator) -> list[str]:
    """The experiments in the order of the rows."""
    return panel.locator(".jp-mltrack-experiments-name").all_inner_texts()


def test_the_list(notebook: Notebook, panel: Locator) -> None:
    """Each with its runs; what it is called is text."""
    wine = panel.locator("tbody tr").filter(has_text="wine quality")
    expect(wine).to_contain_text("12 ▶ 1 running ✗ 1 failed")
    expect(wine).to_contain_text("loss 0.08333")
    expect(wine).to_contain_text("active")
    expect(wine.locator("polyline")).to_have_count(1)
    expect(panel).to_contain_text("4 experiments")
    expect(panel).to_contain_text("<script>window.canary=1</script>")
    assert notebook.page.evaluate("() => window.canary") is None
    shoot(notebook, "experiments", PANEL)


def test_create_and_a_name_that_is_taken(notebook: Notebook, panel: Locator) -> None:
    """The form stays open with the mistake, and goes when it is done."""
    panel.get_by_role("button", name="New experiment").click()
    name = panel.get_by_role("textbox", name="Name")
    expect(name).to_be_focused()
    name.fill("mnist")
    name.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("already exists")
    shoot(notebook, "experiments-create", PANEL)
    name.fill("tea")
    panel.get_by_role("textbox", name="Description").fill("green or black")
    name.press("Enter")
    expect(panel.locator("tbody tr").filter(has_text="green or black")).to_contain_text(
        "green or black"
    )
    expect(name).to_have_count(0)
    expect(panel.locator(".jp-mltrack-error")).to_be_hidden()


def test_rename_describe_and_tag(notebook: Notebook, panel: Locator) -> None:
    """In a row below the experiment."""
    panel.get_by_role("button", name="Edit tea").click()
    name = panel.get_by_role("textbox", name="Name")
    expect(name).to_have_value("tea")
    shoot(notebook, "experiments-edit", PANEL)
    name.fill("tea leaves")
    panel.get_by_role("textbox", name="Description").fill("only green")
    panel.get_by_role("button", name="Save").click()
    row = panel.locator("tbody tr").filter(has_text="tea leaves")
    expect(row).to_contain_text("only green")
    panel.get_by_role("button", name="Edit tea leaves").click()
    panel.get_by_role("textbox", name="Tag").fill("team")
    panel.get_by_role("textbox", name="Value").fill("herbs")
    panel.get_by_role("textbox", name="Value").press("Enter")
    expect(row).to_contain_text("team herbs")


def test_delete_and_undo(panel: Locator) -> None:
    """A mistake costs one press."""
    panel.get_by_role("button", name="Edit tea leaves").click()
    panel.get_by_role("button", name="Delete").click()
    expect(panel).to_contain_text("tea leaves and its runs are in the bin.")
    expect(panel).to_contain_text("4 experiments")
    assert "tea leaves" not in names(panel)
    panel.page.wait_for_timeout(3500)  # the look for news must leave it there
    panel.get_by_role("button", name="Undo").click()
    expect(panel).to_contain_text("5 experiments")


def test_search_and_sort(notebook: Notebook, panel: Locator) -> None:
    """A wrong filter shows where, and the last good result stays."""
    box = panel.get_by_role("searchbox")
    box.fill("tags.team = 'vision'")
    box.press("Enter")
    expect(panel).to_contain_text("1 of 5 experiments")
    box.fill("tags.team == 'vision'")
    box.press("Enter")
    expect(panel.get_by_role("alert")).to_contain_text("^")
    assert names(panel) == ["mnist"]
    shoot(notebook, "experiments-error", PANEL)
    box.fill("")
    box.press("Enter")
    expect(panel).to_contain_text("5 experiments")
    panel.get_by_role("button", name=re.compile("^Experiment")).click()
    expect(panel.get_by_role("columnheader", name="Experiment")).to_have_attribute(
        "aria-sort", "ascending"
    )
    assert names(panel)[-1] == "wine quality"


def test_open_shows_the_runs(notebook: Notebook, panel: Locator) -> None:
    """Below the list."""
    panel.get_by_role("button", name="Runs of mnist").click()
    expect(notebook.output(PANEL)).to_contain_text("5 runs")
    shoot(notebook, "experiments-runs", PANEL)


def test_new_runs_appear(notebook: Notebook, panel: Locator) -> None:
    """By themselves, while the list can be seen."""
    notebook.run(MORE)
    panel.scroll_into_view_if_needed()
    expect(panel.locator("tbody tr").filter(has_text="wine quality")).to_contain_text("13")


def test_a_new_name_keeps_a_long_description(notebook: Notebook, panel: Locator) -> None:
    """All of it stands in the form, and what is not touched is not sent."""
    notebook.run(LONG)
    panel.scroll_into_view_if_needed()
    panel.get_by_role("button", name="Edit long").click()
    expect(panel.get_by_role("textbox", name="Description")).to_have_value("x" * 5000)
    panel.get_by_role("textbox", name="Name").fill("longer")
    panel.get_by_role("button", name="Save").click()
    expect(panel.get_by_role("button", name="Edit longer")).to_be_visible()
    notebook.run(KEPT)
    expect(notebook.output(KEPT)).to_contain_text("5000 kept")


def test_the_frame(notebook: Notebook) -> None:
    """From an experiment to its runs, from ticked runs to their comparison, and to models."""
    notebook.run(FRAME)
    output = notebook.output(FRAME)
    tab = output.get_by_role("tablist", name="Parts of the tracker").get_by_role("tab")
    expect(tab).to_have_text(["Experiments", "Runs", "Compare", "Models", "Registry"])
    shoot(notebook, "ui-experiments", FRAME)
    tab.filter(has_text="Compare").click()
    expect(output).to_contain_text("Nothing is compared yet")
    shoot(notebook, "ui-compare-empty", FRAME)
    tab.filter(has_text="Experiments").click()
    output.get_by_role("button", name="Runs of wine quality").click()
    expect(tab.filter(has_text="Runs")).to_have_attribute("aria-selected", "true")
    boxes = output.get_by_role("checkbox", name=re.compile("^Select #"))
    boxes.nth(0).check()
    boxes.nth(1).check()
    shoot(notebook, "ui-runs", FRAME)
    output.get_by_role("button", name="Compare", exact=True).click()
    expect(tab.filter(has_text="Compare")).to_have_attribute("aria-selected", "true")
    expect(output.get_by_role("img", name=re.compile("^2 runs as lines"))).to_be_visible()
    shoot(notebook, "ui-compare", FRAME)
    tab.filter(has_text="Models").click()
    expect(output.locator(".jp-mltrack-models")).to_contain_text("model")
    shoot(notebook, "ui-models", FRAME)
    output.get_by_role("button", name=re.compile("^#3 ")).click()
    expect(output.get_by_role("tab", name=re.compile("Overview"))).to_be_visible()
    tab.filter(has_text="Registry").click()
    expect(output.locator(".jp-mltrack-registry")).to_contain_text("No model is registered yet")
    tab.filter(has_text="Models").click()


def test_keys_walk_the_tabs(notebook: Notebook) -> None:
    """And the focus stays on the tab that is chosen."""
    tabs = notebook.output(FRAME).get_by_role("tablist", name="Parts of the tracker")
    tabs.get_by_role("tab", name="Models").focus()
    notebook.page.keyboard.press("ArrowLeft")
    chosen = tabs.get_by_role("tab", name="Compare")
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(chosen).to_be_focused()


def test_saved_notebook_has_the_list(notebook: Notebook) -> None:
    """As HTML without script."""
    notebook.save()
    saved = nbformat.read(notebook.path, as_version=4)
    html = saved.cells[PANEL].outputs[-1].data["text/html"]
    assert "wine quality" in html
    assert "<script" not in html
    assert notebook.errors == []
