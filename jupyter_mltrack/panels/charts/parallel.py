"""Parallel coordinates in Plotly's schema: an axis for each field, a line for each run."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels.charts.axes import (
    MOST_TICKS,
    Spec,
    colours,
    finite,
    layout,
    places,
    powers,
    span,
    spread,
)
from jupyter_mltrack.panels.charts.data import ChartRuns, Column
from jupyter_mltrack.panels.wording import number

_MOST_PARAMS, _MOST_METRICS = 7, 3
_GAP = 0.12  # of an axis, between the lowest number and the tick of what is none
_TICKS = 5


def parallel_coordinates(
    runs: ChartRuns | Iterable[Run],
    columns: Sequence[str] | None = None,
    colour: str | None = None,
    *,
    log: Sequence[str] = (),
) -> Spec:
    """An axis for each field and a line for each run; what is no number has its own tick.

    Args:
        runs: The runs.
        columns: The fields, such as ``params.lr`` and ``metrics.loss``; None for params and
            metrics that differ.
        colour: The field that gives the lines their colour; None for the last metric.
        log: Those of the fields whose axis grows by factors.

    Raises:
        InvalidParameterValue: if no run has one of the fields, or no field differs.
    """
    table = ChartRuns.of(runs)
    fields = list(columns) if columns is not None else _differing(table)
    if not fields:
        msg = "No param and no metric differs among these runs: name the columns to show."
        raise InvalidParameterValue(msg)
    shown = [table.column(field) for field in fields]
    logs = {table.column(field).field for field in log}
    numbers = [column for column in shown if column.kind == "number"]
    by = table.column(colour) if colour else (numbers or shown)[-1]
    trace: Spec = {
        "type": "parcoords",
        "dimensions": [_dimension(column, log=column.field in logs) for column in shown],
        "customdata": table.ids,
        "tickfont": {"shadow": "none"},  # a white one is drawn on a dark page
        "labelangle": -20 if len(shown) > _MOST_PARAMS else 0,
        "line": colours(by, range(len(table))) if len(table) else {},
        "unselected": {"line": {"color": "#999999", "opacity": 0.15}},
    }
    around = layout()
    around["margin"] = {"l": 80, "r": 40, "t": 90 if trace["labelangle"] else 60, "b": 30}
    return {"data": [trace], "layout": around}


def _differing(runs: ChartRuns) -> list[str]:
    fields = runs.differing("params.")[:_MOST_PARAMS] + runs.differing("metrics.")[:_MOST_METRICS]
    return fields or (runs.fields("params.") + runs.fields("metrics."))[:_MOST_PARAMS]


def _dimension(column: Column, *, log: bool) -> Spec:
    """One axis: places, and ticks for all that the places stand for."""
    values = places(column, log=log)
    if column.kind == "category":
        _, words = column.coded()
        ticked = spread(list(range(len(words))), MOST_TICKS)
        ticks, texts = [float(nth) for nth in ticked], [words[nth] for nth in ticked]
        low, high = 0.0, max(1.0, len(words) - 1.0)
    else:
        log = log and any(value is not None for value in values)
        values = [math.log10(v) if log and v is not None else v for v in values]
        low, high = span([value for value in values if value is not None])
        ticks, texts = powers(low, high) if log else _even(low, high)
    if None in values:
        nowhere = low - _GAP * high + _GAP * low
        values = [nowhere if value is None else value for value in values]
        ticks, texts, low = [nowhere, *ticks], [_word_for_none(column, log=log), *texts], nowhere
    return {
        "label": column.label,
        "values": values,
        "tickvals": ticks,
        "ticktext": texts,
        "range": [low, high],
    }


def _word_for_none(column: Column, *, log: bool) -> str:
    """What is true of all runs that have no place on an axis."""
    words = []
    if None in column.values:
        words.append("missing")
    numbers = [value for value in column.values if isinstance(value, float)]
    if any(math.isnan(value) for value in numbers):
        words.append("NaN")
    if any(math.isinf(value) for value in numbers):
        words.append("∞")
    if log and any((finite(value) or 1) <= 0 or value == 0 for value in numbers):
        words.append("≤ 0")
    return ", ".join(words)


def _even(low: float, high: float) -> tuple[list[float], list[str]]:
    """Ticks at round numbers, and at both ends if there are none."""
    rough = high / _TICKS - low / _TICKS
    size = 10.0 ** math.floor(math.log10(rough))
    step = next(size * times for times in (1, 2, 5, 10) if size * times >= rough)
    first = math.ceil(low / step)
    ticks = [nth * step for nth in range(first, math.floor(high / step) + 1)]
    ticks = ticks if len(ticks) > 1 else [low, high]
    return ticks, [number(float(f"{tick:.12g}")) for tick in ticks]
