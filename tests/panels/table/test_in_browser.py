"""The table of runs in a real JupyterLab, with a real store below it."""

import os
import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.lab import Notebook, OpenNotebook

pytestmark = pytest.mark.browser

PANEL, SELECTED, LOG, MANY, EMPTY = range(5)
CELLS = [
    """\
import random, tempfile, time
from jupyter_mltrack.panels import RunsPanel
from jupyter_mltrack.tracking import TrackingClient
from tests.panels.table.browsed import log, many_in, sweep_in
client, experiment = sweep_in(tempfile.mkdtemp())
panel = RunsPanel(client, [experiment], title="mnist")
panel""",
    """\
names = [client.get_run(one).info.number for one in panel.selected_ids]
print(names, len(panel.selected), panel.query)""",
    """\
new = log(client, experiment, random.Random(1), 25, started=int(time.time() * 1000))""",
    """\
crowd, crowded = many_in(tempfile.mkdtemp(), 3000)
RunsPanel(crowd, [crowded], title="many")""",
    """\
nothing = TrackingClient(tempfile.mkdtemp() + "/mltrack.duckdb")
RunsPanel(nothing, [nothing.create_experiment("empty")], title="empty")""",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook that has shown a table of runs."""
    notebook = open_notebook(CELLS)
    notebook.page.set_default_timeout(20_000)
    notebook.run(PANEL)
    notebook.output(PANEL).locator(".jp-mltrack-runs-body [role=row]").first.wait_for()
    return notebook


@pytest.fixture
def panel(notebook: Notebook) -> Locator:
    """The table of runs."""
    return notebook.output(PANEL).locator(".jp-mltrack-runs")


def shoot(notebook: Notebook, name: str, cell: int) -> None:
    """Keep pictures of the page in both themes, if a folder is given for them."""
    folder = os.environ.get("MLTRACK_SCREENSHOTS")
    if folder:
        notebook.output(cell).scroll_into_view_if_needed()
        for theme in ("Dark", "Light"):
            notebook.page.evaluate(
                "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
                f"JupyterLab {theme}",
            )
            notebook.page.wait_for_timeout(1500)
            notebook.page.screenshot(path=Path(folder) / f"{name}-{theme.lower()}.png")


def rows(panel: Locator) -> Locator:
    """The rows in sight."""
    return panel.locator(".jp-mltrack-runs-body [role=row][data-key]")


def names(panel: Locator) -> list[str]:
    """The first word of each row in sight, in their order."""
    return [
        text.split()[0]
        for text in panel.locator(
            ".jp-mltrack-runs-body .jp-mltrack-runs-run .jp-mltrack-runs-label"
        ).all_inner_texts()
    ]


def header(panel: Locator, name: str) -> Locator:
    """The header of a column."""
    return panel.get_by_role("columnheader", name=name, exact=True)


def first_is(panel: Locator, name: str) -> None:
    """Wait until a run is the first."""
    label = panel.locator(".jp-mltrack-runs-body .jp-mltrack-runs-label").first
    expect(label).to_have_text(re.compile(rf"^{name}\b"))


def search(panel: Locator, text: str) -> None:
    """Search for runs."""
    box = panel.get_by_role("combobox", name="Search runs")
    box.fill(text)
    box.press("Escape")
    box.press("Enter")


def choose(panel: Locator, name: str, item: str) -> None:
    """Choose from the menu of a column."""
    header(panel, name).click(button="right")
    items = panel.get_by_role("menu").locator("button")
    items.filter(has_text=re.compile(f"^✓?{item}")).click()
    expect(panel.get_by_role("menu")).to_have_count(0)


def test_rows_are_shown(notebook: Notebook, panel: Locator) -> None:
    """Every run is a row, what is equal is folded, what is best is bold."""
    first_is(panel, "#24")
    assert names(panel)[:4] == ["#24", "#23", "#22", "#21"]
    expect(panel.locator("summary")).to_have_text("4 parameters, 1 metric equal")
    expect(rows(panel).first).to_contain_text("just now")
    expect(rows(panel).nth(1)).to_contain_text("7 min ago")
    assert panel.locator(".jp-mltrack-runs-best").count() >= 1
    expect(rows(panel).first.locator("polyline")).to_have_count(1)
    shoot(notebook, "runs", PANEL)


def test_click_on_header_sorts(panel: Locator) -> None:
    """One click sorts, the next turns round, the third gives the first order."""
    loss = panel.locator("[role=columnheader][data-column='metrics.loss']")
    loss.click()
    expect(loss).to_have_attribute("aria-sort", "ascending")
    first_is(panel, "#24")
    loss.click()
    expect(loss).to_have_attribute("aria-sort", "descending")
    first_is(panel, "#1")
    header(panel, "depth").click(modifiers=["Shift"])
    expect(header(panel, "depth")).to_have_attribute("aria-sort", "ascending")
    expect(loss).to_contain_text("1")
    header(panel, "Started").click()
    expect(loss).to_have_attribute("aria-sort", "none")
    choose(panel, "Started", "Do not sort")
    expect(header(panel, "Started")).to_have_attribute("aria-sort", "none")
    first_is(panel, "#24")


def test_names_are_completed(notebook: Notebook, panel: Locator) -> None:
    """The box offers names as they are typed; Tab and Enter take one, Esc does not."""
    box = panel.get_by_role("combobox", name="Search runs")
    box.click()
    box.press_sequentially("lo")
    offers = panel.get_by_role("listbox").get_by_role("option")
    expect(offers.first).to_have_text("metrics.loss")
    shoot(notebook, "runs-completion", PANEL)
    box.press("Tab")
    expect(box).to_have_value("metrics.loss")
    expect(panel.get_by_role("listbox")).to_have_count(0)
    box.press_sequentially(" < 0.1 and acc")
    box.press("ArrowDown")
    expect(offers.first).to_have_attribute("aria-selected", "true")
    box.press("Enter")
    expect(box).to_have_value("metrics.loss < 0.1 and metrics.`val accuracy`")
    box.press_sequentially(" > 0.9 and de")
    box.press("Escape")
    expect(panel.get_by_role("listbox")).to_have_count(0)
    expect(box).to_be_focused()
    box.fill("tags.owner = 'lo")
    expect(panel.get_by_role("listbox")).to_have_count(0)
    box.fill("")


def test_wrong_filter_shows_where(notebook: Notebook, panel: Locator) -> None:
    """The error stands under the box with a caret; the last good result stays."""
    search(panel, "metrics.loss == 0.2")
    error = panel.get_by_role("alert")
    expect(error).to_contain_text("Write '=' instead of '=='")
    assert re.search(r"^ +\^+$", error.inner_text(), re.MULTILINE)
    first_is(panel, "#24")
    expect(panel.get_by_role("combobox", name="Search runs")).to_have_attribute(
        "aria-invalid", "true"
    )
    shoot(notebook, "runs-error", PANEL)


def test_filter_and_selection_reach_python(notebook: Notebook, panel: Locator) -> None:
    """The next cell has the ticked runs and the filter; Shift ticks those between."""
    search(panel, "metrics.loss < 0.1")
    expect(panel.locator(".jp-mltrack-runs-summary")).to_have_text(
        re.compile(r"\d+ of 26 runs · \d+ ms")
    )
    expect(panel.locator(".jp-mltrack-runs-error")).to_be_hidden()
    panel.get_by_label("Select #23").check()
    panel.get_by_label("Select #21").click(modifiers=["Shift"])
    expect(panel).to_contain_text("3 selected")
    notebook.run(SELECTED)
    expect(notebook.output(SELECTED)).to_have_text("[23, 22, 21] 3 metrics.loss < 0.1")
    shoot(notebook, "runs-selected", PANEL)
    panel.get_by_label("Select all runs").click()
    expect(panel.get_by_label("Select #19")).to_be_checked()
    panel.get_by_role("button", name="Clear the selection").click()
    expect(panel.get_by_label("Select #23")).not_to_be_checked()
    panel.get_by_role("button", name="Clear the search").click()
    expect(panel.locator(".jp-mltrack-runs-summary")).to_have_text(re.compile(r"^26 runs"))


def test_tag_is_written(panel: Locator) -> None:
    """The bar has a form for a tag; the column of it comes with the next look."""
    panel.get_by_label("Select #22").check()
    panel.get_by_role("button", name="Tag", exact=True).click()
    panel.get_by_label("Tag", exact=True).fill("verdict")
    panel.get_by_label("Value").fill("keep")
    panel.get_by_label("Value").press("Enter")
    expect(panel).to_contain_text("1 run tagged verdict = keep.")
    expect(header(panel, "verdict")).to_be_visible()
    expect(panel.get_by_role("row").filter(has_text="#22")).to_contain_text("keep")
    panel.get_by_role("button", name="Clear the selection").click()


def test_delete_is_undone(notebook: Notebook, panel: Locator) -> None:
    """What was deleted is in the bin, and Undo brings it back."""
    panel.get_by_label("Select #23").check()
    panel.get_by_role("button", name="Delete", exact=True).click()
    expect(panel).to_contain_text("1 run deleted.")
    expect(panel.get_by_label("Select #23")).to_have_count(0)
    deleted = panel.get_by_role("button", name="Deleted", exact=True)
    deleted.click()
    first_is(panel, "#23")
    expect(deleted).to_have_attribute("aria-pressed", "true")
    deleted.click()
    first_is(panel, "#24")
    panel.get_by_role("button", name="Undo").click()
    expect(panel.get_by_label("Select #23")).to_be_visible()
    expect(panel).to_contain_text("1 run restored again.")


def test_baseline_and_pins(notebook: Notebook, panel: Locator) -> None:
    """The baseline is the first row, the others say how far they are from it."""
    panel.get_by_text("#21 brisk-otter").click(button="right")
    panel.get_by_role("menuitem", name="Make it the baseline").click()
    first_is(panel, "#21")
    expect(rows(panel).first).to_contain_text("base")
    expect(rows(panel).nth(1).locator(".jp-mltrack-runs-delta").first).to_have_text(
        re.compile("[▲▼] ")
    )
    panel.get_by_text("#18 sunny-wren").click(button="right")
    panel.get_by_role("menuitem", name="Pin to the top").click()
    expect(rows(panel).nth(1)).to_contain_text("#18")
    shoot(notebook, "runs-baseline", PANEL)
    panel.get_by_text("#18 sunny-wren").click(button="right")
    panel.get_by_role("menuitem", name="Unpin").click()
    expect(rows(panel).nth(1)).not_to_contain_text("#18")
    panel.get_by_text("#21 brisk-otter").first.click(button="right")
    panel.get_by_role("menuitem", name="Compare with no baseline").click()
    first_is(panel, "#24")


def test_column_menu(notebook: Notebook, panel: Locator) -> None:
    """A column is pinned, formatted, hidden; a metric is told which values are better."""
    depth = header(panel, "depth")
    choose(panel, "depth", "Keep at the left")
    expect(panel.locator(".jp-mltrack-runs-group").nth(1)).to_have_text("Pinned")
    choose(panel, "depth", "Put back in its place")
    expect(panel.locator(".jp-mltrack-runs-group").nth(1)).to_have_text("Metrics")
    choose(panel, "f1", "Percent")
    expect(rows(panel).first).to_contain_text(re.compile(r"\d\d\.\d\d%"))
    choose(panel, "f1", "Lower is better")
    expect(header(panel, "f1")).to_have_attribute("title", re.compile("as you chose"))
    header(panel, "f1").click(button="right")
    expect(panel.get_by_role("menuitemradio", name="Lower is better")).to_have_attribute(
        "aria-checked", "true"
    )
    shoot(notebook, "runs-column-menu", PANEL)
    notebook.page.keyboard.press("Escape")
    choose(panel, "depth", "Hide")
    expect(depth).to_have_count(0)


def test_columns_are_chosen(notebook: Notebook, panel: Locator) -> None:
    """The list of columns can be filtered and ticked; one click goes back to those that differ."""
    panel.get_by_role("button", name="Columns", exact=True).click()
    dialog = panel.get_by_role("dialog", name="Columns")
    shoot(notebook, "runs-columns", PANEL)
    dialog.get_by_label("Find a column").fill("seed")
    dialog.get_by_label("seed").check()
    expect(header(panel, "seed")).to_be_visible()
    dialog.get_by_role("button", name="Those that differ").click()
    expect(header(panel, "seed")).to_have_count(0)
    expect(header(panel, "depth")).to_be_visible()


def test_groups_open_and_close(notebook: Notebook, panel: Locator) -> None:
    """A group has mean and deviation; it opens to its runs."""
    panel.get_by_label("Group by").select_option(label="By optimizer")
    expect(rows(panel).first).to_contain_text("±")
    panel.get_by_role("button", name="Expand sgd").click()
    expect(panel.get_by_role("row", level=2).first).to_be_visible()
    shoot(notebook, "runs-groups", PANEL)
    panel.get_by_role("button", name="Collapse all").click()
    expect(panel.get_by_role("row", level=2)).to_have_count(0)
    panel.get_by_label("Group by").select_option(label="No groups")
    first_is(panel, "#24")


def test_children_are_below_their_run(panel: Locator) -> None:
    """A run with children opens to them."""
    panel.get_by_role("button", name="Expand #20").click()
    expect(panel.get_by_role("row", level=2)).to_have_count(2)
    panel.get_by_role("button", name="Collapse #20").click()
    expect(panel.get_by_role("row", level=2)).to_have_count(0)


def test_keys_alone_will_do(notebook: Notebook, panel: Locator) -> None:
    """The table can be used without a mouse, and Lab's own keys keep out of it."""
    press = notebook.page.keyboard.press
    panel.get_by_role("columnheader", name="Select all runs").focus()
    for key in ("ArrowRight", "ArrowRight", "Enter"):
        press(key)
    run = header(panel, "Run")
    expect(run).to_have_attribute("aria-sort", "descending")
    expect(run).to_be_focused()
    press("Enter")
    first_is(panel, "#1")
    expect(run).to_be_focused()
    for key in ("ArrowDown", "ArrowDown", "ArrowDown", "Space"):
        press(key)
    expect(panel.get_by_label("Select #3")).to_be_checked()
    press("Shift+ArrowDown")
    press("Shift+Space")
    expect(panel.get_by_label("Select #4")).to_be_checked()
    press("Alt+ArrowDown")
    expect(panel.get_by_role("menuitem").first).to_be_focused()
    press("p")
    expect(panel.get_by_role("menuitem", name="Pin to the top")).to_be_focused()
    press("Escape")
    expect(panel.get_by_role("row").filter(has_text="#4").locator(":focus")).to_have_count(1)
    press("Control+End")
    expect(panel.get_by_role("row").filter(has_text="#24").locator(":focus")).to_have_count(1)
    press("Control+a")
    expect(panel).to_contain_text("26 selected")
    panel.get_by_role("button", name="Clear the selection").click()
    choose(panel, "Run", "Do not sort")
    first_is(panel, "#24")


def test_search_as_code(notebook: Notebook, panel: Locator) -> None:
    """The search can be had as Python and as SQL."""
    panel.get_by_role("button", name="As code").click()
    dialog = panel.get_by_role("dialog", name="This search as code")
    expect(dialog).to_contain_text("search_runs(")
    dialog.get_by_role("tab", name="SQL").click()
    expect(dialog).to_contain_text(re.compile("select", re.IGNORECASE))
    shoot(notebook, "runs-code", PANEL)
    notebook.page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)


def test_runs_are_exported(panel: Locator) -> None:
    """A file is written beside the notebook, and its path is said."""
    panel.get_by_role("button", name="Export all").click()
    panel.get_by_role("menuitem", name="CSV").click()
    expect(panel).to_contain_text(re.compile(r"26 runs written to .*\.csv"))


def test_panels_open_below(notebook: Notebook, panel: Locator) -> None:
    """A click on a name opens the page of the run; ticked runs are compared; Close removes it."""
    below = notebook.output(PANEL).locator(".jp-mltrack-panel:not(.jp-mltrack-runs)")
    panel.get_by_text("#22 calm-heron").click()
    expect(below.first).to_contain_text("#22 calm-heron")
    panel.get_by_label("Select #22").check()
    panel.get_by_label("Select #21").check()
    panel.get_by_role("button", name="Compare", exact=True).click()
    expect(below.first).to_be_visible()
    expect(below.first).not_to_contain_text("Overview")
    panel.get_by_role("button", name="Close what is below").click()
    expect(below).to_have_count(0)
    panel.get_by_role("button", name="Clear the selection").click()


def test_new_run_appears_by_itself(notebook: Notebook, panel: Locator) -> None:
    """What is logged while the table is in sight is shown soon after."""
    panel.get_by_label("Select #22").check()
    notebook.run(LOG)
    panel.scroll_into_view_if_needed()
    expect(panel.locator(".jp-mltrack-runs-summary")).to_have_text(re.compile(r"^27 runs"))
    expect(panel.get_by_label("Select #22")).to_be_checked()


def test_thousands_of_rows_scroll(notebook: Notebook) -> None:
    """Rows are fetched where the table is scrolled to; only those in sight are elements."""
    notebook.run(MANY)
    panel = notebook.output(MANY).locator(".jp-mltrack-runs")
    first_is(panel, "#3000")
    panel.locator(".jp-mltrack-runs-frame").evaluate("el => el.scrollTop = el.scrollHeight")
    expect(panel.get_by_label("Select #1 run-1,")).to_be_visible()
    assert rows(panel).count() < 60
    panel.get_by_label("Select #1 run-1,").check()
    panel.locator(".jp-mltrack-runs-frame").evaluate("el => el.scrollTop = el.scrollHeight / 2")
    expect(panel.get_by_label("Select #1500 ")).to_be_visible()
    panel.get_by_label("Select #1500 ").click(modifiers=["Shift"])
    expect(panel).to_contain_text("1,500 selected")
    shoot(notebook, "runs-many", MANY)


def test_a_change_of_theme_leaves_the_table_where_it_is(notebook: Notebook) -> None:
    """The rows that were in sight are in sight again."""
    frame = notebook.output(MANY).locator(".jp-mltrack-runs-frame")
    frame.scroll_into_view_if_needed()
    frame.evaluate("el => el.scrollTop = 20_000")
    expect(rows(notebook.output(MANY)).first).to_be_attached()
    notebook.page.wait_for_timeout(500)
    for theme in ("JupyterLab Dark", "JupyterLab Light"):
        notebook.page.evaluate(
            "theme => window.jupyterapp.commands.execute('apputils:change-theme', { theme })",
            theme,
        )
        notebook.page.wait_for_timeout(2_500)
        assert frame.evaluate("el => el.scrollTop") == 20_000


def test_empty_table_shows_how_to_begin(notebook: Notebook) -> None:
    """Without runs, the table gives way to a cell that makes one."""
    notebook.run(EMPTY)
    output = notebook.output(EMPTY)
    expect(output).to_contain_text("with mlt.start_run():")
    expect(output.get_by_role("grid")).to_have_count(0)
    expect(output.get_by_role("button", name="Copy")).to_be_visible()
    shoot(notebook, "runs-empty", EMPTY)


def test_saved_notebook_shows_the_table(notebook: Notebook) -> None:
    """What is left on disk has the rows as HTML; nothing went wrong on the page."""
    notebook.save()
    saved = nbformat.read(notebook.path, as_version=4)
    assert "#24 vivid-newt" in saved.cells[PANEL].outputs[0].data["text/html"]
    assert notebook.errors == []
