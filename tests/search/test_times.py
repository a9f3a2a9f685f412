"""Dates, relative times and durations as people write them."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from jupyter_mltrack.search import Span
from jupyter_mltrack.search.times import duration, last_instant, moment

NOW = datetime(2026, 11, 1, 15, 30, tzinfo=UTC).timestamp()
HOUR = 3_600_000


def ms(text: str) -> int:
    """A time with its zone in ms since 1970."""
    return round(datetime.fromisoformat(text).timestamp() * 1000)


@pytest.fixture
def _berlin(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The machine stands in Berlin."""
    monkeypatch.setenv("TZ", "Europe/Berlin")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "text", "start", "length"),
    [
        ("Africa/Cairo", "2026-04-23", "2026-04-23T00:00+02:00", 24 * HOUR),
        ("Africa/Cairo", "2026-04-24", "2026-04-24T01:00+03:00", 23 * HOUR),
        ("Europe/Berlin", "2026-03-29 01:59", "2026-03-29T01:59+01:00", 60_000),
    ],
)
def test_an_hour_that_the_clock_skips(
    zone: str, text: str, start: str, length: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What would be in it ends when it does; in Cairo it is the first hour of a day."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    found = moment(text, 0)
    monkeypatch.undo()
    time.tzset()
    assert found == Span(ms(start), ms(start) + length)


@pytest.mark.usefixtures("_berlin")
@pytest.mark.parametrize(
    ("text", "start", "length"),
    [
        ("2026-11-01", "2026-11-01T00:00+01:00", 24 * HOUR),
        (" 2026-11-01 14:00 ", "2026-11-01T14:00+01:00", 60_000),
        ("2026-11-01T14:00:30", "2026-11-01T14:00:30+01:00", 1000),
        ("2026-07-01 14:00", "2026-07-01T14:00+02:00", 60_000),
        ("2026-11-01T14:00Z", "2026-11-01T14:00+00:00", 60_000),
        ("2026-11-01 14:00:30 -0530", "2026-11-01T14:00:30-05:30", 1000),
        ("2026-03-29", "2026-03-29T00:00+01:00", 23 * HOUR),
        ("2026-10-25", "2026-10-25T00:00+02:00", 25 * HOUR),
        ("today", "2026-11-01T00:00+01:00", 24 * HOUR),
        ("Yesterday", "2026-10-31T00:00+01:00", 24 * HOUR),
    ],
)
def test_a_stretch_of_time(text: str, start: str, length: int) -> None:
    """A date is a day of the calendar, a time its minute or second; local without a zone."""
    assert moment(text, NOW) == Span(ms(start), ms(start) + length)


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("now", 0),
        ("7 days ago", 7 * 24 * HOUR),
        ("1 week ago", 7 * 24 * HOUR),
        ("-7d", 7 * 24 * HOUR),
        ("-1h30m", 1.5 * HOUR),
        ("90 Minutes ago", 1.5 * HOUR),
        ("- 2 sec", 2000),
        ("-0.5h", 0.5 * HOUR),
    ],
)
def test_a_relative_time(text: str, before: float) -> None:
    """It is a point, counted from now."""
    assert moment(text, NOW) == NOW * 1000 - before


def test_a_fraction_of_a_second_is_a_point() -> None:
    """Stored times have milliseconds; what is finer is cut."""
    assert moment("2026-11-01T00:00:01.5Z", NOW) == ms("2026-11-01T00:00:01+00:00") + 500
    assert moment("2026-11-01T00:00:01.0299Z", NOW) == ms("2026-11-01T00:00:01+00:00") + 29


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "2026", "2026-11", "2026-13-01", "2026-02-30", "2026-11-01 25:00", "tomorrow"),
        *("0000-01-01", "9999-12-31", "2026-11-01T14", "2026-11-01 14:00.5", "01.11.2026", "ago"),
        *("2026-11-01 14:00+99:00", "7 ago", "days ago", "-", "-7", "9999999 weeks ago", "--1d"),
        *("٢٠٢٦-11-01", "2026-11-01\0", "9" * 100_000 + "d ago", "-" + "1h" * 100_000),
    ],
)
def test_no_date(text: str) -> None:
    """What the calendar or the language does not have is a ValueError, whatever it is."""
    with pytest.raises(ValueError):  # noqa: PT011  (the parser says what is wrong)
        moment(text, NOW)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("90s", 90),
        ("1h30m", 5400),
        (" 1 h 30 min ", 5400),
        ("2 days", 172_800),
        ("1.5 hours", 5400),
        ("250ms", 0.25),
        (".5m", 30),
        ("1W", 604_800),
    ],
)
def test_duration(text: str, seconds: float) -> None:
    """Numbers with units, one after another."""
    assert duration(text) == seconds


@pytest.mark.parametrize("text", ["", "90", "h", "1 hose", "1h x", "1:30", "-1h", "1h" * 100_000])
def test_no_duration(text: str) -> None:
    """A number needs a unit, and there is nothing else."""
    with pytest.raises(ValueError):  # noqa: PT011  (as above)
        duration(text)


@pytest.mark.parametrize(
    ("text", "last"),
    [
        ("2026-05-03T14:00Z", "2026-05-03T14:00:59.999+00:00"),
        ("2026-05-03T14:00:30+02:00", "2026-05-03T12:00:30.999+00:00"),
        ("2026-05-03T14:00:30.512-05:45", "2026-05-03T19:45:30.512+00:00"),
    ],
)
def test_the_last_millisecond(text: str, last: str) -> None:
    """Of a minute, a second, or a point."""
    assert last_instant(text, NOW) == ms(last)
