import os
import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.lab import Notebook, OpenNotebook

pytestmark = pytest.mark.browser

PANEL, SELECTED, SET, MANY, ASKED, BUSY = range(6)
CELLS = [
    """\
import tempfile
from pathlib import Path
from jupyter_mltrack.panels.parallel import ParallelPanel
from tests.panels.parallel.sweep import sweep_in
client, ids = sweep_in(Path(tempfile.mkdtemp()))
panel = ParallelPanel(client, ids, filter_string="")
panel""",
    """\
print(len(panel.selected), "runs", panel.query)""",
    """\
panel.brushes = [{"axis": "params.optimizer", "choices": [0, 3]}]""",
    """\
from tests.benchmarks.stores import grow
from jupyter_mltrack.tracking import TrackingClient
path = Path(tempfile.mkdtemp()) / "mltrack.duckdb"
store = grow(path, range(10_000), experiments=1)
every = [row[0] for row in store.rows("SELECT run_id FROM runs")]
many = ParallelPanel(TrackingClient(str(path)), every)
many""",
    """\
import time
began = time.perf_counter()
print(len(many.selected), "selected", round((time.perf_counter() - began) * 1000), "ms")""",
    """\
import time
time.sleep(5)""",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook that shows 60 runs."""
    notebook = open_notebook(CELLS, height=1000)
    notebook.run(PANEL)
    notebook.output(PANEL).locator("canvas").last.wait_for()
    return notebook


@pytest.fixture
def panel(notebook: Notebook) -> Locator:
    """The panel, without brushes."""
    panel = notebook.output(PANEL).locator(".jp-mltrack-parallel")
    clear = panel.get_by_role("button", name="Clear brushes")
    if clear.is_enabled():
        clear.click()
    expect(panel.get_by_role("status").first).to_have_text("60 runs")
    return panel


def shoot(notebook: Notebook, name: str, cell: int) -> None:
    """Keep pictures of a cell's output in both themes, if a folder is given for them."""
    folder = os.environ.get("MLTRACK_SCREENSHOTS")
    if folder:
        for theme in ("Dark", "Light"):
            notebook.set_theme(f"JupyterLab {theme}")
            notebook.page.wait_for_timeout(700)
            path = Path(folder) / f"{name}-{theme.lower()}.png"
            notebook.output(cell).screenshot(path=path)


def names(panel: Locator) -> list[str]:
    """The axes from left to right."""
    return panel.locator(".jp-mltrack-parallel-name").all_inner_texts()


def drag(notebook: Notebook, panel: Locator, axis: str, start: float, end: float) -> None:
    """Drag along an axis, from a height to another; 0 is its upper end, 1 its lower end."""
    panel.locator("canvas").last.scroll_into_view_if_needed()
    header = panel.locator(".jp-mltrack-parallel-header", has_text=axis).bounding_box()
    canvas = panel.locator("canvas").last.bounding_box()
    assert header
    assert canvas
    x = header["x"] + header["width"] / 2
    mouse = notebook.page.mouse
    mouse.move(x, canvas["y"] + 12 + 250 * start)
    mouse.down()
    mouse.move(x, canvas["y"] + 12 + 250 * (start + end) / 2)
    mouse.move(x, canvas["y"] + 12 + 250 * end)
    mouse.up()


def test_axes_are_shown(notebook: Notebook, panel: Locator) -> None:
    """Params and metrics that differ have a header each; the picture says what it is."""
    shown = names(panel)
    assert {"learning_rate", "optimizer", "dropout", "loss", "val accuracy"} <= set(shown)
    assert "batch_size" not in shown
    expect(panel.get_by_role("img")).to_have_attribute(
        "aria-label", re.compile("60 runs as lines across")
    )
    shoot(notebook, "parallel", PANEL)


def test_a_dragged_brush_is_a_frame_in_the_next_cell(notebook: Notebook, panel: Locator) -> None:
    """Two axes brushed, one with texts: the next cell has the runs, and their filter."""
    drag(notebook, panel, "loss", 1.0, 0.6)
    status = panel.get_by_role("status").first
    expect(status).to_have_text(re.compile(r"^\d+ of 60 runs$"))
    first = status.inner_text()
    drag(notebook, panel, "optimizer", 0.95, 0.55)
    expect(status).not_to_have_text(first)
    expect(panel.locator(".jp-mltrack-parallel-filter")).to_contain_text("params.optimizer IN")
    count = status.inner_text().split()[0]
    shoot(notebook, "parallel-brushed", PANEL)
    notebook.run(SELECTED)
    expect(notebook.output(SELECTED)).to_contain_text(f"{count} runs metrics.loss BETWEEN")
    # A brush is moved by its middle, and a click takes it away.
    drag(notebook, panel, "loss", 0.8, 0.5)
    expect(status).not_to_have_text(f"{count} of 60 runs")
    drag(notebook, panel, "loss", 0.5, 0.5)
    expect(panel.locator(".jp-mltrack-parallel-filter")).not_to_contain_text("metrics.loss")


def test_what_is_missing_has_a_lane(notebook: Notebook, panel: Locator) -> None:
    """The lane below the axes holds the runs without a value; a click brushes it."""
    drag(notebook, panel, "dropout", 1.12, 1.12)
    expect(panel.get_by_role("status").first).to_have_text("15 of 60 runs")
    notebook.run(SELECTED)
    expect(notebook.output(SELECTED)).to_contain_text("15 runs NOT params.dropout BETWEEN")


def test_headers_are_moved_by_mouse_and_keys(notebook: Notebook, panel: Locator) -> None:
    """Dragged two places to the left; moved back with an arrow key, which keeps the focus."""
    before = names(panel)
    header = panel.get_by_role("button", name=re.compile("^loss, metric"))
    box = header.bounding_box()
    canvas = panel.locator("canvas").last.bounding_box()
    assert box
    assert canvas
    gap = (canvas["width"] - 130) / (len(before) - 1)
    x, y = box["x"] + box["width"] / 2, box["y"] + 8
    notebook.page.mouse.move(x, y)
    notebook.page.mouse.down()
    notebook.page.mouse.move(x - gap, y, steps=3)
    notebook.page.mouse.move(x - 2 * gap, y, steps=3)
    notebook.page.mouse.up()
    at = before.index("loss")
    expected = [name for name in before if name != "loss"]
    expected.insert(at - 2, "loss")
    expect(panel.locator(".jp-mltrack-parallel-name")).to_have_text(expected)
    header.focus()
    for _ in range(2):
        notebook.page.keyboard.press("ArrowRight")
    expect(panel.locator(".jp-mltrack-parallel-name")).to_have_text(before)
    expect(header).to_be_focused()


def test_scale_flip_and_hide(notebook: Notebook, panel: Locator) -> None:
    """Keys change an axis; the chooser brings a hidden one back."""
    header = panel.get_by_role("button", name=re.compile("^learning_rate, parameter"))
    expect(header).to_have_attribute("aria-label", re.compile("logarithmic"))
    header.focus()
    notebook.page.keyboard.press("l")
    expect(header).not_to_have_attribute("aria-label", re.compile("logarithmic"))
    notebook.page.keyboard.press("f")
    expect(header).to_have_attribute("aria-label", re.compile("flipped"))
    expect(header).to_be_focused()
    notebook.page.keyboard.press("f")
    notebook.page.keyboard.press("l")
    expect(header).to_have_attribute("aria-label", re.compile("logarithmic"))
    notebook.page.keyboard.press("Delete")
    expect(header).to_have_count(0)
    panel.get_by_role("button", name="Axes", exact=True).click()
    shoot(notebook, "parallel-axes", PANEL)
    panel.get_by_label("learning_rate", exact=True).check()
    expect(header).to_have_count(1)
    panel.get_by_role("button", name="Axes", exact=True).click()


def test_a_brush_can_be_typed(notebook: Notebook, panel: Locator) -> None:
    """Enter on a header opens a form: numbers from and to, or the texts to tick."""
    panel.get_by_role("button", name=re.compile("^loss, metric")).focus()
    notebook.page.keyboard.press("Enter")
    form = panel.get_by_role("form", name="Filter loss")
    form.get_by_label("from").fill("2")
    form.get_by_label("to").fill("1")
    form.get_by_role("button", name="Apply").click()
    expect(form.get_by_role("alert")).to_have_text("Write two numbers, the lower one first.")
    form.get_by_label("from").fill("")
    form.get_by_label("to").fill("0.5")
    form.get_by_role("button", name="Apply").click()
    expect(panel.get_by_role("status").first).to_have_text(re.compile(r"^\d+ of 60 runs$"))
    shoot(notebook, "parallel-form", PANEL)
    form.get_by_role("button", name="Close").click()
    panel.get_by_role("button", name=re.compile("^optimizer, param")).press("Enter")
    form = panel.get_by_role("form", name="Filter optimizer")
    form.get_by_label("adam").check()
    form.get_by_role("button", name="Apply").click()
    expect(panel.locator(".jp-mltrack-parallel-filter")).to_contain_text("= 'adam'")
    form.get_by_role("button", name="Close").click()


def test_a_line_names_its_run(notebook: Notebook, panel: Locator) -> None:
    """The pointer on a line shows which run it is, with its values."""
    canvas = panel.locator("canvas").last.bounding_box()
    assert canvas
    said = panel.locator(".jp-mltrack-parallel-said")
    for step in range(40):
        notebook.page.mouse.move(canvas["x"] + 100, canvas["y"] + 20 + 6 * step)
        if said.inner_text():
            break
    expect(said).to_contain_text(re.compile(r"^#\d+ trial-\d+ .*learning_rate"))
    if folder := os.environ.get("MLTRACK_SCREENSHOTS"):
        notebook.output(PANEL).screenshot(path=Path(folder) / "parallel-hover.png")


def test_brushes_and_colours_can_be_set(notebook: Notebook, panel: Locator) -> None:
    """From Python, and from the list of colours."""
    notebook.run(SET)
    expect(panel.get_by_role("status").first).to_have_text(re.compile(r"^\d+ of 60 runs$"))
    panel.get_by_label("Colour").select_option("params.optimizer")
    expect(panel.locator(".jp-mltrack-parallel-legend")).to_contain_text("rmsprop")
    shoot(notebook, "parallel-choices", PANEL)
    panel.get_by_label("Colour").select_option("")
    expect(panel.locator(".jp-mltrack-parallel-legend")).to_contain_text("of its own")


def test_a_brush_while_a_cell_runs(notebook: Notebook, panel: Locator) -> None:
    """The lines show it at once; Python takes it in, or the panel says what it waits for."""
    notebook.page.evaluate(
        """cell => {
          const { shell, commands } = window.jupyterapp;
          shell.currentWidget.content.activeCellIndex = cell;
          commands.execute('notebook:run-cell');
        }""",
        BUSY,
    )
    drag(notebook, panel, "loss", 1.0, 0.6)
    expect(panel.get_by_role("status").first).to_have_text(re.compile(r"^\d+ of 60 runs$"))
    filter_text = panel.locator(".jp-mltrack-parallel-filter").filter(has_text="metrics.loss")
    expect(filter_text.or_(panel.get_by_text("The kernel is busy"))).to_be_visible()
    expect(filter_text).to_contain_text("BETWEEN", timeout=15_000)
    expect(panel.get_by_text("The kernel is busy")).to_have_count(0)


@pytest.mark.nightly
def test_ten_thousand_lines(notebook: Notebook) -> None:
    """They are drawn within a second, and brushed ones are in Python in 300 ms (printed)."""
    notebook.run(MANY)
    panel = notebook.output(MANY).locator(".jp-mltrack-parallel")
    canvas = panel.locator("canvas").nth(1)
    expect(canvas).to_have_attribute("data-drawn", "10000", timeout=120_000)
    drawn = int(canvas.get_attribute("data-milliseconds") or 10_000)
    drag(notebook, panel, "metric_0", 1.0, 0.7)
    began = time.perf_counter()
    panel.locator(".jp-mltrack-parallel-filter").filter(has_text="BETWEEN").wait_for()
    brushed = (time.perf_counter() - began) * 1000
    notebook.run(ASKED)
    expect(notebook.output(ASKED)).to_contain_text("selected")
    notebook.run(ASKED)
    notebook.page.wait_for_timeout(1000)
    print(f"10,000 lines on 12 axes: drawn in {drawn} ms; brush to Python and back"
          f" {brushed:.0f} ms; {notebook.output(ASKED).inner_text()}")  # fmt: skip
    assert drawn < 3000
    assert brushed < 1500
    shoot(notebook, "parallel-many", MANY)
    assert not notebook.errors
