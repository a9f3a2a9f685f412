"""The types of a signature in SQL: what a scoring function takes, and what it gives.

A column is one argument; a tensor is one, too: a single value if each row has one, else a list,
as deep as the tensor.
"""

from __future__ import annotations

from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.data_type import DataType, data_type_of
from jupyter_mltrack.models.types.nested import Array, Map, Object
from jupyter_mltrack.models.types.schema import Schema
from jupyter_mltrack.models.types.tensor import TensorSpec

_SCALARS = {
    "binary": "BLOB",
    "boolean": "BOOLEAN",
    "datetime": "TIMESTAMP",
    "double": "DOUBLE",
    "float": "FLOAT",
    "integer": "INTEGER",
    "long": "BIGINT",
    "string": "VARCHAR",
}


def sql_types(schema: Schema) -> list[str]:
    """One type for each column or tensor, in order.

    Raises:
        InvalidParameterValue: if SQL has no type for one.

    Example:
        >>> sql_types(Schema([ColSpec("double", "age"), ColSpec("string", "city")]))
        ['DOUBLE', 'VARCHAR']
    """
    return [_of_tensor(each) if isinstance(each, TensorSpec) else _of(each.type) for each in schema]


def result_sql_type(schema: Schema | None) -> str:
    """The type of a prediction: that of the only output, else a struct with all.

    Raises:
        InvalidParameterValue: if there is no schema, or SQL has no type for it.
    """
    if schema is None:
        msg = "The signature says nothing of the output: give result_type, such as 'DOUBLE'."
        raise InvalidParameterValue(msg)
    kinds = sql_types(schema)
    if len(kinds) == 1:
        return kinds[0]
    names = map(str, schema.input_names())
    return _struct(dict(zip(names, kinds, strict=True)))


def quoted(name: str) -> str:
    """A name as SQL takes it, whatever is in it."""
    return '"' + name.replace('"', '""') + '"'


def _of(kind: Any) -> str:
    if isinstance(kind, DataType):
        return _SCALARS[kind.name]
    if isinstance(kind, Array):
        return f"{_of(kind.dtype)}[]"
    if isinstance(kind, Map):
        return f"MAP(VARCHAR, {_of(kind.value_type)})"
    if isinstance(kind, Object):
        return _struct({each.name: _of(each.dtype) for each in kind.properties})
    msg = f"SQL has no type for {kind!r}. Log the model with a signature that says more, or"
    msg += " give result_type if it is the output."
    raise InvalidParameterValue(msg)


def _of_tensor(spec: TensorSpec) -> str:
    kind = data_type_of(spec.type)
    if kind is None:
        msg = f"SQL has no type for a tensor of {spec.type}."
        raise InvalidParameterValue(msg)
    return _of(kind) + "[]" * (len(spec.shape) - 1)


def _struct(fields: dict[str, str]) -> str:
    inner = ", ".join(f"{quoted(name)} {kind}" for name, kind in fields.items())
    return f"STRUCT({inner})"
