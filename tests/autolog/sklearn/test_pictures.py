"""Pictures of a classifier."""

from __future__ import annotations

import sys
from typing import Any

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from sklearn.linear_model import LogisticRegression
from sklearn.multioutput import MultiOutputClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

from jupyter_mltrack.autolog.sklearn import pictures
from jupyter_mltrack.autolog.sklearn.data import TrainingData
from jupyter_mltrack.autolog.sklearn.metrics import fit_of
from tests.autolog.fits.rows import CLASSES, THREE, X

MATRIX = "training_confusion_matrix.png"
CURVES = {"training_roc_curve.png", "training_precision_recall_curve.png"}


def drawn(model: Any, labels: Any) -> dict[str, Any]:
    """How to draw the pictures of a model that is fitted to these labels."""
    data = TrainingData(x=X, y=np.asarray(labels), weight=None)
    model.fit(X, labels)
    return pictures.pictures(model, data, fit_of(model, data, None))


@pytest.mark.parametrize(
    ("model", "labels", "files"),
    [
        (LogisticRegression(), CLASSES, {MATRIX} | CURVES),
        (LinearSVC(), CLASSES, {MATRIX} | CURVES),
        (DecisionTreeClassifier(max_depth=2), THREE, {MATRIX}),
        (DecisionTreeClassifier(max_depth=2), np.zeros(len(X)), {MATRIX}),
        (MultiOutputClassifier(LogisticRegression()), np.c_[CLASSES, CLASSES], set()),
    ],
)
def test_what_there_is_to_draw(model: Any, labels: Any, files: set[str]) -> None:
    """Curves of two classes, of probabilities or of how sure the model is."""
    assert drawn(model, labels).keys() == files


def test_figures_are_free_of_pyplot() -> None:
    """The user's figures, backend and settings are not touched."""
    before = dict(mpl.rcParams), "matplotlib.pyplot" in sys.modules
    for draw in drawn(LogisticRegression(), CLASSES).values():
        assert isinstance(draw(), Figure)
    assert before == (dict(mpl.rcParams), "matplotlib.pyplot" in sys.modules)


def test_the_curves_are_those_of_the_metrics() -> None:
    """The areas that the legend tells."""
    data = TrainingData(x=X, y=CLASSES, weight=None)
    model = LogisticRegression(C=0.01).fit(X, CLASSES)
    fit = fit_of(model, data, None)
    figure = pictures.pictures(model, data, fit)["training_roc_curve.png"]()
    texts = [text.get_text() for text in figure.axes[0].get_legend().get_texts()]
    assert f"AUC = {fit.metrics['training_roc_auc']:.3f}" in texts


def test_the_matrix_names_its_classes() -> None:
    """Rows sum to one; a long name is cut."""
    names = np.array(["a", "b" * 40])
    labels = names[CLASSES]
    figure = pictures.confusion(labels, labels, names, None)
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_yticklabels()] == ["a", "b" * 15 + "…"]
    assert {text.get_text() for text in axes.texts} == {"1.00", "0.00"}


@pytest.mark.parametrize("count", [2, 16, 17, 200])
def test_many_classes(count: int) -> None:
    """The picture grows to a limit; numbers and names are left out where they would overlap."""
    labels = np.arange(count)
    figure = pictures.confusion(labels, labels, labels, None)
    assert max(figure.get_size_inches()) < 12
    axes = figure.axes[0]
    assert (len(axes.texts) > 0) == (count <= pictures.MOST_NUMBERS)
    assert len(axes.get_xticks()) <= pictures.MOST_NAMES
