"""Filters: every line of MLflow's grammar, and what is rendered parses again."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mltrack.errors import FilterSyntaxError
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
    Not,
    Operand,
    Operator,
    Or,
    Span,
    Value,
    parse_filter,
)
from jupyter_mltrack.search.grammar import STATS

NUMBER_OPERATORS: list[Operator] = ["=", "!=", "<", "<=", ">", ">="]
STRING_OPERATORS: list[Operator] = ["=", "!=", "LIKE", "ILIKE", "IN", "NOT IN"]
NULL_OPERATORS: list[Operator] = ["IS NULL", "IS NOT NULL"]
A, B, C = (Comparison(Field("metric", name), "=", 1) for name in "abc")


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


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a OR b", Or((A, B))),
        ("a or b OR c", Or((A, B, C))),
        ("a OR b AND c", Or((A, And((B, C))))),
        ("a AND b OR c", Or((And((A, B)), C))),
        ("(a OR b) AND c", And((Or((A, B)), C))),
        ("NOT a AND b", And((Not(A), B))),
        ("NOT (a AND b)", Not(And((A, B)))),
        ("not not a", Not(Not(A))),
        ("((a))", A),
        ("(a AND b) AND c", And((And((A, B)), C))),
        ("a OR (b AND)", None),
        ("a OR b AND", Or((A, B))),
    ],
)
def test_precedence(text: str, tree: Node | None) -> None:
    """NOT binds tighter than AND, AND tighter than OR; parentheses group."""
    for name in "abc":
        text = re.sub(rf"\b{name}\b", f"metrics.{name} = 1", text)
    if tree is None:
        with pytest.raises(FilterSyntaxError):
            parse_filter(text, RUNS)
    else:
        assert parse_filter(text, RUNS) == (tree if isinstance(tree, And) else And((tree,)))


@pytest.mark.parametrize("nest", ["(", "NOT ", "NOT ("])
def test_nesting_has_an_end(nest: str) -> None:
    """Fifty levels parse; ten thousand are a mistake as any other, not a RecursionError."""
    close = ")" * nest.count("(")
    levels = nest.count("(") + nest.count("NOT")
    fine = 50 // levels
    assert parse_filter(nest * fine + "number = 1" + close * fine, RUNS).children
    with pytest.raises(FilterSyntaxError, match="50 levels") as caught:
        parse_filter(nest * 10_000 + "number = 1" + close * 10_000, RUNS)
    assert caught.value.position <= 51 * len(nest)


@pytest.mark.parametrize(
    ("written", "field"),
    [
        ("metrics.loss.min", Field("metric", "loss", "min")),
        ("metric.a.b.count", Field("metric", "a.b", "count")),
        ("metrics.max.last", Field("metric", "max", "last")),
        ("metrics.loss.step", Field("metric", "loss", "step")),
        ("metrics.`loss.min`", Field("metric", "loss.min")),
        ("metrics.'loss.min'", Field("metric", "loss.min")),
        ("metrics.min", Field("metric", "min")),
        ("metrics..min", Field("metric", ".min")),
        ("metrics.loss.mean", Field("metric", "loss.mean")),
        ("metrics.loss.Min", Field("metric", "loss.Min")),
        ("experiment.name", Field("experiment", "experiment_name")),
        ("experiment.id", Field("experiment", "experiment_id")),
        ("attributes.experiment_name", Field("attribute", "experiment_name")),
        ("lifecycle_stage", Field("attribute", "lifecycle_stage")),
    ],
)
def test_field(written: str, field: Field) -> None:
    """A metric has stats, unless its key is in quotes; a run has an experiment."""
    value = "1" if field.entity == "metric" else "'1'"
    assert only(f"{written} = {value}").field == field


@pytest.mark.parametrize("field", ["metrics.a", "number", "start_time", "duration", "params.a"])
@pytest.mark.parametrize(
    ("written", "op", "value"),
    [
        ("BETWEEN 1 AND 2.5", "BETWEEN", (1, 2.5)),
        ("not  between -1 and 2", "NOT BETWEEN", (-1, 2)),
        ("IN (1, .5,)", "IN", (1, 0.5)),
        ("NOT IN(1)", "NOT IN", (1,)),
        ("IS NULL", "IS NULL", None),
    ],
)
def test_numbers_in_lists_and_ranges(field: str, written: str, op: Operator, value: Value) -> None:
    """Lists and ranges go with every number."""
    assert (only(f"{field} {written}").op, only(f"{field} {written}").value) == (op, value)


@pytest.mark.parametrize("field", ["run_name", "dataset.name", "experiment.name", "tags.a"])
@pytest.mark.parametrize("op", ["NOT LIKE", "not ilike", "RLIKE", "NOT RLIKE"])
def test_patterns(field: str, op: str) -> None:
    """Patterns go with every text."""
    clause = only(f"{field} {op} '^a|b'")
    assert (clause.op, clause.value) == (op.upper(), "^a|b")


def test_a_regular_expression_keeps_its_case() -> None:
    """The status is upper case, and what would be another class of characters is not changed."""
    assert only(r"status RLIKE 'fin\w+'").value == r"(?i)fin\w+"


def test_relative_times_count_from_one_now() -> None:
    """Two clauses of a filter mean the same moment."""
    tree = parse_filter("start_time > '-1s' OR end_time > '-1s'", RUNS, now=1_700_000_000.5)
    (either,) = tree.children
    assert isinstance(either, Or)
    assert [each.value for each in either.children if isinstance(each, Comparison)] == [
        1_699_999_999_500,
        1_699_999_999_500,
    ]


def render_value(value: Value) -> str:
    """A value as a user writes it."""
    if value is None:
        return ""
    if isinstance(value, tuple):
        return f"({', '.join(map(render_value, value))})"
    if isinstance(value, Span):
        seconds = value.end - value.start < 60_000
        start = datetime.fromtimestamp(value.start / 1000, UTC)
        return start.strftime("'%Y-%m-%d %H:%M:%SZ'" if seconds else "'%Y-%m-%dT%H:%M+00:00'")
    if isinstance(value, str):
        return "'{}'".format(value.replace("'", "''"))
    return repr(value)


def render(node: Node) -> str:
    """A tree as a user writes it, every key in backticks."""
    if isinstance(node, And | Or):
        return (" AND " if isinstance(node, And) else " OR ").join(map(nested, node.children))
    if isinstance(node, Not):
        return f"NOT {nested(node.child)}"
    field = f"{node.field.entity}.{render_key(node.field)}"
    if isinstance(node.value, tuple) and "BETWEEN" in node.op:
        return f"{field} {node.op} {' AND '.join(map(render_value, node.value))}"
    value = node.value
    if "RLIKE" in node.op and node.field.key in {"status", "lifecycle_stage"}:
        value = str(value).removeprefix("(?i)")  # which the parser puts there
    return f"{field} {node.op} {render_value(value)}"


def render_key(field: Field) -> str:
    """A key in backticks, but for its stat."""
    key = field.key.removeprefix("experiment_" if field.entity == "experiment" else "")
    return f"{key}.{field.stat}" if field.stat else "`{}`".format(key.replace("`", "``"))


def nested(node: Node) -> str:
    """A tree inside another one."""
    return f"({render(node)})" if isinstance(node, And | Or) else render(node)


def storable(min_size: int = 0) -> st.SearchStrategy[str]:
    """Any text a store can keep."""
    return st.text(st.characters(exclude_categories=["Cs"]), min_size=min_size)


def spans() -> st.SearchStrategy[Span]:
    """Whole seconds and whole minutes."""
    lengths = st.sampled_from([1000, 60_000])
    return st.builds(
        lambda n, length: Span(n * length, n * length + length), st.integers(0, 10**7), lengths
    )


def values(key: Key, op: Operator) -> st.SearchStrategy[Value]:
    """Right sides that go with a key and an operator."""
    if op in NULL_OPERATORS:
        return st.none()
    floats = st.floats(allow_nan=False, allow_infinity=False)
    numbers: st.SearchStrategy[Operand] = st.integers(-(10**16), 10**17) | floats
    strings: st.SearchStrategy[Operand] = storable()
    if key.case:
        strings = st.just("50%")
    elif key.kind == "text" and op not in {"=", "!=", "IN", "NOT IN"}:
        strings = st.just("a'b")
    if "LIKE" in op:
        return st.just("(?i)50%") if key.case and "RLIKE" in op else strings
    kinds = [strings] if key.kind == "string" else [numbers]
    kinds += {"text": [strings], "moment": [spans()]}.get(key.kind, [])
    if op in {"IN", "NOT IN"}:
        return st.one_of([st.lists(kind, min_size=1, max_size=4).map(tuple) for kind in kinds])
    if "BETWEEN" in op:
        return st.one_of([st.tuples(kind, kind) for kind in kinds])
    return st.one_of(kinds)


@st.composite
def comparisons(draw: st.DrawFn, grammar: Grammar) -> Comparison:
    """Any clause of a grammar."""
    entity = draw(st.sampled_from([*grammar.open_keys, *grammar.fixed_keys]))
    fixed = grammar.fixed_keys.get(entity)
    spelling = draw(st.sampled_from(list(fixed)) if fixed else storable(min_size=1))
    key = grammar.key(entity, spelling)
    assert key is not None
    op = draw(st.sampled_from(key.operators))
    field = Field(entity, key.name or spelling)
    if entity == "metric" and draw(st.booleans()):
        field = Field(
            entity, draw(st.sampled_from(["a", "a.b", "min"])), draw(st.sampled_from(STATS))
        )
    return Comparison(field, op, draw(values(key, op)))


def trees(grammar: Grammar) -> st.SearchStrategy[And]:
    """Any filter of a grammar."""

    def joined(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
        several = st.lists(children, min_size=2, max_size=3).map(tuple)
        return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, children)

    nodes: st.SearchStrategy[Node] = st.recursive(comparisons(grammar), joined, max_leaves=6)
    whole = nodes.map(lambda node: node if isinstance(node, And) else And((node,)))
    return whole | st.just(And(()))


@given(trees(RUNS))
def test_what_is_rendered_parses_to_the_same_tree_of_runs(tree: And) -> None:
    """parse(render(tree)) == tree, whatever stands in keys and values."""
    assert parse_filter(render(tree), RUNS) == tree


@given(trees(EXPERIMENTS))
def test_what_is_rendered_parses_to_the_same_tree_of_experiments(tree: And) -> None:
    """The same holds for experiments."""
    assert parse_filter(render(tree), EXPERIMENTS) == tree
