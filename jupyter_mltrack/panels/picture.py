"""Small pictures of charts for a saved notebook: SVG of lines and dots, without script or text.

What the axes mean stands around the picture as a table: it can be read where styles and SVG are
taken away, as on GitHub.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from jupyter_mltrack.panels.markup import Html, element
from jupyter_mltrack.panels.palette import LINE, MUTED, RUN_COLOURS, TEXT
from jupyter_mltrack.panels.wording import number, one_line

WIDTH, HEIGHT = 320, 132
_MARGIN = 4
_MOST_LINES, _MOST_DOTS = 60, 160  # of one picture: more than that, and it is a blot
_MOST_POINTS = 600  # of all lines together
_SMALL = f"color:{MUTED};font-size:11px;line-height:14px;padding:0 4px;border:none"
_CELL = "padding:0;border:none"
_PLAIN = "#888888"
_BAR = 7  # pixels

Place = tuple[float, float | None]


@dataclass(frozen=True, slots=True)
class Mark:
    """A line, or a dot if there is one place alone.

    Attributes:
        places: Across and up; a line breaks where up is None or not finite.
        colour: As CSS has it.
        dash: The lengths of strokes and gaps, as SVG has them; None is one stroke.
        width: Of a line, in pixels.
    """

    places: Sequence[Place]
    colour: str = _PLAIN
    dash: str | None = None
    width: float = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """Marks on two axes.

    Attributes:
        title: What is shown.
        marks: Lines and dots.
        across: What the x axis is.
        log: Whether each axis grows by factors.
        note: A sentence below.
        ends: What stands at the ends of the x axis instead of numbers.
    """

    title: str
    marks: Sequence[Mark] = field(default_factory=list)
    across: str = ""
    log: tuple[bool, bool] = (False, False)
    note: str = ""
    ends: tuple[str, str] | None = None


def drawn(picture: Picture) -> Html:
    """The picture as HTML: about 4 kB, 10 kB at most; every text escaped."""
    marks = [
        replace(mark, places=list(_fitting(mark, picture.log))) for mark in _few(picture.marks)
    ]
    xs = [x for mark in marks for x, y in mark.places if y is not None]
    ys = [y for mark in marks for _, y in mark.places if y is not None]
    title = element("b", one_line(picture.title, 60), style=f"color:{TEXT};font-size:12px")
    if not xs:
        return element("div", title, element("span", " nothing to show", style=_SMALL))
    box = min(xs), max(xs), min(ys), max(ys)
    low, high = (_named(value, log=picture.log[1]) for value in box[2:])
    first, last = picture.ends or tuple(_named(value, log=picture.log[0]) for value in box[:2])
    along = " … ".join(filter(None, (first, one_line(picture.across, 40), last)))
    sides = element("td", high, style=f"{_SMALL};vertical-align:top;text-align:right")
    foot = element("td", low, style=f"{_SMALL};vertical-align:bottom;text-align:right")
    note = element("div", picture.note, style=_SMALL) if picture.note else ""
    return element(
        "div",
        title,
        element(
            "table",
            element("tr", sides, element("td", _svg(marks, box), rowspan="2", style=_CELL)),
            element("tr", foot),
            element(
                "tr",
                element("td", style=_CELL),
                element("td", along, style=f"{_SMALL};text-align:center"),
            ),
            style="border-collapse:collapse;margin:0",
        ),
        note,
    )


def picture_of(spec: dict[str, Any], title: str) -> Html:
    """A chart of charts.py as a picture; of a contour the runs, of a box plot the points."""
    data, layout = spec["data"], spec["layout"]
    if any(trace["type"] == "parcoords" for trace in data):
        return drawn(_parallel(data[0], title))
    x, y = layout.get("xaxis", {}), layout.get("yaxis", {})
    marks = [mark for trace in data for mark in _marks(trace)]
    words = x.get("ticktext")
    return drawn(
        Picture(
            title=title,
            marks=marks,
            across=x.get("title", {}).get("text", ""),
            log=(x.get("type") == "log", y.get("type") == "log"),
            note="; ".join(one["text"] for one in layout.get("annotations", ())),
            ends=(words[0], words[-1]) if words else None,
        )
    )


def _marks(trace: dict[str, Any]) -> Iterator[Mark]:
    if trace["type"] == "contour" or trace.get("hoverinfo") == "skip":
        return
    places = list(zip(trace["x"], trace["y"], strict=True))
    if trace.get("mode") == "lines":
        yield Mark(places, trace["line"]["color"])
        return
    colours = trace["marker"]["color"]
    for nth, (x, y) in enumerate(places):
        colour = colours[nth] if isinstance(colours, list) else colours
        known = colour if isinstance(colour, str) and colour != "#ffffff" else RUN_COLOURS[0]
        is_bar = trace["type"] == "bar"
        yield Mark([(x, 0.0), (x, y)] if is_bar else [(x, y)], known, None, _BAR)


def _parallel(trace: dict[str, Any], title: str) -> Picture:
    """Each axis from its lowest to its highest value, 0 to 1."""
    axes = trace["dimensions"]
    marks = []
    for nth in range(len(axes[0]["values"])):
        heights = []
        for axis in axes:
            low, high = axis["range"]
            heights.append((axis["values"][nth] / 2 - low / 2) / (high / 2 - low / 2 or 1))
        marks.append(Mark(list(enumerate(heights)), RUN_COLOURS[nth % len(RUN_COLOURS)]))
    note = " | ".join(axis["label"] for axis in axes)
    return Picture(title=title, marks=marks, note=note, ends=(axes[0]["label"], axes[-1]["label"]))


def _few(marks: Sequence[Mark]) -> Iterator[Mark]:
    """As many marks as can be told apart, each with as many points as there is room for."""
    most = _MOST_LINES if any(len(mark.places) > 1 for mark in marks) else _MOST_DOTS
    chosen = [marks[nth * len(marks) // most] for nth in range(most)]
    chosen = chosen if len(marks) > most else list(marks)
    room = max(3, _MOST_POINTS // max(1, len(chosen)))
    for mark in chosen:
        count = len(mark.places)
        if count > room:
            kept = sorted({round(nth * (count - 1) / (room - 1)) for nth in range(room)})
            yield replace(mark, places=[mark.places[nth] for nth in kept])
        else:
            yield mark


def _fitting(mark: Mark, log: tuple[bool, bool]) -> Iterator[Place]:
    """The places as they are measured on the axes; what an axis cannot hold is a break."""
    for x, y in mark.places:
        across, up = _measured(x, log=log[0]), _measured(y, log=log[1])
        if across is not None:
            yield across, up


def _measured(value: float | None, *, log: bool) -> float | None:
    if value is None or not math.isfinite(value) or (log and value <= 0):
        return None
    return math.log10(value) if log else value


def _named(value: float, *, log: bool) -> str:
    return number(10.0**value if log else value)


def _svg(marks: Sequence[Mark], box: tuple[float, float, float, float]) -> Html:
    shapes = [element("polyline", points=_FRAME, fill="none", stroke=LINE)]
    for mark in marks:
        style = {
            "stroke": mark.colour,
            "stroke_dasharray": mark.dash,
            "stroke_width": f"{mark.width:g}",
        }
        for is_there, places in groupby(mark.places, key=lambda place: place[1] is not None):
            spots = [_spot(x, y, box) for x, y in places if y is not None]
            if is_there and len(spots) > 1:
                points = " ".join(f"{x:g},{y:g}" for x, y in spots)
                shapes.append(element("polyline", points=points, fill="none", **style))
            elif is_there:
                (x, y) = spots[0]
                dot = {"cx": f"{x:g}", "cy": f"{y:g}", "r": "3"}
                shapes.append(element("circle", **dot, fill=mark.colour))
    size = {"width": str(WIDTH), "height": str(HEIGHT), "viewBox": f"0 0 {WIDTH} {HEIGHT}"}
    return element("svg", *shapes, **size, aria_hidden="true")


_FRAME = f"1,0 1,{HEIGHT - 1} {WIDTH},{HEIGHT - 1}"


def _spot(x: float, y: float, box: tuple[float, float, float, float]) -> tuple[float, float]:
    """Where a place is in the picture, in pixels from the upper left."""
    left, right, low, high = box
    across = _MARGIN + (WIDTH - 2 * _MARGIN) * _share(x, left, right)
    return round(across), round(HEIGHT - _MARGIN - (HEIGHT - 2 * _MARGIN) * _share(y, low, high), 1)


def _share(value: float, low: float, high: float) -> float:
    """Halves keep the span of huge numbers finite; what does not vary is in the middle."""
    span = high / 2 - low / 2
    return (value / 2 - low / 2) / span if span else 0.5
