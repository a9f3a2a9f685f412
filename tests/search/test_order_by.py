"""Sort clauses: a field and a direction, each field once."""

from __future__ import annotations

import pytest

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search import EXPERIMENTS, RUNS, Field, Grammar, Order, parse_order_by


@pytest.mark.parametrize(
    ("clause", "order"),
    [
        ("metrics.rmse", Order(Field("metric", "rmse"))),
        ("metrics.rmse ASC", Order(Field("metric", "rmse"))),
        ("metric.rmse   aSc ", Order(Field("metric", "rmse"))),
        ("metrics.rmse DESC", Order(Field("metric", "rmse"), ascending=False)),
        (' metrics."key1"\tdesc', Order(Field("metric", "key1"), ascending=False)),
        ("metrics.`Mean Square Error` DESC", Order(Field("metric", "Mean Square Error"), False)),  # noqa: FBT003
        ("metrics.desc", Order(Field("metric", "desc"))),
        ("metrics.loss.min DESC", Order(Field("metric", "loss", "min"), ascending=False)),
        ("metrics.`loss.min`", Order(Field("metric", "loss.min"))),
        ("params.lr", Order(Field("param", "lr"))),
        ("tags.mlflow.runName", Order(Field("tag", "mlflow.runName"))),
        ("start_time DESC", Order(Field("attribute", "start_time"), ascending=False)),
        ("attributes.Created", Order(Field("attribute", "start_time"))),
        ("run.status", Order(Field("attribute", "status"))),
        ("duration", Order(Field("attribute", "duration"))),
        ("experiment_name", Order(Field("attribute", "experiment_name"))),
        ("number DESC", Order(Field("attribute", "number"), ascending=False)),
    ],
)
def test_run_order(clause: str, order: Order) -> None:
    """Runs are sorted by metrics, params, tags and attributes; ascending unless told."""
    assert parse_order_by([clause], RUNS) == (order,)


@pytest.mark.parametrize("prefix", ["", "attribute.", "attributes."])
@pytest.mark.parametrize("key", ["name", "experiment_id", "creation_time", "last_update_time"])
def test_experiment_order(prefix: str, key: str) -> None:
    """Experiments are sorted by their four attributes."""
    expected = Order(Field("attribute", key), ascending=False)
    assert parse_order_by([f"{prefix}{key} DESC"], EXPERIMENTS) == (expected,)


def test_no_clause_no_order() -> None:
    """An empty list leaves the order to the store."""
    assert parse_order_by([], RUNS) == ()


def test_clauses_keep_their_order() -> None:
    """The first clause is the most important one."""
    orders = parse_order_by(["params.b DESC", "params.a"], RUNS)
    assert [order.field.key for order in orders] == ["b", "a"]


def test_a_bare_string_is_one_clause() -> None:
    """A string instead of a list is taken as a list of one."""
    assert parse_order_by("metrics.a DESC", RUNS) == parse_order_by(["metrics.a DESC"], RUNS)


@pytest.mark.parametrize(
    ("grammar", "clause", "position", "words"),
    [
        (RUNS, "", 0, "Expected a field, such as metrics.rmse"),
        (RUNS, "  ", 2, "Expected a field"),
        (RUNS, "DESC", 0, "Unknown attribute 'DESC'"),
        (RUNS, "m.acc", 0, "Unknown prefix 'm'"),
        (RUNS, "acc", 0, "Unknown attribute 'acc'"),
        (RUNS, "attribute.start", 10, "did you mean 'start_time'?"),
        (RUNS, "attribute.experiment", 10, "did you mean 'experiment_id'?"),
        (RUNS, "`metrics.A", 0, "never closed"),
        (RUNS, "`metrics.A`", 0, "Unknown attribute 'metrics.A'"),
        (RUNS, "metrics.A != 1", 10, "Expected ASC, DESC or the end"),
        (RUNS, "run_id ACS", 7, "Expected ASC, DESC or the end"),
        (RUNS, "run_id ASC DESC", 11, "Expected ASC, DESC or the end"),
        (RUNS, "metrics.a, metrics.b", 9, "one field per clause"),
        (RUNS, "abs(metrics.a)", 0, "Unknown attribute 'abs'"),
        (RUNS, " datasets.name", 1, "sort runs by attributes, experiment, metrics, params, tags"),
        (EXPERIMENTS, "tags.a", 0, "order_by does not take tags"),
    ],
)
def test_bad_clause(grammar: Grammar, clause: str, position: int, words: str) -> None:
    """A clause that does not parse is pointed at."""
    with pytest.raises(FilterSyntaxError) as caught:
        parse_order_by([clause], grammar)
    assert words in caught.value.reason
    assert (caught.value.text, caught.value.position) == (clause, position)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("metrics.a", "metrics.a"),
        ("metrics.a", " metric.`a` DESC"),
        ("start_time", "attributes.created DESC"),
        ("`Run Name`", "run_name"),
    ],
)
def test_duplicate(first: str, second: str) -> None:
    """A field counts as the same however it is spelt."""
    with pytest.raises(FilterSyntaxError, match="name each field once") as caught:
        parse_order_by([first, second], RUNS)
    assert caught.value.text == second
