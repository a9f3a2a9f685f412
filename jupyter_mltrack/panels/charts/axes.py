"""What the charts of charts.py share: places on axes, ticks, colours, the layout around them."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from jupyter_mltrack.panels.charts.data import ChartRuns, Column
from jupyter_mltrack.panels.wording import number

#: A chart, or a part of one, in Plotly's schema.
Spec = dict[str, Any]

SCALE = "Viridis"
MOST_TICKS = 30
_INK, _GRID, _MISSING = "#888888", "rgba(136,136,136,0.25)", "#999999"
_LARGEST = 1e300  # beyond, the span of an axis would no longer be finite

#: The lines of an axis.
LINES: Spec = {
    "gridcolor": _GRID,
    "zerolinecolor": _GRID,
    "linecolor": _INK,
    "automargin": True,
    "exponentformat": "power",
}


def layout(**axes: Spec) -> Spec:
    """The layout of a chart, of no theme."""
    return {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": _INK, "size": 12},
        "colorway": ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00"],
        "margin": {"l": 60, "r": 20, "t": 30, "b": 50},
        "height": 420,
        "hovermode": "closest",
        "showlegend": False,
        **axes,
    }


def noting(made: Spec, note: str) -> Spec:
    """A layout with a sentence above the chart; an empty one is left out."""
    if note:
        place = {"xref": "paper", "yref": "paper", "x": 0, "y": 1, "yanchor": "bottom"}
        style = {"showarrow": False, "font": {"size": 11, "color": _INK}, "xanchor": "left"}
        made["annotations"] = [{**place, **style, "text": note}]
    return made


def left_out(count: int, before: str = "") -> str:
    """A remark on runs that a chart cannot show."""
    if not count:
        return ""
    return f"{before}{count} {'run' if count == 1 else 'runs'} without such values not shown"


def axis(column: Column, *, log: bool = False) -> Spec:
    """The axis of a column: words as ticks, numbers in powers of ten if ``log``."""
    made: Spec = {**LINES, "title": {"text": column.label}, "zeroline": False}
    if column.kind == "number":
        return {**made, "type": "log" if log else "linear"}
    _, words = column.coded()
    ticked = spread(list(range(len(words))), MOST_TICKS)
    made |= {"type": "linear", "tickvals": ticked, "ticktext": [words[n] for n in ticked]}
    return {**made, "range": [-0.5, max(0.5, len(words) - 0.5)]}


def places(column: Column, *, log: bool = False) -> list[float | None]:
    """Where each run is on an axis; None where it has no place there."""
    if column.kind == "category":
        return column.coded()[0]
    values = [finite(value) for value in column.values]
    return [None if log and value is not None and value <= 0 else value for value in values]


def finite(value: float | None) -> float | None:
    """A number that an axis can hold; None for NaN and the infinite."""
    if value is None or not math.isfinite(value):
        return None
    return max(-_LARGEST, min(_LARGEST, value))


def span(values: Sequence[float]) -> tuple[float, float]:
    """The lowest and the highest of some numbers, never equal."""
    low, high = min(values, default=0.0), max(values, default=1.0)
    if low < high:
        return low, high
    margin = abs(low) / 10 or 0.5
    return low - margin, high + margin


def colours(column: Column, shown: Sequence[int]) -> Spec:
    """Colour by a column, with the bar that explains it; what has no value is grey.

    Args:
        column: The values, one for each run.
        shown: The indexes of the runs that are drawn.
    """
    values = [places(column)[nth] for nth in shown]
    low, high = span([value for value in values if value is not None])
    known: Spec = {"colorscale": SCALE, "cmin": low, "cmax": high, "colorbar": colour_bar(column)}
    if None not in values:
        return {**known, "color": values}
    below = low - (high - low) / 20  # a grey step under the scale
    grey = [[0.0, _MISSING], [0.04, _MISSING]]
    scale = [[0.04 + 0.96 * share, colour] for share, colour in _STOPS]
    return {
        **known,
        "colorscale": [*grey, *scale],
        "cmin": below,
        "color": [below if value is None else value for value in values],
    }


#: Some stops of Viridis (https://bids.github.io/colormap/).
_STOPS = (
    (0.0, "#440154"),
    (0.25, "#3b528b"),
    (0.5, "#21918c"),
    (0.75, "#5ec962"),
    (1.0, "#fde725"),
)


def colour_bar(column: Column) -> Spec:
    """What a colour means."""
    made: Spec = {"title": {"text": column.label}, "thickness": 12, "outlinewidth": 0}
    if column.kind == "category":
        _, words = column.coded()
        ticked = spread(list(range(len(words))), MOST_TICKS)
        made |= {"tickvals": ticked, "ticktext": [words[nth] for nth in ticked]}
    return made


def hover(runs: ChartRuns, columns: Sequence[Column], shown: Sequence[int]) -> list[str]:
    """What is said of each point: the run, and its values."""
    texts = [(column.label, column.texts()) for column in columns]
    return [
        "<br>".join([f"<b>{runs.names[nth]}</b>", *(f"{label}: {t[nth]}" for label, t in texts)])
        for nth in shown
    ]


def spread(numbers: Sequence[int], most: int) -> list[int]:
    """At most so many of some numbers, evenly taken."""
    if len(numbers) <= most:
        return list(numbers)
    return [numbers[nth * len(numbers) // most] for nth in range(most)]


def powers(low: float, high: float) -> tuple[list[float], list[str]]:
    """Ticks of an axis that holds logarithms to base 10: where, and the numbers they stand for."""
    first, last = math.floor(low), math.ceil(high)
    step = max(1, math.ceil((last - first) / 8))
    whole = [float(power) for power in range(first, last + 1, step) if low <= power <= high]
    if len(whole) > 1:
        return whole, [number(10.0**power) for power in whole]
    ends = [low, (low + high) / 2, high]
    return ends, [number(10.0**power) for power in ends]
