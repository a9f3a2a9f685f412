"""What people write by habit, and what to write instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import get_close_matches

_LONGEST_NAME = 40
_SHORTEST_BEGINNING = 3

#: Pattern of the text at the failing position → what to say about it; the first match wins.
_MISTAKES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reason)
    for pattern, reason in (
        (r"==", "Write '=' instead of '=='"),
        (r"<>", "Write '!=' instead of '<>'"),
        (r"=[<>]", "Write '<=' or '>=', with the '=' last"),
        (
            r"OR\b|\|",
            "OR is not supported yet: write IN ('a', 'b'), or search once for each alternative",
        ),
        (r"&", "Write AND to join clauses"),
        (
            r"BETWEEN\b",
            "BETWEEN is not supported yet: write 'field >= low AND field <= high'",
        ),
        (
            r"NOT\b|!(?!=)",
            "NOT is supported only in NOT IN and IS NOT NULL: write '!=' for 'is not equal'",
        ),
        (r"IS\b", "IS must be followed by NULL or NOT NULL: write '=' to compare with a value"),
        (r"NULL\b", "Write IS NULL or IS NOT NULL, without '='"),
        (r"[()]", "Parentheses are supported only around the list after IN"),
        (r"\[", "Write a list in parentheses: IN ('a', 'b')"),
        (r";", "Pass one filter, without ';'"),
        (
            r"[+-]?(?:nan|inf|infinity)\b",
            "nan and inf cannot be compared with: write a finite number, or a quoted string",
        ),
        ("[\u2018\u2019\u201c\u201d]", "Write straight quotes, ' or \", instead of curly ones"),
        (
            r"""'[^']*(?:''[^']*)*\Z|"[^"]*(?:""[^"]*)*\Z|`[^`]*(?:``[^`]*)*\Z""",
            "This quote is never closed: add the same quote at the end of the value or key",
        ),
    )
)


def advice(text: str, position: int) -> str | None:
    """What to write instead of the text at a position, or None if it is no known mistake."""
    for pattern, reason in _MISTAKES:
        if pattern.match(text, position):
            return reason
    return None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that a text begins, else the one most like it; None if none is alike."""
    if len(name) > _LONGEST_NAME:  # the comparison is quadratic
        return None
    known = list(known)
    name = name.lower()
    begun = [each for each in known if each.startswith(name)]
    if begun and len(name) >= _SHORTEST_BEGINNING:
        return begun[0]
    return next(iter(get_close_matches(name, known, n=1)), None)


def shorten(name: str) -> str:
    """A name in quotes, cut to a length that fits a message."""
    return repr(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…")
