"""Metrics of classifiers and regressors, all of them computed by scikit-learn.

Which there are, how they are called and in what order is MLflow's. A metric that the data does not
define (the AUC of a single class) is left out, with a warning, and the others are there.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import MltrackException

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from jupyter_mltrack.models.evaluation.classified import Classified
    from jupyter_mltrack.models.evaluation.regressed import Regressed

_log = logging.getLogger("jupyter_mltrack")


def library() -> Any:
    """The module ``sklearn.metrics``.

    Raises:
        MltrackException: if scikit-learn is not installed.
    """
    try:
        return import_module("sklearn.metrics")
    except ImportError as error:
        msg = "evaluate() computes its metrics with scikit-learn: run `pip install scikit-learn`."
        raise MltrackException(msg) from error


def binary(case: Classified) -> dict[str, float]:
    """The metrics of a classifier with two labels."""
    counts = confusion(case).ravel()
    names = ("true_negatives", "false_positives", "false_negatives", "true_positives")
    found = {name: int(count) for name, count in zip(names, counts, strict=True)}
    return found | _common(case, average="binary") | ranking(case)


def multiclass(case: Classified, average: str | None) -> dict[str, float]:
    """The metrics of a classifier with more labels.

    Args:
        case: What it said.
        average: How those of the classes become one: ``weighted``, ``macro`` or ``micro``.
    """
    found = _common(case, average=average)
    if case.probabilities is None or average not in {"macro", "weighted"}:
        return found

    def roc_auc() -> float:
        return float(
            library().roc_auc_score(
                case.targets,
                case.probabilities,
                labels=range(len(case.labels)),
                sample_weight=case.weights,
                average=average,
                multi_class="ovr",
            )
        )

    return found | measured({"roc_auc": roc_auc})


def per_class(case: Classified, *, ranked: bool) -> pd.DataFrame:
    """One row for each class, which is told from all others.

    Args:
        case: What the classifier said.
        ranked: Whether the areas under the curves are wanted too.
    """
    import pandas as pd

    rows = [case.one_against_rest(place, ranked=ranked) for place in range(len(case.labels))]
    return pd.DataFrame(
        [
            {"positive_class": label, **binary(row)}
            for label, row in zip(case.labels, rows, strict=True)
        ]
    )


def confusion(case: Classified, normalize: str | None = None) -> np.ndarray:
    """How often which label was predicted for which: a row for each true label.

    Args:
        case: What the classifier said.
        normalize: ``"true"`` gives shares of the row, weighted.
    """
    weights = case.weights if normalize else None  # MLflow counts rows, whatever they weigh
    matrix: np.ndarray = library().confusion_matrix(
        case.targets,
        case.predictions,
        labels=range(len(case.labels)),
        normalize=normalize,
        sample_weight=weights,
    )
    return matrix


def regression(case: Regressed) -> dict[str, float]:
    """The metrics of a regressor."""
    sk, weighted = library(), {"sample_weight": case.weights}
    both = (case.targets, case.predictions)
    total = float((case.targets * (1 if case.weights is None else case.weights)).sum())
    return measured(
        {
            "example_count": lambda: len(case.targets),
            "mean_absolute_error": lambda: sk.mean_absolute_error(*both, **weighted),
            "mean_squared_error": lambda: sk.mean_squared_error(*both, **weighted),
            "root_mean_squared_error": lambda: sk.root_mean_squared_error(*both, **weighted),
            "sum_on_target": lambda: total,
            "mean_on_target": lambda: total / len(case.targets),
            "r2_score": lambda: sk.r2_score(*both, **weighted),
            "max_error": lambda: sk.max_error(*both),
            "mean_absolute_percentage_error": lambda: sk.mean_absolute_percentage_error(
                *both, **weighted
            ),
        }
    )


def metric_of_sklearn(name: str) -> Callable[..., float]:
    """A function for `make_metric` that calls the one of this name in ``sklearn.metrics``."""

    def eval_fn(predictions: Any, targets: Any) -> float:
        return float(getattr(library(), name)(targets, predictions))

    return eval_fn


def measured(calls: Mapping[str, Callable[[], Any]]) -> dict[str, float]:
    """What the functions return, as plain numbers; one that cannot tell is left out."""
    from sklearn.exceptions import UndefinedMetricWarning

    found: dict[str, float] = {}
    for name, call in calls.items():
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error", UndefinedMetricWarning)
                value = call()
        except (TypeError, ValueError, UndefinedMetricWarning) as error:
            _log.warning("The metric %s is left out: %s", name, str(error).partition("\n")[0])
        else:
            found[name] = value if type(value) is int else float(value)
    return found


def _common(case: Classified, *, average: str | None) -> dict[str, float]:
    sk, both = library(), (case.targets, case.predictions)
    weighted = {"sample_weight": case.weights}
    # Without a prediction of a class its precision is 0, which is no reason to warn.
    averaged = weighted | {"average": average, "pos_label": 1, "zero_division": 0.0}
    calls: dict[str, Callable[[], Any]] = {
        "example_count": lambda: len(case.targets),
        "accuracy_score": lambda: sk.accuracy_score(*both, **weighted),
        "recall_score": lambda: sk.recall_score(*both, **averaged),
        "precision_score": lambda: sk.precision_score(*both, **averaged),
        "f1_score": lambda: sk.f1_score(*both, **averaged),
    }
    if case.is_complete:
        places = range(len(case.labels))
        calls["log_loss"] = lambda: sk.log_loss(
            case.targets, case.probabilities, labels=places, **weighted
        )
    return measured(calls)


def ranking(case: Classified) -> dict[str, float]:
    """The areas under the curves of two labels; none without probabilities."""
    if case.probabilities is None:
        return {}
    sk, both = library(), (case.targets, case.probabilities[:, 1])
    return measured(
        {
            "roc_auc": lambda: sk.roc_auc_score(*both, sample_weight=case.weights),
            "precision_recall_auc": lambda: sk.average_precision_score(
                *both, sample_weight=case.weights
            ),
        }
    )
