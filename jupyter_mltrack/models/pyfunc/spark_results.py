"""What a model gives, as Spark takes it: a column of the type that was asked for, or a table."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException

if TYPE_CHECKING:
    import pandas as pd

#: The columns that fit a type of Spark, by its name, and what they become.
_FITTING: dict[str, tuple[list[str], str]] = {
    "boolean": (["bool"], "bool"),
    "double": (["number"], "float64"),
    "float": (["number"], "float32"),
    "integer": (["int8", "int16", "int32", "uint8", "uint16"], "int32"),
    "long": (["int8", "int16", "int32", "int64", "uint8", "uint16", "uint32"], "int64"),
}


def as_series(result: Any, kind: Any) -> pd.Series[Any]:
    """The predictions as one column.

    Args:
        result: What the model gave.
        kind: The type of Spark: of single values the leftmost column that fits is taken, of an
            array all that fit.

    Raises:
        InvalidParameterValue: if nothing fits.
    """
    import pandas as pd

    name = kind.typeName()
    if name in {"map", "variant"} or (name == "array" and not _is_single(kind.elementType)):
        return pd.Series(list(_rows(result)), dtype=object)
    if name != "array":
        return _fitting(_table(result), name).iloc[:, 0]
    table = _fitting(_table(result), kind.elementType.typeName())
    return pd.Series(table.to_numpy().tolist(), dtype=object)


def as_table(result: Any, kind: Any) -> pd.DataFrame:
    """The predictions as a table with the fields of a struct.

    Raises:
        InvalidParameterValue: if one of them is not there.
    """
    import pandas as pd

    table = _table(result).rename(columns=str)
    if missing := [name for name in kind.names if name not in table.columns]:
        msg = f"The model gave no {missing}, which the result type names; it gave {[*table]}."
        raise InvalidParameterValue(msg)
    return pd.DataFrame({field.name: _field(table[field.name], field.dataType) for field in kind})


def spark_module(name: str) -> Any:
    """A module of pyspark.

    Raises:
        MltrackException: if it is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        msg = "This needs Spark. Run `%pip install pyspark` first."
        raise MltrackException(msg) from error


def _is_single(kind: Any) -> bool:
    return kind.typeName() in _FITTING or kind.typeName() == "string"


def _fitting(table: pd.DataFrame, name: str) -> pd.DataFrame:
    """The columns that fit, converted."""
    if name == "string":
        return table.map(str)
    if name not in _FITTING:
        msg = f"A prediction cannot be of Spark's type {name}. Take double, string or array<...>."
        raise InvalidParameterValue(msg)
    kinds: Any
    dtype: Any
    kinds, dtype = _FITTING[name]
    found: pd.DataFrame = table.select_dtypes(include=kinds)
    if found.empty and not len(found.columns):
        msg = f"The model gave nothing that is a {name}; ask for 'string' or 'array<string>'."
        raise InvalidParameterValue(msg)
    fitting: pd.DataFrame = found.astype(dtype)
    return fitting


def _field(values: pd.Series[Any], kind: Any) -> pd.Series[Any]:
    name = kind.typeName()
    if name not in _FITTING or values.isna().any():
        return values
    dtype: Any = _FITTING[name][1]
    return values.astype(dtype)


def _table(result: Any) -> pd.DataFrame:
    import numpy as np
    import pandas as pd

    if isinstance(result, pd.DataFrame):
        return result
    return pd.DataFrame([result] if np.isscalar(result) else result)


def _rows(result: Any) -> Any:
    """One value for each row."""
    if hasattr(result, "to_dict") and getattr(result, "ndim", 1) > 1:
        return result.to_dict(orient="records")
    return result.tolist() if hasattr(result, "tolist") else result
