"""The columns of a table and the shapes of arrays, in the JSON that MLflow keeps of a dataset.

A column is ``{"type": "long", "name": "age", "required": true}``; types are MLflow's: boolean,
integer, long, float, double, string, binary, datetime, array, object, and any for the rest.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

Spec = dict[str, Any]

#: Rows of a column of objects that are looked at.
SAMPLE = 10_000

_ANY: Spec = {"type": "any"}
_NAMES_OF_KINDS = {"b": "boolean", "U": "string", "S": "binary", "M": "datetime"}
_NAMES_OF_SIZES = {
    **dict.fromkeys(["i1", "i2", "i4", "u1", "u2"], "integer"),
    **dict.fromkeys(["i8", "u4"], "long"),
    **dict.fromkeys(["f2", "f4"], "float"),
    "f8": "double",
}
_NAMES_OF_CLASSES = (
    (bool, "boolean"),
    (int, "long"),
    (float, "double"),
    (str, "string"),
    (bytes | bytearray, "binary"),
    (date, "datetime"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnSchema:
    """The columns of a table, in order.

    Attributes:
        columns: A dict of ``type``, ``name`` and ``required`` for each.
    """

    columns: tuple[Spec, ...]

    def to_dict(self) -> list[Spec]:
        """The columns as dicts, as MLflow's ``Schema.to_dict``."""
        return [dict(column) for column in self.columns]

    def to_json(self) -> str:
        """The columns as JSON."""
        return json.dumps(self.to_dict())

    def input_names(self) -> list[Any]:
        """The names."""
        return [column["name"] for column in self.columns]

    def input_types(self) -> list[str]:
        """The names of the types."""
        return [column["type"] for column in self.columns]


@dataclass(frozen=True, slots=True, kw_only=True)
class TensorSchema:
    """The element types and shapes of arrays.

    Attributes:
        features: One dict for each array.
        targets: The same for what is to be predicted, or None.
    """

    features: tuple[Spec, ...]
    targets: tuple[Spec, ...] | None = None

    def to_dict(self) -> dict[str, Any]:
        """As MLflow's ``TensorDatasetSchema.to_dict``."""
        targets = None if self.targets is None else json.dumps(self.targets)
        return {"mlflow_tensorspec": {"features": json.dumps(self.features), "targets": targets}}


def pandas_schema(df: pd.DataFrame) -> ColumnSchema | None:
    """The columns of a DataFrame; None if it has none. Required are those that lack no value."""
    columns = tuple(
        {
            **_column_type(df.iloc[:, place]),
            "name": _plain_name(name),
            "required": not bool(df.iloc[:, place].isna().any()),
        }
        for place, name in enumerate(df.columns)
    )
    return ColumnSchema(columns=columns) if columns else None


def tensor_schema(features: Any, targets: Any = None) -> TensorSchema | None:
    """The shapes of arrays, or dicts of them; None if one is a single number.

    The first axis may have any length, so it counts as -1.
    """
    arrays = [
        array
        for data in (features, targets)
        for array in (data.values() if isinstance(data, Mapping) else [data])
        if array is not None
    ]
    if not all(array.ndim for array in arrays):
        return None
    return TensorSchema(
        features=_tensors(features), targets=None if targets is None else _tensors(targets)
    )


def type_of_values(values: Iterable[Any]) -> Spec:
    """The type that all values have, missing ones aside; ``any`` if there is no such type."""
    known = [value for value in values if not _is_missing(value)]
    if known and all(isinstance(value, Mapping) for value in known):
        return _type_of_dicts(known)
    if known and all(_is_list(value) for value in known):
        return {"type": "array", "items": type_of_values(chain.from_iterable(known))}
    types = {_type_of_value(value) for value in known}
    if types == {"long", "double"}:
        return {"type": "double"}
    return {"type": types.pop()} if len(types) == 1 else dict(_ANY)


def _column_type(column: pd.Series[Any]) -> Spec:
    name = _name_of_dtype(column.dtype)
    if name is None and column.dtype.kind == "O":
        return type_of_values(column.head(SAMPLE))
    return {"type": name or "any"}


def _name_of_dtype(dtype: Any) -> str | None:
    """MLflow's name for a type of NumPy or pandas, or None."""
    if dtype.kind in _NAMES_OF_KINDS:
        return _NAMES_OF_KINDS[dtype.kind]
    return _NAMES_OF_SIZES.get(f"{dtype.kind}{getattr(dtype, 'itemsize', 0)}")


def _type_of_dicts(values: Sequence[Mapping[str, Any]]) -> Spec:
    """An object; a property is required if every dict has it."""
    names = sorted({str(name) for value in values for name in value})
    return {
        "type": "object",
        "properties": {
            name: {
                **type_of_values(value.get(name) for value in values),
                "required": all(value.get(name) is not None for value in values),
            }
            for name in names
        },
    }


def _type_of_value(value: Any) -> str:
    for kind, name in _NAMES_OF_CLASSES:
        if isinstance(value, kind):
            return name
    return (_name_of_dtype(value.dtype) if hasattr(value, "dtype") else None) or "any"


def _is_missing(value: Any) -> bool:
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or type(value).__name__ in {"NAType", "NaTType"}


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple) or bool(getattr(value, "ndim", 0))


def _plain_name(name: Any) -> Any:
    return name if type(name) in {int, str} else str(name)


def _tensors(data: Any) -> tuple[Spec, ...]:
    if isinstance(data, Mapping):
        return tuple({"name": name, **_tensor(array)} for name, array in data.items())
    return (_tensor(data),)


def _tensor(array: np.ndarray) -> Spec:
    """Type and shape; the lengths of strings do not count."""
    dtype = {"U": "str", "S": "bytes"}.get(array.dtype.char, array.dtype.name)
    return {"type": "tensor", "tensor-spec": {"dtype": dtype, "shape": [-1, *array.shape[1:]]}}
