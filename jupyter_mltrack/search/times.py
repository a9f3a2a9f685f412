"""Dates, relative times and durations as people write them, in milliseconds and seconds.

What has no time zone is local time. A date is the whole day and a time without seconds the whole
minute; relative times are a point.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from jupyter_mltrack.search.tree import Span

#: What can be written, for messages and docstrings.
MOMENTS = "'2026-11-01', '2026-11-01 14:00', 'today', 'yesterday', '7 days ago' or '-7d'"
DURATIONS = "'1h30m', '90s' or '2 days'"

_SECONDS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86_400.0, "w": 604_800.0}
_UNITS = {
    spelling: _SECONDS[short]
    for short, spellings in {
        "ms": "ms millisecond milliseconds",
        "s": "s sec secs second seconds",
        "m": "m min mins minute minutes",
        "h": "h hr hrs hour hours",
        "d": "d day days",
        "w": "w week weeks",
    }.items()
    for spelling in spellings.split()
}
_LONGEST = 64  # characters; nothing that can be written is longer
_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)\s*([a-z]+)\s*", re.ASCII)
_DATE = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[ T]([0-9]{2}:[0-9]{2})(:[0-9]{2})?(\.[0-9]{1,6})?\s*(Z|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII,
)


def moment(text: str, now: float) -> Span | int:
    """When ``text`` was, in ms since 1970: a stretch of time, or a point.

    Args:
        text: Such as :data:`MOMENTS`.
        now: Seconds since 1970 from which ``'today'`` and ``'7 days ago'`` count.

    Raises:
        ValueError: It is no date, or none that the calendar has.
    """
    try:
        return _moment(text.strip(), now)
    except (OverflowError, OSError):
        raise ValueError(text) from None


def last_instant(text: str, now: float) -> int:
    """The last millisecond of what ``text`` names, such as that of a day, since 1970.

    Arguments and errors are those of `moment`.

    >>> last_instant("2026-05-03 14:00Z", 0) == last_instant("2026-05-03T14:00:59.999Z", 0)
    True
    """
    found = moment(text, now)
    return found.end - 1 if isinstance(found, Span) else found


def _moment(text: str, now: float) -> Span | int:
    words = text.lower()
    if words in {"today", "yesterday"}:
        midnight = datetime.fromtimestamp(now).astimezone().replace(tzinfo=None)
        midnight = midnight.replace(hour=0, minute=0, second=0, microsecond=0)
        return _span(midnight - timedelta(days=words == "yesterday"), timedelta(days=1))
    if words == "now":
        return round(now * 1000)
    if words.startswith("-"):
        return _before(now, words[1:])
    if words.endswith(" ago"):
        return _before(now, words.removesuffix("ago"))
    return _date(text)


def duration(text: str) -> float:
    """How many seconds ``text`` is, such as :data:`DURATIONS`.

    Raises:
        ValueError: It is no duration.
    """
    words = text.strip().lower()
    position, seconds = 0, 0.0
    while part := _PART.match(words, position) if len(words) <= _LONGEST else None:
        number, unit = part.groups()
        if unit not in _UNITS:
            break
        seconds += float(number) * _UNITS[unit]
        position = part.end()
    if not words or position < len(words):
        raise ValueError(text)
    return round(seconds, 3)


def _before(now: float, length: str) -> int:
    """A point so long before now; not before the year 1, as dates."""
    then = datetime.fromtimestamp(now, UTC) - timedelta(seconds=duration(length))
    return _milliseconds(then)


def _date(text: str) -> Span | int:
    """An ISO 8601 date, with the time of day and the zone if they are given."""
    found = _DATE.fullmatch(text) if len(text) <= _LONGEST else None
    if found is None:
        raise ValueError(text)
    day, time, second, fraction, zone = found.groups()
    if time is None:
        return _span(datetime.fromisoformat(day), timedelta(days=1))
    if fraction and not second:
        raise ValueError(text)
    start = datetime.fromisoformat(f"{day}T{time}{second or ''}{zone or ''}")
    if fraction:
        return _milliseconds(start) + int(f"{fraction[1:]}00"[:3])
    return _span(start, timedelta(seconds=1 if second else 60))


def _span(start: datetime, length: timedelta) -> Span:
    """A stretch on the calendar: a local day of 23 or 25 hours is one day."""
    return Span(_milliseconds(start), _milliseconds(start + length))


def _milliseconds(time: datetime) -> int:
    return round(time.timestamp() * 1000)  # of a local time that the clock skips, too
