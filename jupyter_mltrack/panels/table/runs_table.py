"""The table of runs as data: which columns there are, and what stands in them."""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Sequence
from typing import Literal, TypedDict

from jupyter_mltrack.entities import Run
from jupyter_mltrack.panels.comparison import Direction, best, direction, equal_keys, keys_of
from jupyter_mltrack.panels.palette import run_colour
from jupyter_mltrack.panels.wording import (
    duration,
    exact,
    identity,
    moment,
    numbers,
    one_line,
    param_value,
    parsed,
    seconds_of,
    status,
)

#: What an empty table shows: a cell that makes a first run.
STARTER = """\
import jupyter_mltrack as mlt

with mlt.start_run():
    mlt.log_param("learning_rate", 0.01)
    for step in range(10):
        mlt.log_metric("loss", 1 / (step + 1), step=step)
"""

MOST_COLUMNS = 40
_LONGEST_TEXT = 60
_LONGEST_TITLE = 500

Kind = Literal["status", "run", "started", "duration", "metric", "param"]
SortDirection = Literal["ascending", "descending"]


class Column(TypedDict):
    """One column, all rows of it.

    Attributes:
        kind: What is in it, and so how it is drawn and where it is grouped.
        label: What its header says.
        hint: More about it, on hover.
        numeric: Whether it holds numbers, to be aligned at the right.
        first: How a first click sorts it.
        values: What to sort by; None, that is also NaN, comes last.
        texts: What to show.
        titles: The whole value, on hover; None where it is the text.
        best: The rows of the best values.
    """

    kind: Kind
    label: str
    hint: str
    numeric: bool
    first: SortDirection
    values: list[float | str | None]
    texts: list[str]
    titles: list[str | None]
    best: list[int]


class Equal(TypedDict):
    """What is the same in all runs: one line that opens to names and values."""

    label: str
    lines: list[str]


class Table(TypedDict):
    """All that the panel draws; one entry per run in each list and in each column.

    Attributes:
        summary: How many runs, and how long it took to find them.
        omitted: How many columns are not shown because there are too many.
        starter: The cell to begin with, if there are no runs at all.
    """

    ids: list[str]
    colours: list[str]
    tones: list[str]
    columns: list[Column]
    equal: Equal | None
    omitted: int
    summary: str
    starter: str | None


def runs_table(runs: Sequence[Run], *, milliseconds: float = 0, query: str = "") -> Table:
    """The table of some runs: metrics and params that differ are columns, others are folded.

    Args:
        runs: The runs, in the order to show them.
        milliseconds: How long it took to find them.
        query: The filter that found them.
    """
    metrics = [run.data.metrics for run in runs]
    params = [run.data.params for run in runs]
    same_metrics, same_params = equal_keys(metrics), equal_keys(params)
    columns = [_metric(runs, key) for key in keys_of(metrics) if key not in set(same_metrics)]
    columns += [_param(runs, key) for key in keys_of(params) if key not in set(same_params)]
    count = "1 run" if len(runs) == 1 else f"{len(runs):,} runs"
    return Table(
        ids=[run.info.run_id for run in runs],
        colours=[run_colour(run.info.run_id) for run in runs],
        tones=[status(run.info.status).tone for run in runs],
        columns=[make(runs) for make in _ABOUT_RUNS] + columns[:MOST_COLUMNS],
        equal=_equal(runs, same_metrics, same_params),
        omitted=max(0, len(columns) - MOST_COLUMNS),
        summary=f"{count} · {milliseconds:.0f} ms",
        starter=None if runs or query else STARTER,
    )


def _status(runs: Sequence[Run]) -> Column:
    states = [status(run.info.status) for run in runs]
    return Column(
        kind="status",
        label="",
        hint="status",
        numeric=False,
        first="ascending",
        values=[state.word for state in states],
        texts=[state.glyph for state in states],
        titles=[state.word for state in states],
        best=[],
    )


def _run(runs: Sequence[Run]) -> Column:
    return Column(
        kind="run",
        label="Run",
        hint="number and name",
        numeric=False,
        first="descending",
        values=[run.info.number or run.info.run_name for run in runs],
        texts=[identity(run.info) for run in runs],
        titles=[run.info.run_id for run in runs],
        best=[],
    )


def _started(runs: Sequence[Run]) -> Column:
    moments = [moment(run.info.start_time) for run in runs]
    return Column(
        kind="started",
        label="Started",
        hint="when the run began",
        numeric=True,
        first="descending",
        values=[run.info.start_time for run in runs],
        texts=[text[:16] for text in moments],
        titles=list(moments),
        best=[],
    )


def _duration(runs: Sequence[Run]) -> Column:
    lengths = [seconds_of(run.info) for run in runs]
    return Column(
        kind="duration",
        label="Duration",
        hint="from start to end",
        numeric=True,
        first="descending",
        values=list(lengths),
        texts=["" if length is None else duration(length) for length in lengths],
        titles=[None if length is None else f"{length:.3f} s" for length in lengths],
        best=[],
    )


_ABOUT_RUNS: tuple[Callable[[Sequence[Run]], Column], ...] = (_status, _run, _started, _duration)

_BETTER = {
    "lower": "the lowest is bold, as lower is better by the name",
    "higher": "the highest is bold, as higher is better unless the name says otherwise",
}


def _metric(runs: Sequence[Run], key: str) -> Column:
    values = [run.data.metrics.get(key) for run in runs]
    texts = numbers(values)
    wanted: Direction | None = direction(key)
    winners = best(values, wanted)
    hint = one_line(key, _LONGEST_TITLE)
    return Column(
        kind="metric",
        label=one_line(key, _LONGEST_TEXT),
        hint=f"{hint}: {_BETTER[wanted]}" if wanted and winners else hint,
        numeric=True,
        first="ascending" if wanted == "lower" else "descending",
        values=[_sortable(value) for value in values],
        texts=texts,
        titles=[
            None if value is None or (full := exact(value)) == text else full
            for value, text in zip(values, texts, strict=True)
        ],
        best=winners,
    )


def _param(runs: Sequence[Run], key: str) -> Column:
    raw = [run.data.params.get(key) for run in runs]
    values = [None if text is None else parsed(text) for text in raw]
    numeric = all(
        text is None or value is not None for text, value in zip(raw, values, strict=True)
    )
    texts = ["" if text is None else param_value(text, _LONGEST_TEXT) for text in raw]
    return Column(
        kind="param",
        label=one_line(key, _LONGEST_TEXT),
        hint=one_line(key, _LONGEST_TITLE),
        numeric=numeric,
        first="ascending",
        values=list(values)
        if numeric
        else [text and one_line(text, _LONGEST_TEXT) for text in raw],
        texts=texts,
        titles=[
            None if full in (None, text) else one_line(full, _LONGEST_TITLE)
            for full, text in zip(raw, texts, strict=True)
        ],
        best=[],
    )


def _sortable(value: float | None) -> float | None:
    """A metric's value as JSON can say it, in the same order; None for NaN."""
    if value is None or math.isnan(value):
        return None
    return max(-sys.float_info.max, min(sys.float_info.max, value))


def _equal(runs: Sequence[Run], metrics: Sequence[str], params: Sequence[str]) -> Equal | None:
    """The keys that all runs share, as '12 parameters, 1 metric equal'."""
    if not metrics and not params:
        return None
    data = runs[0].data
    lines = [(key, data.params[key]) for key in params]
    lines += [(key, exact(data.metrics[key])) for key in metrics]
    counts = [_counted(len(params), "parameter"), _counted(len(metrics), "metric")]
    return Equal(
        label=f"{', '.join(filter(None, counts))} equal",
        lines=[f"{one_line(key, _LONGEST_TEXT)} = {one_line(text, 200)}" for key, text in lines],
    )


def _counted(count: int, noun: str) -> str:
    """``12 parameters``, ``1 parameter``, or nothing."""
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""
