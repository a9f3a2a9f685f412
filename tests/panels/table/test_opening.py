from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from jupyter_mltrack.errors import FilterSyntaxError, InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.panels import RunsPanel, runs
from jupyter_mltrack.tracking import fluent, notebook
from tests.kernels import open_kernel


@pytest.fixture(autouse=True)
def wine(tmp_path: Path) -> Iterator[None]:
    """A store with three runs of one experiment, and one of another."""
    before = fluent.get_tracking_uri()
    fluent.set_tracking_uri(str(tmp_path / "mltrack.duckdb"))
    for name, rate in (("wine", 0.1), ("wine", 0.2), ("wine", 0.3), ("beer", 0.4)):
        fluent.set_experiment(name)
        with fluent.start_run():
            fluent.log_param("rate", rate)
            for step in range(5):
                fluent.log_metric("loss", rate / (step + 1), step=step)
    fluent.set_experiment("wine")
    yield
    fluent.set_tracking_uri(before)


@pytest.fixture
def cell(monkeypatch: pytest.MonkeyPatch) -> SimpleNamespace:
    """A notebook cell that is running."""
    running = SimpleNamespace(cell_id="a")
    session = notebook.Session()
    monkeypatch.setattr(type(session), "current", property(lambda _: running))
    monkeypatch.setattr(notebook, "session", lambda: session)
    return running


def numbers(panel: RunsPanel) -> list[int | None]:
    """The numbers of the runs that a panel shows."""
    return [one.info.number for one in panel.runs]


def use(panel: RunsPanel) -> None:
    """Search, sort, tick, as a user does."""
    panel.table._handle_custom_msg({"id": 1, "kind": "search", "filter": "metrics.loss < 0.05"}, [])
    panel.table._handle_custom_msg(
        {"id": 2, "kind": "sort", "column": "params.rate", "direction": "ascending"}, []
    )
    panel.table.set_state({"selected_ids": panel.table.ids[:1]})


def test_runs_of_the_active_experiment_are_shown() -> None:
    """It stays with that experiment when another becomes active."""
    panel = runs()
    assert panel.title == "wine"
    fluent.set_experiment("beer")
    panel.search("metrics.loss < 0.05")
    assert numbers(panel) == [2, 1]


def test_experiments_order_and_limit_can_be_chosen() -> None:
    """As in `search_runs`."""
    assert numbers(runs(order_by=["params.rate ASC"], max_results=2)) == [1, 2]
    panel = runs(experiment_names=["wine", "beer"])
    assert panel.title == "wine, beer"
    assert len(panel.runs) == 4
    assert len(runs(experiment_ids=fluent.active_experiment_id()).runs) == 3


def test_wrong_arguments_raise() -> None:
    """With a caret, or with what there is."""
    with pytest.raises(FilterSyntaxError):
        runs("metrics.loss == 1")
    with pytest.raises(ResourceDoesNotExist, match="There is no experiment 'port'"):
        runs(experiment_names="port")
    with pytest.raises(InvalidParameterValue):
        runs(experiment_names="wine", experiment_ids="0")


def test_a_cell_that_runs_again_shows_what_was_left(cell: SimpleNamespace) -> None:
    """Search, order and selection."""
    panel = runs()
    use(panel)
    again = runs()
    assert again.query == "metrics.loss < 0.05"
    assert numbers(again) == [1, 2]
    assert again.selected_ids == panel.selected_ids != []


def test_other_cells_and_other_arguments_begin_anew(cell: SimpleNamespace) -> None:
    """What was chosen belongs to one cell, as it was written."""
    use(runs())
    assert runs("metrics.loss < 1").query == "metrics.loss < 1"
    cell.cell_id = "b"
    assert runs().query == ""


def test_without_a_cell_nothing_is_remembered() -> None:
    """A script has no cell that runs again."""
    use(runs())
    assert runs().query == ""


def test_a_notebook_s_cell_that_runs_again(tmp_path: Path) -> None:
    """In a real kernel, where Jupyter tells the id of the cell; a new run is there, too."""
    first = "import jupyter_mltrack as mlt\nmlt.set_experiment('tea')\nlog = mlt.start_run"
    with open_kernel(tmp_path, first, "with log():\n    mlt.log_metric('loss', 1)") as kernel:
        show = "panel = mlt.runs()\n(panel.query, len(panel.table.ids))"
        assert kernel.run(show, cell_id="table").value == "('', 1)"
        kernel.run("panel.search('metrics.loss > 0')\nwith log():\n    mlt.log_metric('loss', 2)")
        assert kernel.run(show, cell_id="table").value == "('metrics.loss > 0', 2)"
        assert kernel.run(show, cell_id="other").value == "('', 2)"


def test_a_limit_below_one_is_refused() -> None:
    """Before anything is asked of the store."""
    with pytest.raises(InvalidParameterValue, match="at least 1"):
        runs(max_results=0)
