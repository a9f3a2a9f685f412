"""Figures as plain aligned text."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.figures import Unit


def aligned(rows: Sequence[Sequence[str]], *, left: int) -> str:
    """Align rows in columns, the first row being the heading.

    Args:
        rows: Cells, the same number in each row.
        left: How many columns, from the left, hold words and are flush left.
    """
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines = [
        "  ".join(
            cell.ljust(width) if place < left else cell.rjust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])


def duration(ns: float) -> str:
    """Write nanoseconds in the unit that reads best: ``2.31 µs``, ``4.80 ms``."""
    for unit, size in (("s", 1e9), ("ms", 1e6), ("µs", 1e3)):
        if ns >= size:
            return f"{ns / size:.{2 if ns < 10 * size else 1}f} {unit}"
    return f"{ns:.0f} ns"


def ratio(value: float, base: float | None) -> str:
    """Write ``value / base``, or nothing where there is no base."""
    if not base:
        return ""
    times = value / base
    return f"{times:,.0f} x" if times >= 10 else f"{times:.2f} x"


def written(value: float, unit: Unit) -> str:
    """Write a value with its unit."""
    match unit:
        case Unit.NS:
            return duration(value)
        case Unit.RATE:
            return f"{value:,.0f}/s"
        case Unit.BYTES:
            return f"{value:,.1f} B"
        case Unit.MB:
            return f"{value:,.0f} MB"
        case Unit.TIMES:
            return ratio(value, 1)
        case Unit.COUNT:
            return f"{value:,.0f}"
