"""The compiler against a model: any filter finds in SQL what a small evaluator finds in Python."""

from __future__ import annotations

import math
import operator
import random
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from jupyter_mltrack.search import And, Comparison, Field, Node, Not, Operand, Operator, Or, Span
from jupyter_mltrack.store.compiler import Compiler

KEYS = ("a", "b", "a.min")
TEXTS = ("", "1", "1.0", "9", "10", "-2", "1e1", "nan", "a", "A", "ab", "a%", "FINISHED")
NUMBERS = (-2, 0, 1, 1.0, 9, 10, 2.5)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
SPANS: dict[str, Callable[[int, Span], bool]] = {
    "=": lambda t, span: span.start <= t < span.end,
    "!=": lambda t, span: not span.start <= t < span.end,
    "<": lambda t, span: t < span.start,
    "<=": lambda t, span: t < span.end,
    ">": lambda t, span: t >= span.start,
    ">=": lambda t, span: t >= span.start,
}


@dataclass(frozen=True)
class Run:
    """One run of the model."""

    run_id: str
    start_time: int
    end_time: int | None
    status: str
    metrics: dict[str, float] = field(default_factory=dict)
    stats: dict[str, dict[str, float | None]] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    datasets: tuple[dict[str, str], ...] = ()

    def values(self, of: Field) -> list[Any]:
        """What a field is in this run: nothing, one value, or one for each dataset."""
        if of.entity == "dataset":
            return [each[of.key] for each in self.datasets if of.key in each]
        if of.entity == "attribute":
            found = getattr(self, of.key)
        elif of.stat:
            stat = self.stats.get(of.key, {}).get(of.stat)
            found = self.metrics.get(f"{of.key}.{of.stat}", stat)
        else:
            found = getattr(self, f"{of.entity}s").get(of.key)
        return [] if found is None else [found]


def matches(run: Run, node: Node) -> bool:
    """Whether a run matches a filter, by what the language says."""
    if isinstance(node, And):
        return all(matches(run, child) for child in node.children)
    if isinstance(node, Or):
        return any(matches(run, child) for child in node.children)
    if isinstance(node, Not):
        return not matches(run, node.child)
    values = run.values(node.field)
    if node.op == "IS NULL":
        return not values
    return any(passes(node, value) for value in values)


def passes(node: Comparison, value: Any) -> bool:
    """Whether one value passes the test of a clause."""
    wanted: Any = node.value
    match node.op.removeprefix("NOT "):
        case "IS NOT NULL":
            return True
        case "IN":
            found = any(compared(node, "=", value, each) for each in wanted)
        case "BETWEEN":
            return between(node, value, *wanted)
        case "RLIKE":
            found = bool(re.search(wanted, value))
        case "LIKE" | "ILIKE":
            flags = re.IGNORECASE if "ILIKE" in node.op else 0
            pattern = re.escape(wanted).replace("%", ".*").replace("_", ".")
            found = bool(re.fullmatch(pattern, value, flags | re.DOTALL))
        case op:
            return compared(node, op, value, wanted)
    if node.op == "NOT IN":  # what is no number is not in a list of numbers, nor outside of it
        return all(compared(node, "!=", value, each) for each in wanted)
    return found != node.op.startswith("NOT ")


def between(node: Comparison, value: Any, low: Operand, high: Operand) -> bool:
    """Both ends are within; outside is below or above, so that NaN is neither."""
    if node.op == "BETWEEN":
        return compared(node, ">=", value, low) and compared(node, "<=", value, high)
    above = value >= high.end if isinstance(high, Span) else compared(node, ">", value, high)
    return compared(node, "<", value, low) or above


def compared(node: Comparison, op: str, value: Any, wanted: Operand) -> bool:
    """One comparison with one operand."""
    if isinstance(wanted, Span):
        return SPANS[op](value, wanted)
    if node.field.entity in {"param", "tag"} and not isinstance(wanted, str):
        try:
            value = float(value)
        except ValueError:
            return False
        if math.isnan(value):
            return False
    return COMPARE[op](value, wanted)


def some(dice: random.Random, values: Sequence[Any]) -> dict[str, Any]:
    """A few keys with values."""
    return {key: dice.choice(values) for key in KEYS if dice.random() < 0.6}


def a_run(dice: random.Random, number: int) -> Run:
    """A run with values that are hard to compare, or without them."""
    floats = [*map(float, NUMBERS), math.nan, math.inf, -math.inf]
    stats = [{"min": value, "count": n} for value in (*floats, None) for n in (1, 2)]
    return Run(
        run_id=TEXTS[number] if number < len(TEXTS) else f"run {number}",
        start_time=number % 13,
        end_time=dice.choice([None, *range(13)]),
        status=dice.choice(["FINISHED", "FAILED"]),
        metrics=some(dice, floats),
        stats=some(dice, stats),
        params=some(dice, TEXTS),
        tags=some(dice, TEXTS),
        datasets=tuple(
            {key: dice.choice(TEXTS) for key in ("name", "context") if dice.random() < 0.7}
            for _ in range(dice.choice([0, 1, 2]))
        ),
    )


DICE = random.Random(5)
RUNS = [a_run(DICE, number) for number in range(250)]
TIMES = st.integers(0, 12)
FIELDS = st.one_of(
    st.builds(Field, st.sampled_from(["metric", "param", "tag"]), st.sampled_from(KEYS)),
    st.builds(Field, st.just("metric"), st.sampled_from("ab"), st.sampled_from(["min", "count"])),
    st.builds(
        Field, st.just("attribute"), st.sampled_from(["run_id", "start_time", "end_time", "status"])
    ),
    st.builds(Field, st.just("dataset"), st.sampled_from(["name", "context"])),
)
ORDERED: tuple[Operator, ...] = ("=", "!=", "<", "<=", ">", ">=")
LISTS: tuple[Operator, ...] = ("IN", "NOT IN")
RANGES: tuple[Operator, ...] = ("BETWEEN", "NOT BETWEEN")
PATTERNS: tuple[Operator, ...] = ("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE")
EXPRESSIONS: tuple[Operator, ...] = ("RLIKE", "NOT RLIKE")
NULLS: tuple[Operator, ...] = ("IS NULL", "IS NOT NULL")


@st.composite
def clauses(draw: st.DrawFn) -> Comparison:
    """Any clause about the fields of the model."""
    about = draw(FIELDS)
    numbers: st.SearchStrategy[Any] = st.sampled_from(NUMBERS)
    texts: st.SearchStrategy[Any] = st.sampled_from(TEXTS)
    if about.key.endswith("_time"):
        numbers |= st.builds(lambda start, n: Span(start, start + n), TIMES, st.integers(1, 5))
    is_number = about.entity == "metric" or about.key.endswith("_time")
    if about.entity in {"param", "tag"}:
        is_number = draw(st.booleans())
    operands = numbers if is_number else texts
    known = ORDERED + LISTS + RANGES + NULLS + (() if is_number else PATTERNS + EXPRESSIONS)
    op = draw(st.sampled_from(known))
    if op in NULLS:
        return Comparison(about, op, None)
    if op in LISTS:
        return Comparison(about, op, tuple(draw(st.lists(operands, min_size=1, max_size=3))))
    if op in RANGES:
        return Comparison(about, op, (draw(operands), draw(operands)))
    if op in EXPRESSIONS:
        return Comparison(about, op, draw(st.sampled_from(["^a", "[0-9]$", "a|1", "", "."])))
    return Comparison(about, op, draw(operands))


def joined(children: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """AND, OR and NOT over other nodes."""
    several = st.lists(children, min_size=2, max_size=3).map(tuple)
    return st.builds(And, several) | st.builds(Or, several) | st.builds(Not, children)


NODES: st.SearchStrategy[Node] = st.recursive(clauses(), joined, max_leaves=6)


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    """The runs in two tables as the store has them, as far as a filter sees them."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            "CREATE TABLE runs (n INT, run_id VARCHAR, start_time BIGINT, end_time BIGINT,"
            " status VARCHAR, params MAP(VARCHAR, VARCHAR), metrics MAP(VARCHAR, DOUBLE),"
            " tags MAP(VARCHAR, VARCHAR),"
            ' stats MAP(VARCHAR, STRUCT("min" DOUBLE, count BIGINT)))'
        )
        connection.execute(
            "CREATE TABLE inputs (run_id VARCHAR, name VARCHAR, digest VARCHAR,"
            " tags MAP(VARCHAR, VARCHAR))"
        )
        for n, run in enumerate(RUNS):
            fill(connection, n, run)
        yield connection


def fill(connection: duckdb.DuckDBPyConnection, n: int, run: Run) -> None:
    """Put a run into the tables."""
    columns = (run.run_id, run.start_time, run.end_time, run.status, as_map(run.params))
    metrics = as_map({key: as_text(value) for key, value in run.metrics.items()})
    stats = {key: {**stat, "min": as_text(stat["min"])} for key, stat in run.stats.items()}
    connection.execute(
        "INSERT INTO runs VALUES (?, ?, ?, ?, ?, ?, ?::MAP(VARCHAR, VARCHAR), ?,"
        ' ?::MAP(VARCHAR, STRUCT("min" VARCHAR, count BIGINT)))',
        [n, *columns, metrics, as_map(run.tags), as_map(stats)],
    )
    for each in run.datasets:
        context = {"mlflow.data.context": each["context"]} if "context" in each else {}
        connection.execute(
            "INSERT INTO inputs VALUES (?, ?, NULL, ?)",
            [run.run_id, each.get("name"), as_map(context)],
        )


def as_text(value: float | None) -> str | None:
    """Numbers go in as text: DuckDB 1.5 takes a NaN within a map for NULL."""
    return None if value is None else str(value)


def as_map(values: dict[str, Any]) -> dict[str, list[Any]]:
    """How DuckDB is given a map."""
    return {"key": list(values), "value": list(values.values())}


def found(connection: duckdb.DuckDBPyConnection, node: Node) -> list[int]:
    """The places of the runs that SQL finds."""
    compiler = Compiler()
    query = f"SELECT n FROM runs WHERE {compiler.where(node)} ORDER BY n"  # noqa: S608
    return [n for (n,) in connection.execute(query, compiler.bound).fetchall()]


def quick(examples: int) -> settings:
    """So many filters; the tables are the same for all of them."""
    fixture = HealthCheck.function_scoped_fixture
    return settings(max_examples=examples, deadline=None, suppress_health_check=[fixture])


@given(clauses())
@quick(1000)
def test_a_clause_finds_what_the_model_finds(
    connection: duckdb.DuckDBPyConnection, clause: Comparison
) -> None:
    """Every operator on every kind of field: missing values, NaN, numbers in text, days."""
    assert found(connection, clause) == [n for n, run in enumerate(RUNS) if matches(run, clause)]


@given(NODES)
@quick(300)
def test_a_filter_finds_what_the_model_finds(
    connection: duckdb.DuckDBPyConnection, node: Node
) -> None:
    """The same for AND, OR and NOT in any nesting."""
    assert found(connection, node) == [n for n, run in enumerate(RUNS) if matches(run, node)]


@given(NODES, NODES)
@quick(100)
def test_the_laws_of_de_morgan(
    connection: duckdb.DuckDBPyConnection, one: Node, other: Node
) -> None:
    """NOT (a AND b) is NOT a OR NOT b; and a filter and its denial share out all runs."""
    neither = found(connection, Not(And((one, other))))
    assert neither == found(connection, Or((Not(one), Not(other))))
    shared = [*found(connection, one), *found(connection, Not(one))]
    assert sorted(shared) == list(range(len(RUNS)))
