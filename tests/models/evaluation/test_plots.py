from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib import pyplot as plt
from PIL import Image

from jupyter_mltrack.models.evaluation import (
    matplotlib_classifier,
    matplotlib_regressor,
    matplotlib_shap,
    matplotlib_style,
    sklearn_curves,
)
from jupyter_mltrack.models.evaluation.classified import Classified, classified
from jupyter_mltrack.models.evaluation.options import Options
from jupyter_mltrack.models.evaluation.regressed import regressed

HOSTILE = ("<script>$\\frac{1}$</script>", "_\n漢字\u202e" + "x" * 300, "$", "\ud800")


def case(labels: tuple[Any, ...], rows: int = 60) -> Classified:
    """Rows of which the first label is told well."""
    random = np.random.default_rng(0)
    truth = np.array([labels[place % len(labels)] for place in range(rows)], dtype=object)
    chances = random.dirichlet(np.ones(len(labels)), rows)
    chances[:, 0] = np.where(truth == labels[0], 0.9, 0.05)
    chances /= chances.sum(axis=1, keepdims=True)
    order = sorted(labels)
    return classified(truth, truth, probabilities=chances, classes=order)


def texts(figure: Any) -> str:
    """All that is written in a figure."""
    return "\n".join(
        text.get_text() for text in figure.findobj(match=lambda one: hasattr(one, "get_text"))
    )


def saved(figure: Any, folder: Path) -> Image.Image:
    """The picture of a figure."""
    matplotlib_style.save(figure, folder / "figure.png")
    with Image.open(folder / "figure.png") as image:
        image.load()
        return image


@pytest.mark.parametrize("labels", [HOSTILE[:2], HOSTILE], ids=["two", "four"])
def test_labels_of_any_kind(labels: tuple[str, ...], tmp_path: Path) -> None:
    """No formula, no hidden entry of a legend, no warning; every plot is a picture."""
    drawings = matplotlib_classifier.drawings(case(labels), Options())
    for draw in drawings.values():
        assert min(saved(draw(), tmp_path).size) > 300
    assert len(drawings) == 5 if len(labels) == 2 else 4


def test_names_of_the_plots() -> None:
    """MLflow's; without probabilities one alone."""
    two = case(("a", "b"))
    assert set(matplotlib_classifier.drawings(two, Options())) == {
        "calibration_curve_plot",
        "confusion_matrix",
        "lift_curve_plot",
        "precision_recall_curve_plot",
        "roc_curve_plot",
    }
    only = classified(np.array([0, 1]), np.array([0, 1]))
    assert set(matplotlib_classifier.drawings(only, Options())) == {"confusion_matrix"}


def test_many_classes(tmp_path: Path) -> None:
    """Curves of so many would tell nothing; the matrix has colours alone."""
    many = case(tuple(f"class {place:03}" for place in range(60)), rows=300)
    drawings = matplotlib_classifier.drawings(many, Options())
    assert set(drawings) == {"calibration_curve_plot", "confusion_matrix"}
    matrix = drawings["confusion_matrix"]()
    assert "%" not in texts(matrix)
    assert saved(matrix, tmp_path).size[0] < 1400


def test_what_a_plot_says() -> None:
    """Axes, the positive label, the area under the curve."""
    found = texts(matplotlib_classifier.roc_plot(case(("no", "yes"))))
    assert "True positive rate" in found
    assert "False positive rate (positive: yes)" in found
    assert "AUC" in found
    matrix = texts(matplotlib_classifier.confusion_matrix(case(("no", "yes"))))
    assert "100%\n30" in matrix


def test_a_plot_of_each_label() -> None:
    """In a legend, with its area."""
    found = texts(matplotlib_classifier.precision_recall_plot(case(("a", "b", "c"))))
    assert "a  (AP 1.000)" in found


def test_lines_differ() -> None:
    """By colour or dashes, up to 24 of them."""
    styles = [matplotlib_style.line_style(place) for place in range(24)]
    assert len({(one["color"], one["linestyle"]) for one in styles}) == 24


def test_pyplot_is_not_touched(tmp_path: Path) -> None:
    """The figures of a notebook stay as they are."""
    before = plt.get_fignums()
    saved(matplotlib_classifier.roc_plot(case(("a", "b"))), tmp_path)
    assert plt.get_fignums() == before


def test_lift() -> None:
    """A perfect ranking finds all of a fifth at once: five times as many as chance."""
    truth = np.array([1, 0, 0, 0, 0])
    perfect = np.array([0.9, 0.1, 0.1, 0.1, 0.1])
    share, lift = sklearn_curves.lift(classified(truth, perfect))
    assert share.tolist() == [0.2, 0.4, 0.6, 0.8, 1]
    assert lift == pytest.approx([5, 2.5, 5 / 3, 1.25, 1])


@pytest.mark.parametrize("rows", [2, 30_000])
def test_a_regressor(rows: int, tmp_path: Path) -> None:
    """Two plots; of many rows some are drawn, and that is said."""
    truth = np.linspace(-1e6, 1e6, rows)
    drawings = matplotlib_regressor.drawings(regressed(truth, truth + 1))
    assert list(drawings) == ["residuals_plot", "predicted_vs_actual_plot"]
    for draw in drawings.values():
        figure = draw()
        assert min(saved(figure, tmp_path).size) > 300
        assert ("5,000 of 30,000 rows" in texts(figure)) == (rows == 30_000)


def test_constant_numbers(tmp_path: Path) -> None:
    """Nothing to spread, and nothing breaks."""
    for draw in matplotlib_regressor.drawings(regressed([2, 2], [2, 2])).values():
        assert saved(draw(), tmp_path).size[0] > 300


def test_what_moves_the_predictions(tmp_path: Path) -> None:
    """The features that move most, the most moving one on top."""
    values = np.array([[0.1, -3.0], [0.2, 2.0], [0.0, 1.0]])
    rows = pd.DataFrame({"$weak$": [1.0, 2.0, 3.0], "strong": [1.0, 0.0, 0.0]})
    for figure in (
        matplotlib_shap.importance(values, rows),
        matplotlib_shap.beeswarm(values, rows),
    ):
        names = [text.get_text() for text in figure.axes[0].get_yticklabels()]
        assert names == ["$weak$", "strong"]
        assert min(saved(figure, tmp_path).size) > 200
