"""The search of runs as SQL over the views: text that stands for itself, for people to go on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.search import RUNS, Field, parse_filter
from jupyter_mltrack.store.compiler import Compiler
from jupyter_mltrack.store.listing import NEWEST_FIRST
from jupyter_mltrack.store.statements import quoted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mltrack.store.listing import Wanted


class _ViewCompiler(Compiler):
    """Speaks of the view ``runs``, with the values in the text."""

    def value(self, field: Field) -> str:
        if field.key == "artifact_uri" and field.entity == "attribute":
            msg = "The views have no artifact_uri: take the search_runs() call instead."
            raise InvalidParameterValue(msg)
        if not field.stat:
            return super().value(field)
        own = super().value(Field("metric", f"{field.key}.{field.stat}"))
        column = {"last": "value"}.get(field.stat, field.stat)
        of_all = (
            f"(SELECT m.{quoted(column)} FROM metrics AS m"  # noqa: S608  (a name of the grammar)
            f" WHERE m.run_id = runs.run_id AND m.key = {self._bind(field.key)})"
        )
        return f"coalesce({own}, {of_all})"

    def _bind(self, value: object) -> str:
        return _literal(value)


def select(wanted: Wanted, metrics: Sequence[str], params: Sequence[str]) -> str:
    """A statement that finds the same runs in the same order.

    Args:
        wanted: Which runs.
        metrics: Which of their metrics are columns, by key.
        params: Which of their params.

    Raises:
        FilterSyntaxError: if the filter does not parse.
        InvalidParameterValue: if it asks for what the views do not have.
    """
    compiler = _ViewCompiler()
    conditions = [
        f"list_contains({_literal(list(wanted.experiment_ids))}, experiment_id)",
        f"lifecycle_stage = {_literal(wanted.stage)}",
    ]
    node = parse_filter(wanted.filter_string, RUNS)
    if wanted.filter_string.strip():
        conditions.append(compiler.where(node))
    order = compiler.order_by(wanted.orders, NEWEST_FIRST)
    maps = [("metrics", key) for key in metrics] + [("params", key) for key in params]
    columns = ["run_id", "number", "run_name", "status", "started_at", "duration"]
    columns += [f"{name}[{_literal(key)}] AS {quoted(f'{name}.{key}')}" for name, key in maps]
    chosen = ",\n    ".join([", ".join(columns[:6]), *columns[6:]])
    where = "\n    AND ".join(conditions)
    limit = "" if wanted.limit is None else f"\nLIMIT {wanted.limit:d}"
    return f"SELECT {chosen}\nFROM runs\nWHERE {where}\nORDER BY {order}{limit}"


def _literal(value: object) -> str:
    """A value as SQL text."""
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_literal, value))}]"
    return repr(value)
