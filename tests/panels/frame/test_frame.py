from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_mltrack.panels.compare import ComparePanel
from jupyter_mltrack.panels.frame import Frame, ui
from jupyter_mltrack.tracking import fluent
from tests.panels.inert import faults_in


@pytest.fixture(autouse=True)
def wine(tmp_path: Path) -> Iterator[None]:
    """A store with two experiments of two runs; one run of wine kept a model."""
    before = fluent.get_tracking_uri()
    fluent.set_tracking_uri(str(tmp_path / "mltrack.duckdb"))
    for name in ("beer", "wine"):
        fluent.set_experiment(name)
        for rate in (0.1, 0.2):
            with fluent.start_run():
                fluent.log_metric("loss", rate)
    with fluent.start_run(run_name="<b>keeper"):
        fluent.log_text("flavors: {}", "best/model/MLmodel")
    yield
    fluent.set_tracking_uri(before)


def press(frame: Frame, tab: str) -> None:
    """Choose a tab in a browser."""
    frame.tabs._handle_custom_msg({"id": 1, "kind": "choose", "tab": tab}, [])


def test_tabs_are_made_when_they_are_opened() -> None:
    """And kept: what was typed in one is there when one comes back."""
    frame = ui()
    assert list(frame._parts) == ["experiments"]
    first = frame.panel
    press(frame, "runs")
    assert frame.children == (frame.tabs, frame.panel)
    press(frame, "experiments")
    assert frame.panel is first
    press(frame, "nothing")
    assert frame.panel is first


def test_an_experiment_shows_its_runs() -> None:
    """In the tab of runs, and the other tabs are about it too."""
    frame = ui()
    press(frame, "runs")
    assert frame.tabs.place == "wine"
    beer = fluent.get_experiment_by_name("beer")
    assert beer is not None
    frame._parts["experiments"].hear_open(Asked(beer.experiment_id))
    assert (frame.tabs.tab, frame.tabs.place) == ("runs", "beer")
    press(frame, "models")
    assert "No run of beer has kept a model" in frame.text()


class Asked:
    """A question about an experiment."""

    def __init__(self, experiment: str) -> None:
        self.experiment = experiment


def test_ticked_runs_are_compared_in_their_tab() -> None:
    """Before that, the tab says what to do."""
    frame = ui()
    press(frame, "compare")
    assert frame.panel is None
    assert "tick some runs" in frame.html()
    press(frame, "runs")
    table: Any = frame.panel
    table._handle_custom_msg({"id": 1, "kind": "compare", "runs": []}, [])
    assert frame.tabs.tab == "compare"
    assert isinstance(frame.panel, ComparePanel)
    assert len(frame.panel.run_ids) == 3
    assert frame.tabs.note == ""


def test_the_tabs_look_again() -> None:
    """A store that was empty when the frame was shown has runs later, and models."""
    fluent.set_tracking_uri(str(Path(fluent.get_tracking_uri()).parent / "empty.duckdb"))
    fluent.set_experiment("cider")
    frame = ui()
    press(frame, "models")
    assert frame.panel.rows == []
    with fluent.start_run():
        fluent.log_text("flavors: {}", "best/model/MLmodel")
    press(frame, "models")
    assert len(frame.panel.rows) == 1
    fluent.set_experiment("perry")
    with fluent.start_run():
        pass
    press(frame, "runs")
    assert frame.tabs.place == "perry"


def test_models_open_their_run() -> None:
    """Those that runs kept are listed; a run that is none of the list opens nothing."""
    frame = ui()
    press(frame, "models")
    (row,) = frame.panel.rows
    assert row["folder"] == "best/model"
    frame.panel._handle_custom_msg({"id": 1, "kind": "open", "run": "0" * 32}, [])
    assert len(frame.children) == 2
    frame.panel._handle_custom_msg({"id": 1, "kind": "open", "run": row["run"]}, [])
    assert len(frame.children) == 3
    press(frame, "runs")
    assert len(frame.children) == 2


@pytest.mark.parametrize("tab", ["experiments", "compare", "models", "registry"])
def test_the_twin_is_that_of_the_tab(tab: str) -> None:
    """Small and inert."""
    frame = ui()
    press(frame, tab)
    data, _ = frame._repr_mimebundle_()
    assert faults_in(data["text/html"]) == []
    assert len(data["text/html"]) < 15_000
    assert data["text/plain"] == frame.text()
