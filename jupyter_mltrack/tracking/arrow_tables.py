"""Looking at any table that speaks Arrow's C stream (Polars, pyarrow, …), through DuckDB.

The protocol is https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html; no
Arrow library is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.digests import MAX_ROWS, table_digest
from jupyter_mltrack.tracking.schemas import ColumnSchema, Spec

if TYPE_CHECKING:
    import numpy as np

_NAMES = {
    "boolean": "boolean",
    **dict.fromkeys(["tinyint", "smallint", "integer", "utinyint", "usmallint"], "integer"),
    **dict.fromkeys(["bigint", "uinteger"], "long"),
    "float": "float",
    **dict.fromkeys(["double", "decimal"], "double"),
    **dict.fromkeys(["varchar", "enum", "uuid"], "string"),
    "blob": "binary",
    "date": "datetime",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What was seen of a table.

    Attributes:
        rows: How many it has.
        schema: Its columns; required are those that lack no value.
        head: Its first rows, a NumPy array (masked where values are missing) for each column.
    """

    rows: int
    schema: ColumnSchema
    head: dict[str, np.ndarray]

    def digest(self) -> str:
        """The digest that `digests.pandas_digest` gives to the same data in pandas."""
        import pandas as pd

        strings = [
            column["type"] == "string" and column["required"] for column in self.schema.columns
        ]
        return table_digest(pd.DataFrame(self.head), strings=strings, rows=self.rows)


def look_at(table: Any) -> Look:
    """Read the columns, the counts and the first rows of a table.

    Raises:
        InvalidParameterValue: if it does not speak Arrow, can be read only once, or holds
            what DuckDB does not know.
    """
    import duckdb

    if not hasattr(table, "__arrow_c_stream__") or not hasattr(table, "shape"):
        msg = (
            f"{type(table).__name__} is no table that can be read more than once (it needs"
            " __arrow_c_stream__ and shape); collect it first, as into a DataFrame or a Table."
        )
        raise InvalidParameterValue(msg)
    try:
        with duckdb.connect() as database:
            database.register("given", _Stream(table))
            relation = database.sql("FROM given")
            columns = list(zip(relation.columns, relation.types, strict=True))
            counts = database.sql("SELECT count(*), count(COLUMNS(*)) FROM given").fetchall()
            head = relation.limit(MAX_ROWS).fetchnumpy()
    except duckdb.Error as error:
        msg = f"Cannot read this {type(table).__name__}: {error}"
        raise InvalidParameterValue(msg) from error
    rows, *present = counts[0]
    described = tuple(
        {**_type(kind), "name": name, "required": count == rows}
        for (name, kind), count in zip(columns, present, strict=True)
    )
    return Look(rows=rows, schema=ColumnSchema(columns=described), head=head)


class _Stream:
    """A table reduced to the protocol: DuckDB asks pyarrow for those whose library it knows."""

    __slots__ = ("_table",)

    def __init__(self, table: Any) -> None:
        self._table = table

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        return self._table.__arrow_c_stream__(requested_schema)


def _type(kind: Any) -> Spec:
    """MLflow's type for one of DuckDB's."""
    name = str(kind.id)
    if name in {"list", "array"}:
        return {"type": "array", "items": _type(dict(kind.children)["child"])}
    if name == "struct":
        return {
            "type": "object",
            "properties": {
                below: {**_type(of), "required": True} for below, of in sorted(kind.children)
            },
        }
    return {"type": "datetime" if name.startswith("timestamp") else _NAMES.get(name, "any")}
