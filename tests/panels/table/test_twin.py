import random
from pathlib import Path

import pytest

from jupyter_mltrack.entities import Run
from jupyter_mltrack.panels.table.head import STARTER
from jupyter_mltrack.panels.table.state import TableState
from tests.panels.examples import HOSTILE, hostile_run, make_run, sweep
from tests.panels.inert import faults_in, text_of
from tests.panels.table.tables import table_of


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


@pytest.mark.parametrize("count", [1, 8, 40, 500])
def test_twin_has_as_many_rows_as_fit(tmp_path: Path, count: int) -> None:
    """At most 15 kB; what is left out is counted."""
    html = table_of(tmp_path, big_runs(count)).html()
    rows = html.count("<tr") - 2
    assert len(html.encode()) <= 15_000
    assert rows == count or f"… and {count - rows:,} more" in html
    assert rows >= min(count, 5)
    assert faults_in(html) == []


def test_twin_of_a_narrow_table_has_many_rows(tmp_path: Path) -> None:
    """More than a browser is given at first."""
    html = table_of(tmp_path, [make_run(number, seconds=number) for number in range(1, 61)]).html()
    assert html.count("<tr") == 61
    assert "#1 brisk-otter" in text_of(html)


def test_twin_shows_the_table(tmp_path: Path) -> None:
    """Rows, bold best values and the folded line, times that do not age."""
    html = table_of(tmp_path, sweep(now=1_790_000_000), title="mnist").html()
    text = text_of(html)
    assert "<b>0.1292</b>" in html
    assert "4 parameters, 1 metric equal" in text
    assert " ago" not in text
    assert faults_in(html) == []


def test_twin_shows_differences_from_the_baseline(tmp_path: Path) -> None:
    """As the table does."""
    table = table_of(tmp_path, sweep(), state=TableState(baseline=f"{7:032x}"))
    assert "▼ 0.01807" in text_of(table.html())


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_inert(tmp_path: Path, text: str) -> None:
    """Whatever runs are called or hold, the twin is text."""
    runs = [hostile_run(text, number) for number in (1, 2)]
    runs[1] = make_run(2, text, metrics={text: 0.75}, params={text: f"{text}2"})
    table = table_of(tmp_path, runs, title=text)
    table.ask("group", column=f"params.{text}")
    table.ask("expand_all", open=True)
    assert len(table.page["rows"]) == 4
    html = table.html()
    assert faults_in(html) == []
    assert "<script" not in html


def test_huge_texts_leave_the_twin_small(tmp_path: Path) -> None:
    """Not even equal params, which are listed, make it large."""
    params = {f"{'<' * 99}{i}": "'" * 9999 for i in range(100)}
    runs = [
        make_run(number, "'<💥>" * 99, params=params | {"a": f"'<💥>{number}" * 999})
        for number in range(20)
    ]
    table = table_of(tmp_path, runs, title="<" * 9999)
    assert len(table.html().encode()) <= 15_000
    assert len(str(table.page)) < 60_000


def test_empty_twin_says_what_to_do(tmp_path: Path) -> None:
    """A cell to begin with, or that the search found nothing."""
    table = table_of(tmp_path)
    assert STARTER in text_of(table.html())
    table.search("params.a = '1'")
    assert "No run matches." in text_of(table.html())


def test_plain_text_lists_the_first_runs(tmp_path: Path) -> None:
    """For terminals: one line a run."""
    lines = table_of(tmp_path, sweep(count=31), title="mnist").text().splitlines()
    assert lines[0].startswith("mnist: 31 runs · ")
    assert lines[1].startswith("  ▶ #31 bold-ibis · 20")
    assert lines[-1] == "  … and 21 more"
