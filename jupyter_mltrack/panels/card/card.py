"""What a run card shows, and the one line it is where there is no rich front end."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TypedDict

from jupyter_mltrack.entities import Run
from jupyter_mltrack.panels.comparison import changes
from jupyter_mltrack.panels.palette import run_colour
from jupyter_mltrack.panels.sparkline import sparkline_lines
from jupyter_mltrack.panels.wording import (
    duration,
    exact,
    identity,
    moment,
    number,
    one_line,
    param_value,
    seconds_of,
    short_identity,
    status,
)

MOST_METRICS = 4
MOST_CHANGES = 6
_LONGEST, _LONGEST_TITLE, _LONGEST_ERROR = 40, 80, 240
_EXCEPTION = re.compile(r"[\w.]+(:|$)")
_NO_HISTORIES: Mapping[str, Sequence[float]] = MappingProxyType({})


class StatusData(TypedDict):
    """A state as it is shown; see `wording.Status`."""

    glyph: str
    word: str
    tone: str


class MetricData(TypedDict):
    """The latest value of one metric, and its curve as points of SVG polylines."""

    key: str
    text: str
    exact: str
    lines: list[str]


class ChangeData(TypedDict):
    """One parameter before and now; None where it was not set; ``exact`` has all digits."""

    key: str
    before: str | None
    after: str | None
    exact: str


class CardData(TypedDict):
    """All a card shows, ready to be written: texts are cut and numbers are words.

    Attributes:
        started: In ms since 1970.
        seconds: How long the run took; None while it is open.
        progress: How far the run is, such as ``step 340``; "" if nobody knows.
        since: The run that ``changes`` compares with, as ``#40``; None if there is none,
            and then ``changes`` lists params.
        label: What the changes are: ``since #40``, or ``parameters``.
        code: The call that opens what the card is about, for a reader who has only text.
        opens: What the button says that opens it; "" for no button.
    """

    run_id: str
    title: str
    colour: str
    status: StatusData
    started: int
    started_at: str
    seconds: float | None
    progress: str
    metrics: list[MetricData]
    more_metrics: int
    since: str | None
    label: str
    changes: list[ChangeData]
    more_changes: int
    error: str | None
    code: str
    opens: str


def card_data(
    run: Run,
    *,
    histories: Mapping[str, Sequence[float]] = _NO_HISTORIES,
    previous: Run | None = None,
    error: str | None = None,
    step: int | None = None,
) -> CardData:
    """What the card of a run shows now.

    Args:
        run: The run.
        histories: All values of a metric in their order, by its name; a metric that has one
            gets a small curve.
        previous: The run to compare the params with.
        error: Why the run failed: a message, or a traceback of which one line is shown.
        step: The highest step that was logged, while the run is open.
    """
    keys = shown_metrics(run.data.metrics)
    changed = changes(previous.data.params if previous else {}, run.data.params)
    state = status(run.info.status)
    since = short_identity(previous.info) if previous else None
    run_id = one_line(run.info.run_id, 64)
    return CardData(
        run_id=run_id,
        title=identity(run.info),
        colour=run_colour(run.info.run_id),
        status=StatusData(glyph=state.glyph, word=state.word, tone=state.tone),
        started=run.info.start_time,
        started_at=moment(run.info.start_time),
        seconds=seconds_of(run.info),
        progress=f"step {step:,}" if step else "",
        metrics=[metric_data(key, run.data.metrics[key], histories.get(key, ())) for key in keys],
        more_metrics=len(run.data.metrics) - len(keys),
        since=since,
        label=f"since {since}" if since else "parameters",
        changes=[change_data(*one) for one in changed[:MOST_CHANGES]],
        more_changes=max(0, len(changed) - MOST_CHANGES),
        error=_reason(error),
        code=f'mlt.run("{run_id[:8]}")',
        opens="Open",
    )


def metric_data(key: str, value: float, history: Sequence[float]) -> MetricData:
    """A metric as a card shows it.

    Args:
        key: Its name.
        value: The number that is shown.
        history: What its small curve is drawn of.
    """
    return MetricData(
        key=one_line(key, _LONGEST),
        text=number(value),
        exact=exact(value),
        lines=sparkline_lines(history),
    )


def shown_metrics(metrics: Mapping[str, float]) -> list[str]:
    """The four metrics that a card shows: those of the run before those of its machine."""
    return sorted(metrics, key=lambda key: key.startswith("system/"))[:MOST_METRICS]


def card_text(card: CardData) -> str:
    """The card as one plain line.

    >>> card_text(card)  # doctest: +SKIP
    '#41 brisk-otter ✓ finished in 3.2 s · loss 0.1234 · since #40: lr 0.1 → 0.01'
    """
    state = card["status"]
    parts = [f"{card['title']} {state['glyph']} {state['word']} {time_text(card)}"]
    parts += [f"{metric['key']} {metric['text']}" for metric in card["metrics"]]
    if changed := ", ".join(change_text(change) for change in card["changes"]):
        more = f", {card['more_changes']} more" if card["more_changes"] else ""
        parts.append(f"{card['label']}: {changed}{more}")
    if card["error"]:
        parts.append(card["error"])
    return " · ".join(parts)


def time_text(card: CardData) -> str:
    """``in 3 min 5 s``, or since when the run is open and how far it is."""
    if card["seconds"] is not None:
        return f"in {duration(card['seconds'])}"
    since = f"since {card['started_at']}"
    return f"{since}, {card['progress']}" if card["progress"] else since


def change_text(change: ChangeData) -> str:
    """``lr 0.1 → 0.01``, ``depth 6`` where nothing was, ``− dropout`` where nothing is."""
    key, before, after = change["key"], change["before"], change["after"]
    if after is None:
        return f"− {key}"
    return f"{key} {after}" if before is None else f"{key} {before} → {after}"


def change_data(key: str, before: str | None, after: str | None) -> ChangeData:
    """A param before and now as a card shows it; None where it was not set."""
    return ChangeData(
        key=one_line(key, _LONGEST),
        before=None if before is None else param_value(before, _LONGEST),
        after=None if after is None else param_value(after, _LONGEST),
        exact=one_line(after or before or "", _LONGEST_TITLE),
    )


def _reason(error: str | None) -> str | None:
    """The first line of a message; of a traceback, the line that names the exception."""
    lines = [line for line in (error or "").splitlines() if line.strip()]
    if not lines:
        return None
    named = [line for line in lines[1:] if _EXCEPTION.match(line)]
    is_traceback = lines[0].startswith("Traceback")
    return one_line(named[-1] if is_traceback and named else lines[0], _LONGEST_ERROR)
