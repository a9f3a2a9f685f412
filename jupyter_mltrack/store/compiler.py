"""From a parsed filter to SQL: every name and every value is bound, none becomes text."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.search import Comparison

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mltrack.search import Field, Node, Order

#: How the columns of a run are called in SQL. Metrics, params and tags are maps of the row.
RUN_COLUMNS: dict[str, str] = {
    "run_id": "run_id",
    "run_name": "run_name",
    "status": "status",
    "user_id": "user_id",
    "start_time": "start_time",
    "end_time": "end_time",
    "duration": "duration",
    "number": "number",
    "artifact_uri": "artifact_uri",
}
EXPERIMENT_COLUMNS: dict[str, str] = {
    "name": "name",
    "experiment_id": "experiment_id",
    "creation_time": "creation_time",
    "last_update_time": "last_update_time",
}
_MAPS = {"metric": "metrics", "param": "params", "tag": "tags"}
_DATASETS = {"name": "i.name", "digest": "i.digest", "context": "i.tags['mlflow.data.context']"}


class Compiler:
    """Collects the values that the statement binds.

    Args:
        columns: SQL of each attribute.
        bound: Values bound already; the compiler adds its own.
    """

    def __init__(self, columns: Mapping[str, str], bound: dict[str, Any] | None = None) -> None:
        self._columns = columns
        self.bound: dict[str, Any] = bound if bound is not None else {}

    def where(self, node: Node) -> str:
        """A condition that is true for exactly the rows that match."""
        if isinstance(node, Comparison):
            return self._comparison(node)
        return " AND ".join(self.where(child) for child in node.children) or "true"

    def order_by(self, orders: Sequence[Order], tie_break: str) -> str:
        """Terms of ORDER BY: NULL comes last, NaN before it, whichever the direction."""
        terms: list[str] = []
        for order in orders:
            value = self._value(order.field)
            terms.append(f"({value}) IS NULL")
            if order.field.entity == "metric":
                terms.append(f"isnan({value})")
            terms.append(f"{value} {'ASC' if order.ascending else 'DESC'}")
        return ", ".join((*terms, tie_break))

    def _comparison(self, node: Comparison) -> str:
        if node.field.entity == "dataset":
            test = self._test(_DATASETS[node.field.key], node)
            query = f"SELECT 1 FROM inputs AS i WHERE i.run_id = runs.run_id AND {test}"  # noqa: S608
            return f"EXISTS ({query})"
        return self._test(self._value(node.field), node)

    def _test(self, value: str, node: Comparison) -> str:
        if node.op in ("IS NULL", "IS NOT NULL"):
            return f"({value}) {node.op}"
        if node.op == "IN":
            return f"list_contains({self._bind(list(node.value))}::VARCHAR[], {value})"  # type: ignore[arg-type]
        if node.op == "NOT IN":
            listed = self._bind(list(node.value))  # type: ignore[arg-type]
            return f"(({value}) IS NOT NULL AND NOT list_contains({listed}::VARCHAR[], {value}))"
        test = f"{value} {node.op} {self._bind(node.value)}"
        if node.field.entity == "metric" and node.op in ("=", ">", ">="):
            return f"({test} AND NOT isnan({value}))"  # for DuckDB NaN is the greatest number
        return f"({test})"

    def _value(self, field: Field) -> str:
        if field.entity in _MAPS:
            return f"{_MAPS[field.entity]}[{self._bind(field.key)}]"
        return self._columns[field.key]

    def _bind(self, value: object) -> str:
        name = f"v{len(self.bound)}"
        self.bound[name] = value
        return f"${name}"
