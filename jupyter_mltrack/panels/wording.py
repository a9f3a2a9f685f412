"""How numbers, times, states and names are written in panels."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Literal, NamedTuple

from jupyter_mltrack.entities import RunInfo

DIGITS = 4
_LARGEST, _SMALLEST = 1e7, 1e-4  # beyond these, a number gets an exponent
_MINUTE, _HOUR, _DAY = 60, 3600, 86400
_IN_MILLISECONDS, _IN_TENTHS = 0.1, 9.95  # shorter spans are written in these
_SHORT_NUMBER, _LONGEST_NUMBER = 8, 40


# Control characters, and those that change the direction of what follows.
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


class Status(NamedTuple):
    """How a state is shown: never by its colour alone."""

    glyph: str
    word: str
    tone: Literal["good", "bad", "busy", "quiet"]


_STATUSES = {
    "FINISHED": Status("✓", "finished", "good"),
    "FAILED": Status("✗", "failed", "bad"),
    "KILLED": Status("■", "killed", "bad"),
    "RUNNING": Status("▶", "running", "busy"),
    "SCHEDULED": Status("○", "scheduled", "quiet"),
}


def status(name: str) -> Status:
    """Glyph, word and tone of a run's state."""
    return _STATUSES.get(name) or Status("?", one_line(name, 20).lower() or "unknown", "quiet")


def identity(info: RunInfo) -> str:
    """What a run is called: ``#41 brisk-otter``."""
    name = one_line(info.run_name, 60) or info.run_id[:8]
    return f"#{info.number} {name}" if info.number else name


def short_identity(info: RunInfo) -> str:
    """``#41``, or the name of a run that has no number."""
    return f"#{info.number}" if info.number else identity(info)


def one_line(text: str, limit: int) -> str:
    """A text cut to ``limit`` characters, without what would break or turn round its line."""
    # Far more than `limit` characters need not be looked at; a lone surrogate cannot be sent.
    words = text[: 4 * limit].encode("utf-8", "replace").decode().split()
    line = _UNPRINTED.sub("\N{REPLACEMENT CHARACTER}", " ".join(words))
    return line if len(line) <= limit else line[: limit - 1] + "…"


def number(value: float) -> str:
    """A number in 4 significant digits; a whole number below ten million in all of them."""
    if not math.isfinite(value):
        return "NaN" if math.isnan(value) else str(value)
    size = abs(value)
    if size >= _LARGEST or 0 < size < _SMALLEST:
        mantissa, exponent = f"{value:.{DIGITS - 1}e}".split("e")
        return f"{_without_zeros(mantissa)}e{int(exponent)}"
    return _without_zeros(f"{value:.{_decimals(value)}f}")


def numbers(values: Iterable[float | None]) -> list[str]:
    """A column of numbers, each as `number` writes it but padded to equal decimals."""
    values = list(values)
    texts = ["" if value is None else number(value) for value in values]
    most = max((len(text.partition(".")[2]) for text in texts if "e" not in text), default=0)
    return [
        f"{value:.{min(most, _decimals(value))}f}"
        if value is not None and _is_plain(text)
        else text
        for value, text in zip(values, texts, strict=True)
    ]


def exact(value: float) -> str:
    """All digits of a number; a whole one without its ``.0``."""
    return str(int(value)) if abs(value) < _LARGEST and int(value) == value else repr(value)


def parsed(text: str) -> float | None:
    """The finite number that a text is, if it is one."""
    if len(text) > _LONGEST_NUMBER or "_" in text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None


def param_value(text: str, limit: int) -> str:
    """A param as it was logged, unless it is a number of many digits; an empty one is seen."""
    if len(text) > _SHORT_NUMBER and (value := parsed(text)) is not None:
        return number(value)
    return one_line(text, limit) or "''"


def duration(seconds: float) -> str:
    """``12 ms``, ``1.2 s``, ``42 s``, ``3 min 5 s``, ``2 h 4 min``, ``3 d 1 h``."""
    if seconds < _IN_MILLISECONDS:
        return f"{max(0, round(seconds * 1000))} ms"
    if seconds < _IN_TENTHS:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    for unit, name, part, part_name in (
        (_DAY, "d", _HOUR, "h"),
        (_HOUR, "h", _MINUTE, "min"),
        (_MINUTE, "min", 1, "s"),
    ):
        if whole >= unit:
            rest = whole % unit // part
            return (
                f"{whole // unit} {name} {rest} {part_name}" if rest else f"{whole // unit} {name}"
            )
    return f"{whole} s"


def seconds_of(info: RunInfo) -> float | None:
    """How long a run took; None while it is open."""
    if info.duration is not None or info.end_time is None:
        return info.duration
    return max(0.0, (info.end_time - info.start_time) / 1000)


def moment(milliseconds: int) -> str:
    """Date and time in this machine's time zone: ``2026-11-20 14:03:05``."""
    try:
        when = datetime.fromtimestamp(milliseconds / 1000, UTC).astimezone()
    except (OverflowError, OSError, ValueError):
        return f"{milliseconds} ms"
    return f"{when:%Y-%m-%d %H:%M:%S}"


def _decimals(value: float) -> int:
    """How many decimals show 4 significant digits."""
    return DIGITS - 1 if value == 0 else max(0, DIGITS - 1 - math.floor(math.log10(abs(value))))


def _without_zeros(text: str) -> str:
    """``0.5`` for ``0.5000``."""
    return text.rstrip("0").rstrip(".") if "." in text else text


def _is_plain(text: str) -> bool:
    """Whether a number is written with digits alone, so that zeros can be added."""
    return text.lstrip("-").replace(".", "", 1).isdigit()
