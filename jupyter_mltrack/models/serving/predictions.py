"""Predictions as JSON, in the way of MLflow's scoring server.

Tables and Series become lists of rows, arrays nested lists, bytes base64, times ISO 8601. What JSON
has no number for is written as Python does: ``NaN``, ``Infinity``. Finite numbers go through
msgspec, which is much quicker.
"""

from __future__ import annotations

import base64
import datetime as dt
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

_encode = msgspec.json.Encoder().encode


def to_json(predictions: Any) -> bytes:
    """``{"predictions": …}`` for what a model gave.

    Raises:
        InvalidParameterValue: if it holds something that JSON cannot say.
    """
    return b'{"predictions": ' + _written(predictions) + b"}"


def to_json_list(predictions: Any) -> bytes:
    """The elements alone, for a list that has more.

    Raises:
        InvalidParameterValue: if the predictions are no list.
    """
    written = _written(predictions)
    if not written.startswith(b"["):
        msg = (
            f"Predictions of type {type(predictions).__name__} cannot be put below each other."
            " Leave out batch_rows."
        )
        raise InvalidParameterValue(msg)
    return written[1:-1]


def _written(predictions: Any) -> bytes:
    import numpy as np
    import pandas as pd

    if isinstance(predictions, pd.Series):
        predictions = predictions.to_frame()
    if isinstance(predictions, pd.DataFrame):
        return _table(predictions)
    if isinstance(predictions, np.ndarray) and _is_finite(predictions):
        return _encode(predictions.tolist())
    return _slowly(predictions)


def _table(table: pd.DataFrame) -> bytes:
    rows = _rows(table)
    if all(_is_finite(table.iloc[:, place]) for place in range(table.shape[1])) and all(
        isinstance(name, str) for name in table.columns
    ):
        return _encode(rows)
    return _slowly(rows)


def _rows(table: pd.DataFrame) -> list[dict[Any, Any]]:
    """A dict for each row; of columns with one name the last one."""
    names = table.columns.tolist()
    columns = [table.iloc[:, place].tolist() for place in range(len(names))]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _is_finite(values: np.ndarray | pd.Series[Any]) -> bool:
    """Whether all are numbers, or truth values, that JSON can say."""
    import numpy as np

    dtype = values.dtype
    if not isinstance(dtype, np.dtype):
        return False
    return dtype.kind in "biu" or (dtype.kind == "f" and bool(np.isfinite(values).all()))


def _slowly(value: Any) -> bytes:
    """As Python writes it."""
    try:
        return json.dumps(value, default=_plain).encode()
    except (TypeError, ValueError, RecursionError) as error:
        msg = (
            f"The predictions cannot be written as JSON: {error}. Models should give tables,"
            " arrays, lists, dicts, texts, numbers, times and bytes."
        )
        raise InvalidParameterValue(msg) from error


def _plain(value: Any) -> Any:
    """What is written for a value that JSON does not know."""
    import numpy as np
    import pandas as pd

    if value is pd.NA:
        return None
    writers: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
        (pd.Series, lambda it: _rows(it.to_frame())),
        (pd.DataFrame, _rows),
        (bytes | bytearray, lambda it: base64.encodebytes(it).decode("ascii")),
        (np.datetime64, lambda it: str(np.datetime_as_string(it))),
        (np.ndarray, lambda it: list(it) if it.dtype.kind in "MS" else it.tolist()),
        (np.generic, lambda it: it.item()),
        (dt.date | dt.time, lambda it: it.isoformat()),
    )
    for kind, write in writers:
        if isinstance(value, kind):
            return write(value)
    msg = f"they hold a {type(value).__module__}.{type(value).__qualname__}"
    raise TypeError(msg)
