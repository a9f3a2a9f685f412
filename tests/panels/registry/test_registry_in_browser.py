import re

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.lab import Notebook, OpenNotebook
from tests.panels.test_in_browser import shoot

pytestmark = pytest.mark.browser

MAKE, PANEL, OTHER, RUNS, EMPTY = range(5)
CELLS = [
    """\
import jupyter_mltrack as mlt
mlt.set_tracking_uri("registry-in-browser.duckdb")
mlt.set_experiment("wine quality")
from tests.panels.registry.wine import make_hostile_model, make_registry
%load_ext jupyter_mltrack
%mltrack card off
make_hostile_model()
make_registry()""",
    "panel = mlt.registry()\npanel",
    "mlt.MlflowClient().set_registered_model_alias('wine', 'others', 4)",
    "mlt.runs()",
    "mlt.set_tracking_uri('new.duckdb')\nmlt.registry()",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook that has shown the registry."""
    notebook = open_notebook(CELLS, height=1400)
    notebook.run(MAKE, PANEL)
    notebook.output(PANEL).locator("tbody tr").first.wait_for()
    return notebook


@pytest.fixture
def panel(notebook: Notebook) -> Locator:
    """The panel."""
    return notebook.output(PANEL).locator(".jp-mltrack-registry").first


def version(panel: Locator, number: int) -> Locator:
    """The row of a version."""
    return panel.locator(f"tr[data-version='{number}']")


def stage(panel: Locator, number: int) -> Locator:
    """The drop-down with the stage of a version."""
    return panel.get_by_role("combobox", name=f"Stage of version {number}")


def test_the_list_and_its_search(notebook: Notebook, panel: Locator) -> None:
    """Texts are texts; a wrong filter shows where, and the last good result stays."""
    expect(panel.locator("tbody tr")).to_have_count(3)
    expect(panel).to_contain_text("window.canary=1")
    shoot(notebook, "registry-list", PANEL)
    box = panel.get_by_role("searchbox", name="Filter of models")
    box.fill("tags.team == 'a'")
    box.press("Enter")
    expect(panel.get_by_role("alert").first).to_contain_text("^")
    expect(panel.locator("tbody tr")).to_have_count(3)
    box.fill("WINE")
    box.press("Enter")
    expect(panel).to_contain_text("1 of 3 models")
    panel.get_by_role("button", name="wine", exact=True).press("Enter")
    expect(version(panel, 4)).to_contain_text("#5 ")
    shoot(notebook, "registry-model", PANEL)


def test_promote_and_archive(notebook: Notebook, panel: Locator) -> None:
    """The gates stand in the form with their numbers; who was there is archived."""
    stage(panel, 3).select_option("Production")
    form = panel.get_by_role("form", name="Move version 3 from Staging to Production")
    expect(form).to_contain_text("rmse 0.74, wanted at most 0.8")
    expect(form.get_by_role("checkbox")).to_be_checked()
    shoot(notebook, "registry-promote", PANEL)
    form.get_by_role("textbox", name="Comment").fill("tested on the new harvest")
    form.get_by_role("textbox", name="Comment").press("Enter")
    expect(form).to_have_count(0)
    expect(stage(panel, 3)).to_have_value("Production")
    expect(stage(panel, 2)).to_have_value("Archived")
    expect(stage(panel, 3)).to_be_focused()
    expect(panel.get_by_role("region", name="History")).to_contain_text("tested on the new harvest")


def test_blocked_and_overridden(notebook: Notebook, panel: Locator) -> None:
    """Without a reason nothing can be confirmed; Esc leaves all as it was."""
    stage(panel, 4).select_option("Production")
    form = panel.get_by_role("form", name=re.compile("Move version 4"))
    expect(form).to_contain_text("✘ failed: rmse 0.86, wanted at most 0.8")
    confirm = form.get_by_role("button", name="Confirm")
    expect(confirm).to_be_disabled()
    shoot(notebook, "registry-blocked", PANEL)
    form.get_by_role("textbox", name="Comment").press("Escape")
    expect(stage(panel, 4)).to_have_value("None")
    stage(panel, 4).select_option("Production")
    form.get_by_role("textbox", name="Reason to override").fill("<b>needed</b> for the fair")
    form.get_by_role("checkbox").uncheck()
    confirm.click()
    expect(stage(panel, 4)).to_have_value("Production")
    expect(stage(panel, 3)).to_have_value("Production")
    history = panel.get_by_role("region", name="History")
    expect(history).to_contain_text("gates overridden: <b>needed</b> for the fair")


def test_roll_back(notebook: Notebook, panel: Locator) -> None:
    """With a comment; the version before is in production again."""
    panel.get_by_role("button", name="Roll back Production").click()
    form = panel.get_by_role("form", name="Roll back Production")
    expect(form.get_by_role("textbox", name="Comment")).to_be_focused()
    shoot(notebook, "registry-roll-back", PANEL)
    form.get_by_role("textbox", name="Comment").fill("4 fails on empty bottles")
    form.get_by_role("button", name="Confirm").click()
    expect(form).to_have_count(0)
    expect(stage(panel, 4)).to_have_value("Archived")
    expect(stage(panel, 3)).to_have_value("Production")
    expect(panel.get_by_role("region", name="History")).to_contain_text("(rolled back)")


def test_descriptions_in_place(panel: Locator) -> None:
    """Esc leaves it, Enter saves it, and so does leaving the field."""
    edit = panel.get_by_role("button", name="Edit the description", exact=True)
    edit.click()
    field = panel.get_by_role("textbox", name="the description", exact=True)
    field.fill("something else")
    field.press("Escape")
    expect(panel).to_contain_text("How good a wine is.")
    edit.click()
    field.fill("<img src=x onerror=window.canary=1>")
    field.press("Enter")
    expect(panel).to_contain_text("<img src=x onerror=window.canary=1>")
    panel.get_by_role("button", name="Details of version 1").click()
    panel.get_by_role("button", name="Edit the description of version 1").click()
    field = panel.get_by_role("textbox", name="the description of version 1")
    field.fill("The very first.")
    panel.get_by_role("searchbox").or_(panel.get_by_role("textbox", name="As of")).first.focus()
    expect(version(panel, 1)).to_contain_text("The very first.")
    expect(panel.get_by_role("button", name="Details of version 1")).to_have_attribute(
        "aria-expanded", "true"
    )


def test_details(notebook: Notebook, panel: Locator) -> None:
    """The signature, and the line that loads the version."""
    panel.get_by_role("button", name="Details of version 1").click()
    panel.get_by_role("button", name="Details of version 3").click()
    signature = panel.get_by_role("region", name="Signature")
    expect(signature.locator("tbody tr")).to_have_text(
        [
            re.compile(one)
            for one in ("alcoholdoublerequired", "regionstringoptional", "float64", "roundslong")
        ]
    )
    expect(panel).to_contain_text("load_model('models:/wine/3')")
    shoot(notebook, "registry-details", PANEL)
    panel.get_by_role("button", name="Details of version 3").click()
    expect(signature).to_be_hidden()


def test_aliases_and_tags(panel: Locator) -> None:
    """Chips are added and removed; a mistake is told where it was made."""
    row = version(panel, 3)
    row.get_by_role("button", name="Add an alias").click()
    field = row.get_by_role("textbox", name="New alias")
    field.fill("a b")
    field.press("Enter")
    expect(row.get_by_role("alert")).to_contain_text("Invalid alias")
    field.fill("champion")
    field.press("Enter")
    expect(row).to_contain_text("@champion")
    expect(version(panel, 2)).not_to_contain_text("@champion")
    row.get_by_role("button", name="Remove the alias @champion").click()
    expect(row).not_to_contain_text("@champion")
    panel.get_by_role("button", name="Add a tag").first.click()
    panel.get_by_role("textbox", name="New tag").fill("season = 2026")
    panel.get_by_role("textbox", name="New tag").press("Enter")
    expect(panel).to_contain_text("season = 2026")


def test_what_others_change_appears(notebook: Notebook, panel: Locator) -> None:
    """By itself; a form that somebody fills in meanwhile stays."""
    stage(panel, 4).select_option("Staging")
    comment = panel.get_by_role("textbox", name="Comment")
    comment.fill("half a sen")
    notebook.run(OTHER)
    panel.scroll_into_view_if_needed()
    notebook.page.wait_for_timeout(3500)
    expect(comment).to_have_value("half a sen")
    comment.press("Escape")
    expect(version(panel, 4)).to_contain_text("@others")
    expect(stage(panel, 4)).to_have_value("Archived")


def test_as_it_was(notebook: Notebook, panel: Locator) -> None:
    """Read-only; a wrong date is told, and Now leads back."""
    when = panel.get_by_role("textbox", name="As of")
    when.fill("soon")
    when.press("Enter")
    expect(panel.get_by_role("alert").first).to_contain_text("is no date")
    when.fill("now")
    when.press("Enter")
    expect(panel).to_contain_text("The past cannot be changed")
    expect(panel.get_by_role("combobox")).to_have_count(0)
    expect(panel).to_contain_text("models:/wine/Production@")
    shoot(notebook, "registry-as-of", PANEL)
    panel.get_by_role("button", name="Now", exact=True).click()
    expect(stage(panel, 3)).to_have_value("Production")


def test_compare_versions(notebook: Notebook, panel: Locator) -> None:
    """Of two that are ticked the comparison of their runs opens below."""
    compare = panel.get_by_role("button", name="Compare", exact=True)
    expect(compare).to_be_disabled()
    panel.get_by_role("checkbox", name="Compare version 3").check()
    panel.get_by_role("checkbox", name="Compare version 1").check()
    compare.click()
    expect(notebook.output(PANEL).get_by_role("tablist").first).to_be_visible()
    shoot(notebook, "registry-compare", PANEL)
    panel.get_by_role("button", name="Close what is below").click()
    expect(notebook.output(PANEL).get_by_role("tablist")).to_have_count(0)


def test_saved_notebook_has_the_versions(notebook: Notebook) -> None:
    """As HTML without script; and no hostile text ran."""
    notebook.save()
    saved = nbformat.read(notebook.path, as_version=4)
    html = saved.cells[PANEL].outputs[-1].data["text/html"]
    assert "wine" in html
    assert "<script" not in html
    assert notebook.page.evaluate("() => window.canary") is None
    assert notebook.errors == []


def test_register_from_the_table_of_runs(notebook: Notebook) -> None:
    """One run is ticked; names there are suggested, and a new one makes a registered model."""
    notebook.run(RUNS)
    output = notebook.output(RUNS)
    output.get_by_role("checkbox", name=re.compile("^Select #3 ")).check()
    output.get_by_role("button", name="Register", exact=True).click()
    form = output.get_by_role("form", name=re.compile("Register a model of #3 "))
    expect(form.locator("datalist option")).to_have_count(3)
    shoot(notebook, "registry-register", RUNS)
    name = form.get_by_role("combobox", name="Name")
    name.fill("a/b")
    name.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text("Invalid name")
    name.fill("cellar")
    form.get_by_role("button", name="Register").click()
    expect(form).to_contain_text("It is the first version of cellar now.")


def test_an_empty_registry(notebook: Notebook) -> None:
    """Shows a cell to begin with."""
    notebook.run(EMPTY)
    output = notebook.output(EMPTY)
    expect(output).to_contain_text('registered_model_name="double"')
    expect(output.get_by_role("button", name="Copy the cell")).to_be_visible()
    shoot(notebook, "registry-empty", EMPTY)
