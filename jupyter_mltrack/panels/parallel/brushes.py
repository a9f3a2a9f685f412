"""Brushes: what is chosen on an axis, which runs that leaves, and the same as a filter."""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from jupyter_mltrack.panels.parallel.axes import Axis

if TYPE_CHECKING:
    from numpy.typing import NDArray

#: A brush with this axis names runs by their place.
RUNS_AXIS = "run_id"


class Brush(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is chosen on one axis: a stretch of numbers or some texts, and perhaps what is missing.

    Attributes:
        axis: Such as ``metrics.loss``; ``run_id`` for the runs themselves.
        low: The lower end, which belongs to it.
        high: The upper end, too.
        choices: Places of the texts among the axis's choices, from 0; of runs with ``run_id``.
        missing: Whether runs without a finite value belong to it.
    """

    axis: str
    low: float | None = None
    high: float | None = None
    choices: tuple[int, ...] = ()
    missing: bool = False


def fault_of(brush: Brush, axes: Mapping[str, Axis], runs: int) -> str | None:
    """What is wrong with a brush; None if nothing is."""
    if brush.axis == RUNS_AXIS:
        fits = brush.low is None and brush.high is None and not brush.missing
        limit = runs
    elif axis := axes.get(brush.axis):
        limit = len(axis.choices)
        ends = [end for end in (brush.low, brush.high) if end is not None]
        has_ends = len(ends) == 2 and all(map(math.isfinite, ends)) and ends[0] <= ends[1]  # noqa: PLR2004
        fits = (has_ends and not axis.choices) or (
            not ends and bool(brush.choices or brush.missing)
        )
    else:
        return f"There is no axis {brush.axis!r}: choose one of {', '.join(axes) or 'none'}."
    if not fits or any(not 0 <= choice < limit for choice in brush.choices):
        return f"The brush on {brush.axis!r} needs low <= high, or choices that the axis has."
    return None


def chosen(brushes: Sequence[Brush], axes: Mapping[str, Axis], runs: int) -> NDArray[np.bool_]:
    """For each run, whether it is in every brush; without brushes all are."""
    mask = np.ones(runs, dtype=bool)
    for brush in brushes:
        mask &= _inside(brush, axes, runs)
    return mask


def clause(brush: Brush, axes: Mapping[str, Axis], run_ids: Sequence[str]) -> str:
    """The brush in the filter language."""
    if brush.axis == RUNS_AXIS:
        return runs_clause([run_ids[place] for place in brush.choices])
    axis = axes[brush.axis]
    parts = []
    if brush.low is not None and brush.high is not None:
        parts.append(f"{axis.field} BETWEEN {_written(brush.low)} AND {_written(brush.high)}")
    if len(brush.choices) == 1:
        parts.append(f"{axis.field} = {_quoted(axis.choices[brush.choices[0]])}")
    elif brush.choices:
        texts = ", ".join(_quoted(axis.choices[choice]) for choice in brush.choices)
        parts.append(f"{axis.field} IN ({texts})")
    if brush.missing and axis.choices:
        parts.append(f"{axis.field} IS NULL")
    elif brush.missing:  # NaN and what is infinite have no place on the axis either
        most = _written(sys.float_info.max)
        parts.append(f"NOT {axis.field} BETWEEN -{most} AND {most}")
    return parts[0] if len(parts) == 1 else f"({' OR '.join(parts)})"


def runs_clause(run_ids: Sequence[str]) -> str:
    """These runs and no others; nothing if there are none."""
    if not run_ids:
        return "run_id = ''"
    if len(run_ids) == 1:
        return f"run_id = {_quoted(run_ids[0])}"
    return f"run_id IN ({', '.join(map(_quoted, run_ids))})"


def _inside(brush: Brush, axes: Mapping[str, Axis], runs: int) -> NDArray[np.bool_]:
    if brush.axis == RUNS_AXIS:
        mask = np.zeros(runs, dtype=bool)
        mask[list(brush.choices)] = True
        return mask
    axis = axes[brush.axis]
    present = axis.is_present
    mask = np.isin(axis.values, brush.choices) if brush.choices else np.zeros(runs, dtype=bool)
    if brush.low is not None and brush.high is not None:
        mask = (axis.values >= brush.low) & (axis.values <= brush.high) & present
    return mask | ~present if brush.missing else mask


def _written(value: float) -> str:
    """All digits of a number; a whole one without its ``.0``."""
    return repr(float(value)).removesuffix(".0")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
