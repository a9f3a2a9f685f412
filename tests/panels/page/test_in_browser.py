import os
import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.lab import Notebook, OpenNotebook

pytestmark = pytest.mark.browser

SETUP, FAILS, PAGE, FAILED, SLEEPER, KILL, HOSTILE = range(7)
CELLS = [
    """\
%load_ext jupyter_mltrack
import os, tempfile
os.chdir(tempfile.mkdtemp())
import jupyter_mltrack as mlt
from tests.panels.examples import HOSTILE
from tests.panels.page.examples import sleeper, train
mlt.set_tracking_uri("mltrack.duckdb")
mlt.set_experiment("wine")
before = train(0.2, 4)
run_id = train(0.1, 6)""",
    """\
%%track broken
# divide by nothing
rate = 0.5
print("about to fail")
1 / 0""",
    "page = mlt.run(run_id)\npage",
    """mlt.run()""",
    """\
process, sleeping = sleeper()
mlt.run(sleeping)""",
    """process.kill(); _ = process.wait()""",
    """\
with mlt.start_run(run_name=HOSTILE[0], description=HOSTILE[1]) as run:
    for number, text in enumerate(HOSTILE):
        mlt.log_param(f"p{number}", text)
        mlt.set_tag(f"t{number}", text)
    mlt.log_text("\\n".join(HOSTILE), "a<img src=x onerror=window.canary=1>.txt")
    mlt.log_text("\\n".join(HOSTILE), "stdout.txt")
    mlt.log_table({HOSTILE[1]: list(HOSTILE)}, "table.json")
mlt.run(run.info.run_id[:10])""",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook that shows the page of a run."""
    notebook = open_notebook(CELLS, height=1400)
    notebook.run(SETUP)
    notebook.run(FAILS)
    notebook.run(PAGE)
    notebook.output(PAGE).locator(".jp-mltrack-page").wait_for()
    return notebook


@pytest.fixture
def page(notebook: Notebook) -> Locator:
    """The page, and what is below it."""
    return notebook.output(PAGE)


def shoot(notebook: Notebook, name: str, cell: int) -> None:
    """Keep pictures of a cell's output in both themes, if a folder is given for them."""
    folder = os.environ.get("MLTRACK_SCREENSHOTS")
    if folder:
        for theme in ("Dark", "Light"):
            notebook.set_theme(f"JupyterLab {theme}")
            path = Path(folder) / f"page-{name}-{theme.lower()}.png"
            notebook.output(cell).screenshot(path=path)


def choose(page: Locator, name: str) -> None:
    """Open a tab."""
    page.get_by_role("tab", name=name).click()


def look(page: Locator, name: str) -> Locator:
    """Look into a file of the open tree; its preview."""
    page.get_by_role("button", name=name).click()
    preview = page.get_by_role("region", name="Preview")
    expect(preview.get_by_text(name.split(maxsplit=1)[0], exact=True)).to_be_visible()
    expect(preview).not_to_have_attribute("aria-busy", "true")
    return preview


def test_overview_opens_with_what_changed(notebook: Notebook, page: Locator) -> None:
    """Since the run before it: params, metrics with deltas, code and data."""
    changed = page.get_by_role("region", name="What changed")
    expect(changed).to_contain_text("Changed since #1")
    expect(changed).to_contain_text(re.compile(r"rate 0.2 → 0.1"))
    expect(changed).to_contain_text("▼ 0.1")
    expect(changed).to_contain_text("= same")
    expect(page.get_by_role("region", name="Metrics").locator("polyline")).to_have_count(3)
    expect(page).to_contain_text("1 run inside")
    shoot(notebook, "overview", PAGE)


def test_parameters_are_filtered(page: Locator) -> None:
    """As one types; a long value is shown in full on demand."""
    table = page.get_by_role("region", name="Parameters")
    expect(table.locator("tbody tr")).to_have_count(13)
    table.get_by_role("searchbox").fill("layer_1")
    expect(table.locator("tbody tr")).to_have_count(1)
    table.get_by_role("searchbox").fill("note")
    table.get_by_role("button", name="show all").click()
    expect(table.locator("td").first).to_have_text("x" * 400)
    table.get_by_role("searchbox").fill("")
    expect(table.locator("tbody tr")).to_have_count(13)


def test_tag_is_edited_added_and_removed(page: Locator) -> None:
    """Enter saves, Esc leaves it as it was, an error stands below the field."""
    tags = page.get_by_role("region", name="Tags")
    tags.get_by_role("button", name="Edit tag team").click()
    field = tags.get_by_role("textbox")
    field.fill("forgotten")
    field.press("Escape")
    expect(tags).to_contain_text("cellar")
    tags.get_by_role("button", name="Edit tag team").click()
    tags.get_by_role("textbox").fill("vineyard")
    tags.get_by_role("textbox").press("Enter")
    expect(tags.locator("tr").first).to_contain_text("vineyard")
    tags.get_by_role("button", name="Add a tag").click()
    tags.get_by_role("textbox").fill("mlflow.user = eve")
    tags.get_by_role("textbox").press("Enter")
    expect(tags.get_by_role("alert")).to_contain_text("set by the tracker")
    tags.get_by_role("textbox").fill("stage = trial")
    tags.get_by_role("textbox").press("Enter")
    expect(tags.get_by_role("button", name="Remove tag stage")).to_be_visible()
    tags.get_by_role("button", name="Remove tag stage").click()
    expect(tags.get_by_role("button", name="Remove tag stage")).to_have_count(0)


def test_name_and_description_are_edited(notebook: Notebook, page: Locator) -> None:
    """In place; an empty name is refused."""
    page.get_by_role("button", name="Edit the name").click()
    field = page.get_by_role("textbox", name="Name of the run")
    field.fill(" ")
    field.press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("A run needs a name")
    shoot(notebook, "edit", PAGE)
    field.fill("best-so-far")
    field.press("Enter")
    expect(page.locator("header b")).to_have_text(re.compile(r"#\d+ best-so-far"))
    box = page.get_by_role("region", name="Description")
    expect(box).to_contain_text("Sweep over\nthe rate.", use_inner_text=True)
    box.get_by_role("button", name="Edit the description").click()
    box.get_by_role("textbox").fill("<b>Bold</b> words")
    box.get_by_role("textbox").press("Enter")
    expect(box.locator("p")).to_have_text("<b>Bold</b> words")


def test_charts_are_below(notebook: Notebook, page: Locator) -> None:
    """The curves come with their tab and go with it."""
    choose(page, "Charts")
    expect(page.locator(".jp-mltrack-page-below-charts canvas").first).to_be_visible()
    shoot(notebook, "charts", PAGE)
    choose(page, "Code")
    expect(page.locator(".jp-mltrack-page-below-charts canvas").first).to_be_hidden()


def test_code_shows_the_cell(notebook: Notebook, page: Locator) -> None:
    """The run's own cell, its notebook and a diff that was logged, which stays open."""
    choose(page, "Code")
    own = page.get_by_role("region", name="The run's own cell")
    expect(own).to_contain_text("run_id = train(0.1, 6)")
    page.get_by_text("git.diff").click()
    added = page.locator(".jp-mltrack-page-diff[data-tone='good']")
    expect(added).to_have_text("+new\n")
    choose(page, "Log")
    choose(page, "Code")
    notebook.page.wait_for_timeout(1000)  # what the tab asked again for is here
    expect(added).to_be_visible()
    shoot(notebook, "code", PAGE)


def test_data_and_environment(notebook: Notebook, page: Locator) -> None:
    """Inputs with digest, context and schema; packages with a filter."""
    choose(page, "Data & env")
    inputs = page.get_by_role("region", name="Inputs")
    expect(inputs).to_contain_text("training")
    inputs.get_by_text("Schema: 2 columns").click()
    expect(inputs.locator("table")).to_contain_text("acidity")
    packages = page.get_by_role("region", name="Packages")
    packages.get_by_role("searchbox").fill("duck")
    expect(packages.locator("tbody tr")).to_have_count(1)
    expect(page.get_by_role("region", name="Environment")).to_contain_text("Python")
    shoot(notebook, "data", PAGE)


def test_pictures_texts_and_tables_are_shown(notebook: Notebook, page: Locator) -> None:
    """Each in its way; a folder is read when it opens."""
    choose(page, "Artifacts")
    preview = look(page, "dot.png")
    picture = preview.locator("img")
    assert picture.evaluate("image => image.decode().then(() => image.naturalWidth)") == 8
    expect(look(page, "notes.txt")).to_contain_text("second line")
    expect(look(page, "config.json").locator("pre").first).to_contain_text('"deep": {')
    expect(look(page, "scores.json").locator("table")).to_contain_text("ada")
    expect(look(page, "notebook.ipynb")).to_contain_text("print(1)")
    expect(look(page, "false.png")).to_contain_text("this is no PNG")
    expect(look(page, "people.parquet")).to_contain_text("100 of 150 rows")
    page.get_by_role("button", name="tables").click()
    expect(look(page, "people.csv").locator("tbody tr")).to_have_count(100)
    shoot(notebook, "csv", PAGE)


def test_plotly_figure_is_drawn(notebook: Notebook, page: Locator) -> None:
    """By Plotly's own renderer, below; it goes when another file is chosen."""
    choose(page, "Artifacts")
    look(page, "figure.json")
    figure = page.locator(".jp-mltrack-page-below-figure .js-plotly-plot")
    expect(figure).to_be_visible()
    expect(figure).to_contain_text("A figure that was logged")
    shoot(notebook, "plotly", PAGE)
    look(page, "notes.txt")
    expect(figure).to_have_count(0)


def test_html_is_only_downloaded(notebook: Notebook, page: Locator) -> None:
    """What can hold scripts is never shown, but its bytes can be had."""
    choose(page, "Artifacts")
    for name in ("drawing.svg", "report.html"):
        preview = look(page, name)
        expect(preview).to_contain_text("can hold scripts")
        assert preview.locator("img, iframe, object, embed").count() == 0
    with notebook.page.expect_download() as download:
        preview.get_by_role("button", name="Download").click()
    assert download.value.suggested_filename == "report.html"
    saved = Path(download.value.path()).read_bytes()
    assert saved.startswith(b"<h1>hi</h1>")
    assert notebook.page.evaluate("() => window.canary") is None


def test_log_without_output_says_so(page: Locator) -> None:
    """The run was not tracked by a magic."""
    choose(page, "Log")
    expect(page).to_contain_text("No output was kept")


def test_failed_run_shows_why(notebook: Notebook) -> None:
    """Message, traceback and cell come first; the log has what was printed."""
    notebook.run(FAILED)
    page = notebook.output(FAILED)
    box = page.get_by_role("region", name="Why it failed")
    expect(box).to_contain_text("ZeroDivisionError: division by zero")
    expect(box).to_contain_text("Traceback (most recent call last)")
    expect(box).to_contain_text("# divide by nothing")
    shoot(notebook, "failed", FAILED)
    choose(page, "Log")
    expect(page.get_by_role("region", name="Printed output")).to_contain_text("about to fail")
    shoot(notebook, "log", FAILED)
    choose(page, "Code")
    page.get_by_text("executed before it in this session").click()
    page.locator(".jp-mltrack-page-cell").first.click()
    expect(page.locator(".jp-mltrack-page-copied")).to_contain_text("load_ext")


def test_other_runs_open_in_place(page: Locator) -> None:
    """A child, and back; the run before, and back."""
    choose(page, "Overview")
    page.get_by_role("button", name=re.compile(r"Open #\d+ fold-1")).click()
    expect(page.locator("header b")).to_contain_text("fold-1")
    page.get_by_role("button", name="Open parent").click()
    expect(page.locator("header b")).to_contain_text("best-so-far")
    page.get_by_role("button", name="Back to").click()
    page.get_by_role("button", name="Back to").click()
    expect(page.locator("header b")).to_contain_text("best-so-far")
    expect(page.get_by_role("button", name="Back to")).to_have_count(0)


def test_run_is_deleted_and_restored(notebook: Notebook, page: Locator) -> None:
    """What is in the bin is said, and cannot be edited."""
    page.get_by_role("button", name="Put the run in the bin").click()
    expect(page).to_contain_text("This run is in the bin.")
    expect(page.get_by_role("button", name="Edit the name")).to_be_hidden()
    shoot(notebook, "deleted", PAGE)
    page.get_by_role("button", name="Take the run out of the bin").click()
    expect(page.get_by_role("button", name="Edit the name")).to_be_visible()


def test_killed_run_is_noticed(notebook: Notebook) -> None:
    """A run of another process goes on; when that is killed, the page says so within 5 s."""
    notebook.run(SLEEPER)
    page = notebook.output(SLEEPER)
    status = page.locator("header .jp-mltrack-page-status")
    expect(status).to_have_text("▶ running")
    page.scroll_into_view_if_needed()
    shoot(notebook, "running", SLEEPER)
    notebook.run(KILL)
    notebook.page.evaluate(
        "cell => document.querySelectorAll('.jp-Cell')[cell].scrollIntoView()", SLEEPER
    )
    expect(status).to_have_text("■ killed", timeout=5000)


def test_hostile_texts_are_shown_as_text(notebook: Notebook) -> None:
    """In every tab."""
    notebook.run(HOSTILE)
    page = notebook.output(HOSTILE)
    expect(page.locator("header b")).to_contain_text("<script>")
    for tab in ("Code", "Data & env", "Log"):
        choose(page, tab)
        notebook.page.wait_for_timeout(200)
    choose(page, "Artifacts")
    look(page, "table.json")
    page.get_by_role("button", name="a<img").click()
    expect(page.get_by_role("region", name="Preview").locator("pre").first).to_contain_text(
        "<iframe"
    )
    shoot(notebook, "hostile", HOSTILE)
    assert notebook.page.evaluate("() => window.canary") is None
    panel = page.locator(".jp-mltrack-page")
    assert panel.locator("script, iframe, img, style, svg[onload]").count() == 0


def test_saved_notebook_shows_the_run(notebook: Notebook) -> None:
    """What is left on disk has the run as HTML; nothing went wrong in the browser."""
    notebook.save()
    saved = nbformat.read(notebook.path, as_version=4)
    html = saved.cells[PAGE].outputs[0].data["text/html"]
    assert "rate" in html
    assert "people.parquet" in html
    assert len(html) <= 15_000
    assert notebook.errors == []
