"""The plots of a classifier: confusion matrix, ROC, precision and recall, lift, calibration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.evaluation import sklearn_curves, sklearn_metrics
from jupyter_mltrack.models.evaluation.matplotlib_style import (
    REFERENCE,
    WIDTH,
    figure,
    label,
    legend,
    line_style,
    new_axes,
    shown,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from jupyter_mltrack.models.evaluation.classified import Classified
    from jupyter_mltrack.models.evaluation.options import Options

#: So many classes get a text in each cell of the confusion matrix, and a tick each.
_WRITTEN, _TICKED = 12, 40
#: With more lines the legend is beside the plot; with more classes the counts are smaller.
_INSIDE = 4

Drawings = dict[str, "Callable[[], Figure]"]


def drawings(case: Classified, options: Options) -> Drawings:
    """The plots that can be drawn, by MLflow's names, each as a function that draws it."""
    matrix: Drawings = {"confusion_matrix": lambda: confusion_matrix(case)}
    if case.probabilities is None:
        return matrix
    calibration: Drawings = {"calibration_curve_plot": lambda: calibration_plot(case, options)}
    ranking: Drawings = {
        "roc_curve_plot": lambda: roc_plot(case),
        "precision_recall_curve_plot": lambda: precision_recall_plot(case),
    }
    if case.is_binary:
        return {**ranking, "lift_curve_plot": lambda: lift_plot(case), **calibration, **matrix}
    if len(case.labels) > options.max_classes_for_multiclass_roc_pr:
        ranking = {}
    return {**calibration, **ranking, **matrix}


def confusion_matrix(case: Classified) -> Figure:
    """Shares of each true label as colours; shares and counts as texts if there is room."""
    shares = sklearn_metrics.confusion(case, normalize="true")
    counts = sklearn_metrics.confusion(case)
    size = min(10.0, max(4.8, 2.6 + 0.75 * len(case.labels)))
    made = figure(size + 0.8, size)
    axes = made.add_subplot()
    image = axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    label(axes, "Confusion matrix", "Predicted label", "True label")
    axes.grid(visible=False)
    _tick(axes, case)
    if len(case.labels) <= _WRITTEN:
        for (row, column), share in _cells(shares):
            axes.text(
                column,
                row,
                f"{share:.0%}\n{counts[row, column]:,}",
                ha="center",
                va="center",
                fontsize="medium" if len(case.labels) <= _INSIDE else "small",
                color="white" if share > 0.55 else "#1a1a1a",  # noqa: PLR2004  (dark blue)
            )
    bar = made.colorbar(image, ax=axes, shrink=0.8)
    bar.set_label("Share of the true label")
    return made


def roc_plot(case: Classified) -> Figure:
    """The share of the positive rows found against that of the negative ones taken for them."""
    x_label = _of("False positive rate", case)
    made, axes = new_axes("ROC curve", x_label, "True positive rate", **_margins(case))
    axes.plot([0, 1], [0, 1], label="no skill", **REFERENCE)
    for place, (name, one) in enumerate(_each(case)):
        x, y = sklearn_curves.roc(one)
        area = sklearn_metrics.ranking(one).get("roc_auc")
        axes.plot(x, y, label=_named(name, "AUC", area), **line_style(place))
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    return _finished(made, axes, case)


def precision_recall_plot(case: Classified) -> Figure:
    """How right a classifier is when it says yes, against how much it finds."""
    x_label = _of("Recall", case)
    made, axes = new_axes("Precision and recall", x_label, "Precision", **_margins(case))
    for place, (name, one) in enumerate(_each(case)):
        x, y = sklearn_curves.precision_recall(one)
        area = sklearn_metrics.ranking(one).get("precision_recall_auc")
        style = line_style(place)
        axes.plot(x, y, label=_named(name, "AP", area), drawstyle="steps-post", **style)
    if case.is_binary:
        share = float(case.targets.mean())
        axes.axhline(share, label=f"no skill ({share:.3g})", **REFERENCE)
    axes.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.05))
    return _finished(made, axes, case)


def lift_plot(case: Classified) -> Figure:
    """How many times as many of a label are among the rows that are ranked first."""
    made, axes = new_axes("Lift curve", "Share of the rows, likeliest first", "Lift", fixed=True)
    for place, (name, one) in enumerate(_both(case)):
        x, y = sklearn_curves.lift(one)
        axes.plot(x, y, label=name, **line_style(place))
    axes.axhline(1, label="no skill", **REFERENCE)
    axes.set(xlim=(-0.02, 1.02), ylim=(0, None))
    legend(axes)
    return made


def calibration_plot(case: Classified, options: Options) -> Figure:
    """How often what was called likely happened, and below how often which was said."""
    name = options.calibration_classifier_name
    title = f"Calibration of {shown(name)}" if name else "Calibration"
    from matplotlib.ticker import EngFormatter

    made = figure(height=5.2, **_margins(case))
    above, below = made.subplots(2, 1, sharex=True, height_ratios=[3, 1])
    above.plot([0, 1], [0, 1], label="perfectly calibrated", **REFERENCE)
    for place, (name, one) in enumerate(_each(case)):
        style = line_style(place)
        x, y = sklearn_curves.calibration(one, options.calibration_n_bins)
        above.plot(x, y, label=name or "model", marker="o", markersize=4, **style)
        said = sklearn_curves.chances(one)
        bins = options.calibration_n_bins
        below.hist(said, bins, range=(0, 1), histtype="step", color=style["color"], linewidth=1.5)
    label(above, title, "", "Fraction that is so")
    label(below, "", _of("Mean predicted probability", case), "Rows")
    below.yaxis.set_major_formatter(EngFormatter(sep=""))
    above.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02))
    return _finished(made, above, case)


def _each(case: Classified) -> list[tuple[str, Classified]]:
    """The case itself, or each of several classes against the others; with what to call it."""
    if case.is_binary:
        return [("", case)]
    return [(shown(name), case.one_against_rest(i)) for i, name in enumerate(case.labels)]


def _both(case: Classified) -> list[tuple[str, Classified]]:
    """The positive label and the negative one."""
    return [
        (f"{shown(case.labels[place])}{note}", case.one_against_rest(place))
        for place, note in ((1, " (positive)"), (0, ""))
    ]


def _of(text: str, case: Classified) -> str:
    return f"{text} (positive: {shown(case.labels[1])})" if case.is_binary else text


def _named(name: str, measure: str, area: float | None) -> str:
    found = "" if area is None else f"{measure} {area:.3f}"
    return f"{name}  ({found})" if name and found else name or found or "model"


def _finished(made: Figure, axes: Axes, case: Classified) -> Figure:
    legend(axes, outside=_is_beside(case))
    return made


def _margins(case: Classified) -> dict[str, Any]:
    """Fixed ones, or more room if there is a legend beside the plot."""
    return {"width": WIDTH + 2.0} if _is_beside(case) else {"fixed": True}


def _is_beside(case: Classified) -> bool:
    """Whether the legend is too long for the plot."""
    return len(case.labels) > _INSIDE


def _tick(axes: Axes, case: Classified) -> None:
    """Write the labels at both axes, as far as there is room."""
    places = range(len(case.labels)) if len(case.labels) <= _TICKED else range(0)
    names = [shown(case.labels[place]) for place in places]
    slanted = sum(map(len, names)) > 6 * max(4, len(names))
    turned: dict[str, Any] = {"rotation": 40, "ha": "right"} if slanted else {}
    axes.set_xticks(places, names, parse_math=False, **turned)
    axes.set_yticks(places, names, parse_math=False)


def _cells(matrix: Any) -> Any:
    import numpy as np

    return np.ndenumerate(matrix)
