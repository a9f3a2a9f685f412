"""Plots of SHAP values: what moved each prediction, and what moves them on the whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.evaluation.matplotlib_style import (
    COLOURS,
    REFERENCE,
    WIDTH,
    figure,
    label,
    shown,
)

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from matplotlib.figure import Figure

#: So many features are drawn, those that move most.
MOST_FEATURES = 15

#: How far points of one feature are spread, of 1 from feature to feature.
_SPREAD = 0.7


def importance(values: np.ndarray, rows: pd.DataFrame) -> Figure:
    """A bar for each feature: how much it moves the predictions in the mean.

    Args:
        values: SHAP values, shape ``(rows, features)``.
        rows: The features that they explain.
    """
    import numpy as np

    order, names = _largest(values, rows)
    made = figure(WIDTH, 1.6 + 0.3 * len(order))
    axes = made.add_subplot()
    label(axes, "What moves the predictions", "Mean size of the SHAP value", "")
    axes.barh(range(len(order)), np.abs(values).mean(axis=0)[order], color=COLOURS[0])
    axes.set_yticks(range(len(order)), names, parse_math=False)
    return made


def beeswarm(values: np.ndarray, rows: pd.DataFrame) -> Figure:
    """A point for each feature of each row: how it moved the prediction, coloured by its value."""
    order, names = _largest(values, rows)
    made = figure(WIDTH + 0.8, 1.8 + 0.34 * len(order))
    axes = made.add_subplot()
    label(axes, "What moved each prediction", "SHAP value", "")
    points = None
    for place, feature in enumerate(order):
        spread = place + _jitter(values[:, feature])
        shade = rows.iloc[:, feature].rank(pct=True)
        points = axes.scatter(
            values[:, feature], spread, c=shade, cmap="cividis", vmin=0, vmax=1, s=12, linewidths=0
        )
    axes.axvline(0, **REFERENCE)
    axes.set_yticks(range(len(order)), names, parse_math=False)
    if points is not None:
        bar = made.colorbar(points, ax=axes, ticks=[0, 1], shrink=0.8)
        bar.set_ticklabels(["low", "high"])
        bar.set_label("Value of the feature")
    return made


def _largest(values: np.ndarray, rows: pd.DataFrame) -> tuple[Any, list[str]]:
    """The places of the features that move most, the most moving last, and their names."""
    import numpy as np

    order = np.argsort(np.abs(values).mean(axis=0))[-MOST_FEATURES:]
    return order, [shown(rows.columns[place]) for place in order]


def _jitter(values: np.ndarray) -> np.ndarray:
    """Offsets that spread points where there are many, the same each time."""
    import numpy as np

    counts, edges = np.histogram(values, bins=40)
    bins = np.clip(np.digitize(values, edges) - 1, 0, len(counts) - 1)
    crowd = counts[bins] / max(1, counts.max())
    turn = np.modf(np.arange(len(values)) * 0.6180339887)[0] - 0.5  # evenly over the width
    spread: np.ndarray = turn * crowd * _SPREAD
    return spread
