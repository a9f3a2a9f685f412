from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation import MetricValue, make_metric, metrics
from jupyter_mltrack.models.evaluation.extra_metrics import (
    Offered,
    checked_metrics,
    extra_values,
)
from jupyter_mltrack.models.evaluation.options import options_for

SAID, TRUE = pd.Series([1.0, 2.0, 4.0]), pd.Series([1.0, 2.0, 3.0])
KNOWN = {"score": MetricValue(aggregate_results={"score": 0.5})}


def offered(**config: Any) -> Offered:
    """Three rows with a column, another column of the output, and options."""
    return Offered(
        predictions=SAID,
        targets=TRUE,
        inputs=pd.DataFrame({"a": [1, 1, 2]}),
        outputs=pd.DataFrame({"sure": [0.5, 0.5, 1.0]}),
        predictions_name="said",
        targets_name="price",
        options=options_for("regressor", None, config, 3),
    )


def found(*functions: Callable[..., Any], **config: Any) -> dict[str, float]:
    """The values of metrics that are made of these functions."""
    made = [make_metric(eval_fn=one, greater_is_better=True) for one in functions]
    return metrics.scalars(extra_values(made, offered(**config), KNOWN))


def test_parameters_are_named_after_what_they_get() -> None:
    """Columns of the data and the output, options, other metrics, and names of the user's."""

    def mixed(a: Any, sure: Any, said: Any, price: Any, factor: float, score: Any) -> float:
        size = a.sum() + sure.sum() + said.sum() + price.sum()
        return float(size * factor + score.aggregate_results["score"])

    assert found(mixed, factor=2) == {"mixed": 2 * (4 + 2 + 7 + 6) + 0.5}


def test_a_parameter_may_stand_for_something_else() -> None:
    """``col_mapping`` says for what: a name, or a value."""

    def off(x: Any, y: Any, z: int) -> float:
        return float((x - y).sum() * z)

    assert found(off, col_mapping={"x": "predictions", "y": "targets", "z": 5}) == {"off": 5}


def test_defaults_and_the_rest() -> None:
    """What is not there keeps its default; ``*args`` and ``**kwargs`` get nothing."""

    def size(predictions: Any, /, *args: Any, scale: int = 3, **kwargs: Any) -> int:
        return len(predictions) * scale + len(args) + len(kwargs)

    assert found(size) == {"size": 9}


def test_the_older_signature() -> None:
    """A table with two columns, and the metrics as numbers."""

    def older(eval_df: Any, builtin_metrics: Any) -> float:
        return float((eval_df["prediction"] - eval_df["target"]).sum() + builtin_metrics["score"])

    assert found(older) == {"older": 1.5}


def test_a_metric_that_asks_for_a_later_one() -> None:
    """It waits for it."""

    def second(predictions: Any, first: Any) -> float:
        return float(len(predictions) + first.aggregate_results["first"])

    def first(predictions: Any) -> float:
        return float(predictions.sum())

    assert found(second, first) == {"first": 7, "second": 10}


def test_what_a_metric_does_to_its_arguments_is_not_seen() -> None:
    """Each gets copies."""

    def spoil(predictions: Any, a: Any) -> float:
        predictions[:] = 0
        a[:] = 0
        return 0.0

    def after(predictions: Any, a: Any) -> float:
        return float(predictions.sum() + a.sum())

    assert found(spoil, after)["after"] == 11


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (lambda predictions: 1 / (len(predictions) - 3), "ZeroDivisionError"),
        (lambda predictions: [len(predictions)], "returned list"),
        (lambda predictions: None if predictions.size else 0, "returned NoneType"),
        (lambda nowhere: nowhere, "nothing for its parameters ['nowhere']"),
        (lambda predictions: MetricValue(scores=[len(predictions)]), "1 scores for 3 rows"),
        (lambda predictions: MetricValue(aggregate_results={"a": str(predictions)}), "no number"),
        (lambda predictions: MetricValue(aggregate_results={"<": len(predictions)}), "Invalid"),
    ],
)
def test_a_metric_that_fails(
    function: Callable[..., Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning, and the others go on."""

    def fine(predictions: Any) -> int:
        return len(predictions)

    bad = make_metric(eval_fn=function, greater_is_better=True, name="bad")
    good = make_metric(eval_fn=fine, greater_is_better=True)
    values = extra_values([bad, good], offered(), KNOWN)
    assert metrics.scalars(values) == {"fine": 3}
    assert [reason in record.getMessage() for record in caplog.records] == [True]


def test_scores_and_aggregations() -> None:
    """Numeric scores are aggregated as in MLflow; an aggregation is named after its metric."""

    def off(predictions: Any, targets: Any) -> MetricValue:
        return MetricValue(scores=(predictions - targets).abs().tolist())

    assert found(off) == {
        "off/mean": pytest.approx(1 / 3),
        "off/variance": pytest.approx(2 / 9),
        "off/p90": pytest.approx(0.8),
    }


def test_texts_as_scores_have_no_aggregation() -> None:
    """Nor have scores of no rows."""
    assert MetricValue(scores=["a", "b"]).aggregate_results is None
    assert MetricValue(scores=[]).aggregate_results == {}


@pytest.mark.parametrize("value", [np.float32(0.5), np.array(0.5), 0.5])
def test_numbers_of_every_kind(value: Any) -> None:
    """Of NumPy too."""
    metric = make_metric(eval_fn=lambda predictions: value, greater_is_better=True, name="half")  # noqa: ARG005
    assert metrics.scalars(extra_values([metric], offered(), KNOWN)) == {"half": 0.5}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"eval_fn": lambda: 0}, "no name of its own"),
        ({"eval_fn": len, "name": "a/b"}, "separates a metric"),
        ({"eval_fn": "len"}, "must be a function"),
    ],
)
def test_metrics_that_cannot_be_made(arguments: dict[str, Any], message: str) -> None:
    """The message says why."""
    with pytest.raises(InvalidParameterValue, match=message):
        make_metric(**arguments, greater_is_better=True)


def test_a_name_that_no_run_can_have() -> None:
    """It is refused before anything is computed."""
    metric = make_metric(eval_fn=len, greater_is_better=True, name="<b>")
    with pytest.raises(InvalidParameterValue, match="Invalid metric name"):
        checked_metrics([metric], "")


def test_a_metric_is_its_function() -> None:
    """Called with names."""
    assert metrics.mae()(predictions=SAID, targets=TRUE) == pytest.approx(1 / 3)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("mae", 1 / 3),
        ("mse", 1 / 3),
        ("rmse", (1 / 3) ** 0.5),
        ("r2_score", 0.5),
        ("max_error", 1),
        ("mape", 1 / 9),
    ],
)
def test_ready_metrics_of_numbers(name: str, value: float) -> None:
    """As ``mlflow.metrics`` has them."""
    metric = getattr(metrics, name)()
    assert metric(predictions=SAID, targets=TRUE) == pytest.approx(value)


@pytest.mark.parametrize("name", ["recall_score", "precision_score", "f1_score"])
def test_ready_metrics_of_labels(name: str) -> None:
    """As ``mlflow.metrics`` has them."""
    metric = getattr(metrics, name)()
    assert metric(predictions=[0, 1, 1], targets=[0, 1, 1]) == 1
    assert metric.greater_is_better
