from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from ipywidgets.widgets.widget import _instances

from jupyter_mltrack.panels.box import Box
from jupyter_mltrack.panels.card.live_card import CardAndMore
from jupyter_mltrack.panels.compare import ComparePanel
from jupyter_mltrack.panels.compare.charts_view import ChartsView
from jupyter_mltrack.panels.compare.view_switch import VIEWS
from jupyter_mltrack.panels.experiments import ExperimentsPanel
from jupyter_mltrack.panels.frame import Frame
from jupyter_mltrack.panels.page import RunPage
from jupyter_mltrack.panels.table import RunsPanel
from jupyter_mltrack.tracking import TrackingClient, fluent


@pytest.fixture
def wine(tmp_path: Path) -> Iterator[tuple[TrackingClient, list[str]]]:
    """A client and five runs of its store."""
    before = fluent.get_tracking_uri()
    fluent.set_tracking_uri(str(tmp_path / "mltrack.duckdb"))
    fluent.set_experiment("wine")
    ids = []
    for rate in (0.1, 0.2, 0.3, 0.4, 0.5):
        with fluent.start_run() as run:
            fluent.log_metric("loss", rate)
            fluent.log_param("rate", rate)
        ids.append(run.info.run_id)
    yield fluent.client(), ids
    fluent.set_tracking_uri(before)


Wine = tuple[TrackingClient, list[str]]
MAKE: dict[str, Callable[[TrackingClient, list[str]], Box]] = {
    "runs": lambda client, _: RunsPanel(client, fluent.searched_experiment_ids()),
    "compare": ComparePanel,
    "charts": ChartsView,
    "experiments": lambda client, _: ExperimentsPanel(client),
    "page": lambda client, ids: RunPage(client, ids[0]),
    "frame": lambda client, _: Frame(client),
    "card": lambda client, ids: CardAndMore([RunPage(client, ids[0])]),
}


@pytest.mark.parametrize("name", MAKE)
def test_closing_leaves_nothing(wine: Wine, name: str) -> None:
    """No child, no layout, no style; closing twice is no mistake."""
    before = set(_instances)
    box = MAKE[name](*wine)
    assert set(_instances) > before
    box.close()
    box.close()
    assert set(_instances) == before


@pytest.mark.parametrize("name", MAKE)
def test_a_browser_arranges_nothing(wine: Wine, name: str) -> None:
    """What it sends is not taken."""
    box = MAKE[name](*wine)
    shown = box.children
    box.set_state({"children": [], "layout": None})
    assert box.children == shown
    data, _ = box._repr_mimebundle_()
    assert data["text/plain"] == box.text() == repr(box)
    assert data["text/html"] == box.html()
    box.close()


def test_five_pages_leave_the_widgets_of_one(wine: Wine) -> None:
    """Below a table, and below a list of experiments."""
    client, ids = wine
    panel = RunsPanel(client, fluent.searched_experiment_ids())
    counts = []
    for run_id in ids:
        panel._show(RunPage(client, run_id))
        counts.append(len(_instances))
    assert len(set(counts)) == 1
    panel.close()
    listed = ExperimentsPanel(client)
    counts = []
    for _ in ids:
        listed.open_runs(fluent.searched_experiment_ids()[0])
        counts.append(len(_instances))
    assert len(set(counts)) == 1
    listed.close()


def test_every_view_of_a_comparison_is_closed(wine: Wine) -> None:
    """Also those that are not shown, and the comparison before in a frame."""
    client, ids = wine
    before = set(_instances)
    panel = ComparePanel(client, ids)
    for view in VIEWS:
        panel.switch.view = view
    frame = Frame(client)
    frame.compare(panel)
    frame.compare(ComparePanel(client, ids[:2]))
    assert panel.comm is None
    for tab in ("runs", "models", "experiments", "runs"):
        frame.show(tab)
    assert frame.panel.comm is not None
    frame.close()
    assert set(_instances) == before
