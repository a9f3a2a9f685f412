import json
import time
from pathlib import Path
from typing import Any

import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.events import RunStarted
from tests.fresh import finish
from tests.panels.page.asking import Asked
from tests.panels.page.examples import sleeper, train

pytestmark = pytest.mark.usefixtures("wine")


@pytest.fixture
def asked() -> Asked:
    """The page of the second of two runs."""
    train(0.2, 4, steps=5)
    return Asked(train(0.1, 6, steps=5))


def test_all_that_is_sent_is_json(asked: Asked) -> None:
    """No NaN, no other objects; and it is small."""
    for content in (asked.view.head, asked.view.overview):
        assert len(json.dumps(content, allow_nan=False)) < 20_000
    for kind in ("code", "data", "log", "failure", "news"):
        json.dumps(asked.ask(kind), allow_nan=False)


def test_the_widget_is_small(asked: Asked) -> None:
    """Its module travels with every page."""
    assert len(asked.view._esm.encode()) < 60_000


def test_overview_has_params_metrics_and_changes(asked: Asked) -> None:
    """The run before it is #1: #2 is inside that one."""
    overview = asked.view.overview
    changes = overview["changes"]
    assert changes["since"] == "#1"
    assert [(one["label"], one["before"], one["after"]) for one in changes["params"]] == [
        ("rate", "0.2", "0.1"),
        ("depth", "4", "6"),
    ]
    assert {one["label"]: (one["delta"], one["tone"]) for one in changes["metrics"]} == {
        "accuracy": ("▲ 0.1", "good"),
        "loss": ("▼ 0.1", "good"),
    }
    assert changes["data"] == "same"
    assert [child["label"] for child in overview["children"]] == ["#4 fold-1"]
    metrics = {row["key"]: row for row in overview["metrics"]["rows"]}
    assert metrics["loss"]["points"] == "5"
    assert metrics["loss"]["lines"]
    assert list(metrics)[-1].startswith("system/")


def test_name_tag_and_description_are_changed(asked: Asked) -> None:
    """In the store, and on the page."""
    assert asked.ask("rename", name=" best ") == {"id": 1}
    assert asked.ask("tag", key="team", value="vineyard") == {"id": 1}
    assert asked.ask("describe", text="two\nlines") == {"id": 1}
    run = mlt.get_run(asked.page.run_id)
    assert run.info.run_name == "best"
    assert run.data.tags["team"] == "vineyard"
    assert run.data.tags["mlflow.note.content"] == "two\nlines"
    assert asked.view.head["title"] == "#3 best"
    assert asked.view.overview["description"] == "two\nlines"
    assert asked.ask("untag", key="team") == {"id": 1}
    kept = "\x1b[31mred\r\n" * 20_000  # longer than is shown, with what is not shown
    for of, key in (("tag", "long"), ("description", "mlflow.note.content")):
        mlt.MltrackClient().set_tag(asked.view.run_id, key, kept)
        asked.ask("news")
        assert asked.ask("text", of=of, key=key)["text"] == kept
    assert asked.ask("text", of="name")["text"] == asked.view.story.run.info.run_name
    assert "team" not in mlt.get_run(asked.page.run_id).data.tags


@pytest.mark.parametrize(
    ("kind", "details", "words"),
    [
        ("rename", {"name": "  "}, "needs a name"),
        ("tag", {"key": "mlflow.user", "value": "eve"}, "set by the tracker"),
        ("tag", {"key": "mltrack.error", "value": ""}, "set by the tracker"),
        ("tag", {"key": "../x", "value": ""}, "Invalid tag name"),
        ("tag", {"key": "", "value": ""}, "Invalid tag name"),
        ("tag", {"key": "long", "value": "x" * 950_000}, "at most 900,000"),
        ("untag", {"key": "mlflow.runName"}, "set by the tracker"),
        ("untag", {"key": "none"}, "No tag"),
        ("open", {"run": "0" * 32}, "not found"),
        ("open", {"run": "../etc"}, "Invalid run ID"),
        ("cell", {"number": 10**9}, "no cell"),
        ("cell", {"number": -1}, "no cell"),
    ],
)
def test_what_cannot_be_done_is_told(
    asked: Asked, kind: str, details: dict[str, Any], words: str
) -> None:
    """And what was shown stays."""
    before = dict(asked.view.head), dict(asked.view.overview)
    assert words in asked.ask(kind, **details)["error"]
    assert (asked.view.head, asked.view.overview) == before


@pytest.mark.parametrize(
    ("kind", "details"),
    [
        ("rename", {}),
        ("rename", {"name": 7}),
        ("rename", {"name": "x" * 1_000_001}),
        ("rows", {"table": "secrets", "filter": ""}),
        ("whole", {"table": "metrics", "key": "loss"}),
        ("files", {"path": ["a"]}),
        ("files", {"path": "a" * 3000}),
        ("preview", {"path": "a", "kind2": "b"}),
        ("cell", {"number": "1"}),
        ("_anew", {}),
        ("show", {"run_id": "x"}),
    ],
)
def test_what_is_no_question_is_not_answered(
    asked: Asked, kind: str, details: dict[str, Any]
) -> None:
    """The kinds and what they carry are a closed list."""
    assert asked.ask(kind, **details) == {}


def test_long_tables_are_filtered_and_long_values_cut(asked: Asked) -> None:
    """The whole comes on demand."""
    rows = asked.ask("rows", table="params", filter="LAYER_")["rows"]
    assert len(rows) == 9
    note = asked.ask("rows", table="params", filter="note")["rows"][0]
    assert (len(note["value"]), note["cut"]) == (300, True)
    assert asked.ask("whole", table="params", key="note")["text"] == "x" * 400
    assert asked.ask("rows", table="metrics", filter="acc")["found"] == 1


def test_many_params_and_metrics_stay_small() -> None:
    """The first 200 travel; the others are found by their name."""
    with mlt.start_run():
        mlt.log_params({f"p{number:04}": "v" * 1000 for number in range(1500)})
        mlt.log_metrics({f"m{number:04}": number for number in range(1500)})
    asked = Asked()
    assert len(json.dumps(asked.view.overview)) < 250_000
    assert len(asked.view.overview["params"]["rows"]) == 200
    assert asked.ask("rows", table="params", filter="p1499")["found"] == 1
    assert asked.ask("rows", table="metrics", filter="m1499")["rows"][0]["text"] == "1499"
    assert len(asked.page.html()) <= 15_000


def test_runs_open_in_place_and_back(asked: Asked) -> None:
    """A child and its parent."""
    here = asked.page.run_id
    child = asked.view.overview["children"][0]["run_id"]
    asked.ask("open", run=child)
    assert asked.page.run_id == child
    assert asked.view.head["parent"]["run_id"] == here
    assert asked.view.head["back"].startswith("#3")
    asked.ask("back")
    assert (asked.page.run_id, asked.view.head["back"]) == (here, None)
    assert asked.ask("back") == {"id": 1}
    assert asked.page.run_id == here


def test_deleted_run_is_shown_and_restored(asked: Asked) -> None:
    """What is in the bin cannot be edited, and says how it can."""
    assert asked.ask("delete") == {"id": 1}
    assert asked.view.head["deleted"]
    assert "restore_run" in asked.ask("tag", key="team", value="x")["error"]
    again = Asked(asked.page.run_id)
    assert again.view.head["deleted"]
    assert again.ask("preview", path="notes.txt")["text"].startswith("first line")
    assert again.ask("restore") == {"id": 1}
    assert not again.view.head["deleted"]


def test_removed_run_is_told(asked: Asked) -> None:
    """What was read last stays on the page."""
    asked.ask("delete")
    mlt.gc()
    assert "removed for ever" in asked.ask("news")["error"]
    assert asked.view.head["title"].startswith("#3")


def test_news_only_when_there_are_some(asked: Asked) -> None:
    """A look at a run that did not change sends nothing but that."""
    assert asked.ask("news") == {"id": 1, "changed": False}
    mlt.MltrackClient().set_tag(asked.page.run_id, "colour", "red")
    assert asked.ask("news") == {"id": 1, "changed": True}
    assert "colour" in [tag["key"] for tag in asked.view.overview["tags"]]
    assert asked.ask("news") == {"id": 1, "changed": False}


def test_run_of_another_process_goes_on_and_is_killed() -> None:
    """Its page is live; when the process dies it becomes KILLED within 5 s."""
    process, run_id = sleeper()
    try:
        asked = Asked(run_id)
        assert asked.view.head["running"]
        assert asked.view.head["took"] is None
        assert asked.ask("news")["changed"] is False
    finally:
        process.kill()
        process.communicate()
    killed = time.monotonic()
    while asked.view.head["running"] and time.monotonic() - killed < 5:
        asked.ask("news")
    assert asked.view.head["status"]["word"] == "killed"


def test_run_without_cells_says_so(wine: Path) -> None:
    """A script has no cells; its environment is known all the same."""
    code, out, err = finish("""
        import jupyter_mltrack as mlt
        mlt.set_tracking_uri("mltrack.duckdb")
        with mlt.start_run() as run: print(run.info.run_id)
    """)
    assert code == 0, err
    asked = Asked(out.strip())
    code = asked.ask("code")
    assert (code["own"], code["cells"], code["is_notebook"]) == (None, [], False)
    assert "Python" in [one["label"] for one in asked.ask("data")["environment"]]
    assert asked.ask("failure") == {"id": 1, "traceback": "", "cell": ""}
    assert asked.ask("log") == {"id": 1, "logs": [], "figures": 0}
    assert wine.exists()


def test_charts_are_put_below_once(asked: Asked) -> None:
    """And taken away when another run is shown."""
    assert asked.ask("charts") == {"id": 1, "note": ""}
    asked.ask("charts")
    assert len(asked.page.children) == 2
    asked.ask("open", run=asked.view.overview["changes"]["since_id"])
    assert len(asked.page.children) == 1


def test_run_without_metrics_has_no_charts() -> None:
    """It says how to get some."""
    with mlt.start_run():
        pass
    asked = Asked()
    assert "log_metric" in asked.ask("charts")["note"]
    assert len(asked.page.children) == 1


def test_run_of_an_unknown_experiment_is_shown() -> None:
    """Its experiment may be in a journal that is not here."""
    store = mlt.MltrackClient().store
    store.append(RunStarted("f" * 32, "77", 1_790_000_000_000, 1, "ada", 0))
    assert Asked("f" * 32).view.head["experiment"] == "experiment 77"
