"""A small curve of a metric's history."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby

from jupyter_mltrack.panels.markup import Html, element

WIDTH, HEIGHT = 72, 20
_MARGIN = 2
_BUCKETS = WIDTH // 2
_FEWEST_POINTS = 2


def sparkline_lines(values: Sequence[float]) -> list[str]:
    """The curve as the ``points`` of SVG polylines; a value that is not finite breaks it.

    A long history is drawn by the lowest and the highest value of each of 36 parts, so that
    no peak is lost.
    """
    finite = [value for value in values if math.isfinite(value)]
    if len(finite) < _FEWEST_POINTS:
        return []
    low, high = min(finite), max(finite)
    places = [
        (_across(index, len(values)), None if value is None else _down(value, low, high))
        for index, value in _thinned(values)
    ]
    return [
        " ".join(f"{x:g},{y:g}" for x, y in line if y is not None)
        for drawn, line in groupby(places, key=lambda place: place[1] is not None)
        if drawn
    ]


def sparkline_svg(lines: Sequence[str], colour: str) -> Html:
    """The lines of `sparkline_lines` as an inline picture."""
    drawn = [
        element("polyline", points=points, fill="none", stroke=colour, stroke_width="1.5")
        for points in lines
    ]
    return element(
        "svg",
        *drawn,
        width=str(WIDTH),
        height=str(HEIGHT),
        viewBox=f"0 0 {WIDTH} {HEIGHT}",
        aria_hidden="true",
    )


def _thinned(values: Sequence[float]) -> list[tuple[int, float | None]]:
    """Index and value of what is drawn; None where the line breaks."""
    if len(values) <= 2 * _BUCKETS:
        return [(i, value if math.isfinite(value) else None) for i, value in enumerate(values)]
    places: list[tuple[int, float | None]] = []
    for bucket in range(_BUCKETS):
        first = bucket * len(values) // _BUCKETS
        last = (bucket + 1) * len(values) // _BUCKETS
        finite = [i for i in range(first, last) if math.isfinite(values[i])]
        if not finite:
            places.append((first, None))
            continue
        extremes = {min(finite, key=values.__getitem__), max(finite, key=values.__getitem__)}
        places.extend((i, values[i]) for i in sorted(extremes))
    return places


def _across(index: int, count: int) -> float:
    return round(_MARGIN + (WIDTH - 2 * _MARGIN) * index / (count - 1), 1)


def _down(value: float, low: float, high: float) -> float:
    """From the top; a flat curve runs along the middle. Halves keep huge numbers finite."""
    span = high / 2 - low / 2
    share = (value / 2 - low / 2) / span if span else 0.5
    return round(HEIGHT - _MARGIN - (HEIGHT - 2 * _MARGIN) * share, 1)
