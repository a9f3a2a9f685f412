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
        (r"\|", "Write OR between alternatives"),
        (r"&", "Write AND to join clauses"),
        (
            r"=?~|(?:REGEXP|REGEX|MATCHES)\b",
            "Write RLIKE 'pattern' to find a regular expression",
        ),
        (
            r"NOT\b|!(?!=)",
            "NOT stands before a clause, or before IN, LIKE and BETWEEN: write '!=' for 'unequal'",
        ),
        (r"IS\b", "IS must be followed by NULL or NOT NULL: write '=' to compare with a value"),
        (r"NULL\b", "Write IS NULL or IS NOT NULL, without '='"),
        (r"\)", "This ')' closes nothing: remove it, or write the '(' that it closes"),
        (r"\(", "Parentheses go around whole clauses and around the list after IN"),
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
    """The known name that a text begins, else the one most like it; None if none is alike.

    Upper and lower case are the same.
    """
    if len(name) > _LONGEST_NAME:  # the comparison is quadratic
        return None
    lower = {each.lower(): each for each in known}
    name = name.lower()
    if name in lower:
        return lower[name]
    begun = [each for each in lower if each.startswith(name)]
    if begun and len(name) >= _SHORTEST_BEGINNING:
        return lower[begun[0]]
    return next((lower[each] for each in get_close_matches(name, lower, n=1)), None)


def shorten(name: str) -> str:
    """A name in quotes, cut to a length that fits a message."""
    return repr(name if len(name) <= _LONGEST_NAME else f"{name[:_LONGEST_NAME]}…")
