import os
from pathlib import Path

import nbformat
import pytest
from playwright.sync_api import expect

from tests.lab import Notebook, OpenNotebook

pytestmark = pytest.mark.browser

CARD, UPDATE, FREEZE, HOSTILE = range(4)
CELLS = [
    """\
import math
import random
from jupyter_mltrack.panels import LiveCard, RunCard, card_data
from tests.panels.examples import HOSTILE, hostile_run, make_run, sweep
runs = sweep()
dice = random.Random(0)
history = {key: [math.exp(-i / 90) + noise * dice.gauss(0, 1) for i in range(400)]
           for key, noise in {"loss": 0.03, "val_loss": 0.06}.items()}
def card(**changed):
    return card_data(
        make_run(41, "brisk-otter", status=changed.pop("status", "RUNNING"),
                 started=runs[0].info.start_time, seconds=changed.pop("seconds", None),
                 metrics={"loss": 0.0213456, "val_loss": 0.0871, "val_accuracy": 0.9712},
                 params={"learning_rate": "0.01", "depth": "6", "warmup": "100"}),
        histories=history,
        previous=make_run(40, params={"learning_rate": "0.1", "depth": "6", "dropout": "0.2"}),
        **changed)
live = LiveCard(card())
live.show()""",
    """\
live.update(card_data(make_run(41, "updated-otter", status="RUNNING", seconds=None)))""",
    """\
live.freeze(card(status="FAILED", seconds=63.2, error="Traceback\\nValueError: loss is NaN"))""",
    """\
from IPython.display import display
hostile = [hostile_run(text, number) for number, text in enumerate(HOSTILE)]
LiveCard(card_data(hostile[1], previous=hostile[2], error=HOSTILE[0])).show()
for run in hostile:
    display(RunCard(card_data(run, previous=hostile[1], error=HOSTILE[1])))""",
]


@pytest.fixture(scope="module")
def notebook(open_notebook: OpenNotebook) -> Notebook:
    """A notebook."""
    return open_notebook(CELLS)


def shoot(notebook: Notebook, name: str, cell: int) -> None:
    """Keep pictures of a cell's output in both themes, if a folder is given for them."""
    folder = os.environ.get("MLTRACK_SCREENSHOTS")
    if folder:
        for theme in ("Dark", "Light"):
            notebook.set_theme(f"JupyterLab {theme}")
            path = Path(folder) / f"{name}-{theme.lower()}.png"
            notebook.output(cell).screenshot(path=path)


def test_card_lives_and_freezes(notebook: Notebook) -> None:
    """While the run is open the card is a widget; in the end static HTML in its place."""
    notebook.run(CARD)
    output = notebook.output(CARD)
    live = output.locator(".jp-mltrack-card")
    expect(live).to_contain_text("#41 brisk-otter")
    expect(live.locator("polyline")).to_have_count(2)
    shoot(notebook, "card-live", CARD)
    notebook.run(UPDATE)
    expect(live).to_contain_text("updated-otter")
    notebook.run(FREEZE)
    expect(output).to_contain_text("✗ failed")
    expect(output).to_contain_text("ValueError: loss is NaN")
    expect(live).to_have_count(0)
    shoot(notebook, "card-frozen", CARD)


def test_hostile_texts_are_shown_as_text(notebook: Notebook) -> None:
    """Nothing that a run is called or holds is executed."""
    notebook.run(HOSTILE)
    output = notebook.output(HOSTILE)
    expect(output.locator(".jp-mltrack-card")).to_contain_text("<script>")
    notebook.page.wait_for_timeout(300)
    assert notebook.page.evaluate("() => window.canary") is None
    assert output.locator("script, iframe, img, style, svg[onload]").count() == 0


def test_saved_notebook_shows_the_card(notebook: Notebook) -> None:
    """What is left on disk has the card as HTML."""
    notebook.save()
    saved = nbformat.read(notebook.path, as_version=4)
    assert "ValueError: loss is NaN" in saved.cells[CARD].outputs[0].data["text/html"]
    assert notebook.errors == []
