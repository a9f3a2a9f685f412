"""How well a model fits."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.dummy import DummyClassifier
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import f1_score

from jupyter_mltrack.autolog.sklearn.data import TrainingData, as_dataset
from jupyter_mltrack.autolog.sklearn.metrics import fit_of
from tests.autolog.fits.rows import CLASSES, X, Y


def data(y: Any, weight: Any = None) -> TrainingData:
    """The rows with these labels."""
    return TrainingData(x=X, y=y, weight=weight)


def test_one_that_fails_leaves_the_others() -> None:
    """It is named with the reason."""
    model = DummyClassifier().fit(X, np.zeros(len(X)))
    fit = fit_of(model, data(np.zeros(len(X))), None)
    assert fit.metrics["training_accuracy_score"] == 1.0
    assert "only one label" in fit.failed["training_log_loss"]


def test_the_class_that_counts() -> None:
    """F1 of one class, and a class that is not there."""
    model = LogisticRegression(C=0.001).fit(X, CLASSES)
    fit = fit_of(model, data(CLASSES), 0)
    wanted = f1_score(CLASSES, model.predict(X), pos_label=0)
    assert fit.metrics["training_f1_score"] == pytest.approx(wanted)
    assert "training_f1_score" in fit_of(model, data(CLASSES), "none").failed


def test_warnings_of_metrics_are_kept_from_the_user() -> None:
    """And the filters are as before."""
    model = LogisticRegression().fit(X, CLASSES)
    before = list(warnings.filters)
    fit_of(model, data(np.ones(len(X), dtype=int)), None)
    assert warnings.filters == before


def test_labels_that_do_not_fit() -> None:
    """Everything fails, and says so."""
    fit = fit_of(LinearRegression().fit(X, Y), data(Y[:3]), None)
    assert not fit.metrics
    assert set(fit.failed) >= {"training_mean_squared_error", "training_score"}


def test_weights_count() -> None:
    """In each of them."""
    weight = np.linspace(0.0, 1.0, len(X))
    model = RandomForestClassifier(n_estimators=2, max_depth=1, random_state=0).fit(X, CLASSES)
    plain, weighted = (fit_of(model, data(CLASSES, each), None) for each in (None, weight))
    changed = [key for key in plain.metrics if plain.metrics[key] != weighted.metrics[key]]
    assert set(changed) == set(plain.metrics)


@pytest.mark.parametrize("x", [None, "text", [1, 2], {"a": [1]}, iter([1]), 3.5])
def test_what_is_no_dataset(x: Any) -> None:
    """There is nothing to describe."""
    assert as_dataset(x, [1.0]) is None
