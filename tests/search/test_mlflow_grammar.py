"""MLflow's grammar line by line: what it accepts we accept, with the same meaning.

The lines are those of ``mlflow/utils/search_utils.py``. Where MLflow has an error, we may not.
"""

from __future__ import annotations

import pytest

from jupyter_mltrack.errors import FilterSyntaxError, MlflowException
from jupyter_mltrack.search import (
    EXPERIMENTS,
    MODEL_VERSIONS,
    REGISTERED_MODELS,
    RUNS,
    Comparison,
    Grammar,
    parse_filter,
    parse_order_by,
)

ORDERED = [">", ">=", "!=", "=", "<", "<="]
TEXT = ["=", "!=", "LIKE", "ILIKE"]

RUN_LINES = {
    "metric": [
        f"{prefix}.{key} {op} {number}"
        for prefix in ("metric", "metrics")
        for key in ("rmse", "`val acc`", '"val acc"', "'val acc'")
        for op in ORDERED
        for number in ("7", "0.5", ".70", "4e-1", "-1")
    ],
    "param": [
        f"{prefix}.{key} {right}"
        for prefix in ("parameter", "parameters", "param", "params")
        for key in ("lr", "`train path`")
        for right in (*(f"{op} '0.1'" for op in TEXT), '= "0.1"', "IS NULL", "IS NOT NULL")
    ],
    "tag": [
        f"{prefix}.{key} {right}"
        for prefix in ("tag", "tags")
        for key in ("owner", "mlflow.runName", "a.b", "`a b`")
        for right in (*(f"{op} 'me'" for op in TEXT), "like 'm%'", "IS NULL", "is not null")
    ],
    "attribute": [
        *(
            f"{prefix}{key} {op} 'x'"
            for prefix in ("attribute.", "attributes.", "attr.", "run.", "")
            for key in ("artifact_uri", "run_id", "run_name", "status", "user_id", "`Run name`")
            for op in TEXT
        ),
        *(
            f"{prefix}{key} {op} 1700000000000"
            for prefix in ("attribute.", "attributes.", "attr.", "run.", "")
            for key in ("start_time", "end_time", "created", "Created")
            for op in ORDERED
        ),
        "run_id IN ('a', 'b')",
        "attributes.run_id NOT IN ('a')",
        "`run name` = 'x'",
        "`Run Name` = 'x'",
    ],
    "dataset": [
        f"{prefix}.{key} {right}"
        for prefix in ("dataset", "datasets")
        for key in ("name", "digest", "context")
        for right in (*(f"{op} 'x'" for op in TEXT), "IN ('x', 'y')", "NOT IN ('x')")
    ],
}
EXPERIMENT_LINES = [
    *(f"{prefix}name {op} 'x'" for prefix in ("", "attribute.", "attributes.") for op in TEXT),
    *(f"experiment_id {right}" for right in ("= '1'", "!= '1'", "IN ('1', '2')", "NOT IN ('1')")),
    *(f"{key} {op} 17" for key in ("creation_time", "last_update_time") for op in ORDERED),
    *(f"{prefix}.a.b {op} 'x'" for prefix in ("tag", "tags") for op in TEXT),
    "tags.a IS NULL",
    "tags.a IS NOT NULL",
]
_TAG_LINES = [
    *(
        f"{prefix}.{key} {op} 'x'"
        for prefix in ("tag", "tags")
        for key in ("a", "`a b`")
        for op in TEXT
    )
]
REGISTERED_LINES = [
    *(f"{prefix}name {op} 'x'" for prefix in ("", "attribute.", "attributes.") for op in TEXT),
    "name IN ('x', 'y')",
    "name NOT IN ('x')",
    *_TAG_LINES,
]
VERSION_LINES = [
    *REGISTERED_LINES,
    *(f"run_id {right}" for right in ("= 'x'", "!= 'x'", "IN ('x', 'y')", "NOT IN ('x')")),
    *(f"source_path {op} 'x'" for op in TEXT),
    *(f"version_number {op} {number}" for op in ORDERED for number in ("1", "'1'", '"2"')),
]


@pytest.mark.parametrize("entity", RUN_LINES)
def test_every_clause_about_runs(entity: str) -> None:
    """Each is one comparison about the right thing, also with a dangling AND."""
    for line in RUN_LINES[entity]:
        (clause,) = parse_filter(line, RUNS).children
        assert isinstance(clause, Comparison), line
        assert clause.field.entity == entity, line
        assert parse_filter(f"{line} and", RUNS) == parse_filter(line, RUNS)
        twice = parse_filter(f"{line} AND status = 'x' aNd {line}", RUNS)
        assert (twice.children[0], len(twice.children)) == (clause, 3)


def test_every_clause_about_experiments() -> None:
    """The same for experiments."""
    for line in EXPERIMENT_LINES:
        (clause,) = parse_filter(line, EXPERIMENTS).children
        assert isinstance(clause, Comparison), line
        assert parse_filter(f"{line} AND", EXPERIMENTS).children == (clause,)


@pytest.mark.parametrize(
    ("grammar", "lines"), [(REGISTERED_MODELS, REGISTERED_LINES), (MODEL_VERSIONS, VERSION_LINES)]
)
def test_every_clause_about_the_registry(grammar: Grammar, lines: list[str]) -> None:
    """The same for registered models and their versions, whose number may stand in quotes."""
    for line in lines:
        (clause,) = parse_filter(line, grammar).children
        assert isinstance(clause, Comparison), line
        assert parse_filter(f"{line} AND", grammar).children == (clause,)
    keys = ["name", "creation_timestamp", "last_updated_timestamp"]
    more = {"registered models": "timestamp", "model versions": "version_number"}[grammar.noun]
    orders = parse_order_by([f"{key} DESC" for key in (*keys, more)][:3], grammar)
    assert [one.field.key for one in orders] == keys
    assert parse_order_by([more], grammar)[0].ascending


@pytest.mark.parametrize(
    "line",
    [
        "metrics.rmse > '7'",
        "metrics.rmse == 7",
        "metrics.rmse <> 7",
        "metrics.rmse > metrics.mae",
        "metrics.rmse > nan",
        "metrics.rmse > 7; metrics.mae > 7",
        "   ",
    ],
)
def test_what_is_an_error_in_mlflow_and_here(line: str) -> None:
    """The errors have MLflow's class and code."""
    with pytest.raises(MlflowException) as caught:
        parse_filter(line, RUNS)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


@pytest.mark.parametrize("end", ["", " ASC", " desc"])
def test_every_order(end: str) -> None:
    """Runs by everything but datasets, experiments by their attributes."""
    for key in ("metrics.`a b`", "params.lr", "tag.owner", "start_time", "attr.run_name"):
        assert parse_order_by([key + end], RUNS)[0].ascending == ("desc" not in end)
    for key in ("name", "experiment_id", "creation_time", "attribute.last_update_time"):
        assert parse_order_by([key + end], EXPERIMENTS)[0].ascending == ("desc" not in end)
    for key, grammar in (("dataset.name", RUNS), ("tags.a", EXPERIMENTS)):
        with pytest.raises(FilterSyntaxError, match="order_by does not take"):
            parse_order_by([key + end], grammar)
