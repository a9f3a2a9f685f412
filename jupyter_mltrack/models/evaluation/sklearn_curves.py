"""The points of the curves of a classifier with two labels, computed by scikit-learn.

Each function gives x and y, arrays of equal length; all need probabilities.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from jupyter_mltrack.models.evaluation.sklearn_metrics import library

if TYPE_CHECKING:
    import numpy as np

    from jupyter_mltrack.models.evaluation.classified import Classified

    Points = tuple[np.ndarray, np.ndarray]


def roc(case: Classified) -> Points:
    """False and true positive rates, as the threshold falls."""
    x, y, _ = library().roc_curve(case.targets, chances(case), sample_weight=case.weights)
    return x, y


def precision_recall(case: Classified) -> Points:
    """Recall and precision, as the threshold rises."""
    precision, recall, _ = library().precision_recall_curve(
        case.targets, chances(case), sample_weight=case.weights
    )
    return recall, precision


def calibration(case: Classified, bins: int) -> Points:
    """The mean probability in each bin, and the share of positive rows there."""
    curve = import_module("sklearn.calibration").calibration_curve
    share, mean = curve(case.targets, chances(case), n_bins=bins)
    return mean, share


def lift(case: Classified) -> Points:
    """Shares of the rows, likeliest first, and how many times as many of them are positive.

    The definition is that of https://en.wikipedia.org/wiki/Lift_(data_mining).
    """
    import numpy as np

    order = np.argsort(-chances(case), kind="stable")
    rows = np.arange(1, len(order) + 1)
    share = rows / len(order)
    return share, np.cumsum(case.targets[order]) / case.targets.sum() / share


def chances(case: Classified) -> np.ndarray:
    """The probability of the positive label in each row.

    Raises:
        ValueError: if there are none.
    """
    if case.probabilities is None:
        msg = "the model tells no probabilities"
        raise ValueError(msg)
    one: np.ndarray = case.probabilities[:, 1]
    return one
