"""Pictures of how a classifier fits: confusion matrix, ROC curve, precision and recall.

Drawn on figures of their own: pyplot and the user's settings are neither used nor changed.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, Literal

from jupyter_mltrack.autolog.sklearn.data import TrainingData
from jupyter_mltrack.autolog.sklearn.metrics import Fit, of_greater_class

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

DPI = 110

#: With more classes there is no room for a number in each field.
MOST_NUMBERS = 16
#: With more classes not every one is named beside the matrix.
MOST_NAMES = 32

_BLUE, _GREY = "#1f5fa8", "#8a8f98"


def can_draw() -> bool:
    """Whether matplotlib is installed; without it there are no pictures."""
    return find_spec("matplotlib") is not None


def pictures(model: Any, data: TrainingData, fit: Fit) -> dict[str, Callable[[], Figure]]:
    """How to draw what there is to draw, by file name; nothing for labels of several columns."""
    import numpy as np

    truth = np.asarray(data.y)
    if fit.predictions is None or truth.ndim != 1 or np.ndim(fit.predictions) != 1:
        return {}
    classes = getattr(model, "classes_", None)
    names = np.unique(truth) if classes is None else np.asarray(classes)
    drawn: dict[str, Callable[[], Figure]] = {
        "training_confusion_matrix.png": lambda: confusion(
            truth, fit.predictions, names, data.weight
        )
    }
    if len(np.unique(truth)) == 2 and len(names) == 2:  # noqa: PLR2004  (two classes)
        scores = _scores(model, data, fit)
        if scores is not None:
            drawn["training_roc_curve.png"] = lambda: roc(truth, scores, names[1], data.weight)
            drawn["training_precision_recall_curve.png"] = lambda: precision_recall(
                truth, scores, names[1], data.weight
            )
    return drawn


def confusion(truth: Any, predicted: Any, names: Any, weight: Any) -> Figure:
    """A matrix of how many of each class (row) were taken for which (column), rows sum to 1."""
    import numpy as np
    from sklearn.metrics import confusion_matrix

    counts = confusion_matrix(
        truth, predicted, labels=names, sample_weight=weight, normalize="true"
    )
    step = max(1, -(-len(names) // MOST_NAMES))
    ticks = range(0, len(names), step)
    labels = [_short(names[tick]) for tick in ticks]
    longest = max(map(len, labels))
    turned = longest * len(labels) > 40  # noqa: PLR2004  (characters in a row)
    side = float(np.clip(1.8 + 0.42 * len(names), 2.8, 8.0))
    beside = 0.6 + 0.07 * longest
    below = beside if turned else 0.65
    figure, axes = _axes("Normalized confusion matrix", (side, side), (beside, below), right=0.8)
    image = axes.imshow(counts, cmap="Blues", vmin=0.0, vmax=1.0)
    width, height = figure.get_size_inches()
    scale = figure.add_axes(
        ((beside + side + 0.12) / width, below / height, 0.13 / width, side / height)
    )
    figure.colorbar(image, cax=scale).ax.tick_params(labelsize=8)
    axes.set_xticks(ticks, labels, rotation=90 if turned else 0)
    axes.set_yticks(ticks, labels)
    axes.set(xlabel="Predicted class", ylabel="True class")
    if len(names) <= MOST_NUMBERS:
        _write_numbers(axes, counts)
    return figure


def roc(truth: Any, scores: Any, positive: Any, weight: Any) -> Figure:
    """The ROC curve of two classes."""
    from sklearn.metrics import auc, roc_curve

    false, true, _ = roc_curve(truth, scores, pos_label=positive, sample_weight=weight)
    figure, axes = _axes("ROC curve", (3.8, 3.8))
    axes.plot([0, 1], [0, 1], color=_GREY, linestyle="--", linewidth=1, label="Chance")
    axes.plot(false, true, color=_BLUE, linewidth=2, label=f"AUC = {auc(false, true):.3f}")
    axes.set(xlabel="False positive rate", ylabel="True positive rate")
    return _finished(figure, axes, "lower right")


def precision_recall(truth: Any, scores: Any, positive: Any, weight: Any) -> Figure:
    """Precision against recall of two classes."""
    from sklearn.metrics import average_precision_score, precision_recall_curve

    precision, recall, _ = precision_recall_curve(
        truth, scores, pos_label=positive, sample_weight=weight
    )
    mean = average_precision_score(truth, scores, pos_label=positive, sample_weight=weight)
    figure, axes = _axes("Precision recall curve", (3.8, 3.8))
    axes.step(recall, precision, where="post", color=_BLUE, linewidth=2, label=f"AP = {mean:.3f}")
    axes.set(xlabel="Recall", ylabel="Precision")
    return _finished(figure, axes, "lower left")


def _scores(model: Any, data: TrainingData, fit: Fit) -> Any:
    """How sure the model is of the second class; None if it does not say."""
    if fit.scores is not None:
        return of_greater_class(fit.scores)
    return model.decision_function(data.x) if hasattr(model, "decision_function") else None


def _axes(
    title: str,
    size: tuple[float, float],
    corner: tuple[float, float] = (0.65, 0.6),
    right: float = 0.2,
) -> tuple[Figure, Axes]:
    """A figure with one plot; its place is given, as to find it takes longer than to draw it.

    Args:
        title: What stands above it.
        size: Width and height of the plot, inches.
        corner: Where its lower left corner is, inches.
        right: The room on its right, inches.
    """
    from matplotlib.figure import Figure

    width, height = corner[0] + size[0] + right, corner[1] + size[1] + 0.4
    figure = Figure(figsize=(width, height), dpi=DPI)
    axes = figure.add_axes(
        (corner[0] / width, corner[1] / height, size[0] / width, size[1] / height)
    )
    axes.set_title(title, fontsize=11)
    axes.tick_params(labelsize=8)
    return figure, axes


def _finished(figure: Figure, axes: Axes, corner: Literal["lower left", "lower right"]) -> Figure:
    axes.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.02), aspect="equal")
    axes.grid(visible=True, color="#e6e8eb", linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(loc=corner, fontsize=9, frameon=False)
    return figure


def _write_numbers(axes: Axes, counts: Any) -> None:
    dark = 0.5  # of a field: white figures are read more easily on it
    for row, line in enumerate(counts):
        for column, value in enumerate(line):
            colour = "white" if value > dark else "#1b2733"
            axes.text(
                column, row, f"{value:.2f}", ha="center", va="center", color=colour, fontsize=8
            )


def _short(name: Any) -> str:
    text = str(name)
    longest = 16
    return text if len(text) <= longest else text[: longest - 1] + "…"
