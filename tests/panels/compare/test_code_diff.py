from __future__ import annotations

import hashlib
from typing import Any

import pytest

from jupyter_mltrack.panels.compare.code_diff import code_diff
from jupyter_mltrack.panels.compare.code_twin import code_html
from jupyter_mltrack.store.differences import Cell
from tests.panels.examples import HOSTILE
from tests.panels.inert import faults_in, text_of


def cells(*sources: str | tuple[str | None, str]) -> list[Cell]:
    """Cells of a session; a pair is an id and a source."""
    made = []
    for number, given in enumerate(sources, 1):
        cell_id, source = (None, given) if isinstance(given, str) else given
        digest = hashlib.sha256(source.encode()).hexdigest()
        made.append(Cell(number, cell_id, digest, source, "a.ipynb", number == len(sources)))
    return made


def changes(before: list[Cell], after: list[Cell]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Change and lines of each cell."""
    return [(cell["change"], cell["lines"]) for cell in code_diff(before, after)]


def test_a_changed_line_is_marked() -> None:
    """Old and new line, with what is around them."""
    before = cells(("a", "import x\nrate = 0.1\nfit(rate)"))
    after = cells(("a", "import x\nrate = 0.2\nfit(rate)"))
    [(change, lines)] = changes(before, after)
    assert change == "changed"
    assert lines == [
        (" ", "import x"), ("-", "rate = 0.1"), ("+", "rate = 0.2"), (" ", "fit(rate)")
    ]  # fmt: skip


def test_cells_are_paired_by_id_whatever_their_order() -> None:
    """A cell that was moved in the notebook is the same cell."""
    before = cells(("a", "one = 1"), ("b", "two = 2"), ("own", "fit()"))
    after = cells(("b", "two = 2"), ("a", "one = 11"), ("own", "fit()"))
    assert [change for change, _ in changes(before, after)] == ["same", "changed", "same"]


def test_the_cells_in_which_runs_began_are_compared() -> None:
    """Also if they are two cells of one notebook; one that was only run again is no news."""
    before = cells(("setup", "import x"), ("first", "fit(1)"))
    after = cells(("setup", "import x"), ("first", "fit(1)"), ("copy", "fit(2)"))
    found = code_diff(before, after)
    assert [cell["change"] for cell in found] == ["same", "same", "changed"]
    assert found[2]["lines"] == [("-", "fit(1)"), ("+", "fit(2)")]
    assert [cell["change"] for cell in code_diff(after, before)] == ["same", "changed"]


def test_without_ids_equal_text_and_then_order_decides() -> None:
    """A cell put between two others is added; the changed one is found by its place."""
    before = cells("import x", "fit(1)", "plot()")
    after = cells("import x", "y = load()", "fit(2)", "plot()")
    assert [change for change, _ in changes(before, after)] == [
        "same", "changed", "added", "same"
    ]  # fmt: skip
    assert [change for change, _ in changes(after, before)].count("removed") == 1


def test_all_of_a_cell_of_one_run_is_added_or_removed() -> None:
    """Nothing is compared with it."""
    assert changes(cells("a = 1\nb = 2"), []) == [("removed", [("-", "a = 1"), ("-", "b = 2")])]
    assert changes([], cells("a = 1")) == [("added", [("+", "a = 1")])]
    assert changes([], []) == []


def test_far_equal_lines_are_a_gap() -> None:
    """Three equal lines around a change are shown, the others counted."""
    lines = [f"x{number}" for number in range(30)]
    other = [*lines[:15], "new", *lines[16:]]
    [(_, shown)] = changes(cells(("a", "\n".join(lines))), cells(("a", "\n".join(other))))
    assert shown[0] == ("@", "12 equal lines")
    assert shown[-1] == ("@", "11 equal lines")
    assert len(shown) == 10


def test_indents_and_length_are_kept_in_bounds() -> None:
    """Code keeps its indent; what is endless is cut."""
    [(_, lines)] = changes([], cells("if x:\n\ty  =  1\n" + "z" * 5000))
    assert lines[1] == ("+", "    y  =  1")
    assert len(lines[2][1]) < 500
    [(_, many)] = changes([], cells("\n".join("abcdefgh" for _ in range(5000))))
    assert len(many) < 600


def test_equal_cells_leave_room_for_the_change() -> None:
    """However long they are; of each at least its first line is there to recognise it."""
    same = [(f"{number}", f"start_{number}\n" + "x = 1\n" * 900) for number in range(5)]
    before = cells(*same, ("own", "rate = 0.1"))
    after = cells(*same, ("own", "rate = 0.2"))
    found = changes(before, after)
    assert found[-1] == ("changed", [("-", "rate = 0.1"), ("+", "rate = 0.2")])
    assert [lines[0] for _, lines in found[:-1]] == [(" ", f"start_{at}") for at in range(5)]
    assert sum(len(lines) for _, lines in found[:-1]) < 220


def test_every_changed_cell_shows_some_lines() -> None:
    """Also after others that changed wholly."""
    large = [(f"{number}", "x = 1\n" * 900) for number in range(5)]
    found = changes(cells(("own", "rate = 0.1")), cells(*large, ("own", "rate = 0.2")))
    assert found[-1] == ("changed", [("-", "rate = 0.1"), ("+", "rate = 0.2")])


@pytest.mark.parametrize("place", [0, 600, 1_999])
def test_a_change_is_found_wherever_it_is(place: int) -> None:
    """Equal ends of a long cell are no part of the comparison."""
    lines = [f"x{number}" for number in range(2_000)]
    other = [*lines[:place], "new", *lines[place + 1 :]]
    [(_, shown)] = changes(cells(("a", "\n".join(lines))), cells(("a", "\n".join(other))))
    assert [line for line in shown if line[0] in "-+"] == [("-", f"x{place}"), ("+", "new")]
    equal = sum(int(text.split()[0]) for sign, text in shown if sign == "@")
    assert equal + sum(sign == " " for sign, _ in shown) == 1_999


def test_where_a_comparison_stops_is_said() -> None:
    """Of what is too much to compare, lines that are equal are not called changed."""
    old = ["head", *(f"a{number}" for number in range(700)), "tail"]
    new = ["head", *(f"b{number}" for number in range(600)), "tail"]
    [(_, shown)] = changes(cells(("a", "\n".join(old))), cells(("a", "\n".join(new))))
    assert shown[0] == (" ", "head")
    assert shown[-1] == ("@", "the comparison stops here: 200 more lines may differ")
    assert [text for sign, text in shown if sign == "+"] == [f"b{at}" for at in range(500)]
    assert [text for sign, text in shown if sign == "-"] == [f"a{at}" for at in range(500)]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_code_stays_text(text: str) -> None:
    """In the diff and in its twin, which is small and has no script."""
    diff: dict[str, Any] = {
        "before": 0, "after": 0, "note": "", "facts": [
            {"label": "Source", "before": text, "after": text}
        ], "cells": code_diff(cells((text, text)), cells((text, f"{text}\n" * 3000))),
    }  # fmt: skip
    head: Any = {"label": text}
    html = code_html([head], diff)
    assert not faults_in(html)
    assert len(html.encode()) <= 15_000
    assert "\u202e" not in text_of("".join(line for _, line in diff["cells"][0]["lines"]))
