from __future__ import annotations

import os
import re
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import Locator, expect

from tests.lab import Notebook, OpenNotebook

pytestmark = pytest.mark.browser

RUNS, PANEL, ONE, LIVE, LOG, HOSTILE_RUNS, EMPTY, CHART = range(8)
CELLS = [
    """\
import math
import random
import jupyter_mltrack as mlt
from jupyter_mltrack.panels import charts, picture
from jupyter_mltrack.panels.curves import CurvesPanel
from jupyter_mltrack.tracking import fluent
from tests.panels.examples import HOSTILE
mlt.set_tracking_uri("duckdb:///curves.duckdb")
client = fluent.client()
dice = random.Random(7)
ids = []
for number in range(8):
    run = client.create_run("0", run_name=f"run-{'abcdefgh'[number]}").info.run_id
    client.log_param(run, "depth", 3 + number % 3)
    client.log_param(run, "lr", 0.1 / (number + 1))
    ids.append(run)
    with mlt.start_run(run_id=run):
        for step in range(600):
            decay = math.exp(-step / (60 + 25 * number))
            values = {"loss": decay + abs(dice.gauss(0, 0.04)) + 0.01,
                      "val_loss": decay * 1.1 + abs(dice.gauss(0, 0.06)) + 0.02,
                      "accuracy": 1 - decay * 0.8 + dice.gauss(0, 0.02)}
            if number == 3 and step > 400:
                values["loss"] = math.nan
            mlt.log_metrics(values, step=step)
            if step % 30 == 0:
                mlt.log_metric("epoch_time", 20 + dice.random(), step=step // 30)
                mlt.log_metric("system/cpu_utilization_percentage", 50 + dice.random() * 40)""",
    """\
CurvesPanel(client, ids)""",
    """\
CurvesPanel(client, ids[:3], keys=["loss"])""",
    """\
live = client.create_run("0", run_name="going-on").info.run_id
client.log_metric(live, "loss", 1.0, step=0)
CurvesPanel(client, [live])""",
    """\
for step in range(1, 40):
    client.log_metric(live, "loss", 1 / (step + 1), step=step)
client.log_metric(live, "brand_new", 1.0, step=0)""",
    """\
hostile = []
for text in HOSTILE[:6]:
    run = client.create_run("0", run_name=text).info.run_id
    client.log_param(run, "depth", text)
    client.log_metric(run, "loss", 0.5)
    hostile.append(run)
CurvesPanel(client, hostile)""",
    """\
CurvesPanel(client, [])""",
    """\
import ipywidgets
runs = [client.get_run(one) for one in ids]
def shown(spec):
    data = {"application/vnd.plotly.v1+json": spec, "text/html": picture.picture_of(spec, "a"),
            "text/plain": "a chart"}
    return ipywidgets.Output(outputs=(
        {"output_type": "display_data", "data": data, "metadata": {}},))
hostile_runs = [client.get_run(one) for one in hostile]
ipywidgets.VBox([
    shown(charts.scatter(runs, "lr", "loss", "depth", log_x=True)),
    shown(charts.contour(runs, "lr", "depth", "accuracy", log_x=True)),
    shown(charts.box(runs, "accuracy", "depth")),
    shown(charts.bar(runs, "accuracy")),
    shown(charts.parallel_coordinates(runs, log=["lr"])),
    shown(charts.scatter(hostile_runs, "depth", "loss")),
    shown(charts.parallel_coordinates(hostile_runs, ["depth", "loss"])),
])""",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook that has drawn curves of eight runs."""
    notebook = open_notebook(CELLS)
    notebook.run(RUNS)
    notebook.run(PANEL)
    notebook.output(PANEL).locator(".jp-mltrack-curves-chart").first.wait_for()
    return notebook


@pytest.fixture
def panel(notebook: Notebook) -> Locator:
    """The panel of eight runs."""
    return notebook.output(PANEL).locator(".jp-mltrack-curves")


def shoot(notebook: Notebook, name: str, cell: int, pointed: Locator | None = None) -> None:
    """Keep pictures of a cell's output in both themes, if a folder is given for them.

    `pointed` is where the mouse is.
    """
    folder = os.environ.get("MLTRACK_SCREENSHOTS")
    if folder:
        for theme in ("Dark", "Light"):
            notebook.set_theme(f"JupyterLab {theme}")
            notebook.page.wait_for_timeout(500)
            if pointed:
                pointed.hover(position={"x": 140, "y": 50})
            path = Path(folder) / f"{name}-{theme.lower()}.png"
            notebook.output(cell).screenshot(path=path)


def chart(panel: Locator, title: str) -> Locator:
    """The chart of a metric, which takes mouse and keys."""
    figure = panel.locator("figure").filter(has=panel.page.get_by_text(title, exact=True))
    return figure.locator(".jp-mltrack-curves-area")


def said(panel: Locator, title: str) -> str:
    """What the picture of a chart is called for those who cannot see it."""
    return chart(panel, title).get_by_role("img").get_attribute("aria-label") or ""


def coloured(area: Locator) -> int:
    """How many pixels of a chart's picture are not empty."""
    count = """area => {
      const canvas = area.querySelector('canvas');
      const data = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data;
      let found = 0;
      for (let at = 3; at < data.length; at += 4) found += data[at] > 0;
      return found;
    }"""
    return int(area.evaluate(count))


def test_every_metric_has_a_chart(notebook: Notebook, panel: Locator) -> None:
    """With lines on it, named for screen readers, and the last values as a hidden table."""
    expect(panel.locator("figure")).to_have_count(4)
    assert re.match(r"loss: 8 runs, step 0 to 599, from 0\.0\d+ to 1\.\d+", said(panel, "loss"))
    assert "step 0 to 19" in said(panel, "epoch_time")
    assert coloured(chart(panel, "loss")) > 3000
    expect(panel.get_by_text("NaN or ∞ in 1 line")).to_be_visible()
    expect(panel.get_by_role("row")).to_have_count(9)
    expect(panel.get_by_text("8 of 8 runs")).to_be_visible()
    shoot(notebook, "curves", PANEL)


def test_one_crosshair_for_all_charts(notebook: Notebook, panel: Locator) -> None:
    """Values at the mouse, the highest first, in the chart under it."""
    area = chart(panel, "loss")
    area.hover(position={"x": 150, "y": 60})
    values = area.locator(".jp-mltrack-curves-value b")
    expect(values).to_have_count(8)
    numbers = [float(text) for text in values.all_inner_texts()]
    assert numbers == sorted(numbers, reverse=True)
    expect(area.get_by_text(re.compile(r"^step \d+"))).to_be_visible()
    shoot(notebook, "curves-crosshair", PANEL, area)
    notebook.page.mouse.move(5, 5)
    expect(values.first).to_be_hidden()


def test_dragging_zooms_and_two_clicks_go_back(notebook: Notebook, panel: Locator) -> None:
    """All charts that have points there show the range."""
    box = chart(panel, "loss").bounding_box()
    mouse = notebook.page.mouse
    mouse.move(box["x"] + 120, box["y"] + 60)
    mouse.down()
    mouse.move(box["x"] + 200, box["y"] + 80, steps=5)
    mouse.up()
    reset = panel.get_by_role("button", name="Reset zoom")
    expect(reset).to_be_visible()
    ends = re.search(r"step (\d+) to (\d+)", said(panel, "loss"))
    assert 0 < int(ends[1]) < int(ends[2]) < 599
    assert ends[0] in said(panel, "accuracy")
    shoot(notebook, "curves-zoomed", PANEL)
    chart(panel, "accuracy").dblclick(position={"x": 120, "y": 60})
    expect(reset).to_be_hidden()
    assert "step 0 to 599" in said(panel, "loss")


def test_keys_move_the_crosshair_and_zoom(notebook: Notebook, panel: Locator) -> None:
    """A chart can be read without a mouse, and Lab's own keys keep out of it."""
    area = chart(panel, "loss")
    area.focus()
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowDown"):
        notebook.page.keyboard.press(key)
    spoken = panel.locator("[aria-live]")
    expect(spoken).to_have_text(re.compile(r"^loss, step \d+: #\d run-\w 0\.\d+"))
    notebook.page.keyboard.press("+")
    expect(panel.get_by_role("button", name="Reset zoom")).to_be_visible()
    notebook.page.keyboard.press("0")
    expect(panel.get_by_role("button", name="Reset zoom")).to_be_hidden()
    area.evaluate("area => area.blur()")


def test_smoothing_scales_and_axes(notebook: Notebook, panel: Locator) -> None:
    """Every control changes the picture."""
    panel.get_by_label("Smoothing").fill("0.9")
    panel.get_by_role("button", name="Log y").click()
    expect(panel.get_by_role("button", name="Log y")).to_have_attribute("aria-pressed", "true")
    shoot(notebook, "curves-smooth", PANEL)
    panel.get_by_label("X axis").select_option("relative")
    chart(panel, "loss").get_by_label(re.compile("relative 0 s to|relative 0.")).wait_for()
    panel.get_by_label("X axis").select_option("step")
    chart(panel, "loss").get_by_label(re.compile("step 0 to 599")).wait_for()
    panel.get_by_role("button", name="Log y").click()
    panel.get_by_label("Smoothing").fill("0")


def test_groups_are_means_with_bands(notebook: Notebook, panel: Locator) -> None:
    """One line for each value of a param."""
    panel.get_by_label("Group by").select_option(label="depth")
    expect(panel.get_by_text("3 of 3 groups")).to_be_visible()
    assert said(panel, "loss").startswith("loss: 3 groups")
    shoot(notebook, "curves-grouped", PANEL, chart(panel, "accuracy"))
    panel.get_by_label("Group by").select_option(label="nothing")
    expect(panel.get_by_text("8 of 8 runs")).to_be_visible()


def test_runs_are_hidden_by_the_legend(notebook: Notebook, panel: Locator) -> None:
    """One by one, all but one, and all."""
    line = panel.get_by_role("button", name="run-c")
    line.click()
    expect(line).to_have_attribute("aria-pressed", "false")
    expect(panel.get_by_text("7 of 8 runs")).to_be_visible()
    assert said(panel, "loss").startswith("loss: 7 runs")
    line.click(modifiers=["Shift"])
    expect(panel.get_by_text("1 of 8 runs")).to_be_visible()
    panel.get_by_role("button", name="all", exact=True).click()
    expect(panel.get_by_text("8 of 8 runs")).to_be_visible()
    shoot(notebook, "curves-picked", PANEL)


def test_metrics_are_chosen(notebook: Notebook, panel: Locator) -> None:
    """System metrics stand apart; one that is chosen while zoomed has all its points later."""
    chart(panel, "loss").focus()
    notebook.page.keyboard.press("+")
    panel.get_by_text("Metrics: 4 of 5").click()
    panel.get_by_role("checkbox", name="system/cpu").check()
    expect(panel.locator("figure")).to_have_count(5)
    drawn = chart(panel, "system/cpu_utilization_percentage").get_by_label(re.compile(": 8 runs"))
    panel.get_by_role("button", name="Reset zoom").click()
    drawn.wait_for()
    panel.locator("summary").click()
    shoot(notebook, "curves-chooser", PANEL)
    panel.get_by_role("checkbox", name="system/cpu").uncheck()
    notebook.page.keyboard.press("Escape")
    expect(panel.locator("figure")).to_have_count(4)
    expect(panel.get_by_role("checkbox", name="epoch_time")).to_be_hidden()


def test_one_metric_is_one_wide_chart(notebook: Notebook) -> None:
    """Nothing to choose from is left away."""
    notebook.run(ONE)
    output = notebook.output(ONE)
    expect(output.locator("figure")).to_have_count(1)
    shoot(notebook, "curves-one", ONE)


def test_points_of_running_runs_arrive(notebook: Notebook) -> None:
    """By themselves, while the panel can be seen; new metrics can be chosen."""
    notebook.run(LIVE)
    panel = notebook.output(LIVE).locator(".jp-mltrack-curves")
    expect(panel.get_by_text("running")).to_be_visible()
    panel.scroll_into_view_if_needed()
    notebook.run(LOG)
    chart(panel, "loss").get_by_label(re.compile("step 0 to 39")).wait_for(timeout=15_000)
    expect(panel.get_by_text("Metrics: 1 of 2")).to_be_visible()
    shoot(notebook, "curves-live", LIVE)


def test_hostile_names_are_text(notebook: Notebook) -> None:
    """In the legend, the groups, the values and the charts of Plotly."""
    notebook.run(HOSTILE_RUNS)
    panel = notebook.output(HOSTILE_RUNS).locator(".jp-mltrack-curves")
    expect(panel.locator("figure")).to_have_count(1)
    panel.get_by_label("Group by").select_option(label="depth")
    chart(panel, "loss").hover()
    shoot(notebook, "curves-hostile", HOSTILE_RUNS)
    assert notebook.page.evaluate("() => window.canary") is None


def test_an_empty_panel_says_what_to_do(notebook: Notebook) -> None:
    """There are no controls to press in vain."""
    notebook.run(EMPTY)
    output = notebook.output(EMPTY)
    expect(output.get_by_text("There are no runs to draw.")).to_be_visible()
    expect(output.get_by_label("Smoothing")).to_be_hidden()


def test_specs_are_drawn_by_plotly(notebook: Notebook) -> None:
    """JupyterLab draws the plain specs, though Python never imported Plotly; names are text."""
    notebook.run(CHART)
    output = notebook.output(CHART)
    expect(output.locator(".js-plotly-plot")).to_have_count(7)
    expect(output.locator(".js-plotly-plot .xtitle").first).to_have_text("lr")
    expect(output.get_by_text("interpolated between 8 runs")).to_be_visible()
    expect(output.locator("text").filter(has_text="script>").first).to_be_attached()
    assert output.locator(".main-svg :is(a, script, image)").count() == 0
    assert notebook.page.evaluate("() => window.canary") is None
    shoot(notebook, "charts", CHART)


def test_saved_notebook_has_the_twin(notebook: Notebook) -> None:
    """Pictures and the last values, without script."""
    notebook.save()
    saved = nbformat.read(notebook.path, as_version=4)
    html = saved.cells[PANEL].outputs[-1].data["text/html"]
    assert "#1 run-a" in html
    assert "<polyline" in html
    assert notebook.errors == []
