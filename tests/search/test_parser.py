"""Filters: every line of MLflow's grammar, and what is rendered parses again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mltrack.search import (
    EXPERIMENTS,
    RUNS,
    And,
    Comparison,
    Entity,
    Field,
    Grammar,
    Key,
    Node,
    Operator,
    Value,
    parse_filter,
)

NUMBER_OPERATORS: list[Operator] = ["=", "!=", "<", "<=", ">", ">="]
STRING_OPERATORS: list[Operator] = ["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"]
NULL_OPERATORS: list[Operator] = ["IS NULL", "IS NOT NULL"]


def only(text: str, grammar: Grammar = RUNS) -> Comparison:
    """The one comparison of a filter."""
    (child,) = parse_filter(text, grammar).children
    assert isinstance(child, Comparison)
    return child


@pytest.mark.parametrize(
    ("prefix", "entity"),
    [
        ("metric", "metric"),
        ("metrics", "metric"),
        ("`metric`", "metric"),
        ("parameter", "param"),
        ("parameters", "param"),
        ("param", "param"),
        ("params", "param"),
        ('"params"', "param"),
        ("tag", "tag"),
        ("tags", "tag"),
    ],
)
@pytest.mark.parametrize(
    ("written", "key"),
    [
        ("acc", "acc"),
        ("mlflow.runName", "mlflow.runName"),
        ("a.b.c", "a.b.c"),
        ("val/loss-1:x", "val/loss-1:x"),
        ("and", "and"),
        ("2nd", "2nd"),
        ("`spacey name`", "spacey name"),
        ('"X//Y#$$@&Z"', "X//Y#$$@&Z"),
        ("'accuracy.2.0'", "accuracy.2.0"),
        ("`a``b`", "a`b"),
    ],
)
def test_prefix_and_key(prefix: str, entity: Entity, written: str, key: str) -> None:
    """Every spelling of a prefix goes with every way of writing a key."""
    value: Value = 1 if entity == "metric" else "x"
    clause = only(f"{prefix}.{written} = {value!r}")
    assert clause == Comparison(Field(entity, key), "=", value)


@pytest.mark.parametrize("prefix", ["", "attribute.", "attributes.", "attr.", "run."])
@pytest.mark.parametrize(
    ("written", "key", "value"),
    [
        ("artifact_uri", "artifact_uri", "x"),
        ("run_id", "run_id", "x"),
        ("run_name", "run_name", "x"),
        ("`run name`", "run_name", "x"),
        ("`Run name`", "run_name", "x"),
        ('"Run Name"', "run_name", "x"),
        ("status", "status", "FINISHED"),
        ("user_id", "user_id", "x"),
        ("start_time", "start_time", 1),
        ("created", "start_time", 1),
        ("Created", "start_time", 1),
        ("end_time", "end_time", 1),
        ("duration", "duration", 1.5),
        ("number", "number", 7),
    ],
)
def test_run_attribute(prefix: str, written: str, key: str, value: Value) -> None:
    """Attributes need no prefix, and each spelling has one canonical name."""
    assert only(f"{prefix}{written} = {value!r}").field == Field("attribute", key)


@pytest.mark.parametrize("prefix", ["dataset", "datasets"])
@pytest.mark.parametrize("key", ["name", "digest", "context"])
@pytest.mark.parametrize("op", STRING_OPERATORS)
def test_dataset(prefix: str, key: str, op: Operator) -> None:
    """Datasets have three keys, which take every operator of strings."""
    value = ("a",) if op in {"IN", "NOT IN"} else "a"
    clause = only(f"{prefix}.{key} {op} {render_value(value)}")
    assert clause == Comparison(Field("dataset", key), op, value)


@pytest.mark.parametrize("field", ["metrics.a", "start_time", "duration", "number"])
@pytest.mark.parametrize("op", NUMBER_OPERATORS)
def test_number_operators(field: str, op: Operator) -> None:
    """Numbers take six operators, with or without space."""
    assert only(f"{field} {op} 5") == only(f"{field}{op}5")
    assert (only(f"{field}{op}5").op, only(f"{field}{op}5").value) == (op, 5)


@pytest.mark.parametrize("field", ["params.a", "tags.a", "run_id", "run_name", "status"])
@pytest.mark.parametrize("op", ["=", "!=", "LIKE", "like", "ILIKE", "iLike"])
def test_string_operators(field: str, op: str) -> None:
    """Strings take four operators with one value, keywords in any case."""
    clause = only(f"{field} {op} 'FAIL%'")
    assert (clause.op, clause.value) == (op.upper(), "FAIL%")


@pytest.mark.parametrize("field", ["run_id", "run_name", "user_id", "params.a", "tags.a"])
@pytest.mark.parametrize("op", ["IN", "NOT IN", "not  \n in"])
@pytest.mark.parametrize(
    ("written", "value"),
    [("('a')", ("a",)), ("('a',)", ("a",)), ("( 'a' , \"b\" )", ("a", "b"))],
)
def test_list(field: str, op: str, written: str, value: tuple[str, ...]) -> None:
    """IN takes a list for every string, printed by Python or written by hand."""
    clause = only(f"{field} {op}{written}")
    assert (clause.op, clause.value) == (" ".join(op.upper().split()), value)


@pytest.mark.parametrize("field", ["params.lr", "tags.mlflow.runName"])
@pytest.mark.parametrize("op", ["IS NULL", "IS NOT NULL", "is  null", "Is\tNot Null"])
def test_null(field: str, op: str) -> None:
    """Params and tags can be asked for by their absence."""
    clause = only(f"{field} {op}")
    assert (clause.op, clause.value) == (" ".join(op.upper().split()), None)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", 3),
        (".70", 0.7),
        ("0.", 0.0),
        ("4e-1", 0.4),
        ("-1", -1),
        ("+1.5E+3", 1500.0),
        ("1700000000000", 1_700_000_000_000),
        ("9223372036854775808", 9223372036854775808.0),
    ],
)
def test_number(written: str, value: float) -> None:
    """Numbers keep their type, and an int fits 64 bits."""
    result = only(f"metrics.a > {written}").value
    assert result == value
    assert type(result) is type(value)


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("'LR'", "LR"),
        ('"LR"', "LR"),
        ('"L\'Hosp"', "L'Hosp"),
        ("'it''s'", "it's"),
        ("''", ""),
        ("' AND params.b = 1 -- '", " AND params.b = 1 -- "),
        ("'a\\'", "a\\"),
        ("'naïve \N{SNOWMAN}\0'", "naïve \N{SNOWMAN}\0"),
    ],
)
def test_string(written: str, value: str) -> None:
    """A string is what stands between its quotes."""
    assert only(f"params.a = {written}").value == value


@pytest.mark.parametrize(
    ("clause", "value"),
    [
        ("= 'finished'", "FINISHED"),
        ("LIKE 'fin%'", "FIN%"),
        ("IN ('Failed', 'killed')", ("FAILED", "KILLED")),
    ],
)
def test_status_in_any_case(clause: str, value: Value) -> None:
    """A status is compared in upper case, as it is stored."""
    assert only(f"status {clause}").value == value


def test_empty_filter_matches_everything() -> None:
    """The empty string has no clause."""
    assert parse_filter("", RUNS) == And(())


@pytest.mark.parametrize("end", ["", " ", " and", " AND \n"])
def test_clauses_are_joined_by_and(end: str) -> None:
    """AND joins clauses in any case, and may be left hanging at the end."""
    tree = parse_filter(f" metrics.rmse < 1 and\tparams.m='LR' AND status != 'x'{end}", RUNS)
    assert tree.children == (
        Comparison(Field("metric", "rmse"), "<", 1),
        Comparison(Field("param", "m"), "=", "LR"),
        Comparison(Field("attribute", "status"), "!=", "X"),
    )


@pytest.mark.parametrize("prefix", ["", "attribute.", "attributes."])
@pytest.mark.parametrize(
    ("key", "operators", "value"),
    [
        ("name", STRING_OPERATORS, "a"),
        ("experiment_id", STRING_OPERATORS, "1"),
        ("creation_time", NUMBER_OPERATORS, 5),
        ("last_update_time", NUMBER_OPERATORS, 5),
    ],
)
def test_experiment_attribute(
    prefix: str, key: str, operators: list[Operator], value: Value
) -> None:
    """Experiments have four attributes."""
    for op in operators:
        right = (str(value),) if op in {"IN", "NOT IN"} else value
        clause = only(f"{prefix}{key} {op} {render_value(right)}", EXPERIMENTS)
        assert clause == Comparison(Field("attribute", key), op, right)


@pytest.mark.parametrize("prefix", ["tag", "tags"])
@pytest.mark.parametrize("op", [*STRING_OPERATORS[:4], *NULL_OPERATORS])
def test_experiment_tag(prefix: str, op: Operator) -> None:
    """Experiments have tags."""
    value = None if op in NULL_OPERATORS else "a"
    clause = only(f"{prefix}.a.b {op} {render_value(value)}", EXPERIMENTS)
    assert clause == Comparison(Field("tag", "a.b"), op, value)


def render_value(value: Value) -> str:
    """A value as a user writes it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"({', '.join(map(render_value, value))})"
    if isinstance(value, str):
        return "'{}'".format(value.replace("'", "''"))
    return repr(value)


def render(node: Node) -> str:
    """A tree as a user writes it, every key in backticks."""
    if isinstance(node, And):
        return " AND ".join(map(render, node.children))
    key = node.field.key.replace("`", "``")
    return f"{node.field.entity}.`{key}` {node.op} {render_value(node.value)}"


def storable(min_size: int = 0) -> st.SearchStrategy[str]:
    """Any text a store can keep."""
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=min_size)


def values(key: Key, op: Operator) -> st.SearchStrategy[Value]:
    """Right sides that go with a key and an operator."""
    if op in NULL_OPERATORS:
        return st.none()
    strings = st.sampled_from(["RUNNING", "FAILED", "50%"]) if key.upper else storable()
    if op in {"IN", "NOT IN"}:
        return st.lists(strings, min_size=1, max_size=4).map(tuple)
    floats = st.floats(allow_nan=False, allow_infinity=False)
    return st.integers(-(10**16), 10**17) | floats if key.kind == "number" else strings


@st.composite
def comparisons(draw: st.DrawFn, grammar: Grammar) -> Comparison:
    """Any clause of a grammar."""
    entity = draw(st.sampled_from([*grammar.open_keys, *grammar.fixed_keys]))
    fixed = grammar.fixed_keys.get(entity)
    spelling = draw(st.sampled_from(list(fixed)) if fixed else storable(min_size=1))
    key = grammar.key(entity, spelling)
    assert key is not None
    op = draw(st.sampled_from(key.operators))
    return Comparison(Field(entity, key.name or spelling), op, draw(values(key, op)))


@given(st.lists(comparisons(RUNS), max_size=5))
def test_what_is_rendered_parses_to_the_same_tree_of_runs(clauses: list[Comparison]) -> None:
    """parse(render(tree)) == tree, whatever stands in keys and values."""
    tree = And(tuple(clauses))
    assert parse_filter(render(tree), RUNS) == tree


@given(st.lists(comparisons(EXPERIMENTS), max_size=5))
def test_what_is_rendered_parses_to_the_same_tree_of_experiments(
    clauses: list[Comparison],
) -> None:
    """The same holds for experiments."""
    tree = And(tuple(clauses))
    assert parse_filter(render(tree), EXPERIMENTS) == tree
