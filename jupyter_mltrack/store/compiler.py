"""From a parsed filter to SQL: every name and every value is bound, none becomes text.

A clause about a key that a row lacks is NULL in SQL. That counts as "does not match", and ``NOT``
turns it into "matches": it finds all the rows that its operand does not, so that a filter and its
denial share the rows between them and De Morgan's laws hold.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search import And, Comparison, Field, Not, Span
from jupyter_mltrack.store.statements import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mltrack.search import Node, Order, Value

_MAPS = {"metric": "metrics", "param": "params", "tag": "tags"}
_DATASETS = {"name": "i.name", "digest": "i.digest", "context": "i.tags['mlflow.data.context']"}

#: Text that is a regular expression in every dialect, so that nobody need be asked; as long as it
#: has no more characters than this: RE2 has a limit of its own, far above.
_SHORT = 200
_PLAIN = re.compile(r"(?:[\w /:.-][*+?]?|[\^$|])*")

#: What an operator asks of a stretch of time, side by side, and what joins the answers.
_SPANS = {
    "=": (((">=", "start"), ("<", "end")), " AND "),
    "!=": ((("<", "start"), (">=", "end")), " OR "),
    "<": ((("<", "start"),), ""),
    "<=": ((("<", "end"),), ""),
    ">": (((">=", "start"),), ""),  # as in SQL, where a date is the beginning of its day
    ">=": (((">=", "start"),), ""),
}
#: Operators of several values: the operator for each of them, and what joins the answers.
_EACH = {
    "IN": (("=",), " OR "),
    "NOT IN": (("!=",), " AND "),
    "BETWEEN": ((">=", "<="), " AND "),
    "NOT BETWEEN": (("<", ">"), " OR "),
}


class Compiler:
    """Collects the values that the statement binds.

    Args:
        bound: Values bound already; the compiler adds its own.
    """

    def __init__(self, bound: dict[str, Any] | None = None) -> None:
        self.bound: dict[str, Any] = bound if bound is not None else {}
        self._names: dict[str, str] = {}

    def where(self, node: Node) -> str:
        """A condition that is true for exactly the rows that match.

        Raises:
            FilterSyntaxError: A pattern of RLIKE is no regular expression.
        """
        if isinstance(node, Comparison):
            return self._comparison(node)
        if isinstance(node, Not):
            return f"({self.where(node.child)} IS NOT TRUE)"
        joint = " AND " if isinstance(node, And) else " OR "
        return _joined([self.where(child) for child in node.children], joint) or "true"

    def order_by(self, orders: Sequence[Order], tie_break: str) -> str:
        """Terms of ORDER BY: NULL comes last, NaN before it, whichever the direction.

        Params, tags and experiment ids that are numbers come as numbers, before other text.
        """
        terms: list[str] = []
        for order in orders:
            value = self.value(order.field)
            direction = "ASC" if order.ascending else "DESC"
            terms.append(f"({value}) IS NULL")
            if order.field.entity == "metric":
                terms.append(f"isnan({value})")
            if order.field.entity in {"param", "tag"} or order.field.key == "experiment_id":
                number = _as_number(value)
                terms += [f"{number} IS NULL", f"{number} {direction}"]
                value = f"CASE WHEN {number} IS NULL THEN {value} END"
            terms.append(f"{value} {direction}")
        return ", ".join((*terms, tie_break))

    def _comparison(self, node: Comparison) -> str:
        if node.field.entity != "dataset":
            return self._test(node, self.value(node.field))
        test = self._test(node, _DATASETS[node.field.key])
        if node.op == "IS NULL":
            test = f"NOT {test}"
        query = f"SELECT 1 FROM inputs AS i WHERE i.run_id = runs.run_id AND {test}"  # noqa: S608
        return f"({'NOT ' * (node.op == 'IS NULL')}EXISTS ({query}))"

    def _test(self, node: Comparison, subject: str) -> str:
        """What the operator asks of a subject; NULL for a row that has none."""
        if node.op.endswith("RLIKE"):
            _check_pattern(node)
        value = node.value
        if value is None:
            return f"({subject} {node.op})"
        if not isinstance(value, tuple):
            return self._single(node, node.op, subject, value)
        if node.op in {"IN", "NOT IN"} and not any(isinstance(each, Span) for each in value):
            return self._listed(node, subject, value)
        operators, joint = _EACH[node.op]
        if node.op == "NOT BETWEEN" and isinstance(last := value[-1], Span):
            value = (value[0], Span(last.end, last.end))  # that stretch too lies between
        if len(operators) == 1:
            operators *= len(value)
        pairs = zip(operators, value, strict=True)
        return _joined([self._single(node, op, subject, each) for op, each in pairs], joint)

    def _single(self, node: Comparison, op: str, subject: str, value: Value) -> str:
        if isinstance(value, Span):
            sides, joint = _SPANS[op]
            edges = [(sign, self._bind(getattr(value, edge))) for sign, edge in sides]
            return _joined([f"({subject} {sign} {edge})" for sign, edge in edges], joint)
        if op.endswith("RLIKE"):
            denied = "NOT " * op.startswith("NOT")
            return f"({denied}regexp_matches({subject}, {self._bind(value)}))"
        test = f"({_like(node.field, subject, value)} {op} {self._bind(value)})"
        if node.field.entity == "metric" and op in {">", ">="}:
            return f"({test} AND NOT isnan({subject}))"  # for DuckDB NaN is the greatest number
        return test

    def _listed(self, node: Comparison, subject: str, values: tuple[Any, ...]) -> str:
        kind = "VARCHAR[]" if isinstance(values[0], str) else "DOUBLE[]"
        denied = "NOT " * (node.op == "NOT IN")
        subject = _like(node.field, subject, values[0])
        return f"({denied}list_contains({self._bind(list(values))}::{kind}, {subject}))"

    def value(self, field: Field) -> str:
        """The value of a field in a row, NULL if it has none; not of a dataset, which are many."""
        if field.stat:
            stat = f'stats[{self._name(field.key)}]."{field.stat}"'
            return f"coalesce(metrics[{self._name(f'{field.key}.{field.stat}')}], {stat})"
        if field.entity in _MAPS:
            return f"{_MAPS[field.entity]}[{self._name(field.key)}]"
        return quoted(field.key)  # the attributes of the grammar are columns

    def _name(self, key: str) -> str:
        """A key of a map, bound once however often it is named."""
        if key not in self._names:
            self._names[key] = self._bind(key)
        return self._names[key]

    def _bind(self, value: object) -> str:
        name = f"v{len(self.bound)}"
        self.bound[name] = value
        return f"${name}"


def _joined(conditions: Sequence[str], joint: str) -> str:
    """Conditions in one, as a balanced tree: DuckDB does not go into a very deep one."""
    if len(conditions) <= 1:
        return "".join(conditions)
    half = len(conditions) // 2
    return f"({_joined(conditions[:half], joint)}{joint}{_joined(conditions[half:], joint)})"


def _like(field: Field, subject: str, value: Value) -> str:
    """A subject that compares with a value: a param or a tag as a number with a number."""
    is_text = field.entity in {"param", "tag"}
    return _as_number(subject) if is_text and not isinstance(value, str) else subject


def _as_number(text: str) -> str:
    """Text as a number, NULL if it is none; nor is 'nan' one."""
    return f"nullif(try_cast({text} AS DOUBLE), 'nan'::DOUBLE)"


def _check_pattern(node: Comparison) -> None:
    complaint = _complaint(str(node.value))
    if complaint is not None and node.place is not None:
        reason = f"This is no regular expression (RE2): {complaint}"
        raise FilterSyntaxError(reason, *node.place)


@lru_cache(maxsize=64)
def _complaint(pattern: str) -> str | None:
    """What DuckDB does not like about a regular expression; only it knows its dialect."""
    if len(pattern) <= _SHORT and _PLAIN.fullmatch(pattern):
        return None
    import duckdb

    with duckdb.connect(":memory:", config={"threads": 1}) as connection:
        try:
            connection.execute("SELECT regexp_matches('', $1)", [pattern])
        except duckdb.Error as error:
            return str(error).partition("\n")[0].rpartition("Error: ")[2]
    return None
