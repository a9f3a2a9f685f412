"""Parallel coordinates and curves in a browser, beside Plotly's widgets of the same numbers."""

from __future__ import annotations

from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.panels_page import Seen, Stopwatch

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.benchmarks.setting import Setting

#: The label below the lines tells what Python has: the ids first, then the rows of `selected`.
PARALLEL = """\
import ipywidgets
lines = ParallelPanel(client, ids)
counted, framed = ipywidgets.Label("-"), ipywidgets.Label("-")
def tell(change):
    counted.value = f"{len(lines.selected_ids)} ids"
    framed.value = f"{len(lines.selected)} rows"
lines.observe(tell, "selected_ids")
ipywidgets.VBox([lines, counted, framed])"""
PLOTLY_PARALLEL = """\
import ipywidgets
import pandas as pd
import plotly.graph_objects as go
table = mlt.search_runs(["0"], max_results=len(ids))
shown = [column for column in axes if column in table]
dimensions = []
for column in shown:
    numbers = pd.to_numeric(table[column], errors="coerce")
    codes = pd.factorize(table[column])[0]
    dimensions.append({"label": column, "values": codes if numbers.isna().all() else numbers})
figure = go.FigureWidget(go.Parcoords(dimensions=dimensions, line={"color": table[shown[-1]]}))
counted = ipywidgets.Label("-")
def tell(_, stretch):
    numbers = pd.Series(figure.data[0].dimensions[0]["values"])
    counted.value = f"{len(table[numbers.between(*stretch).to_numpy()])} rows"
figure.data[0].dimensions[0].on_change(tell, "constraintrange")
ipywidgets.VBox([figure, counted])"""
CURVES = """\
from jupyter_mltrack.panels.curves import CurvesPanel
CurvesPanel(points_client, points_ids, keys=["metric_0"])"""
PLOTLY_CURVES = """\
import plotly.graph_objects as go
found = points_client.sql(
    "SELECT run_id, step, value FROM metric_history WHERE key = 'metric_0' ORDER BY run_id, step")
go.FigureWidget([
    go.Scattergl(x=one["step"], y=one["value"], name=run, mode="lines")
    for run, one in found.groupby("run_id")])"""

_HAS_INK = "clock.ink(out).some(Boolean)"
_LABELS = "[...out.querySelectorAll('.widget-label')].map(one => one.textContent)"
_LONG_DRAG_PX = 90


def measure_parallel(setting: Setting, watch: Stopwatch, cell: int, runs: int) -> Iterator[Figure]:
    """Draw the lines some times; brush an axis."""
    seen = [watch.cell_drawn(cell, _HAS_INK) for _ in range(1 + setting.rounds)][1:]
    what = f"parallel coordinates of {runs:,} runs"
    yield from _drawn(what, "ours", seen, limit_ms=1_000)
    pairs = []
    for number in range(setting.rounds):
        tests = [f"{_changed(0)}", f"{_changed(1)}"]
        _remember(watch, cell)
        pairs.append(watch.drag_until(cell, _OurDrag(number), tests))
    for place, words in enumerate(("the ids in Python", "panel.selected, a DataFrame")):
        yield Figure(
            what=f"{what}, brush to {words}",
            contender="ours",
            value=median(pair[place] for pair in pairs),
            unit=Unit.NS,
            at_most=300e6,
        )


def measure_plotly_parallel(
    setting: Setting, watch: Stopwatch, cell: int, runs: int
) -> Iterator[Figure]:
    """The same lines by Plotly, and its brush."""
    rounds = min(setting.rounds, 2)
    seen = [watch.cell_drawn(cell, "out.querySelector('.parcoords')") for _ in range(1 + rounds)]
    what = f"parallel coordinates of {runs:,} runs"
    yield from _drawn(what, "plotly_widget", seen[1:])
    spent = []
    for number in range(rounds):
        _remember(watch, cell)
        spent += watch.drag_until(cell, _PlotlyDrag(number), [_changed(0)])
    yield Figure(
        what=f"{what}, brush to panel.selected, a DataFrame",
        contender="plotly_widget",
        value=median(spent),
        unit=Unit.NS,
    )


def measure_curves(
    setting: Setting, watch: Stopwatch, cell: int, words: str, contender: str = "ours"
) -> Iterator[Figure]:
    """Draw the curves some times."""
    ours = contender == "ours"
    begun = _HAS_INK if ours else "out.querySelector('.main-svg')"
    rounds = setting.rounds if ours else min(setting.rounds, 2)
    seen = [watch.cell_drawn(cell, begun) for _ in range(1 + rounds)][1:]
    yield from _drawn(f"curves of {words}", contender, seen, limit_ms=1_000 if ours else None)
    yield Figure(
        what=f"curves of {words}, over the websocket",
        contender=contender,
        value=median(one.received for one in seen) / 1e6,
        unit=Unit.MB,
        at_most=1 if ours else None,
    )


class _OurDrag:
    """Drags along the first axis of ours, a bit longer each time."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, watch: Stopwatch, output: Locator) -> None:
        header = output.locator(".jp-mltrack-parallel-name").first.bounding_box()
        canvas = output.locator(".jp-mltrack-parallel-wide canvas").last.bounding_box()
        assert header is not None
        assert canvas is not None
        x = header["x"] + header["width"] / 2
        _drag(watch, x, canvas["y"] + 60, _LONG_DRAG_PX + 12 * self._number)


class _PlotlyDrag:
    """Drags along the first axis of Plotly's, a bit longer each time."""

    def __init__(self, number: int) -> None:
        self._number = number

    def __call__(self, watch: Stopwatch, output: Locator) -> None:
        axis = output.locator(".parcoords .axis-brush .background").first.bounding_box()
        assert axis is not None
        x = axis["x"] + axis["width"] / 2
        _drag(watch, x, axis["y"] + 60, _LONG_DRAG_PX + 12 * self._number)


def _drag(watch: Stopwatch, x: float, y: float, down: int) -> None:
    mouse = watch.page.mouse
    mouse.move(x, y)
    mouse.down()
    for part in (0.3, 0.7, 1):
        mouse.move(x, y + down * part)
    mouse.up()


def _remember(watch: Stopwatch, cell: int) -> None:
    """Keep what the labels say, and see the whole panel."""
    watch.page.wait_for_timeout(500)
    watch.notebook.output(cell).scroll_into_view_if_needed()
    watch.page.evaluate(
        f"cell => {{ const out = window.mltrackClock.output(cell);"
        f" window.mltrackBefore = {_LABELS}; }}",
        cell,
    )


def _changed(label: int) -> str:
    return f"{_LABELS}[{label}] !== window.mltrackBefore[{label}]"


def _drawn(
    what: str, contender: str, seen: list[Seen], limit_ms: int | None = None
) -> Iterator[Figure]:
    yield Figure(
        what=f"{what}, drawn",
        contender=contender,
        value=median(one.ns for one in seen),
        unit=Unit.NS,
        note=f"{median(one.received for one in seen) / 1e6:.2f} MB, median of {len(seen)}",
        at_most=limit_ms * 1e6 if limit_ms else None,
    )
