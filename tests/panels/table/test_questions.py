from pathlib import Path
from statistics import mean, stdev
from typing import Any

import pytest

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.panels.table.head import STARTER
from jupyter_mltrack.panels.table.state import TableState
from jupyter_mltrack.panels.table.wire import BETWEEN
from tests.panels.examples import make_run, sweep
from tests.panels.table.tables import Asked, client_of, log, table_of


@pytest.fixture
def table(tmp_path: Path) -> Asked:
    """Eight runs, #8 the newest."""
    return table_of(tmp_path, sweep(), title="mnist")


def ids(*numbers: int) -> list[str]:
    """Run ids by their numbers."""
    return [f"{number:032x}" for number in numbers]


def test_search_changes_what_is_shown(table: Asked) -> None:
    """Head and page are there before the answer is."""
    assert table.ask("search", filter="metrics.loss < 0.2") == {}
    assert table.query == "metrics.loss < 0.2"
    assert table.numbers() == ["#8", "#7", "#6"]
    assert (table.head["found"], table.head["total"], table.head["rows"]) == (3, 8, 3)
    assert table.head["summary"].startswith("3 of 8 runs · ")
    assert table.head["summary"].endswith(" ms")


@pytest.mark.parametrize(
    ("text", "error"),
    [
        ("metrics.loss == 1", "Write '=' instead of '=='\n  metrics.loss == 1\n               ^"),
        ("a" * 10_001, "A filter may have 10,000 characters at most."),
    ],
)
def test_failed_search_leaves_the_last_result(table: Asked, text: str, error: str) -> None:
    """The answer has the error, with a caret if it does not parse."""
    table.ask("search", filter="metrics.loss < 0.2")
    before = table.head, table.page
    assert table.ask("search", filter=text) == {"error": error}
    assert (table.head, table.page) == before
    assert table.query == "metrics.loss < 0.2"


def test_a_search_that_finds_nothing_may_say_why(table: Asked) -> None:
    """If no run has what it names."""
    table.ask("search", filter="metrics.los < 1")
    assert table.head["note"] == "No run has a metric 'los'; did you mean metrics.loss?"
    assert table.numbers() == []
    table.ask("search", filter="metrics.loss < -1")
    assert table.head["note"] == ""


def test_wrong_first_filter_raises(tmp_path: Path) -> None:
    """It is the caller's mistake, and so the caller's error."""
    with pytest.raises(FilterSyntaxError):
        table_of(tmp_path, state=TableState(query="metrics.loss == 1"))


def test_windows_are_fetched_by_place(tmp_path: Path) -> None:
    """The page has the first rows, a question gets any others; past the end there are none."""
    table = table_of(
        tmp_path, [make_run(number, metrics={"a": number / 7}) for number in range(300)]
    )
    assert len(table.page["rows"]) < 60
    answer = table.ask("rows", first=150, count=200, generation=table.head["generation"])
    assert answer["first"] == 150
    assert answer["generation"] == table.head["generation"]
    names = [row["texts"].split(BETWEEN)[1] for row in answer["rows"]]
    assert names[::149] == ["#149 brisk-otter", "brisk-otter"]
    assert table.ask("rows", first=300, count=10, generation=0)["rows"] == []


@pytest.mark.parametrize(
    "message",
    [
        None,
        [],
        "search",
        {},
        {"id": 1, "kind": "search"},
        {"id": "1", "kind": "search", "filter": ""},
        {"id": 1, "kind": "search", "filter": ["a"]},
        {"id": 1, "kind": "search", "filter": "", "more": 1},
        {"id": 1, "kind": "eval", "filter": "1"},
        {"id": 1, "kind": "__init__", "filter": ""},
        {"id": 1, "kind": "rows", "first": 0, "count": 201, "generation": 1},
        {"id": 1, "kind": "rows", "first": -1, "count": 1, "generation": 1},
        {"id": 1, "kind": "sort", "column": "metrics.loss", "direction": "sideways"},
        {"id": 1, "kind": "export", "format": "../../x", "runs": []},
        {"id": 1, "kind": "delete", "runs": "all"},
        {"id": 1, "kind": "column", "column": "metrics.loss", "format": "<b>"},
    ],
)
def test_other_messages_do_nothing(table: Asked, message: object) -> None:
    """A table understands its questions, and answers no other."""
    before = table.head
    assert table.hear(message) is None
    assert table.head is before


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("sort", {"column": "curve.loss", "direction": "ascending"}),
        ("sort", {"column": "attributes.__class__", "direction": "ascending"}),
        ("group", {"column": "curve.loss"}),
        ("columns", {"ids": ["nonsense"]}),
        ("columns", {"ids": [f"params.{number}" for number in range(201)]}),
        ("column", {"column": "metrics."}),
        ("tag", {"runs": [], "key": "a", "value": ""}),
        ("tag", {"runs": ids(1), "key": " ", "value": ""}),
        ("delete", {"runs": []}),
        ("delete", {"runs": ["nobody"]}),
        ("register", {"runs": ids(1, 2)}),
        ("register", {"runs": ["nobody"]}),
    ],
)
def test_what_cannot_be_done_is_said(table: Asked, kind: str, details: dict[str, Any]) -> None:
    """In words, and nothing changes."""
    before = table.page
    error = table.ask(kind, **details)["error"]
    assert error.endswith(".")
    assert "Error:" not in error
    assert table.page == before


def test_sorting_by_several_columns(table: Asked) -> None:
    """Each click with *add* adds one, another turns it round, None takes it away."""
    table.ask("sort", column="params.optimizer", direction="descending", add=False)
    table.ask("sort", column="metrics.val_accuracy", direction="ascending", add=True)
    assert table.numbers() == ["#3", "#6", "#1", "#2", "#4", "#5", "#7", "#8"]
    assert table.head["sort"] == [
        {"column": "params.optimizer", "direction": "descending"},
        {"column": "metrics.val_accuracy", "direction": "ascending"},
    ]
    table.ask("sort", column="metrics.val_accuracy", direction="descending", add=True)
    assert table.numbers() == ["#6", "#3", "#8", "#7", "#5", "#4", "#2", "#1"]
    table.ask("sort", column="params.optimizer", direction=None, add=True)
    assert table.numbers()[0] == "#8"
    table.ask("sort", column="attributes.run_name", direction="ascending", add=False)
    assert table.numbers() == [f"#{number}" for number in range(1, 9)]
    table.ask("sort", column="attributes.run_name", direction=None, add=False)
    assert table.head["sort"] == []


def test_generation_grows_with_every_change(table: Asked) -> None:
    """So that windows of an older one are dropped."""
    first = table.head["generation"]
    table.ask("sort", column="metrics.loss", direction="ascending")
    assert table.head["generation"] == table.page["generation"] == first + 1


def test_groups_have_means(table: Asked) -> None:
    """Closed at first, in the order of their first runs; NaN does not count."""
    table.ask("group", column="params.optimizer")
    assert table.texts("attributes.run_name") == ["adam · 6 runs", "sgd · 2 runs"]
    losses = [0.02 + 1.9 / (number + 1) ** 1.3 for number in (1, 2, 4, 5, 7, 8)]
    assert table.texts("metrics.loss")[0] == f"{mean(losses):.4f} ± {stdev(losses):.4f}"
    assert table.more("metrics.loss", "h")[1].endswith("of 1 run")
    assert [row["id"] for row in table.page["rows"]] == [None, None]
    assert table.head["group"] == "params.optimizer"
    assert table.head["rows"] == 2


def test_groups_open(table: Asked) -> None:
    """One, or all of them."""
    table.ask("group", column="params.optimizer")
    key = table.page["rows"][1]["key"]
    table.ask("expand", key=key, open=True)
    rows = table.page["rows"]
    assert [row["level"] for row in rows] == [0, 0, 1, 1]
    assert [row["open"] for row in rows[:2]] == [False, True]
    table.ask("expand_all", open=True)
    assert table.head["rows"] == 10
    table.ask("expand_all", open=False)
    assert table.head["rows"] == 2
    table.ask("group", column=None)
    assert table.head["rows"] == 8


@pytest.mark.parametrize(
    ("column", "groups"),
    [
        (
            "attributes.status",
            {"RUNNING · 1 run", "FINISHED · 5 runs", "FAILED · 1 run", "KILLED · 1 run"},
        ),
        ("attributes.user", {"ada · 8 runs"}),
        ("tags.owner", {"(none) · 8 runs"}),
        ("data.name", {"(none) · 8 runs"}),
    ],
)
def test_grouping_by_all_kinds(table: Asked, column: str, groups: set[str]) -> None:
    """Also by what no run has."""
    assert table.ask("group", column=column) == {}
    assert set(table.texts("attributes.run_name")) == groups


def test_groups_are_offered(table: Asked) -> None:
    """Params and tags, not metrics."""
    offered = {one["id"] for one in table.head["groups"]}
    assert {"attributes.status", "params.optimizer"} <= offered
    assert not any(one.startswith("metrics.") for one in offered)


def nested(folder: Path) -> Asked:
    """A parent with two children, one of which has a child; and a run besides."""
    client = client_of(folder)
    log(client, make_run(1))
    log(client, make_run(2), **{"mlflow.parentRunId": ids(1)[0]})
    log(client, make_run(3), **{"mlflow.parentRunId": ids(1)[0]})
    log(client, make_run(4), **{"mlflow.parentRunId": ids(3)[0]})
    log(client, make_run(5))
    return Asked(client, ["0"])


def test_children_stand_below_their_parent(tmp_path: Path) -> None:
    """Once it is open."""
    table = nested(tmp_path)
    assert table.head["nested"]
    assert table.numbers() == ["#5", "#1"]
    table.ask("expand", key=ids(1)[0], open=True)
    assert table.numbers() == ["#5", "#1", "#3", "#2"]
    table.ask("expand_all", open=True)
    assert table.numbers() == ["#5", "#1", "#3", "#4", "#2"]
    assert [row["level"] for row in table.page["rows"]] == [0, 0, 1, 2, 1]
    assert [row["opens"] for row in table.page["rows"]] == [False, True, True, False, False]


def test_children_without_their_parent_stand_alone(tmp_path: Path) -> None:
    """A filter may find them and not it."""
    table = nested(tmp_path)
    table.search("attributes.number IN (2, 4, 5)")
    assert table.numbers() == ["#5", "#4", "#2"]
    assert not table.head["nested"]


def test_runs_in_a_circle_are_shown(tmp_path: Path) -> None:
    """Nobody's child, but not lost."""
    client = client_of(tmp_path)
    for number, parent in ((1, 2), (2, 1), (3, 3), (4, 1)):
        log(client, make_run(number), **{"mlflow.parentRunId": ids(parent)[0]})
    table = Asked(client, ["0"])
    table.ask("expand_all", open=True)
    assert sorted(table.numbers()) == ["#1", "#2", "#3", "#4"]


def test_pinned_runs_stay_at_the_top(table: Asked) -> None:
    """In the order in which they were pinned, whatever is searched; not in their own place."""
    table.ask("pin", run=ids(3)[0], on=True)
    table.ask("pin", run=ids(1)[0], on=True)
    assert table.numbers() == ["#3", "#1", "#8", "#7", "#6", "#5", "#4", "#2"]
    assert [row["pinned"] for row in table.page["rows"]][:3] == [True, True, False]
    table.search("metrics.loss < 0.2")
    assert table.numbers() == ["#3", "#1", "#8", "#7", "#6"]
    table.ask("pin", run=ids(3)[0], on=False)
    assert table.numbers() == ["#1", "#8", "#7", "#6"]
    assert table.head["pinned"] == ids(1)


def test_others_are_compared_with_the_baseline(table: Asked) -> None:
    """It stands on top, repeated; good and bad follow the direction of the metric."""
    table.ask("baseline", run=ids(7)[0])
    assert table.numbers()[:3] == ["#7", "#8", "#7"]
    assert [row["baseline"] for row in table.page["rows"]][:3] == [True, False, True]
    assert table.more("metrics.loss", "d")[:4] == [None, "▼ 0.01807", None, "▲ 0.02413"]
    assert table.more("metrics.loss", "w")[:4] == [None, "good", None, "bad"]
    assert table.more("metrics.val_accuracy", "w")[:4] == [None, "good", None, "bad"]
    table.ask("baseline", run=None)
    assert set(table.more("metrics.loss", "d")) == {None}


def test_tagging(table: Asked) -> None:
    """The tag is a column at once, and in the store."""
    assert table.ask("tag", runs=ids(8, 1), key="team", value="blue") == {}
    assert table.texts("tags.team") == ["blue", *[""] * 6, "blue"]
    assert table.client.get_run(ids(1)[0]).data.tags["team"] == "blue"
    assert "tags.team" in table.head["names"]


def test_deleting_and_restoring(table: Asked) -> None:
    """The bin is looked at in the same table."""
    table.set_state({"selected_ids": ids(7, 6)})
    assert table.ask("delete", runs=ids(7, 5)) == {"undo": True}
    assert table.numbers() == ["#8", "#6", "#4", "#3", "#2", "#1"]
    assert table.selected_ids == ids(6)
    assert "delete" in table.head["actions"]
    table.ask("deleted", on=True)
    assert table.numbers() == ["#7", "#5"]
    assert table.head["summary"].startswith("2 deleted runs")
    assert "restore" in table.head["actions"]
    assert "delete" not in table.head["actions"]
    assert table.ask("restore", runs=ids(7, 5)) == {}
    assert table.numbers() == []
    table.ask("deleted", on=False)
    assert len(table.numbers()) == 8


def test_ticked_runs_are_selected(table: Asked) -> None:
    """Each once; ids that are not shown are dropped."""
    table.set_state({"selected_ids": [*ids(3, 7, 3), "unheard of"]})
    assert table.selected_ids == ids(3, 7)


def test_selection_follows_the_search(table: Asked) -> None:
    """What is shown no more is selected no more."""
    table.set_state({"selected_ids": ids(8, 1)})
    table.search("metrics.loss < 0.2")
    assert table.selected_ids == ids(8)
    assert table.ask("ids") == {"ids": ids(8, 7, 6)}


@pytest.mark.parametrize("name", ["query", "head", "page", "title", "_esm", "layout"])
def test_browser_decides_on_nothing_else(table: Asked, name: str) -> None:
    """No other trait is taken over from a page."""
    before = getattr(table, name)
    table.set_state({name: "changed"})
    assert getattr(table, name) == before


def test_names_are_completed(table: Asked) -> None:
    """All that a filter can name, as it is spelt there; they stay when a filter narrows."""
    log(table.client, make_run(9, metrics={"val acc": 1.0}))
    table.refresh()
    table.search("metrics.loss < 0.2")
    names = table.head["names"]
    assert {"metrics.loss", "metrics.`val acc`", "params.depth"} <= set(names)
    assert {"attributes.status", "dataset.name"} <= set(names)


def test_names_are_known_to_a_table_that_begins_with_a_filter(tmp_path: Path) -> None:
    """Those of all runs, not of what was found."""
    table = table_of(tmp_path, sweep(), state=TableState(query="metrics.loss > 1000"))
    assert "params.depth" in table.head["names"]


def test_starter_is_shown_if_there_are_no_runs_at_all(tmp_path: Path) -> None:
    """It has six lines and is Python; a search that finds nothing does not show it."""
    table = table_of(tmp_path)
    assert table.head["starter"] == STARTER
    assert len(STARTER.splitlines()) == 6
    compile(STARTER, "starter", "exec")
    table.search("params.a = '1'")
    assert table.head["starter"] is None


def test_limit(tmp_path: Path) -> None:
    """The first so many, however they are sorted."""
    table = table_of(tmp_path, sweep(), limit=2)
    assert table.numbers() == ["#8", "#7"]
    table.ask("sort", column="metrics.loss", direction="descending")
    assert table.numbers() == ["#1", "#2"]
    assert table.columns()
