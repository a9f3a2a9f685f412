"""Which values a parameter of a type takes, and what they become.

The model gets values of Python's own types. A number may become wider: integer, long, float,
double, in this order; nothing else is converted, but a text that is a date.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.data_type import DataType, data_type_of

_WIDTHS = {DataType.integer: 0, DataType.long: 1, DataType.float: 2, DataType.double: 3}
_OF_PYTHON = {
    bool: DataType.boolean,
    int: DataType.integer,
    float: DataType.float,
    str: DataType.string,
}


def param_value(value: Any, wanted: DataType) -> Any:
    """A single value, in Python's own type; None stays.

    Raises:
        InvalidParameterValue: if the type does not take it.
    """
    if value is None:
        return None
    if wanted is DataType.datetime:
        return _date(value)
    given = _type_of(value)
    if given is wanted or (given and _WIDTHS.get(given, 9) <= _WIDTHS.get(wanted, -1)):
        return wanted.to_python()(value)
    msg = f"it is of the type {wanted.name}, and {value!r} is of type {type(value).__name__}"
    raise InvalidParameterValue(msg)


def param_values(value: Any, wanted: DataType) -> list[Any]:
    """A list, each element as `param_value` gives it.

    Raises:
        InvalidParameterValue: if it is no list, or the type does not take an element.
    """
    if isinstance(value, list) or getattr(value, "ndim", 0) == 1:
        return [param_value(each, wanted) for each in value]
    msg = f"it takes a list, not {value!r} of type {type(value).__name__}"
    raise InvalidParameterValue(msg)


def _type_of(value: Any) -> DataType | None:
    if hasattr(value, "dtype"):
        return None if value.shape else data_type_of(value.dtype)
    return _OF_PYTHON.get(type(value))


def _date(value: Any) -> dt.date:
    import numpy as np

    try:
        date = np.datetime64(value).item()
    except ValueError:
        date = None
    if isinstance(date, dt.date):
        return date
    msg = f"{value!r} is no date; write it as '2026-11-21' or '2026-11-21T10:30:00'"
    raise InvalidParameterValue(msg)
