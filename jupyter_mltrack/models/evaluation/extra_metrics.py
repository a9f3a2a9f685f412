"""Calling the metrics that users give, each with what its parameters are named after.

One that fails, or returns something else than numbers, is one warning, and the others go on.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass
from numbers import Number
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation.metrics import EvaluationMetric, MetricValue, scalars
from jupyter_mltrack.tracking import limits

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mltrack.models.evaluation.options import Options

_log = logging.getLogger("jupyter_mltrack")

_OWN_NAMES = frozenset({"metrics", "predictions", "targets"})
#: How many parameters a function of ``(eval_df, builtin_metrics)`` has.
_OLDER = 2

Values = dict[str, MetricValue]


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a metric may ask for.

    Attributes:
        predictions: What the model said.
        targets: What is right, or None.
        inputs: The features.
        outputs: Other columns of what the model said, or None.
        predictions_name: The column of the predictions, if they were one.
        targets_name: That of the targets.
        options: ``evaluator_config``.
    """

    predictions: pd.Series[Any]
    targets: pd.Series[Any] | None
    inputs: pd.DataFrame
    outputs: pd.DataFrame | None
    predictions_name: str | None
    targets_name: str | None
    options: Options

    @property
    def eval_df(self) -> pd.DataFrame:
        """A table of its own with the columns ``prediction`` and ``target``."""
        import pandas as pd

        columns = {"prediction": self.predictions.copy()}
        if self.targets is not None:
            columns["target"] = self.targets.copy()
        return pd.DataFrame(columns)

    def by_name(self, known: Values) -> dict[str, Any]:
        """Everything by the name that a parameter can have; what comes later wins."""
        found: dict[str, Any] = {name.partition("/")[0]: value for name, value in known.items()}
        found |= self.options.as_arguments()
        for table in (self.outputs, self.inputs):
            if table is not None:
                found |= {str(name): table.iloc[:, i] for i, name in enumerate(table.columns)}
        found |= {"metrics": dict(known), "predictions": self.predictions}
        if self.predictions_name is not None:
            found[self.predictions_name] = self.predictions
        if self.targets is not None:
            found["targets"] = self.targets
            if self.targets_name is not None:
                found[self.targets_name] = self.targets
        return found


class _Missing(Exception):
    """Parameters of a metric for which there is nothing."""


class _Unusable(Exception):
    """What a metric did or returned instead of giving a value."""


def checked_metrics(metrics: Any, prefix: str) -> list[EvaluationMetric]:
    """The metrics a user gave, if all of them are.

    Raises:
        InvalidParameterValue: if one is something else, or a run cannot have its name.
    """
    given = [] if metrics is None else metrics
    if not isinstance(given, Sequence) or isinstance(given, str):
        msg = f"`extra_metrics` is a list of metrics, not {type(given).__name__}."
        raise InvalidParameterValue(msg)
    for metric in given:
        if not isinstance(metric, EvaluationMetric):
            msg = (
                f"In `extra_metrics`, {metric!r} is of type {type(metric).__name__}. Make metrics"
                " with make_metric(eval_fn=..., greater_is_better=...)."
            )
            raise InvalidParameterValue(msg)
        limits.key("metric", prefix + metric.key)
    return list(given)


def extra_values(metrics: Sequence[EvaluationMetric], offered: Offered, known: Values) -> Values:
    """The values of the metrics, each computed once, after those that it asks for.

    Args:
        metrics: The metrics.
        offered: What they may ask for.
        known: The metrics that are there already.
    """
    found: Values = {}
    waiting = list(metrics)
    while waiting:
        missing: list[tuple[EvaluationMetric, _Missing]] = []
        for metric in waiting:
            try:
                call = _arguments(metric, offered, known | found)
                found[metric.key] = _value(metric, call, len(offered.predictions))
            except _Missing as names:
                missing.append((metric, names))
            except _Unusable as reason:
                _log.warning("The metric %s is left out: %s.", metric.name, reason)
        if len(missing) == len(waiting):
            for metric, lacking in missing:
                nothing = f"there is nothing for its parameters {lacking}"
                _log.warning("The metric %s is left out: %s.", metric.name, nothing)
            break
        waiting = [metric for metric, _ in missing]
    return found


def tell_unused(options: Options, metrics: Sequence[EvaluationMetric]) -> None:
    """Warn of keys of ``evaluator_config`` that are no option and that no metric asks for."""
    asked = {name for metric in metrics for name in _parameters(metric)}
    asked |= {name for name in options.col_mapping.values() if isinstance(name, str)}
    if unused := sorted(str(name) for name in options.others.keys() - asked):
        _log.warning("evaluator_config has %s, which nothing uses.", ", ".join(unused))


def _parameters(metric: EvaluationMetric) -> Mapping[str, inspect.Parameter]:
    try:
        return inspect.signature(metric.eval_fn).parameters
    except (TypeError, ValueError):
        return {}


def _arguments(
    metric: EvaluationMetric, offered: Offered, known: Values
) -> tuple[list[Any], dict[str, Any]]:
    """What to call a metric with, by place and by name; copies, as a function may change it.

    Raises:
        _Missing: if there is nothing for a parameter.
    """
    parameters = _parameters(metric)
    if len(parameters) == _OLDER and not _OWN_NAMES & parameters.keys():
        return [offered.eval_df, scalars(known)], {}
    available, mapping = offered.by_name(known), offered.options.col_mapping
    by_place: list[Any] = []
    by_name: dict[str, Any] = {}
    missing: list[str] = []
    for name, parameter in parameters.items():
        if parameter.kind in {parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD}:
            continue
        source = mapping.get(name, name)
        if isinstance(source, str) and source not in available:
            if parameter.default is parameter.empty:
                missing.append(name)
            continue
        value = deepcopy(available[source] if isinstance(source, str) else source)
        if parameter.kind is parameter.POSITIONAL_ONLY:
            by_place.append(value)
        else:
            by_name[name] = value
    if missing:
        raise _Missing(missing)
    return by_place, by_name


def _value(
    metric: EvaluationMetric, call: tuple[list[Any], dict[str, Any]], rows: int
) -> MetricValue:
    """What a metric says.

    Raises:
        _Unusable: if it fails, or says nothing that can be used.
    """
    try:
        result: Any = metric.eval_fn(*call[0], **call[1])
    except Exception as error:
        msg = f"{type(error).__name__}: {error}"
        raise _Unusable(msg) from error
    if isinstance(result, Number) or getattr(result, "ndim", None) == 0:
        return MetricValue(aggregate_results={metric.name: _number(result)})
    if not isinstance(result, MetricValue):
        msg = f"it returned {type(result).__name__}, no number or MetricValue"
        raise _Unusable(msg)
    return _checked(metric, result, rows)


def _checked(metric: EvaluationMetric, value: MetricValue, rows: int) -> MetricValue:
    """The value with everything as lists and numbers.

    Raises:
        _Unusable: if there are not as many scores as rows, or a run cannot keep an aggregation.
    """
    scores, justifications = _listed(value.scores), _listed(value.justifications)
    for each in (scores, justifications):
        if each is not None and len(each) != rows:
            msg = f"it returned {len(each)} scores for {rows} rows"
            raise _Unusable(msg)
    aggregates: dict[str, float | None] = {}
    for name, number in (value.aggregate_results or {}).items():
        try:
            limits.key("metric", f"{metric.key}/{name}")
        except InvalidParameterValue as error:
            raise _Unusable(error.message) from error
        aggregates[name] = None if number is None else _number(number)
    return MetricValue(scores, justifications, aggregates)


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        msg = f"{str(value)[:60]!r} is no number"
        raise _Unusable(msg) from error


def _listed(values: Any) -> list[Any] | None:
    if values is None:
        return None
    return list(values.tolist() if hasattr(values, "tolist") else values)
