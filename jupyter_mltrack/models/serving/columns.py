"""Columns of a request in the types of a signature: JSON and CSV have fewer types than models.

A value becomes another type only if it stays the same value; see `exact`.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.serving.answer import Refused, bad_request
from jupyter_mltrack.models.serving.exact import floats, integers
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.values import is_missing

if TYPE_CHECKING:
    import numpy as np

_FAULTS = (TypeError, ValueError, OverflowError)


def typed_column(values: Sequence[Any], kind: Any, name: object) -> Any:
    """A column of parsed JSON, or of texts, in a type of the signature.

    Args:
        values: One for each row; None is a missing one.
        kind: The type; what is not a `DataType` leaves the values as they are.
        name: Of the column, for the message.

    Returns:
        An array of NumPy with one axis.

    Raises:
        Refused: if a value does not fit.
    """
    try:
        convert = _CONVERSIONS.get(kind) if isinstance(kind, DataType) else None
        made = (convert or _as_they_are)(values)
    except _FAULTS as error:
        raise _misfit(name, kind, str(error)) from error
    if made.ndim != 1:
        raise _misfit(name, kind, "there are lists in it")
    return made


def _misfit(name: object, kind: Any, reason: str) -> Refused:
    return bad_request(
        f"Data is not compatible with the model's signature: the column {name!r} is of the type"
        f" {kind!r}, and {reason[:200]}. Send values of that type."
    )


def _as_they_are(values: Sequence[Any]) -> np.ndarray:
    import numpy as np

    made = np.empty(len(values), dtype=object)
    made[:] = values if isinstance(values, list) else list(values)
    return made


def _truths(values: Sequence[Any]) -> np.ndarray:
    import numpy as np

    known = [_TRUTHS[each.lower() if isinstance(each, str) else each] for each in values]
    return np.array(known, dtype=object if None in known else bool)


class _Truths(dict[Any, Any]):
    """What is true and false, and what is missing."""

    def __missing__(self, key: object) -> Any:
        msg = f"{key!r:.50} is neither true nor false"
        raise ValueError(msg)


#: 1 and 0 are True and False for Python too.
_TRUTHS = _Truths(
    {True: True, "true": True, "1": True, False: False, "false": False, "0": False, None: None}
)


def _bytes(values: Sequence[Any]) -> np.ndarray:
    return _as_they_are([None if each is None else _from_base64(each) for each in values])


def _from_base64(text: Any) -> bytes:
    """Bytes of base64, in lines or not."""
    if not isinstance(text, str):
        msg = f"{text!r:.50} is no base64"
        raise TypeError(msg)
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except binascii.Error as error:
        msg = f"{text!r:.50} is no base64: {error}"
        raise ValueError(msg) from error


def _times(values: Sequence[Any]) -> np.ndarray:
    import pandas as pd

    known: Any = [None if is_missing(each) else each for each in values]
    if not all(each is None or isinstance(each, str) for each in known):
        msg = "times are written as texts of ISO 8601, such as '2026-11-21T10:30:00'"
        raise TypeError(msg)
    read = pd.to_datetime(known, format="ISO8601", utc=True)
    made: np.ndarray = read.tz_localize(None).as_unit("ns").to_numpy()
    return made


_CONVERSIONS: dict[Any, Callable[[Sequence[Any]], np.ndarray]] = {
    DataType.boolean: _truths,
    DataType.integer: partial(integers, dtype="int32"),
    DataType.long: partial(integers, dtype="int64"),
    DataType.float: partial(floats, dtype="float32"),
    DataType.double: partial(floats, dtype="float64"),
    DataType.binary: _bytes,
    DataType.datetime: _times,
}


def typed_tensor(value: Any, dtype: np.dtype[Any], name: object) -> np.ndarray:
    """An array of nested lists, in a type of NumPy.

    Raises:
        Refused: if the lists are ragged, or a value does not fit.
    """
    import numpy as np

    try:
        made: np.ndarray = _TENSORS.get(dtype.kind, np.array)(value, dtype=dtype)
    except _FAULTS as error:
        msg = (
            f"{name!r} does not make an array of {np.dtype(dtype).name}: {str(error)[:200]}. Send"
            " lists of one length with such values."
        )
        raise bad_request(msg) from error
    return made


_TENSORS: dict[str, Callable[..., np.ndarray]] = {"f": floats, "i": integers, "u": integers}
