"""The language of search on a store: what each clause finds beyond MLflow's grammar, and advice."""

import logging
import math
import time
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities import Dataset, DatasetInput, InputTag
from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.tracking import active

MIDNIGHT = datetime(2026, 11, 1).astimezone()  # dates are local time
DAY = 24 * 3600 * 1000

#: name: (days after MIDNIGHT, status, points of metrics, params, tags, datasets)
RUNS: dict[str, tuple[float, str, dict[str, list[float]], dict[str, Any], dict[str, Any], str]] = {
    "ant": (-0.5, "FINISHED", {"loss": [9, 1, 3]}, {"lr": "0.01", "n": "8"}, {"old": "yes"}, "tv"),
    "bee": (0, "FINISHED", {"loss": [5, 2], "loss.min": [7]}, {"lr": "1e-1", "n": "16"}, {}, "t"),
    "cat": (0.6, "FAILED", {"loss": [math.nan, 4]}, {"lr": "auto", "n": "9"}, {"old": "no"}, ""),
    "dog": (1.5, "RUNNING", {"acc": [math.nan]}, {"n": "nan"}, {}, "v"),
    "eel": (2.5, "KILLED", {}, {"lr": "10"}, {"mlflow.user": "ann", "old": "10"}, ""),
}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MltrackClient]:
    """A client of a store with the five runs, and one in another experiment."""
    client = MltrackClient(str(tmp_path_factory.mktemp("language") / "runs.duckdb"))
    for name in RUNS:
        log(client, name)
    other = client.create_experiment("other")
    client.create_run(other, round(MIDNIGHT.timestamp() * 1000) - 9 * DAY, run_name="gnu")
    yield client
    active.forget_store(client.store.path)


def log(client: MltrackClient, name: str) -> None:
    """Log a run of the table; it took a minute for each letter of its status."""
    days, status, metrics, params, tags, datasets = RUNS[name]
    start = round(MIDNIGHT.timestamp() * 1000 + days * DAY)
    run = client.create_run("0", start, tags, name).info.run_id
    client.log_params(run, params)
    for key, values in metrics.items():
        for step, value in enumerate(values):
            client.log_metric(run, key, value, step=step)
    for context in datasets:
        data = Dataset(f"data-{context}", f"d{context}", "local", "{}")
        client.log_inputs(run, [DatasetInput(data, [InputTag("mlflow.data.context", context)])])
    if status != "RUNNING":
        client.set_terminated(run, status, start + 60_000 * len(status))


def names(client: MltrackClient, filter_string: str = "", **search: Any) -> str:
    """The first letters of the names of the runs that are found, the oldest first."""
    search.setdefault("order_by", ["start_time"])
    found = client.search_runs(search.pop("ids", "0"), filter_string, **search)
    return "".join(run.info.run_name[0] for run in found)


FILTERS = [
    # joined
    ("metrics.loss < 3 OR status = 'killed'", "be"),
    ("run_name = 'ant' OR run_name = 'bee' AND status = 'failed'", "a"),
    ("(run_name = 'ant' OR run_name = 'bee') AND status = 'finished'", "ab"),
    ("((run_name = 'ant'))", "a"),
    ("NOT status = 'finished' AND NOT run_name = 'cat'", "de"),
    ("not (status = 'finished' or tags.old = 'no')", "de"),
    ("NOT NOT tags.old = 'yes'", "a"),
    # what is missing: != wants a value, NOT does not
    ("tags.old != 'yes'", "ce"),
    ("NOT tags.old = 'yes'", "bcde"),
    ("tags.old NOT IN ('yes', 'no')", "e"),
    ("NOT tags.old IN ('yes', 'no')", "bde"),
    ("tags.old NOT LIKE 'y%'", "ce"),
    ("metrics.loss IS NULL", "de"),
    ("metrics.acc IS NOT NULL", "d"),
    ("end_time IS NULL", "d"),
    ("duration IS NOT NULL AND run_name IS NOT NULL", "abce"),
    # numbers
    ("metrics.loss BETWEEN 2 AND 3", "ab"),
    ("metrics.loss not between 2 and 3", "c"),
    ("metrics.loss IN (2, 4.0)", "bc"),
    ("metrics.loss NOT IN (2, 4.0)", "a"),
    ("metrics.acc != 1", "d"),
    ("metrics.acc NOT IN (1)", "d"),
    ("metrics.acc > 1 OR metrics.acc NOT BETWEEN 0 AND 1 OR metrics.acc <= 1", ""),
    ("NOT metrics.acc > 1 AND run_name = 'dog'", "d"),
    ("number IN (1, 5)", "ae"),
    # params and tags as numbers, as text
    ("params.lr > 0.05", "be"),
    ("params.lr = 0.1", "b"),
    ("params.lr = '0.1'", ""),
    ("params.lr != 0.1", "ae"),
    ("NOT params.lr = 0.1", "acde"),
    ("params.n IN (8, 9)", "ac"),
    ("params.n NOT IN (8, 9)", "b"),
    ("params.n BETWEEN 8.5 AND 20", "bc"),
    ("params.n > 0", "abc"),
    ("tags.old >= 10", "e"),
    ("params.lr > 'a'", "c"),
    ("run_name BETWEEN 'b' AND 'd'", "bc"),
    # patterns
    ("run_name RLIKE '^[ab]'", "ab"),
    ("run_name NOT RLIKE 'e'", "acd"),
    ("tags.old rlike 'o$'", "c"),
    ("tags.old NOT RLIKE 'o$'", "ae"),
    ("status RLIKE '^fin|^fail' AND status RLIKE '^\\D+$'", "abc"),
    ("run_name NOT ILIKE 'A%'", "bcde"),
    # stats: a metric of that name comes first, quotes mean it alone
    ("metrics.loss.min <= 2", "a"),
    ("metrics.loss.min = 7", "b"),
    ("metrics.`loss.min` > 0", "b"),
    ("metrics.loss.max = 4", "c"),
    ("metrics.loss.count = 2", "bc"),
    ("metrics.loss.last = 3", "a"),
    ("metrics.loss.step = 2", "a"),
    ("metrics.acc.count = 1 AND metrics.acc.min IS NULL", "d"),
    # dates and durations
    ("start_time = '2026-11-01'", "bc"),
    ("start_time != '2026-11-01'", "ade"),
    ("start_time > '2026-11-01'", "bcde"),
    ("start_time >= '2026-11-01'", "bcde"),
    ("start_time < '2026-11-01'", "a"),
    ("start_time <= '2026-11-01'", "abc"),
    ("NOT start_time > '2026-11-01'", "a"),
    ("start_time BETWEEN '2026-11-01' AND '2026-11-02'", "bcd"),
    ("start_time NOT BETWEEN '2026-11-01' AND '2026-11-02'", "ae"),
    ("start_time IN ('2026-10-31', '2026-11-03 12:00')", "ae"),
    ("start_time NOT IN ('2026-10-31', '2026-11-03 12:00')", "bcd"),
    ("created > '2026-11-02T11:59:59.999'", "de"),
    ("end_time < '2026-11-01 00:08'", "a"),
    ("end_time <= '2026-11-01 00:08'", "ab"),
    (f"start_time > {round(MIDNIGHT.timestamp() * 1000)}", "cde"),
    ("duration > 400", "ab"),
    ("duration = '6m'", "ce"),
    ("duration BETWEEN '5 min' AND '0.1h'", "ce"),
    # experiments, stage, user
    ("experiment_name = 'Default' AND experiment.id = '0'", "abcde"),
    ("experiment.name LIKE 'o%'", ""),
    ("lifecycle_stage = 'Active' AND user_id IS NOT NULL AND run_name = 'eel'", "e"),
    # datasets: one that matches is enough
    ("dataset.context = 't' AND datasets.context = 'v'", "a"),
    ("dataset.context != 't'", "ad"),
    ("NOT dataset.context = 't'", "cde"),
    ("dataset.name IS NULL", "ce"),
    ("dataset.digest IS NOT NULL", "abd"),
    ("dataset.name RLIKE '[tv]$' AND dataset.name NOT IN ('data-t')", "ad"),
    ("dataset.digest BETWEEN 'dt' AND 'du'", "ab"),
]


@pytest.mark.parametrize(("filter_string", "expected"), FILTERS)
def test_a_filter_finds(client: MltrackClient, filter_string: str, expected: str) -> None:
    """Each line of the language finds exactly these runs."""
    assert names(client, filter_string) == expected


ORDERS = [
    (["params.lr"], "abecd"),
    (["params.lr DESC"], "ebacd"),
    (["params.n DESC", "run_name"], "bcade"),
    (["tags.old", "run_name DESC"], "ecadb"),
    (["metrics.loss.min DESC"], "bcaed"),
    (["metrics.`loss.min`", "run_name"], "bacde"),
    (["metrics.loss.count", "run_name DESC"], "cbaed"),
    (["duration DESC", "run_name"], "abced"),
    (["experiment_name", "lifecycle_stage", "start_time"], "abcde"),
]


@pytest.mark.parametrize(("order_by", "expected"), ORDERS)
def test_an_order(client: MltrackClient, order_by: list[str], expected: str) -> None:
    """Numbers by size, then text, then what is missing; stats as metrics."""
    assert names(client, order_by=order_by) == expected


def test_search_across_experiments(client: MltrackClient) -> None:
    """A run knows its experiment by name and by id, wherever the search looks."""
    everywhere = ["0", "other"]
    assert names(client, "experiment_name = 'other' OR run_name = 'ant'", ids=everywhere) == "ga"
    assert names(client, "experiment_id NOT IN ('0')", ids=everywhere) == "g"
    assert names(client, order_by=["experiment.name DESC", "run_name"], ids=everywhere) == "gabcde"


def test_relative_times(client: MltrackClient) -> None:
    """Times count back from now: each of these has a run of an hour ago."""
    now = time.time()
    run = client.create_run("other", round((now - 3600) * 1000), run_name="hen")
    days = (datetime.now().astimezone() - timedelta(hours=1)).date()
    day = "today" if days == datetime.now().astimezone().date() else "yesterday"
    for when in ("> '2 hours ago'", "< '-59m'", f"= '{day}'", ">= 'yesterday'", "< 'now'"):
        assert "h" in names(client, f"start_time {when}", ids="other"), when
    for when in ("< '2 hours ago'", "> '-59m'", "< 'yesterday'"):
        assert "h" not in names(client, f"start_time {when}", ids="other"), when
    client.delete_run(run.info.run_id)


@pytest.mark.parametrize(
    ("pattern", "complaint"),
    [("a(", "missing )"), ("[z-a]", "invalid character class range"), ("(?=x)", "invalid perl")],
)
def test_a_pattern_that_is_none(client: MltrackClient, pattern: str, complaint: str) -> None:
    """DuckDB's complaint is shown with a caret under the pattern."""
    with pytest.raises(FilterSyntaxError, match="no regular expression") as caught:
        names(client, f"params.lr = 1 AND run_name RLIKE '{pattern}'")
    assert complaint in caught.value.reason
    assert caught.value.text[caught.value.position :] == f"'{pattern}'"


@pytest.mark.parametrize(
    ("filter_string", "meant"),
    [
        ("loss < 0.8", "did you mean metrics.loss?"),
        ("los < 0.8", "did you mean metrics.loss?"),
        ("LR = '1'", "did you mean params.lr?"),
        ("metrics.loss < 1 AND old = 'yes'", "did you mean tags.old?"),
        ("loss.min < 1", "did you mean metrics.`loss.min`?"),
        ("statuss = 'x'", "did you mean 'status'?"),
        ("metrcs.loss < 1", "did you mean 'metrics'?"),
        ("zzz < 1", "metrics.zzz or params.zzz or tags.zzz"),
    ],
)
def test_an_unknown_name_is_met_with_what_was_logged(
    client: MltrackClient, filter_string: str, meant: str
) -> None:
    """A name without its prefix, or nearly a name, is recognised."""
    with pytest.raises(FilterSyntaxError) as caught:
        names(client, filter_string)
    assert meant in caught.value.reason


def test_an_unknown_name_to_sort_by(client: MltrackClient) -> None:
    """The same for order_by."""
    with pytest.raises(FilterSyntaxError, match=r"did you mean metrics\.acc\?"):
        names(client, order_by=["acc DESC"])


@pytest.mark.parametrize(
    ("filter_string", "warning"),
    [
        ("metrics.losss < 1", "No run has a metric 'losss'; did you mean metrics.loss?"),
        ("params.zzz = '1'", "No run has a param 'zzz'."),
        ("NOT (tags.odl IS NULL OR run_id = '')", "No run has a tag 'odl'; did you mean tags.old?"),
        ("metrics.accc.max > 1", "No run has a metric 'accc'; did you mean metrics.acc?"),
    ],
)
def test_a_key_that_no_run_has(
    client: MltrackClient, caplog: pytest.LogCaptureFixture, filter_string: str, warning: str
) -> None:
    """The search finds nothing, as in MLflow, and one warning says why."""
    with caplog.at_level(logging.WARNING, "jupyter_mltrack"):
        assert names(client, filter_string) == names(client, filter_string) == ""
    assert caplog.messages == [warning]


def test_no_warning_without_cause(client: MltrackClient, caplog: pytest.LogCaptureFixture) -> None:
    """A key that runs have, or a search that found something, needs no word."""
    for fine in ("metrics.loss < -1", "metrics.loss.min < -1", "params.nothing IS NULL"):
        names(client, fine)
    assert not caplog.messages
