"""The page of figures: what makes it, and what keeps it from being made."""

from __future__ import annotations

import pytest

from tests.reliability import Note, page

NOTES = [
    Note(7, "many at once", {"reads": 1_234, "p99_ms": 12.345}),
    Note(1, "kills", {"kills": 100, "lost": 0}),
    Note(1, "mutation: points are kept in Python", {"caught": "yes"}),
    Note(1, "kills", {"kills": 1_000, "lost": 0}),
]


def test_a_page_has_a_table_for_each_promise() -> None:
    """In the order of the promises; the longer version's figures replace the shorter one's."""
    text = page(NOTES, [])
    assert text.index("## 1.") < text.index("## 7.")
    assert "| kills | kills 1,000, lost 0 |" in text
    assert "kills 100," not in text
    assert "| many at once | reads 1,234, p99 ms 12.3 |" in text
    assert "points are kept in Python: yes |" in text
    assert "Not run" not in text


def test_a_page_is_plain() -> None:
    """ASCII, and no sign in a text ends a cell."""
    text = page([Note(2, "a|b × 2 − 1", {"p50": "3 µs"})], ["test_x (no root)"])
    assert text.isascii()
    assert "| a/b x 2 - 1 | p50 3 us |" in text
    assert "- test_x (no root)" in text


def test_a_note_is_of_a_promise(promise: object) -> None:
    """A number that nobody promised is a mistake."""
    with pytest.raises(AssertionError):
        promise(99, "nothing")  # type: ignore[operator]
