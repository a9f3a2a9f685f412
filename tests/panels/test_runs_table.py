import json
import math
import random

import pytest

from jupyter_mltrack.entities import Run
from jupyter_mltrack.panels.table.runs_table import MOST_COLUMNS, STARTER, Column, Table, runs_table
from jupyter_mltrack.panels.table.runs_twin import runs_html, runs_text
from tests.panels.examples import HOSTILE, hostile_run, make_run, sweep
from tests.panels.inert import faults_in, text_of


def column(table: Table, label: str) -> Column:
    """A column by the text of its header."""
    return next(one for one in table["columns"] if one["label"] == label)


def labels(table: Table) -> list[str]:
    """The headers of the metrics and params."""
    return [one["label"] for one in table["columns"] if one["kind"] in ("metric", "param")]


def big_runs(count: int) -> list[Run]:
    """Runs that differ in many metrics and params."""
    dice = random.Random(1)
    return [
        make_run(
            number,
            metrics={f"metric_{i}": dice.random() for i in range(30)},
            params={f"param_{i}": f"{'<value>' * dice.randint(1, 9)}{number}" for i in range(30)},
        )
        for number in range(count)
    ]


def test_only_what_differs_is_a_column() -> None:
    """The rest is folded into one line."""
    table = runs_table(sweep())
    assert labels(table) == ["loss", "val_accuracy", "f1", "learning_rate", "depth", "optimizer"]
    assert table["equal"] == {
        "label": "4 parameters, 1 metric equal",
        "lines": [
            *("batch_size = 128", "dropout = 0.1", "scheduler = cosine", "seed = 0"),
            "epochs_run = 20",
        ],
    }


def test_a_single_run_shows_all() -> None:
    """With nothing to compare, nothing is folded away."""
    table = runs_table([make_run(metrics={"loss": 1.5}, params={"lr": "0.1"})])
    assert labels(table) == ["loss", "lr"]
    assert table["equal"] is None


def test_best_values_and_the_first_click_follow_the_direction() -> None:
    """The header says why a value is bold."""
    loss, accuracy = (column(runs_table(sweep()), key) for key in ("loss", "val_accuracy"))
    assert (loss["best"], loss["first"]) == ([0], "ascending")
    assert (accuracy["best"], accuracy["first"]) == ([0], "descending")
    assert "lowest" in loss["hint"]
    assert "highest" in accuracy["hint"]


def test_missing_and_unordered_values_are_sorted_last() -> None:
    """NaN is shown but has no place; infinite values have one; all of it is JSON."""
    values = [0.25, math.nan, math.inf, -math.inf, None]
    runs = [make_run(metrics={} if one is None else {"a": one}) for one in values]
    table = runs_table(runs)
    shown = column(table, "a")
    assert shown["texts"] == ["0.25", "NaN", "inf", "-inf", ""]
    assert shown["values"][1] is None
    assert shown["values"][4] is None
    assert shown["values"][3] < 0.25 < shown["values"][2]  # type: ignore[operator]
    assert json.loads(json.dumps(table, allow_nan=False)) == table


def test_full_values_are_the_titles() -> None:
    """Where four digits are all there is, no title repeats them."""
    runs = [make_run(metrics={"a": one}, params={"p": str(one)}) for one in (0.123456789, 0.25)]
    table = runs_table(runs)
    assert column(table, "a")["titles"] == ["0.123456789", "0.25"]
    assert column(table, "p")["titles"] == ["0.123456789", None]
    assert column(table, "p")["texts"] == ["0.1235", "0.25"]


def test_params_are_numbers_if_all_are() -> None:
    """Then they stand at the right and sort as numbers; a text among them makes all texts."""
    runs = [make_run(params={"n": n, "t": t}) for n, t in (("10", "10"), ("9", "auto"))]
    table = runs_table([*runs, make_run()])
    assert column(table, "n")["values"] == [10.0, 9.0, None]
    assert column(table, "n")["numeric"]
    assert column(table, "t")["values"] == ["10", "auto", None]
    assert not column(table, "t")["numeric"]


def test_too_many_columns_are_counted() -> None:
    """A page of hundreds of columns helps nobody."""
    table = runs_table(big_runs(3))
    assert len(labels(table)) == MOST_COLUMNS
    assert table["omitted"] == 20


def test_summary_says_how_many_and_how_fast() -> None:
    """With thousands separated."""
    assert runs_table([make_run()], milliseconds=12.3)["summary"] == "1 run · 12 ms"
    assert runs_table([make_run()] * 1204)["summary"] == "1,204 runs · 0 ms"


def test_starter_is_shown_if_there_are_no_runs_at_all() -> None:
    """It has six lines and is Python; a search that finds nothing does not show it."""
    assert runs_table([])["starter"] == STARTER
    assert runs_table([], query="metrics.a > 1")["starter"] is None
    assert len(STARTER.splitlines()) == 6
    compile(STARTER, "starter", "exec")


@pytest.mark.parametrize("count", [1, 8, 40, 1000])
def test_twin_has_as_many_rows_as_fit(count: int) -> None:
    """At most 15 kB; what is left out is counted."""
    html = runs_html(runs_table(big_runs(count)))
    rows = html.count("<tr") - 2
    assert len(html.encode()) <= 15_000
    assert rows == count or f"… and {count - rows:,} more" in html
    assert rows >= min(count, 5)
    assert faults_in(html) == []


def test_twin_shows_the_table() -> None:
    """Rows, bold best values and the folded line, times that do not age."""
    html = runs_html(runs_table(sweep(now=1_790_000_000)), title="mnist")
    text = text_of(html)
    assert "<b>0.1292</b>" in html
    assert "4 parameters, 1 metric equal" in text
    assert " ago" not in text
    assert faults_in(html) == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_inert(text: str) -> None:
    """Whatever runs are called or hold, the twin is text."""
    runs = [hostile_run(text, number) for number in range(5)]
    html = runs_html(runs_table(runs), title=text)
    assert faults_in(html) == []
    assert "<script" not in html


def test_huge_texts_leave_the_twin_small() -> None:
    """Not even equal params, which are listed, make it large."""
    runs = [hostile_run("'<💥>" * 999, number) for number in range(50)]
    params = {f"{'<' * 99}{i}": "'" * 9999 for i in range(300)}
    runs += [make_run(number, params=params) for number in range(3)]
    for table in (runs_table(runs), runs_table(runs[50:])):
        assert len(runs_html(table, title="<" * 9999).encode()) <= 15_000


def test_empty_twin_says_what_to_do() -> None:
    """A cell to begin with, or that the search found nothing."""
    assert STARTER in text_of(runs_html(runs_table([])))
    assert "No run matches." in text_of(runs_html(runs_table([], query="a")))


def test_plain_text_lists_the_first_runs() -> None:
    """For terminals: one line a run."""
    lines = runs_text(runs_table(sweep(count=31)), title="mnist").splitlines()
    assert lines[0] == "mnist: 31 runs · 0 ms"
    assert lines[1].startswith("  ▶ #31 bold-ibis · 20")
    assert lines[-1] == "  … and 21 more"
