"""Parallel coordinates at rest: a picture of as many runs as fit, and plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from jupyter_mltrack.panels.markup import Html, element
from jupyter_mltrack.panels.palette import FONT, LINE, MUTED, TEXT, run_colour
from jupyter_mltrack.panels.parallel.arrangement import Arrangement
from jupyter_mltrack.panels.parallel.axes import Axis
from jupyter_mltrack.panels.parallel.colour_scale import scale_colour
from jupyter_mltrack.panels.wording import number, one_line
from jupyter_mltrack.store.columns import Columns

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_BYTES = 15_000
_MOST_AXES = 10
_STEP, _HEIGHT, _LANE = 90, 160, 22  # pixels: between axes, of an axis, and of what is missing
_BOX = f"color:{TEXT};font:13px/20px {FONT};overflow-x:auto"
_SMALL = f"color:{MUTED};font-size:12px"
_CELL = (
    f"width:{_STEP}px;max-width:{_STEP}px;padding:0;text-align:center;overflow:hidden;"
    "text-overflow:ellipsis;white-space:nowrap;font-weight:normal;background:none"
)


def parallel_html(
    axes: Sequence[Axis], runs: Columns, selected: NDArray[np.bool_], arranged: Arrangement
) -> str:
    """A picture of some of the selected runs, evenly taken, in HTML of at most 15 kB."""
    count = int(selected.sum())
    head = element("b", "Parallel coordinates")
    summary = f" {_counted(count, len(runs.run_ids))} over {len(axes)} axes"
    if not axes or not count:
        why = "Nothing differs among these runs." if not axes else "No run is in every brush."
        why = why if runs.run_ids else "There are no runs to compare."
        return element("div", head, summary, element("div", why, style=_SMALL), style=_BOX)
    drawn = axes[:_MOST_AXES]
    frame = _frame(head, summary, drawn, "", "")
    places = _drawn_shares(drawn, arranged)
    colours = _colours(axes, runs, arranged)
    lines = _lines(places, np.flatnonzero(selected), colours, MOST_BYTES - len(frame) - 500)
    said = (
        f"{len(lines):,} of {count:,} lines are drawn, evenly taken." if len(lines) < count else ""
    )
    if len(axes) > len(drawn):
        said += f" {len(axes) - len(drawn)} more axes."
    return _frame(head, summary, drawn, said.strip(), Html("".join(lines)))


def parallel_text(
    axes: Sequence[Axis], runs: Columns, selected: NDArray[np.bool_], filter_text: str
) -> str:
    """How many runs there are, the ends of the axes, and the brushes."""
    lines = [f"Parallel coordinates: {_counted(int(selected.sum()), len(runs.run_ids))}"]
    lines += [f"  {one_line(axis.key, 60)}: {' … '.join(_ends(axis))}" for axis in axes]
    return "\n".join([*lines, *([f"  brushed: {filter_text}"] if filter_text else [])])


def _counted(selected: int, runs: int) -> str:
    return f"{runs:,} runs" if selected == runs else f"{selected:,} of {runs:,} runs"


def _frame(head: Html, summary: str, axes: Sequence[Axis], said: str, lines: str) -> Html:
    """The names of the axes, the picture, and their lower ends, in the same columns."""
    ends = [_ends(axis) for axis in axes]
    width = _STEP * len(axes)
    picture = element(
        "svg",
        Html("".join(_axis_line(place) for place in range(len(axes)))),
        Html(lines),
        width=str(width),
        height=str(_HEIGHT + _LANE),
        fill="none",
        aria_hidden="true",
    )
    rows = [
        _row([one_line(axis.key, 24) for axis in axes], TEXT),
        _row([high for _, high in ends], MUTED),
        element("tr", element("td", picture, colspan=str(len(axes)), style="padding:0")),
        _row([low for low, _ in ends], MUTED),
    ]
    table = element(
        "table",
        element("tbody", *rows),
        style="border-collapse:collapse;table-layout:fixed;margin:4px 0;font:inherit",
    )
    note = element("div", said, style=_SMALL) if said else ""
    return element("div", element("div", head, summary), table, note, style=_BOX)


def _row(texts: Sequence[str], colour: str) -> Html:
    style = f"{_CELL};color:{colour}"
    return element("tr", *(element("td", text, style=style) for text in texts))


def _axis_line(place: int) -> Html:
    x = _STEP // 2 + _STEP * place
    return element("polyline", points=f"{x},0 {x},{_HEIGHT}", stroke=LINE)


def _ends(axis: Axis) -> tuple[str, str]:
    """What stands at the lower and the upper end."""
    if axis.choices:
        return one_line(axis.choices[0], 16) or "''", one_line(axis.choices[-1], 16) or "''"
    return number(axis.low), number(axis.high)


def _drawn_shares(axes: Sequence[Axis], arranged: Arrangement) -> NDArray[np.float64]:
    """How far down each run (row) is on each axis (column), in pixels."""
    columns = []
    for axis in axes:
        share = log_shares(axis) if axis.id in arranged.log else axis.shares().astype(np.float64)
        share = share if axis.id in arranged.flipped else 1 - share
        columns.append(np.where(np.isnan(share), _HEIGHT + _LANE - 2, 1 + share * (_HEIGHT - 2)))
    return np.stack(columns, axis=1)


def log_shares(axis: Axis) -> NDArray[np.float64]:
    """How far up each run is on a logarithmic axis."""
    if axis.low == axis.high:
        return axis.shares().astype(np.float64)
    values = np.where(axis.is_present, axis.values, np.nan)
    logs: NDArray[np.float64] = np.log(values / axis.low) / np.log(axis.high / axis.low)
    return logs


def _colours(axes: Sequence[Axis], runs: Columns, arranged: Arrangement) -> list[str]:
    coloured = next((axis for axis in axes if axis.id == arranged.colour), None)
    if coloured is None:
        return [run_colour(run) for run in runs.run_ids]
    shares = log_shares(coloured) if coloured.id in arranged.log else coloured.shares()
    return ["#888888" if np.isnan(share) else scale_colour(float(share)) for share in shares]


def _lines(
    places: NDArray[np.float64], selected: NDArray[np.intp], colours: Sequence[str], room: int
) -> list[Html]:
    """As many of the runs as fit into ``room`` bytes, at equal distances in their order."""
    longest = len(
        element("polyline", points=_points(places[selected[0]] * 0 + 999.9), stroke="#888888")
    )
    count = max(1, min(len(selected), room // longest))
    taken = selected[np.linspace(0, len(selected) - 1, count).round().astype(int)]
    return [element("polyline", points=_points(places[run]), stroke=colours[run]) for run in taken]


def _points(heights: NDArray[np.float64]) -> str:
    return " ".join(
        f"{_STEP // 2 + _STEP * place},{round(float(y), 1):g}" for place, y in enumerate(heights)
    )
