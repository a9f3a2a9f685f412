"""What a regressor said about the rows of a table, ready for metrics and plots."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation.one_each import flat

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Regressed:
    """True and predicted numbers of rows.

    Attributes:
        targets: The true number of each row, shape ``(rows,)``.
        predictions: The predicted one.
        weights: What each row counts, or None.
    """

    targets: np.ndarray
    predictions: np.ndarray
    weights: np.ndarray | None = None

    @property
    def residuals(self) -> np.ndarray:
        """What the predictions lack: target less prediction."""
        lacking: np.ndarray = self.targets - self.predictions
        return lacking


def regressed(targets: Any, answers: Any, weights: np.ndarray | None = None) -> Regressed:
    """What a regressor said.

    Args:
        targets: The true numbers.
        answers: What the model predicted: one number for each row.
        weights: What each row counts.

    Raises:
        InvalidParameterValue: if they are no finite numbers, or not as many as rows.
    """
    truth, said = _numbers(targets, "targets"), _numbers(answers, "predictions")
    if truth.shape != said.shape:
        msg = f"A regressor predicts a number for each of {len(truth)} rows, not {said.shape}."
        raise InvalidParameterValue(msg)
    return Regressed(targets=truth, predictions=said, weights=weights)


def _numbers(values: Any, role: str) -> np.ndarray:
    import numpy as np

    try:
        # A copy, which autologging does not take for what a model predicted.
        array = flat(np.array(values, dtype=float))
    except (TypeError, ValueError) as error:
        msg = f"The {role} of a regressor are numbers ({error}); a classifier says labels."
        raise InvalidParameterValue(msg) from error
    if bad := int((~np.isfinite(array)).sum()):
        msg = f"{bad} of the {array.size} {role} are missing or infinite. Leave these rows out."
        raise InvalidParameterValue(msg)
    return array
