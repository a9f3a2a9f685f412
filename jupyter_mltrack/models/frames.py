"""Data of any kind as a table of pandas, as a schema of columns needs it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import polars_tables
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import AnyType

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mltrack.models.types.schema import Schema


def to_frame(data: Any, schema: Schema) -> pd.DataFrame:
    """Data as a table; a dict or a list is read as MLflow reads it for the schema.

    Raises:
        InvalidParameterValue: if it is no table.
    """
    import pandas as pd

    if isinstance(data, pd.DataFrame):
        return data
    if isinstance(data, pd.Series):
        return data.to_frame()
    if polars_tables.is_table(data):
        return polars_tables.to_pandas(data)
    try:
        return pd.DataFrame(_rows_or_columns(data, schema))
    except (TypeError, ValueError) as error:
        msg = f"The signature wants columns, and this makes no table: {error}. Give a DataFrame."
        raise InvalidParameterValue(msg) from error


def is_nested(kind: Any) -> bool:
    """Whether values of the type hold other values."""
    return not isinstance(kind, DataType | AnyType)


def _rows_or_columns(data: Any, schema: Schema) -> Any:
    """What pandas makes a table of: a list of rows, or a dict of columns.

    Raises:
        TypeError: if it is neither.
    """
    import numpy as np

    if isinstance(data, dict):
        return [data] if _is_row(data, schema) else _without_axes(data)
    if isinstance(data, list) and _is_one_nested(schema):
        return [[row] for row in data]
    if isinstance(data, list | np.ndarray):
        return data
    if _is_cell(data) and data is not None:
        return [data]
    msg = f"{type(data).__name__} is no table, dict, list, array or single value"
    raise TypeError(msg)


def _is_one_nested(schema: Schema) -> bool:
    """Whether each element of a list is one value: the only column, without a name, is nested."""
    return not schema.has_input_names() and len(schema) == 1 and is_nested(schema.inputs[0].type)


def _is_row(data: dict[Any, Any], schema: Schema) -> bool:
    """Whether a dict is one row, not a table of columns."""
    return any(map(is_nested, schema.input_types())) or all(map(_is_cell, data.values()))


def _is_cell(value: Any) -> bool:
    """A single value; also a list of texts and an array without an axis, which are ambiguous."""
    import numpy as np

    if isinstance(value, list):
        return all(isinstance(each, str) for each in value)
    if isinstance(value, np.ndarray):
        return value.ndim == 0
    return value is None or bool(np.isscalar(value)) or isinstance(value, dt.date)


def _without_axes(data: dict[Any, Any]) -> dict[Any, Any]:
    """The columns of a table; an array of several axes becomes lists of lists."""
    return {
        name: value.tolist() if getattr(value, "ndim", 0) > 1 else value
        for name, value in data.items()
    }
