"""A surface between scattered points, and nothing beyond them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

_FEWEST = 3
_FLAT = 1e-9  # an area, of 1, in which points count as lying on one line
_POWER = 3


def surface(
    places: Sequence[tuple[float, float]], heights: Sequence[float], size: int
) -> NDArray[np.float64] | None:
    """Heights on a grid over the unit square, by inverse distances (Shepard 1968).

    Args:
        places: Across and up, each from 0 to 1.
        heights: One for each place, finite.
        size: So many rows and columns.

    Returns:
        Rows from below, shape (size, size), NaN outside the convex hull of the places; None if
        they lie on one line, so that there is nothing between them.
    """
    import numpy as np

    hull = _hull(places)
    if len(hull) < _FEWEST or _area(hull) < _FLAT:
        return None
    line = np.linspace(0.0, 1.0, size)
    across, up = np.meshgrid(line, line)
    inside = np.ones_like(across, dtype=bool)
    for (x0, y0), (x1, y1) in zip(hull, [*hull[1:], hull[0]], strict=True):
        inside &= (x1 - x0) * (up - y0) - (y1 - y0) * (across - x0) >= -_FLAT
    largest = max(map(abs, heights)) or 1.0  # so that sums stay finite
    total, weights = np.zeros_like(across), np.zeros_like(across)
    for (x, y), height in zip(places, heights, strict=True):
        weight = ((across - x) ** 2 + (up - y) ** 2 + _FLAT) ** (-_POWER / 2)
        total += weight * (height / largest)
        weights += weight
    return np.where(inside, total / weights * largest, np.nan)


def _hull(places: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """The convex hull, counter-clockwise (Andrew's monotone chain)."""
    points = sorted(set(places))
    return _half(points)[:-1] + _half(points[::-1])[:-1]


def _half(points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    chain: list[tuple[float, float]] = []
    for point in points:
        while len(chain) > 1 and _turn(chain[-2], chain[-1], point) <= 0:
            chain.pop()
        chain.append(point)
    return chain


def _turn(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float]) -> float:
    """Positive if the way from a over b to c turns left."""
    return (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])


def _area(hull: list[tuple[float, float]]) -> float:
    pairs = zip(hull, [*hull[1:], hull[0]], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs)) / 2
