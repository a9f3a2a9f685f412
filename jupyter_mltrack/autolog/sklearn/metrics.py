"""How well a model fits the data it was trained with: the metrics that MLflow takes.

Classifiers: precision, recall, F1 and accuracy, weighted by the size of the classes (or those of
one class, ``pos_label``); with ``predict_proba`` also log loss and ROC AUC, one against one.
Regressors: squared error, its root, absolute error, R². Both: the model's own ``score``.
"""

from __future__ import annotations

import inspect
import math
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from jupyter_mltrack.autolog.sklearn.data import TrainingData

PREFIX = "training_"

#: Filters of warnings belong to the whole process; who changes them does so alone.
_filters = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """How well a model fits.

    Attributes:
        metrics: The numbers by name.
        failed: For each that could not be computed, the name and why.
        predictions: The classes that it takes its training data for; None if it is no classifier.
        scores: The probabilities of the classes; None if there are none.
    """

    metrics: dict[str, float] = field(default_factory=dict)
    failed: dict[str, str] = field(default_factory=dict)
    predictions: Any = None
    scores: Any = None


def fit_of(model: Any, data: TrainingData, pos_label: Any) -> Fit:
    """How well a fitted model fits its training data."""
    from sklearn.base import is_classifier, is_regressor

    with quiet():
        fit = Fit()
        if is_classifier(model) and hasattr(model, "predict"):
            fit = _of_classifier(model, data, pos_label)
        elif is_regressor(model) and hasattr(model, "predict"):
            fit = _of_regressor(model, data)
        if hasattr(model, "score") and _can_score(model):
            _measure(fit, {"score": lambda: model.score(*_score_arguments(model, data))})
        return fit


@contextmanager
def quiet() -> Iterator[None]:
    """Warnings are ignored: the user's own calls warn of what is ill-defined."""
    with _filters, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _of_classifier(model: Any, data: TrainingData, pos_label: Any) -> Fit:
    from sklearn import metrics

    predicted = model.predict(data.x)
    proba = model.predict_proba(data.x) if hasattr(model, "predict_proba") else None
    fit = Fit(predictions=predicted, scores=proba)
    sides = {"y_true": data.y, "y_pred": predicted, "sample_weight": data.weight}
    average = "weighted" if pos_label is None else "binary"
    of_one = {**sides, "pos_label": pos_label, "average": average}
    wanted: dict[str, Callable[[], Any]] = {
        "precision_score": lambda: metrics.precision_score(**of_one),
        "recall_score": lambda: metrics.recall_score(**of_one),
        "f1_score": lambda: metrics.f1_score(**of_one),
        "accuracy_score": lambda: metrics.accuracy_score(**sides),
    }
    if proba is not None:
        wanted["log_loss"] = lambda: metrics.log_loss(data.y, proba, sample_weight=data.weight)
        wanted["roc_auc"] = lambda: metrics.roc_auc_score(
            data.y,
            of_greater_class(proba),
            average="weighted",
            sample_weight=data.weight,
            multi_class="ovo",
        )
    _measure(fit, wanted)
    return fit


def _of_regressor(model: Any, data: TrainingData) -> Fit:
    from sklearn import metrics

    predicted = model.predict(data.x)
    fit = Fit()
    sides = {"y_true": data.y, "y_pred": predicted, "sample_weight": data.weight}
    _measure(
        fit,
        {
            "mean_squared_error": lambda: metrics.mean_squared_error(**sides),
            "mean_absolute_error": lambda: metrics.mean_absolute_error(**sides),
            "r2_score": lambda: metrics.r2_score(**sides),
        },
    )
    squared = fit.metrics.get(f"{PREFIX}mean_squared_error")
    if squared is not None:
        fit.metrics[f"{PREFIX}root_mean_squared_error"] = math.sqrt(squared)
    return fit


def of_greater_class(proba: Any) -> Any:
    """Of two classes the probabilities of the second; of more all."""
    return proba[:, 1] if len(proba[0]) == 2 else proba  # noqa: PLR2004  (two classes)


def _measure(fit: Fit, wanted: Mapping[str, Callable[[], Any]]) -> None:
    """Compute what can be computed."""
    for name, compute in wanted.items():
        key = PREFIX + name
        try:
            fit.metrics[key] = float(compute())
        except Exception as error:  # noqa: BLE001  (kinds of labels differ from metric to metric)
            fit.failed[key] = str(error)


def _can_score(model: Any) -> bool:
    """A search that fitted no model in the end has a ``score`` that fails."""
    return getattr(model, "refit", True) is not False


def _score_arguments(model: Any, data: TrainingData) -> tuple[Any, ...]:
    if "sample_weight" in inspect.signature(model.score).parameters:
        return data.x, data.y, data.weight
    return data.x, data.y
