"""Tables of Polars: their columns, and the same table in pandas.

Polars is recognised without importing it, and pyarrow is not needed.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.column import ColSpec
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import AnyType, Array, Object, Property, ValueType

if TYPE_CHECKING:
    import pandas as pd

_NAMES: dict[str, ValueType] = {
    "Boolean": DataType.boolean,
    **dict.fromkeys(["Int8", "Int16", "Int32", "UInt8", "UInt16"], DataType.integer),
    **dict.fromkeys(["Int64", "UInt32"], DataType.long),
    "Float32": DataType.float,
    **dict.fromkeys(["Float64", "Decimal"], DataType.double),
    **dict.fromkeys(["String", "Categorical", "Enum"], DataType.string),
    "Binary": DataType.binary,
    **dict.fromkeys(["Date", "Datetime"], DataType.datetime),
    "Null": AnyType(),
}
#: What pandas has no arrays for; it takes a list of Python's values.
_OBJECTS = {"Array", "Binary", "Categorical", "Enum", "List", "Null", "String", "Struct"}


def is_table(data: Any) -> bool:
    """Whether it is a DataFrame or a Series of Polars."""
    polars = sys.modules.get("polars")
    return polars is not None and isinstance(data, polars.DataFrame | polars.Series)


def columns(data: Any) -> list[ColSpec]:
    """One for each column; it is required if no value is missing.

    Raises:
        InvalidParameterValue: if a signature has no type for a column.
    """
    return [
        ColSpec(_type_of(each.dtype, each.name), each.name, each.null_count() == 0)
        for each in _series(data)
    ]


def to_pandas(data: Any) -> pd.DataFrame:
    """The same table in pandas, with the widths of the numbers."""
    import pandas as pd

    return pd.DataFrame({each.name: _values(each) for each in _series(data)})


def _series(data: Any) -> list[Any]:
    return list(data.get_columns()) if hasattr(data, "get_columns") else [data]


def _values(series: Any) -> Any:
    import pandas as pd

    if type(series.dtype).__name__ in _OBJECTS:
        return pd.Series(series.to_list(), dtype=object)
    return series.to_numpy()


def _type_of(dtype: Any, column: str) -> ValueType:
    name = str(dtype.base_type().__name__)
    if name in {"List", "Array"}:
        return Array(_type_of(dtype.inner, column))
    if name == "Struct":
        return Object([Property(each.name, _type_of(each.dtype, column)) for each in dtype.fields])
    if name in _NAMES:
        return _NAMES[name]
    msg = f"A signature has no type for {dtype}. Convert the column {column!r} or leave it out."
    raise InvalidParameterValue(msg)
