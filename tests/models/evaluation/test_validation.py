from __future__ import annotations

import math
from typing import Any

import pytest

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.evaluation import (
    EvaluationResult,
    MetricThreshold,
    ModelValidationFailedException,
    validate_evaluation_results,
)
from jupyter_mltrack.models.evaluation.validation import MetricThresholdClassException


def validate(value: Any, before: Any = None, **threshold: Any) -> None:
    """Check one metric."""
    candidate = EvaluationResult({} if value is None else {"m": value}, {})
    baseline = None if before is None else EvaluationResult({"m": before}, {})
    better = {"greater_is_better": True} | threshold
    validate_evaluation_results({"m": MetricThreshold(**better)}, candidate, baseline)


@pytest.mark.parametrize(
    ("value", "before", "threshold"),
    [
        (0.8, None, {"threshold": 0.8}),
        (0.8, None, {"threshold": 0.8, "greater_is_better": False}),
        (0.9, 0.5, {"min_absolute_change": 0.4}),
        (0.25, 0.75, {"min_absolute_change": 0.5, "greater_is_better": False}),
        (1.25, 1.0, {"min_relative_change": 0.25}),
        (0.5, 1.0, {"min_relative_change": 0.5, "greater_is_better": False}),
        (-0.5, -1.0, {"min_relative_change": 0.5}),
        (0.1, 0, {"min_relative_change": 0.5}),
        (1.0, 1.0, {"min_relative_change": 0.0}),
    ],
)
def test_what_is_good_enough(value: Any, before: Any, threshold: dict[str, Any]) -> None:
    """The threshold itself is reached; a share is one of the size of the baseline."""
    assert validate(value, before, **threshold) is None  # type: ignore[func-returns-value]


@pytest.mark.parametrize(
    ("value", "before", "threshold", "message"),
    [
        (0.79, None, {"threshold": 0.8}, "m = 0.79 fails its threshold of 0.8"),
        (0.81, None, {"threshold": 0.8, "greater_is_better": False}, "fails its threshold"),
        (math.nan, None, {"threshold": 0.8}, "fails its threshold"),
        (None, None, {"threshold": 0.8}, "missing from the result of the candidate"),
        (1, None, {"min_absolute_change": 1}, "missing from the result of the baseline"),
        (0.6, 0.5, {"min_absolute_change": 0.4}, "fails the minimum absolute change of 0.4"),
        (1.2, 1.0, {"min_relative_change": 0.25}, "fails the minimum relative change of 0.25"),
        (-1.2, -1.0, {"min_relative_change": 0.1}, "fails the minimum relative change"),
        (0.0, 0, {"min_relative_change": 0.5}, "fails the minimum relative change"),
        (math.nan, 0.5, {"min_relative_change": 0.5}, "fails the minimum relative change"),
    ],
)
def test_what_is_not(value: Any, before: Any, threshold: dict[str, Any], message: str) -> None:
    """The message has the numbers."""
    with pytest.raises(ModelValidationFailedException, match=message) as caught:
        validate(value, before, **threshold)
    assert caught.value.error_code == "BAD_REQUEST"
    assert isinstance(caught.value, MltrackException)


def test_every_failure_is_listed() -> None:
    """Also several of one metric."""
    with pytest.raises(ModelValidationFailedException) as caught:
        validate(0.5, 0.4, threshold=0.8, min_absolute_change=0.2, min_relative_change=0.5)
    assert len(str(caught.value).splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"threshold": 1}, "greater_is_better"),
        ({"threshold": 1, "greater_is_better": 1}, "True or False"),
        ({"greater_is_better": True}, "give `threshold`"),
        ({"threshold": "1", "greater_is_better": True}, "must be a number"),
        ({"threshold": True, "greater_is_better": True}, "must be a number"),
        ({"min_absolute_change": 0, "greater_is_better": True}, "above 0"),
        ({"min_relative_change": 1, "greater_is_better": True}, "a float from 0.0"),
        ({"min_relative_change": 1.5, "greater_is_better": True}, "a float from 0.0"),
    ],
)
def test_thresholds_that_cannot_be(arguments: dict[str, Any], message: str) -> None:
    """Of MLflow's class."""
    with pytest.raises(MetricThresholdClassException, match=message):
        MetricThreshold(**arguments)


def test_the_older_name_of_greater_is_better() -> None:
    """Of MLflow 1; and a threshold says what it is in MLflow's words."""
    threshold = MetricThreshold(threshold=0.8, min_relative_change=0.1, higher_is_better=False)
    assert str(threshold) == "Threshold: 0.8. Minimum Relative Change: 0.1. Lower value is better."


@pytest.mark.parametrize("thresholds", [None, {"m": 0.8}, {3: MetricThreshold}, "m"])
def test_thresholds_that_are_none(thresholds: Any) -> None:
    """The message shows how they are written."""
    with pytest.raises(InvalidParameterValue, match="MetricThreshold"):
        validate_evaluation_results(thresholds, EvaluationResult({}, {}))
