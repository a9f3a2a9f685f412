"""Charts of runs as plain specs in Plotly's schema: ``{data, layout}``, without Plotly.

They take on the theme around them: nothing has a background, and lines and texts are of a grey
that can be read on a light and on a dark page. All numbers are finite, all words are numbered
and named by ticks, and names are `inert`: Plotly guesses nothing.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels.charts.axes import (
    LINES,
    MOST_TICKS,
    SCALE,
    Spec,
    axis,
    colour_bar,
    colours,
    finite,
    hover,
    layout,
    left_out,
    noting,
    places,
    span,
    spread,
)
from jupyter_mltrack.panels.charts.data import ChartRuns, inert
from jupyter_mltrack.panels.charts.parallel import parallel_coordinates
from jupyter_mltrack.panels.interpolation import surface
from jupyter_mltrack.panels.palette import RUN_COLOURS, run_colour

if TYPE_CHECKING:
    from jupyter_mltrack.store.curves import Axis, Curves

__all__ = ["Spec", "bar", "box", "contour", "curves", "parallel_coordinates", "scatter"]

Runs = ChartRuns | Iterable[Run]

_FEWEST_FOR_SURFACE = 4
_MOST_FOR_SURFACE = 2000
_GRID_SIZE = 48
_X_TITLES: dict[str, str] = {"step": "step", "time": "time", "relative": "seconds since start"}
_DASHES = ("solid", "dash", "dot", "dashdot", "longdash")
_HOVER = "%{hovertext}<extra></extra>"


def scatter(
    runs: Runs,
    x: str,
    y: str,
    colour: str | None = None,
    *,
    log_x: bool = False,
    log_y: bool = False,
) -> Spec:
    """A point for each run that has both fields.

    Args:
        runs: The runs.
        x: A field such as ``params.lr`` or ``metrics.loss``.
        y: Another.
        colour: A third, shown by colour; None gives each run its own.
        log_x: Whether x grows by factors; what is not positive is left out.
        log_y: The same for y.

    Raises:
        InvalidParameterValue: if no run has one of the fields.
    """
    table = ChartRuns.of(runs)
    across, up = table.column(x), table.column(y)
    by = table.column(colour) if colour else None
    xs, ys = places(across, log=log_x), places(up, log=log_y)
    shown = [n for n in range(len(table)) if xs[n] is not None and ys[n] is not None]
    marker: Spec = {"size": 9, "opacity": 0.85, "line": {"width": 1, "color": "rgba(0,0,0,0.2)"}}
    if by is None:
        marker["color"] = [run_colour(table.ids[n]) for n in shown]
    else:
        marker |= colours(by, shown)
    trace = {
        "type": "scatter",
        "mode": "markers",
        "x": [xs[n] for n in shown],
        "y": [ys[n] for n in shown],
        "marker": marker,
        "customdata": [table.ids[n] for n in shown],
        "hovertext": hover(table, [across, up, *([by] if by else [])], shown),
        "hovertemplate": _HOVER,
    }
    around = layout(xaxis=axis(across, log=log_x), yaxis=axis(up, log=log_y))
    return {"data": [trace], "layout": noting(around, left_out(len(table) - len(shown)))}


def contour(
    runs: Runs, x: str, y: str, z: str, *, log_x: bool = False, log_y: bool = False
) -> Spec:
    """A metric over two fields: the runs as points, and between them an interpolated surface.

    Nothing is drawn beyond the runs: the surface ends at their convex hull.

    Args:
        runs: The runs.
        x: A field such as ``params.lr``.
        y: Another.
        z: The field that is the height.
        log_x: Whether x grows by factors.
        log_y: The same for y.

    Raises:
        InvalidParameterValue: if no run has one of the fields, or there are too few runs to
            draw a surface between.
    """
    table = ChartRuns.of(runs)
    across, up, height = table.column(x), table.column(y), table.column(z)
    xs, ys = places(across, log=log_x), places(up, log=log_y)
    zs = places(height)
    placed = [(xs[n], ys[n], zs[n]) for n in range(len(table))]
    shown = [n for n, place in enumerate(placed) if None not in place]
    used = [
        (x, y, z)
        for x, y, z in (placed[n] for n in spread(shown, _MOST_FOR_SURFACE))
        if x is not None and y is not None and z is not None
    ]
    wide = _Scale([x for x, _, _ in used], log=log_x and across.kind == "number")
    tall = _Scale([y for _, y, _ in used], log=log_y and up.kind == "number")
    spots = [(wide.share(x), tall.share(y)) for x, y, _ in used]
    grid = surface(spots, [z for _, _, z in used], _GRID_SIZE)
    if grid is None or len(used) < _FEWEST_FOR_SURFACE:
        msg = (
            f"A contour needs {_FEWEST_FOR_SURFACE} runs or more with different {across.label} and"
            f" {up.label} that do not lie on one line; {len(shown)} have all three values."
            " Use a scatter plot."
        )
        raise InvalidParameterValue(msg)
    rows = [[None if math.isnan(value) else value for value in row] for row in grid.tolist()]
    area = {
        "type": "contour",
        "x": wide.steps(_GRID_SIZE),
        "y": tall.steps(_GRID_SIZE),
        "z": rows,
        "colorscale": SCALE,
        "colorbar": colour_bar(height),
        "line": {"width": 0.5},
        "hoverinfo": "skip",
    }
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [xs[n] for n in shown],
        "y": [ys[n] for n in shown],
        "marker": {"size": 8, "color": "#ffffff", "line": {"width": 1.5, "color": "#222222"}},
        "customdata": [table.ids[n] for n in shown],
        "hovertext": hover(table, [across, up, height], shown),
        "hovertemplate": _HOVER,
    }
    note = f"interpolated between {len(used)} runs by inverse distance"
    note += left_out(len(table) - len(shown), ", ")
    around = layout(xaxis=axis(across, log=log_x), yaxis=axis(up, log=log_y))
    return {"data": [area, points], "layout": noting(around, note)}


def box(runs: Runs, y: str, by: str | None = None, *, log_y: bool = False) -> Spec:
    """How a field is spread, for all runs or for each value of another field.

    Args:
        runs: The runs.
        y: The field, such as ``metrics.loss``.
        by: One box for each value of this field, such as ``params.optimizer``.
        log_y: Whether y grows by factors.

    Raises:
        InvalidParameterValue: if no run has one of the fields, or one has too many values.
    """
    table = ChartRuns.of(runs)
    up = table.column(y)
    ys = places(up, log=log_y)
    groups = table.column(by) if by else None
    values = groups.texts() if groups else [""] * len(table)
    words = groups.words() if groups else [""]
    if len(words) > MOST_TICKS:
        msg = f"{by} has {len(words)} values: at most {MOST_TICKS} boxes can be told apart."
        raise InvalidParameterValue(msg)
    data = []
    for nth, word in enumerate(words):
        inside = [n for n in range(len(table)) if values[n] == word and ys[n] is not None]
        data.append(
            {
                "type": "box",
                "x": [nth] * len(inside),
                "y": [ys[n] for n in inside],
                "name": word,
                "boxpoints": "all",
                "jitter": 0.4,
                "pointpos": 0,
                "marker": {"size": 5, "color": RUN_COLOURS[nth % len(RUN_COLOURS)]},
                "line": {"width": 1.5},
                "customdata": [table.ids[n] for n in inside],
                "hovertext": hover(table, [up, *([groups] if groups else [])], inside),
                "hovertemplate": _HOVER,
            }
        )
    ticks = {"tickvals": list(range(len(words))), "ticktext": words, "zeroline": False}
    title = {"text": groups.label if groups else ""}
    around = layout(xaxis={**LINES, **ticks, "title": title}, yaxis=axis(up, log=log_y))
    around["showlegend"] = False
    return {"data": data, "layout": noting(around, left_out(sum(y is None for y in ys)))}


def bar(runs: Runs, y: str, *, log_y: bool = False) -> Spec:
    """A bar for each run, as high as its value of a field.

    Args:
        runs: The runs.
        y: The field, such as ``metrics.loss``.
        log_y: Whether y grows by factors.

    Raises:
        InvalidParameterValue: if no run has the field.
    """
    table = ChartRuns.of(runs)
    up = table.column(y)
    ys = places(up, log=log_y)
    shown = [n for n in range(len(table)) if ys[n] is not None]
    trace = {
        "type": "bar",
        "x": list(range(len(shown))),
        "y": [ys[n] for n in shown],
        "marker": {"color": [run_colour(table.ids[n]) for n in shown]},
        "customdata": [table.ids[n] for n in shown],
        "hovertext": hover(table, [up], shown),
        "hovertemplate": _HOVER,
    }
    ticked = spread(list(range(len(shown))), MOST_TICKS)
    names = [table.names[shown[n]] for n in ticked]
    across = {**LINES, "tickvals": ticked, "ticktext": names, "title": {"text": ""}}
    around = layout(xaxis=across, yaxis=axis(up, log=log_y))
    return {"data": [trace], "layout": noting(around, left_out(len(table) - len(shown)))}


def curves(
    runs: Runs, found: Curves, keys: Sequence[str], *, along: Axis = "step", log_y: bool = False
) -> Spec:
    """Histories of metrics, one below the other, with a band from lowest to highest.

    Args:
        runs: The runs, in the order in which ``found`` numbers them.
        found: What the store says of them.
        keys: The metrics, in the order in which ``found`` numbers them.
        along: What x is.
        log_y: Whether y grows by factors.
    """
    table = ChartRuns.of(runs)
    around = layout(**_stacked(keys, along, log_y=log_y))
    around |= {"showlegend": True, "height": 300 + 220 * (max(1, len(keys)) - 1)}
    dashes = _dashes(table.ids)
    data: list[Spec] = []
    named: set[int] = set()
    for one in found.series:
        rows = slice(one.first, one.first + one.size)
        xs: list[Any] = found.x[rows].tolist()
        xs = [value * 1000 for value in xs] if along == "time" else xs
        place = "" if one.key == 0 else str(one.key + 1)
        shared = {
            "type": "scatter",
            "mode": "markers" if one.size == 1 else "lines",
            "x": xs,
            "xaxis": f"x{place}",
            "yaxis": f"y{place}",
            "legendgroup": table.ids[one.run],
        }
        colour = run_colour(table.ids[one.run])
        if not one.whole:
            data += _band(found, rows, colour, shared)
        line = {
            "y": [finite(value) for value in found.mean[rows].tolist()],
            "line": {"color": colour, "width": 1.8, "dash": dashes[one.run]},
            "marker": {"color": colour},
            "name": table.names[one.run],
            "showlegend": one.run not in named,
        }
        data.append(shared | line)
        named.add(one.run)
    return {"data": data, "layout": around}


def _stacked(keys: Sequence[str], along: Axis, *, log_y: bool) -> Spec:
    """A pair of axes for each metric, one below the other, zoomed together."""
    axes: Spec = {}
    gap = 0.1 / max(1, len(keys))
    for nth, key in enumerate(keys):
        place = str(nth + 1) if nth else ""
        is_last = nth == len(keys) - 1
        axes[f"yaxis{place}"] = {
            **LINES,
            "type": "log" if log_y else "linear",
            "domain": [1 - (nth + 1) / len(keys) + (0 if is_last else gap), 1 - nth / len(keys)],
            "title": {"text": inert(key)},
        }
        axes[f"xaxis{place}"] = {
            **LINES,
            "type": "date" if along == "time" else "linear",
            "anchor": f"y{place}",
            "title": {"text": _X_TITLES[along] if is_last else ""},
            **({"matches": "x"} if nth else {}),
        }
    return axes


def _band(found: Curves, rows: slice, colour: str, shared: Spec) -> list[Spec]:
    """The area between the lowest and the highest values; two lines, the second filled to it."""
    quiet = {**shared, "showlegend": False, "hoverinfo": "skip", "line": {"width": 0}}
    red, green, blue = (int(colour[at : at + 2], 16) for at in (1, 3, 5))
    fill = {"fill": "tonexty", "fillcolor": f"rgba({red},{green},{blue},0.18)"}
    lowest = [finite(value) for value in found.lowest[rows].tolist()]
    highest = [finite(value) for value in found.highest[rows].tolist()]
    return [{**quiet, "y": lowest}, {**quiet, **fill, "y": highest}]


def _dashes(ids: Sequence[str]) -> list[str]:
    """How each line is drawn: runs that share a colour differ in this."""
    met: dict[str, int] = {}
    dashes = []
    for run_id in ids:
        colour = run_colour(run_id)
        dashes.append(_DASHES[met.get(colour, 0) % len(_DASHES)])
        met[colour] = met.get(colour, 0) + 1
    return dashes


class _Scale:
    """Places on an axis as shares of its span."""

    def __init__(self, values: Sequence[float], *, log: bool) -> None:
        self._log = log
        self.low, self.high = span([self._inner(value) for value in values])

    def _inner(self, value: float) -> float:
        return math.log10(value) if self._log else value

    def share(self, value: float) -> float:
        """From 0 to 1; halves keep the span of huge numbers finite."""
        return (self._inner(value) / 2 - self.low / 2) / (self.high / 2 - self.low / 2)

    def steps(self, count: int) -> list[float]:
        """So many places, evenly from one end to the other."""
        shares = [nth / (count - 1) for nth in range(count)]
        inner = [self.low * (1 - share) + self.high * share for share in shares]
        return [10.0**value for value in inner] if self._log else inner
