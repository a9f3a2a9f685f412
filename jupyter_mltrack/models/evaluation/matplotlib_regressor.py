"""The plots of a regressor: residuals against predictions, and predictions against targets."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.evaluation.matplotlib_style import COLOURS, REFERENCE, legend, new_axes

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jupyter_mltrack.models.evaluation.regressed import Regressed

#: More points than these only hide each other; evenly spaced ones of them are drawn.
MOST_POINTS = 5_000

#: Numbers from here on are written in thousands or millions: 150k.
_LONG = 10_000

#: Room for numbers of seven signs.
_MARGINS: dict[str, Any] = {"fixed": True, "left": 0.16}


def drawings(case: Regressed) -> dict[str, Callable[[], Figure]]:
    """The plots by name, each as a function that draws it."""
    return {
        "residuals_plot": lambda: residuals_plot(case),
        "predicted_vs_actual_plot": lambda: predicted_vs_actual_plot(case),
    }


def residuals_plot(case: Regressed) -> Figure:
    """What the predictions lack, by their size; a good model leaves no pattern."""
    made, axes = new_axes("Residuals", "Predicted", "Residual (actual − predicted)", **_MARGINS)
    _scatter(axes, case.predictions, case.residuals)
    axes.axhline(0, label="no error", **REFERENCE)
    legend(axes)
    return made


def predicted_vs_actual_plot(case: Regressed) -> Figure:
    """What was predicted against what is right; a good model keeps to the diagonal."""
    made, axes = new_axes("Predicted and actual", "Actual", "Predicted", **_MARGINS)
    _scatter(axes, case.targets, case.predictions)
    both = [*axes.get_xlim(), *axes.get_ylim()]
    ends = [min(both), max(both)]
    axes.plot(ends, ends, label="no error", **REFERENCE)
    axes.set(xlim=ends, ylim=ends, aspect="equal")
    legend(axes)
    return made


def _scatter(axes: Axes, x: Any, y: Any) -> None:
    from matplotlib.ticker import EngFormatter

    for axis, values in ((axes.xaxis, x), (axes.yaxis, y)):
        if abs(values).max() >= _LONG:
            axis.set_major_formatter(EngFormatter(sep=""))
    step = -(-len(x) // MOST_POINTS)
    drawn = x[::step], y[::step]
    name = f"{len(drawn[0]):,} of {len(x):,} rows" if step > 1 else f"{len(x):,} rows"
    faint = 0.75 if len(drawn[0]) < MOST_POINTS // 10 else 0.35
    axes.scatter(*drawn, s=16, alpha=faint, color=COLOURS[0], linewidths=0, label=name)
