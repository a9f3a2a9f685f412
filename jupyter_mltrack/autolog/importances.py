"""How much each feature counts in a model: a JSON file and a picture of bars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from jupyter_mltrack.autolog.call import Call

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: One number for each feature, or one for each class of it.
Importances = Mapping[str, float | Sequence[float]]

#: So many features are drawn, the most important ones; the JSON file has all.
MOST_BARS = 40
LONGEST_LABEL = 40
_WIDTH = 7.0
_ROOM_FOR_WORDS = 1.1
_HEIGHT_OF_BAR = 0.26
_BLUE = "#1976d2"
_LARGE = 1000


def log_importances(call: Call, kind: str, values: Importances) -> None:
    """Log ``feature_importance_<kind>.json`` and, if there is a feature, the ``.png`` of it.

    Args:
        call: The training.
        kind: What the numbers are, such as ``gain``.
        values: The numbers by the name of the feature.
    """
    name = f"feature_importance_{kind}"
    with call.attempt(f"{name}.json was not logged"):
        call.session.log_dict(dict(values), f"{name}.json")
    if values:
        with call.attempt(f"{name}.png was not drawn"):
            call.session.log_figure(importance_figure(kind, values), f"{name}.png")


def importance_figure(kind: str, values: Importances) -> Figure:
    """Horizontal bars, the most important feature on top.

    Args:
        kind: For the title.
        values: As in `log_importances`; at least one.
    """
    from matplotlib.figure import Figure

    rows = {name: _as_list(value) for name, value in values.items()}
    order = sorted(rows, key=lambda name: sum(map(abs, rows[name])))[-MOST_BARS:]
    classes = len(rows[order[0]])
    height = _ROOM_FOR_WORDS + _HEIGHT_OF_BAR * len(order) * max(1.0, classes / 2)
    figure = Figure(figsize=(_WIDTH, height), layout="constrained")
    axes = figure.subplots()
    _draw(axes, order, [rows[name] for name in order])
    axes.set_title(f"Feature importance ({kind})")
    shown = "" if len(order) == len(rows) else f", {len(order)} of {len(rows):,} features"
    axes.set_xlabel(f"importance{shown}")
    return figure


def _draw(axes: Axes, names: list[str], rows: list[list[float]]) -> None:
    """One bar for each class and feature, with its number behind it."""
    classes = len(rows[0])
    thickness = 0.8 / classes
    for index in range(classes):
        places = [row + (index - (classes - 1) / 2) * thickness for row in range(len(rows))]
        bars = axes.barh(
            places,
            [row[index] for row in rows],
            height=thickness * 0.9,
            color=_BLUE if classes == 1 else f"C{index % 10}",
            label=f"class {index}",
        )
        if classes == 1:
            axes.bar_label(bars, fmt=_number, padding=3, fontsize=8, color="#555555")
    axes.set_yticks(range(len(names)), [_shortened(name) for name in names])
    axes.margins(x=0.12, y=0.5 / len(names))
    axes.spines[["top", "right"]].set_visible(b=False)
    axes.axvline(0, color="#999999", linewidth=0.8)
    if classes > 1:
        axes.legend(frameon=False, fontsize=8)


def _as_list(value: float | Sequence[float]) -> list[float]:
    return [float(each) for each in value] if isinstance(value, Sequence) else [float(value)]


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= _LARGE else f"{value:.4g}"


def _shortened(name: str) -> str:
    """A label that leaves room for the bars; ``$`` is no formula."""
    text = name if len(name) <= LONGEST_LABEL else f"{name[: LONGEST_LABEL - 1]}…"
    return text.replace("$", r"\$")
