"""How long texts and sizes are shown: cut before they travel, without what would deceive."""

from __future__ import annotations

import re

#: Of a longer text the beginning, or the end, is shown.
MOST_CHARACTERS = 100_000

_ANSI = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])")
_UNPRINTED = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_KILO, _UNITS = 1000, ("kB", "MB", "GB", "TB")


def shown(text: str) -> str:
    """A text of several lines without colours, control characters and changes of direction."""
    plain = _ANSI.sub("", text.replace("\r\n", "\n"))
    return _UNPRINTED.sub("\N{REPLACEMENT CHARACTER}", plain).encode("utf-8", "replace").decode()


def beginning(text: str, limit: int = MOST_CHARACTERS) -> tuple[str, bool]:
    """The first characters of a text as `shown`, and whether there are more."""
    return shown(text[:limit]), len(text) > limit


def ending(text: str, limit: int = MOST_CHARACTERS) -> tuple[str, bool]:
    """The last characters of a text as `shown`, and whether there are more."""
    return shown(text[-limit:]), len(text) > limit


def size_text(size: int | None) -> str:
    """``0 B``, ``999 B``, ``1.2 kB``, ``35 MB``; empty if it is not known.

    >>> size_text(1234)
    '1.2 kB'
    """
    if size is None:
        return ""
    if size < _KILO:
        return f"{size} B"
    power = min(len(_UNITS) - 1, (len(str(size)) - 1) // 3 - 1)
    number = size / _KILO ** (power + 1)
    return f"{number:.1f} {_UNITS[power]}" if number < 10 else f"{number:.0f} {_UNITS[power]}"  # noqa: PLR2004
