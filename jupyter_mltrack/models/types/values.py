"""Single values, lists and dicts that must be of a type: what passes, and as what.

Lists and dicts are copied, never changed in place.
"""

from __future__ import annotations

import datetime as dt
import decimal
import reprlib
from collections.abc import Callable
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.casting import cast_column
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import (
    AnyType,
    Array,
    Map,
    Object,
    SparkMLVector,
    ValueType,
)

#: Values of these classes pass without a look.
_EXACT = {
    bool: DataType.boolean,
    int: DataType.long,
    float: DataType.double,
    str: DataType.string,
    bytes: DataType.binary,
    bytearray: DataType.binary,
}


def conformed(value: Any, kind: ValueType, *, required: bool = True) -> Any:
    """A value as a value of the type.

    Args:
        value: Anything.
        kind: The type.
        required: Whether it may not be missing.

    Raises:
        InvalidParameterValue: if it is of another type; the message says where in a list or dict.
    """
    if is_missing(value) and (not required or _holds_anything(kind)):
        return None
    if isinstance(kind, AnyType):
        return value
    return _CHECKS[type(kind)](value, kind, required)


def is_missing(value: Any) -> bool:
    """Whether a value is None, NaN, NaT or pandas' NA."""
    if isinstance(value, float):
        return value != value  # noqa: PLR0124  (only NaN differs from itself)
    return value is None or type(value).__name__ in {"NAType", "NaTType"}


def _holds_anything(kind: ValueType) -> bool:
    """Whether it is an array or a map of anything, for which MLflow takes None too."""
    if isinstance(kind, Map):
        return isinstance(kind.value_type, AnyType)
    return isinstance(kind, Array) and isinstance(kind.dtype, AnyType)


def _scalar(value: Any, kind: DataType, required: bool) -> Any:
    del required
    if _EXACT.get(type(value)) is kind:
        return value
    import numpy as np
    import pandas as pd

    if not np.isscalar(value) and not isinstance(value, dt.date | decimal.Decimal):
        raise _mismatch(value, kind.name)
    try:
        return cast_column(pd.Series([value]), kind).iloc[0]
    except InvalidParameterValue as error:
        raise _mismatch(value, kind.name) from error


def _array(value: Any, kind: Array, required: bool) -> Any:
    import numpy as np

    if not isinstance(value, list | np.ndarray):
        raise _mismatch(value, "array, a list")
    items = [
        _inside(f"item {place}", each, kind.dtype, required) for place, each in enumerate(value)
    ]
    return np.array(items) if isinstance(value, np.ndarray) else items


def _map(value: Any, kind: Map, required: bool) -> dict[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(key, str) for key in value):
        raise _mismatch(value, "map, a dict with texts as keys")
    return {
        key: _inside(f"key {key!r}", each, kind.value_type, required) for key, each in value.items()
    }


def _object(value: Any, kind: Object, required: bool) -> Any:
    if not required and value == {}:
        return value
    if not isinstance(value, dict):
        raise _mismatch(value, "object, a dict")
    known = {each.name: each for each in kind.properties}
    missing = [each.name for each in kind.properties if each.required and each.name not in value]
    if missing:
        msg = f"Missing required properties: {missing}. Add them to the dict."
        raise InvalidParameterValue(msg)
    if strange := [key for key in value if key not in known]:
        msg = f"Properties that the signature does not have: {strange}. It has {list(known)}."
        raise InvalidParameterValue(msg)
    return {
        key: _inside(f"property {key!r}", each, known[key].dtype, known[key].required)
        for key, each in value.items()
    }


def _inside(place: str, value: Any, kind: ValueType, required: bool) -> Any:
    """A value within another one."""
    try:
        return conformed(value, kind, required=required)
    except InvalidParameterValue as error:
        msg = f"{place}: {error.message}"
        raise InvalidParameterValue(msg) from error


def _mismatch(value: Any, wanted: str) -> InvalidParameterValue:
    return InvalidParameterValue(
        f"the signature wants {wanted}, and {reprlib.repr(value)} is of type"
        f" {type(value).__name__}. Convert it."
    )


_CHECKS: dict[type, Callable[[Any, Any, bool], Any]] = {
    DataType: _scalar,
    Array: _array,
    SparkMLVector: _array,
    Map: _map,
    Object: _object,
}
