from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import ipywidgets
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import FilterSyntaxError, InvalidParameterValue, MltrackException
from jupyter_mltrack.panels.compare import ComparePanel, compare, compare_panel
from jupyter_mltrack.panels.compare.code_panel import CodePanel
from jupyter_mltrack.panels.compare.differences_panel import DifferencesPanel
from jupyter_mltrack.panels.compare.view_switch import VIEWS
from jupyter_mltrack.tracking import TrackingClient
from tests.kernels import open_kernel
from tests.panels.compare.notebook_runs import SESSION
from tests.panels.inert import faults_in, text_of
from tests.panels.parallel.sweep import sweep_in

Sweep = tuple[TrackingClient, list[str]]


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """60 runs of one experiment."""
    return sweep_in(tmp_path_factory.mktemp("sweep"))


@pytest.fixture
def in_use(sweep: Sweep) -> Iterator[Sweep]:
    """The same, as the store and the experiment in use."""
    mlflow.set_tracking_uri(sweep[0].tracking_uri)
    mlflow.set_experiment("sweep")
    yield sweep
    mlflow.set_tracking_uri("")


@pytest.fixture(scope="module")
def noted(tmp_path_factory: pytest.TempPathFactory) -> Sweep:
    """Three runs of a notebook whose cell ``config`` was changed in between."""
    with open_kernel(tmp_path_factory.mktemp("kernel")) as kernel:
        for cell_id, source in SESSION:
            assert kernel.run(source, cell_id=cell_id).error is None
        client = TrackingClient(str(kernel.folder / "mltrack.duckdb"))
        rows = client.store.rows("SELECT run_id FROM runs ORDER BY number DESC")
    return client, [row[0] for row in rows]


def ask(panel: Any, message: dict[str, Any]) -> dict[str, Any]:
    """What a panel answers to a message of a browser."""
    answers: list[dict[str, Any]] = []
    panel.send = lambda content, _=None: answers.append(content)
    panel._hear(message)
    return answers[0]


def test_runs_are_given_in_any_way(in_use: Sweep) -> None:
    """A filter, ids, runs, or a DataFrame; a filter stays what the query begins with."""
    client, ids = in_use
    assert set(compare("").run_ids) == set(ids)
    found = compare("params.optimizer = 'sgd'")
    assert 0 < len(found.run_ids) < 60
    assert found.query == "params.optimizer = 'sgd'"
    assert compare(ids[:3]).run_ids == ids[:3]
    assert compare([ids[1], ids[1], ids[0]]).run_ids == [ids[1], ids[0]]
    assert compare([client.get_run(ids[4])]).run_ids == [ids[4]]
    frame = mlflow.search_runs(filter_string="metrics.loss < 0.5")
    assert compare(frame).run_ids == list(frame["run_id"])
    assert compare(iter(ids[:2])).run_ids == ids[:2]


def test_what_cannot_be_compared_is_refused(in_use: Sweep) -> None:
    """With a reason."""
    with pytest.raises(FilterSyntaxError):
        compare("metrics.loss <")
    for wrong in (7, [7], mlflow.search_runs()[["status"]]):
        with pytest.raises(InvalidParameterValue):
            compare(wrong)
    with pytest.raises(InvalidParameterValue, match="no view 'paralel'"):
        compare("", view="paralel")


def test_selection_is_that_of_the_brushes(sweep: Sweep) -> None:
    """`selected`, `selected_ids` and `query` are those of the parallel coordinates."""
    client, ids = sweep
    panel = ComparePanel(client, ids, filter_string="")
    assert panel.selected_ids == ids
    panel.parallel.set_state({"brushes": [{"axis": "params.optimizer", "choices": [0]}]})
    assert 0 < len(panel.selected_ids) < 60
    assert list(panel.selected["run_id"]) == panel.selected_ids
    assert panel.query == "params.optimizer = 'adam'"


def test_other_views_show_the_selected_runs(sweep: Sweep) -> None:
    """A view is made when it is opened, and again only if the selection changed."""
    panel = ComparePanel(*sweep)
    panel.switch.set_state({"view": "params"})
    table = panel.children[1]
    assert isinstance(table, DifferencesPanel)
    assert len(table.heads) == 60
    panel.view = "parallel"
    assert panel.children[1] is panel.parallel
    panel.view = "params"
    assert panel.children[1] is table
    panel.parallel.choose(sweep[1][:3])
    assert [head["id"] for head in panel.children[1].heads] == sweep[1][:3]
    assert panel.switch.note == "3 of 60 runs are selected."
    assert ask(panel.switch, {"id": 1, "kind": "all"}) == {"id": 1}
    assert len(panel.children[1].heads) == 60
    assert panel.switch.note == ""


def test_a_view_that_failed_once_is_made_again(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The store was locked while the selection had changed; the old view is gone by then."""
    panel = ComparePanel(*sweep, view="params")

    def fail(*_: object, **__: object) -> None:
        raise MltrackException("The store is busy.")  # noqa: EM101, TRY003

    with monkeypatch.context() as patched:
        patched.setattr(compare_panel, "DifferencesPanel", fail)
        panel.parallel.choose(sweep[1][:3])
        assert "The store is busy." in panel.children[1].value
    panel.view = "parallel"
    panel.parallel.brushes = []
    panel.view = "params"
    assert isinstance(panel.children[1], DifferencesPanel)
    assert panel.children[1].comm is not None
    assert "params" in panel._opened


def test_ticked_runs_are_selected_everywhere(sweep: Sweep) -> None:
    """The table in which they were ticked stays; the next view has them alone."""
    panel = ComparePanel(*sweep, view="params")
    table = panel.children[1]
    table.set_state({"ticked": [4, 2, 99, -1], "heads": []})
    assert panel.selected_ids == [sweep[1][2], sweep[1][4]]
    assert panel.children[1] is table
    panel.view = "code"
    assert isinstance(panel.children[1], CodePanel)
    assert len(panel.children[1].heads) == 2
    panel.view = "parallel"
    assert panel.parallel.brushes[0]["axis"] == "run_id"


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("runs", [0, 1, 2, 60])
def test_every_view_opens(sweep: Sweep, view: Any, runs: int) -> None:
    """With none, one, two and many runs; the twin of the whole is small and has no script."""
    panel = ComparePanel(sweep[0], sweep[1][:runs], view=view)
    assert panel.view == view
    assert panel.children[0] is panel.switch
    assert len(panel.children) == 2
    is_message = isinstance(panel.children[1], ipywidgets.HTML)
    assert not is_message, panel.children[1].value
    data, _ = panel._repr_mimebundle_()
    assert not faults_in(data["text/html"])
    assert len(data["text/html"].encode()) <= 15_000
    assert "application/vnd.jupyter.widget-view+json" in data


def test_views_of_many_runs_show_the_first(tmp_path: Path) -> None:
    """And say so; the parallel coordinates have all of them."""
    client = TrackingClient(str(tmp_path / "mltrack.duckdb"))
    ids = [client.create_run("0").info.run_id for _ in range(210)]
    panel = ComparePanel(client, ids)
    assert (len(panel.parallel.run_ids), panel.switch.note) == (210, "")
    for view, most in (("params", 200), ("code", 200), ("curves", 100)):
        panel.view = view
        assert f"This view shows the first {most}" in panel.switch.note
    client.store.close()


def test_a_closed_panel_leaves_nothing_behind(sweep: Sweep) -> None:
    """All its views are taken out of the browser."""
    panel = ComparePanel(*sweep)
    opened = []
    for view in VIEWS:
        panel.view = view
        opened += panel.children
    panel.close()
    assert [widget for widget in [panel, *opened] if widget.comm is not None] == []


def test_a_browser_chooses_only_views(sweep: Sweep) -> None:
    """Anything else is ignored."""
    panel = ComparePanel(*sweep)
    for wrong in ("", "html", None, ["code"], {"a": 1}):
        panel.switch.set_state({"view": wrong, "note": "<b>"})
    assert panel.view == "parallel"
    assert panel.switch.note == ""


def test_code_of_two_runs(noted: Sweep) -> None:
    """The newest two at first: the changed line is there, other cells are the same."""
    panel = CodePanel(*noted)
    changed = [cell for cell in panel.diff["cells"] if cell["change"] != "same"]
    assert [cell["change"] for cell in changed] == ["added", "changed"]
    assert ("-", "rate = 0.2") in changed[1]["lines"]
    assert ("+", "rate = 0.3") in changed[1]["lines"]
    assert changed[0]["lines"] == [("+", "print(rate)")]
    source = panel.diff["facts"][0]
    assert source["label"] == "Source"
    assert source["before"].endswith("my notebook.ipynb")
    html = panel.html()
    assert not faults_in(html)
    assert "+ rate = 0.3" in text_of(html)
    assert "+ rate = 0.3" in panel.text()


def test_two_other_runs_are_chosen(noted: Sweep) -> None:
    """By a browser; places that do not exist are refused."""
    panel = CodePanel(*noted)
    assert ask(panel, {"id": 1, "kind": "pair", "before": 2, "after": 1}) == {"id": 1}
    [changed] = [cell for cell in panel.diff["cells"] if cell["change"] != "same"]
    assert changed["lines"][:2] == [("-", "rate = 0.1"), ("+", "rate = 0.2")]
    answer = ask(panel, {"id": 2, "kind": "pair", "before": 2, "after": 3})
    assert "3 runs to choose from" in answer["error"]
    panel.choose(1, 1)
    assert panel.diff["note"] == "The same run twice: choose another one."


def test_code_that_is_not_known_says_so(sweep: Sweep, tmp_path: Path) -> None:
    """Runs of a script have no cells: their commits are compared in a terminal."""
    assert CodePanel(*sweep).diff["cells"] == []
    assert CodePanel(*sweep).diff["note"]
    client = TrackingClient(str(tmp_path / "mltrack.duckdb"))
    commits = [
        client.create_run("0", tags={"mlflow.source.git.commit": letter * 40}).info.run_id
        for letter in "ab"
    ]
    panel = CodePanel(client, commits)
    assert panel.diff["note"].endswith(f"git diff {'b' * 10} {'a' * 10}")
    client.store.close()


def test_data_and_tags_that_differ(noted: Sweep) -> None:
    """Tags, digests of datasets; what is equal, such as the packages, is folded."""
    panel = DifferencesPanel(*noted, about="data")
    sections = {one["title"]: one for one in panel.sections}
    assert sections["Tags"]["rows"][0]["texts"] == ["b", "b", "a"]
    [houses] = sections["Datasets"]["rows"]
    assert houses["key"] == "houses (training)"
    assert len(set(houses["texts"])) == 3
    assert "pandas" in [key for key, _ in sections["Packages"]["equal"]]
    assert "python" in [key for key, _ in sections["Environment"]["equal"]]
    assert not faults_in(panel.html())


def test_params_and_metrics_that_differ(noted: Sweep) -> None:
    """The best metric is marked, equal params are folded."""
    panel = DifferencesPanel(*noted)
    metrics, params = panel.sections
    assert {row["key"]: row["best"] for row in metrics["rows"]} == {"loss": [2], "accuracy": [2]}
    assert [row["key"] for row in params["rows"]] == ["rate"]
    assert [key for key, _ in params["equal"]] == ["epochs", "model"]
