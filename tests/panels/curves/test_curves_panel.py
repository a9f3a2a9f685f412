from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jupyter_mltrack as mlt
from jupyter_mltrack.panels.curves import CurvesPanel
from jupyter_mltrack.tracking import fluent
from jupyter_mltrack.tracking.client import TrackingClient
from tests.panels.examples import HOSTILE
from tests.panels.inert import faults_in, text_of

STEPS = 30


@pytest.fixture
def client(tmp_path: Path) -> Iterator[TrackingClient]:
    """A client of an empty store."""
    mlt.set_tracking_uri(f"duckdb:///{tmp_path}/mltrack.duckdb")
    yield fluent.client()
    mlt.set_tracking_uri(None)


def log_run(client: TrackingClient, name: str, *, ends: bool = True, **params: object) -> str:
    """A run with two metrics and a system metric; returns its id."""
    run_id = client.create_run("0", run_name=name).info.run_id
    for key, value in params.items():
        client.log_param(run_id, key, value)
    for step in range(STEPS):
        client.log_metric(run_id, "loss", 1 / (step + 1), step=step)
        client.log_metric(run_id, "accuracy", math.nan if step == 3 else step / STEPS, step=step)
    client.log_metric(run_id, "system/cpu", 50.0)
    if ends:
        client.set_terminated(run_id)
    return run_id


def ask(panel: CurvesPanel, **question: Any) -> tuple[dict[str, Any], np.ndarray]:
    """The answer to a question as a browser asks it: content, and the rows of its columns."""
    answers: list[tuple[dict[str, Any], list[bytes]]] = []
    panel.send = lambda content, buffers=None: answers.append((content, buffers))
    panel._handle_custom_msg({"id": 1, **question}, [])
    [(content, buffers)] = answers
    columns = np.frombuffer(buffers[0] if buffers else b"", np.float32).reshape(4, -1)
    return content, columns


def test_the_first_curves_come_with_the_panel(client: TrackingClient) -> None:
    """Nothing need be asked before the first picture; system metrics are not chosen."""
    ids = [log_run(client, "a", depth=3), log_run(client, "b", depth=4)]
    panel = CurvesPanel(client, ids)
    labels = [one["label"] for one in panel.head["metrics"]]
    assert [labels[nth] for nth in panel.head["chosen"]] == ["accuracy", "loss"]
    assert [one["system"] for one in panel.head["metrics"]] == [False, False, True]
    assert [line["label"] for line in panel.head["runs"]] == ["#1 a", "#2 b"]
    assert [one["label"] for one in panel.head["groupings"]] == ["depth"]
    columns = np.frombuffer(panel.first["columns"], np.float32).reshape(4, -1)
    assert columns.shape == (4, 4 * STEPS)
    assert panel.first["series"][2][:4] == [0, labels.index("loss"), 2 * STEPS, STEPS]
    assert panel.first["last"] == [["0.9667", "0.03333"]] * 2


def test_keys_choose_the_first_charts(client: TrackingClient) -> None:
    """In the order in which they are named; unknown ones are left out."""
    panel = CurvesPanel(client, [log_run(client, "a")], keys=["system/cpu", "none", "loss"])
    labels = [one["label"] for one in panel.head["metrics"]]
    assert [labels[nth] for nth in panel.head["chosen"]] == ["system/cpu", "loss"]


def test_a_zoomed_range_is_asked_for(client: TrackingClient) -> None:
    """Only its points are sent, for the runs that are named."""
    panel = CurvesPanel(client, [log_run(client, "a"), log_run(client, "b")])
    asked = {"metrics": [1], "axis": "step", "low": 5.0, "high": 9, "runs": [1]}
    content, (x, lowest, _, mean) = ask(panel, kind="curves", **asked)
    assert (content["base"] + x).tolist() == [5, 6, 7, 8, 9]
    assert lowest.tolist() == mean.tolist() == [np.float32(1 / (s + 1)) for s in range(5, 10)]
    assert content["series"] == [[1, 1, 0, 5, True]]
    assert (content["runs"], content["metrics"]) == ([1], [1])


@pytest.mark.parametrize(
    "question",
    [
        {"kind": "curves", "metrics": [0], "axis": "run_id; DROP"},
        {"kind": "curves", "metrics": ["loss"], "axis": "step"},
        {"kind": "curves", "metrics": [0], "axis": "step", "low": "0"},
        {"kind": "curves", "metrics": [0], "axis": "step", "buckets": 10**9},
        {"kind": "news", "all": True},
    ],
)
def test_other_questions_are_not_heard(client: TrackingClient, question: dict[str, Any]) -> None:
    """Axes, fields and their types are a closed list."""
    panel = CurvesPanel(client, [log_run(client, "a")])
    panel.send = lambda *_: pytest.fail("was answered")
    panel._handle_custom_msg({"id": 1, **question}, [])


def test_indexes_out_of_range_are_left_out(client: TrackingClient) -> None:
    """A browser cannot reach beyond the runs and metrics it was given."""
    panel = CurvesPanel(client, [log_run(client, "a")])
    content, _ = ask(panel, kind="curves", metrics=[99, -1], axis="time", runs=[0, 7, -1])
    assert (content["metrics"], content["runs"], content["series"]) == ([], [0], [])


def test_news_of_running_runs(client: TrackingClient) -> None:
    """Only the runs that logged are named; new metrics come last, so that indexes stay."""
    done, open_ = log_run(client, "a"), log_run(client, "b", ends=False)
    panel = CurvesPanel(client, [done, open_])
    assert ask(panel, kind="news")[0] == {"id": 1, "changed": [], "running": True}
    client.log_metric(open_, "aaa", 1.0, step=0)
    news, _ = ask(panel, kind="news")
    assert (news["changed"], news["running"]) == ([1], True)
    labels = [one["label"] for one in news["metrics"]]
    assert labels == ["accuracy", "loss", "system/cpu", "aaa"]
    client.set_terminated(open_)
    news, _ = ask(panel, kind="news")
    assert (news["changed"], news["running"]) == ([1], False)
    assert [run["running"] for run in news["runs"]] == [False, False]
    panel._store = None  # nothing is read any more
    assert ask(panel, kind="news")[0]["changed"] == []


def test_runs_of_one_colour_differ_in_dashes(client: TrackingClient) -> None:
    """However many there are, up to thirty."""
    ids = [client.create_run("0").info.run_id for _ in range(12)]
    lines = CurvesPanel(client, ids).head["runs"]
    assert len({(line["colour"], line["dash"]) for line in lines}) == 12


def test_no_runs_and_no_metrics(client: TrackingClient) -> None:
    """An empty panel is a panel; so is one of runs that do not exist."""
    bare = client.create_run("0").info.run_id
    for ids in ([], ["no such run"], [bare]):
        panel = CurvesPanel(client, ids)
        assert panel.first["series"] == []
        assert panel.text() == "These runs have logged no metric yet."
        assert faults_in(panel.html()) == []


def test_many_runs_are_cut_and_it_is_said(client: TrackingClient) -> None:
    """A hundred lines are drawn."""
    ids = [client.create_run("0").info.run_id for _ in range(101)]
    head = CurvesPanel(client, ids).head
    assert len(head["runs"]) == 100
    assert head["note"] == "The first 100 of 101 runs are drawn."


def test_the_twin_shows_curves_and_values(client: TrackingClient) -> None:
    """Small, inert, and readable as text."""
    panel = CurvesPanel(client, [log_run(client, name) for name in "abcdefghijklmnop"])
    html = panel.html()
    assert len(html.encode()) < 15_000
    assert faults_in(html) == []
    assert "#1 a0.9667" in text_of(html).replace("● ", "")
    assert "+ 4 more runs" in text_of(html)
    assert html.count("<polyline") > 16
    assert panel.text().splitlines()[0] == "#1 a: accuracy 0.9667, loss 0.03333"


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names(client: TrackingClient, text: str) -> None:
    """Names of runs and params are data everywhere; what is sent is JSON."""
    ids = [log_run(client, text, depth=f"{text}{n}") for n in range(2)]
    panel = CurvesPanel(client, ids)
    assert faults_in(panel.html()) == []
    json.dumps({key: panel.first[key] for key in panel.first if key != "columns"} | panel.head)


def test_huge_numbers_stay_numbers(client: TrackingClient) -> None:
    """What does not fit into 32 bits is drawn at their edge, and only NaN is a break."""
    run_id = client.create_run("0").info.run_id
    for step, value in enumerate([1e300, -1e300, math.inf, 1.0]):
        client.log_metric(run_id, "loss", value, step=step)
    _, (_, _, _, mean) = ask(CurvesPanel(client, [run_id]), kind="curves", metrics=[0], axis="step")
    assert np.isfinite(mean).tolist() == [True, True, False, True]


def test_the_module_is_small() -> None:
    """It travels with every panel."""
    assert len(CurvesPanel._esm.encode()) < 60_000
