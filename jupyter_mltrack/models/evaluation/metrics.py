"""Metrics that users add to an evaluation, and their values.

Users find these as ``mlflow.metrics``. Names and defaults are MLflow's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from numbers import Number
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation.sklearn_metrics import metric_of_sklearn

__all__ = [
    "EvaluationMetric",
    "MetricValue",
    "f1_score",
    "mae",
    "make_metric",
    "mape",
    "max_error",
    "mse",
    "precision_score",
    "r2_score",
    "recall_score",
    "rmse",
    "scalars",
]


@dataclass(frozen=True, slots=True)
class MetricValue:
    """What a metric found.

    Attributes:
        scores: One for each row: numbers, texts, or None.
        justifications: A text for each row.
        aggregate_results: Numbers for all rows together, by name; without them numeric scores
            give ``mean``, ``variance`` and ``p90``.
    """

    scores: list[Any] | None = None
    justifications: list[Any] | None = None
    aggregate_results: Mapping[str, float | None] | None = None

    def __post_init__(self) -> None:
        if self.aggregate_results is None and _is_numeric(self.scores):
            object.__setattr__(self, "aggregate_results", _aggregated(self.scores))


@dataclass(frozen=True, slots=True)
class EvaluationMetric:
    """A metric of a user's; `make_metric` makes one. It can be called as its function.

    Attributes:
        eval_fn: Computes it; see `make_metric`.
        name: What it is called in a run.
        greater_is_better: Whether more is better.
        long_name: A longer name.
        version: Of the definition; it becomes part of the name in a run: ``name/version``.
        metric_details: What it measures.
        metric_metadata: More about it.
        genai_metric_args: Accepted as MLflow does.
    """

    eval_fn: Callable[..., Any]
    name: str
    greater_is_better: bool
    long_name: str | None = None
    version: str | None = None
    metric_details: str | None = None
    metric_metadata: dict[str, Any] | None = None
    genai_metric_args: dict[str, Any] | None = None

    def __call__(self, **arguments: Any) -> Any:
        """What ``eval_fn`` says of these arguments."""
        return self.eval_fn(**arguments)

    @property
    def key(self) -> str:
        """Its name with its version, if it has one."""
        return f"{self.name}/{self.version}" if self.version else self.name


def make_metric(
    *,
    eval_fn: Any,
    greater_is_better: bool,
    name: str | None = None,
    long_name: str | None = None,
    version: str | None = None,
    metric_details: str | None = None,
    metric_metadata: dict[str, Any] | None = None,
    genai_metric_args: dict[str, Any] | None = None,
) -> EvaluationMetric:
    """A metric for ``extra_metrics`` of `evaluate`.

    Args:
        eval_fn: Gets what its parameters are named after: ``predictions`` and ``targets`` (pandas
            Series), ``metrics`` (a dict of `MetricValue`), a column of the data or of the model's
            output, a key of ``evaluator_config``, or another metric. It returns a number or a
            `MetricValue`. A function of two other names gets ``(eval_df, builtin_metrics)``.
        greater_is_better: Whether more is better.
        name: What to call it; None takes the name of the function.
        long_name: A longer name; None is ``name``.
        version: Of the definition.
        metric_details: What it measures.
        metric_metadata: More about it.
        genai_metric_args: Accepted as MLflow does.

    Raises:
        InvalidParameterValue: if there is no name, or it has a ``/``.

    Example:
        >>> def far_off(predictions, targets):
        ...     return float(((predictions - targets).abs() > 3).mean())
        >>> make_metric(eval_fn=far_off, greater_is_better=False)
    """
    if not callable(eval_fn):
        msg = f"eval_fn must be a function, not {type(eval_fn).__name__}."
        raise InvalidParameterValue(msg)
    chosen = name if name is not None else getattr(eval_fn, "__name__", "<lambda>")
    if not isinstance(chosen, str) or chosen in {"", "<lambda>"}:
        msg = "This function has no name of its own: give the metric one with `name`."
        raise InvalidParameterValue(msg)
    if "/" in chosen:
        msg = f"Invalid metric name {chosen!r}: a '/' separates a metric from its aggregations."
        raise InvalidParameterValue(msg)
    return EvaluationMetric(
        eval_fn,
        chosen,
        greater_is_better,
        long_name or chosen,
        version,
        metric_details,
        metric_metadata,
        genai_metric_args,
    )


def scalars(values: Mapping[str, MetricValue]) -> dict[str, float]:
    """The numbers in values of metrics, by their names in a run.

    An aggregation that is called as its metric has the metric's name, another ``metric/name``.
    """
    return {
        name if aggregation == name.partition("/")[0] else f"{name}/{aggregation}": number
        for name, value in values.items()
        for aggregation, number in (value.aggregate_results or {}).items()
        if number is not None
    }


def mae() -> EvaluationMetric:
    """The mean absolute error."""
    return _ready("mean_absolute_error", greater_is_better=False)


def mse() -> EvaluationMetric:
    """The mean squared error."""
    return _ready("mean_squared_error", greater_is_better=False)


def rmse() -> EvaluationMetric:
    """The root of the mean squared error."""
    return _ready("root_mean_squared_error", greater_is_better=False)


def r2_score() -> EvaluationMetric:
    """The share of the variance that is explained."""
    return _ready("r2_score", greater_is_better=True)


def max_error() -> EvaluationMetric:
    """The largest absolute error."""
    return _ready("max_error", greater_is_better=False)


def mape() -> EvaluationMetric:
    """The mean absolute error relative to the target."""
    return _ready("mean_absolute_percentage_error", greater_is_better=False)


def recall_score() -> EvaluationMetric:
    """The share of the positive rows that are found."""
    return _ready("recall_score", greater_is_better=True)


def precision_score() -> EvaluationMetric:
    """The share of the rows called positive that are."""
    return _ready("precision_score", greater_is_better=True)


def f1_score() -> EvaluationMetric:
    """The harmonic mean of precision and recall."""
    return _ready("f1_score", greater_is_better=True)


def _ready(name: str, *, greater_is_better: bool) -> EvaluationMetric:
    return make_metric(
        eval_fn=metric_of_sklearn(name), greater_is_better=greater_is_better, name=name
    )


def _is_numeric(scores: Any) -> bool:
    return isinstance(scores, list | tuple) and all(isinstance(one, Number) for one in scores)


def _aggregated(scores: Any) -> dict[str, float]:
    """MLflow's aggregations of scores."""
    import numpy as np

    if not len(scores):
        return {}
    mean, variance, p90 = np.mean(scores), np.var(scores), np.percentile(scores, 90)
    return {"mean": float(mean), "variance": float(variance), "p90": float(p90)}
