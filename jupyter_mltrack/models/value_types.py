"""The type of a value, a list or a dict, as MLflow infers it.

A dict is an object and a list an array; what is missing or empty can be anything.
"""

from __future__ import annotations

import datetime as dt
import reprlib
from collections.abc import Iterable
from functools import reduce
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.data_type import DataType, data_type_of
from jupyter_mltrack.models.types.merging import merged
from jupyter_mltrack.models.types.nested import AnyType, Array, Object, Property, ValueType
from jupyter_mltrack.models.types.values import is_missing

#: `bool` is an `int` and a `datetime` is a `date`, so the order counts.
_CLASSES = (
    (bool, DataType.boolean),
    (int, DataType.long),
    (float, DataType.double),
    (str, DataType.string),
    (bytes, DataType.binary),
    (bytearray, DataType.binary),
    (dt.date, DataType.datetime),
)
#: What needs no look at the value; a float may be missing.
_EXACT = {known: kind for known, kind in _CLASSES[:-1] if known is not float}


def type_of(value: Any) -> ValueType:
    """The type of one value.

    Raises:
        InvalidParameterValue: if a signature has no such type, or a list holds several.
    """
    import numpy as np

    if is_missing(value) or (isinstance(value, dict | list) and not value):
        return AnyType()
    if isinstance(value, dict):
        return _type_of_dict(value)
    if isinstance(value, list) or (isinstance(value, np.ndarray) and value.ndim):
        return Array(type_of_all(value))
    return _type_of_scalar(value)


def type_of_all(values: Iterable[Any]) -> ValueType:
    """The one type of several values.

    Raises:
        InvalidParameterValue: if there is no value, or no such type.
    """
    kinds: dict[DataType | str, ValueType] = {}
    for value in values:
        kind = _EXACT.get(type(value)) or type_of(value)
        kinds[kind if isinstance(kind, DataType) else repr(kind)] = kind
    if not kinds:
        msg = "An empty array tells no type. Take an example with at least one value."
        raise InvalidParameterValue(msg)
    return reduce(merged, kinds.values())


def _type_of_dict(value: dict[Any, Any]) -> Object:
    properties = []
    for name, each in value.items():
        kind = type_of(each)
        properties.append(Property(name, kind, required=not isinstance(kind, AnyType)))
    return Object(properties)


def _type_of_scalar(value: Any) -> DataType:
    if hasattr(value, "dtype"):
        kind = data_type_of(value.dtype)
    else:
        kind = next((kind for known, kind in _CLASSES if isinstance(value, known)), None)
    if kind is None:
        msg = (
            f"A signature has no type for {type(value).__name__} ({reprlib.repr(value)}). Take"
            " bool, int, float, str, bytes, datetime, or lists and dicts of these."
        )
        raise InvalidParameterValue(msg)
    return kind
