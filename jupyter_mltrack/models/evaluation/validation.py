"""Whether a model is good enough: thresholds for metrics, alone and against a baseline.

The rules are those of MLflow's ``mlflow.models.evaluation.validation``.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException

if TYPE_CHECKING:
    from jupyter_mltrack.models.evaluation.result import EvaluationResult

_log = logging.getLogger("jupyter_mltrack")

#: Against a baseline of 0 there is no relative change: any change of this size will do.
_ANY_CHANGE = 1e-10


class MetricThresholdClassException(InvalidParameterValue):
    """A threshold that cannot be; its name is MLflow's."""


class ModelValidationFailedException(MltrackException):
    """A model did not reach what was asked of it; the message lists every failure."""

    code = "BAD_REQUEST"


class MetricThreshold:
    """What a metric has to reach.

    Args:
        threshold: At least this, or at most this if less is better.
        min_absolute_change: Better than the baseline by this much, above 0.
        min_relative_change: Better than the baseline by this share of it, from 0.0 to 1.0.
        greater_is_better: Whether more is better; it must be said.
        higher_is_better: Its name in MLflow 1.

    Raises:
        MetricThresholdClassException: if one of them cannot be, or none is given.

    Example:
        >>> MetricThreshold(threshold=0.8, min_relative_change=0.05, greater_is_better=True)
    """

    def __init__(
        self,
        threshold: float | None = None,
        min_absolute_change: float | None = None,
        min_relative_change: float | None = None,
        greater_is_better: bool | None = None,
        higher_is_better: bool | None = None,
    ) -> None:
        if greater_is_better is None:
            greater_is_better = higher_is_better
        self.threshold = threshold
        self.min_absolute_change = min_absolute_change
        self.min_relative_change = min_relative_change
        self.greater_is_better = bool(greater_is_better)
        if not isinstance(greater_is_better, bool):
            self._refuse("`greater_is_better` is True or False, and has to be given.")
        if threshold is not None and not _is_number(threshold):
            self._refuse("`threshold` must be a number.")
        if min_absolute_change is not None and not (
            _is_number(min_absolute_change) and min_absolute_change > 0
        ):
            self._refuse("`min_absolute_change` must be a number above 0.")
        if min_relative_change is not None and not _is_share(min_relative_change):
            self._refuse("`min_relative_change` must be a float from 0.0 to 1.0.")
        if threshold is None and not self.compares:
            self._refuse("give `threshold`, `min_absolute_change` or `min_relative_change`.")

    def __repr__(self) -> str:
        return f"MetricThreshold({self})"

    def __str__(self) -> str:
        parts = [
            ("Threshold", self.threshold),
            ("Minimum Absolute Change", self.min_absolute_change),
            ("Minimum Relative Change", self.min_relative_change),
        ]
        texts = [f"{name}: {value}." for name, value in parts if value is not None]
        better = "Greater" if self.greater_is_better else "Lower"
        return " ".join([*texts, f"{better} value is better."])

    @property
    def compares(self) -> bool:
        """Whether it needs a baseline."""
        return self.min_absolute_change is not None or self.min_relative_change is not None

    def failures(self, name: str, value: float | None, baseline: float | None) -> Iterator[str]:
        """Why a metric does not reach it; nothing if it does.

        Args:
            name: Of the metric.
            value: Of the model; None if it has no such metric.
            baseline: Of the baseline.
        """
        if value is None:
            yield f"Metric {name} is missing from the result of the candidate model."
            return
        said = f"Metric {name} = {value}"
        if self.threshold is not None and not self._reaches(value, self.threshold):
            yield f"{said} fails its threshold of {self.threshold}."
        if not self.compares:
            return
        if baseline is None:
            yield f"Metric {name} is missing from the result of the baseline model."
            return
        said += f", against {baseline} of the baseline,"
        change = self.min_absolute_change
        if change is not None and not self._is_better_by(value, baseline, change):
            yield f"{said} fails the minimum absolute change of {change}."
        share = self.min_relative_change
        if share is not None and not self._is_better_by_share(name, value, baseline, share):
            yield f"{said} fails the minimum relative change of {share}."

    def _refuse(self, reason: str) -> None:
        msg = f"Could not instantiate MetricThreshold class: {reason}"
        raise MetricThresholdClassException(msg)

    def _reaches(self, value: Any, least: Any) -> bool:
        return bool(value >= least if self.greater_is_better else value <= least)

    def _is_better_by(self, value: float, baseline: float, change: float) -> bool:
        wanted = baseline + change if self.greater_is_better else baseline - change
        return self._reaches(value, wanted)

    def _is_better_by_share(self, name: str, value: float, baseline: float, share: float) -> bool:
        if baseline == 0:
            _log.warning("%s of the baseline is 0, so any better value will do.", name)
            return self._is_better_by(value, baseline, _ANY_CHANGE)
        gain = value - baseline if self.greater_is_better else baseline - value
        return gain / abs(baseline) >= share


def validate_evaluation_results(
    validation_thresholds: Mapping[str, MetricThreshold],
    candidate_result: EvaluationResult,
    baseline_result: EvaluationResult | None = None,
) -> None:
    """Check that a model is good enough.

    Args:
        validation_thresholds: What each metric has to reach.
        candidate_result: Of the model, from `evaluate`.
        baseline_result: Of the model that it is compared with.

    Raises:
        ModelValidationFailedException: if it is not; with every failure.
        InvalidParameterValue: if the thresholds are none.

    Example:
        >>> better = {"f1_score": MetricThreshold(min_absolute_change=0.01, greater_is_better=True)}
        >>> validate_evaluation_results(better, candidate, baseline)
    """
    validate_metrics(
        checked_thresholds(validation_thresholds),
        candidate_result.metrics,
        baseline_result.metrics if baseline_result is not None else {},
    )


def checked_thresholds(thresholds: Any) -> Mapping[str, MetricThreshold]:
    """The thresholds, if that is what they are.

    Raises:
        InvalidParameterValue: if not.
    """
    if (
        not isinstance(thresholds, Mapping)
        or not all(isinstance(name, str) for name in thresholds)
        or not all(isinstance(one, MetricThreshold) for one in thresholds.values())
    ):
        msg = "validation_thresholds is a dict, such as {'f1_score': MetricThreshold(...)}."
        raise InvalidParameterValue(msg)
    return thresholds


def validate_metrics(
    thresholds: Mapping[str, MetricThreshold],
    metrics: Mapping[str, float],
    baseline: Mapping[str, float],
) -> None:
    """Check metrics against thresholds.

    Raises:
        ModelValidationFailedException: with every failure.
    """
    failures = [
        failure
        for name, threshold in thresholds.items()
        for failure in threshold.failures(name, metrics.get(name), baseline.get(name))
    ]
    if failures:
        raise ModelValidationFailedException("\n".join(failures))


def _is_share(value: Any) -> bool:
    return isinstance(value, float) and 0 <= value <= 1


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
