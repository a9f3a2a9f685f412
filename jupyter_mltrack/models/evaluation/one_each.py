"""One value for each row: the shape of targets, of predictions, and of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    import numpy as np


def one_for_each(values: Any, rows: int, role: str) -> np.ndarray:
    """An array with one value for each row.

    Args:
        values: An array, a Series or a list; a table or array of one column is taken too.
        rows: How many there are.
        role: What the values are called in a message.

    Raises:
        InvalidParameterValue: if there are not as many, or one is missing.
    """
    import numpy as np
    import pandas as pd

    array = flat(values.to_numpy() if hasattr(values, "to_numpy") else np.asarray(values))
    if array.shape != (rows,):
        msg = f"There is one of the {role} for each of the {rows} rows, not {array.shape}."
        raise InvalidParameterValue(msg)
    if missing := int(pd.isna(array).sum()):
        msg = f"{missing} of the {rows} {role} are missing. Leave these rows out, as with dropna()."
        raise InvalidParameterValue(msg)
    return array


def flat(array: np.ndarray) -> np.ndarray:
    """An array of one column as one of one axis; any other as it is."""
    one_column = array.ndim > 1 and all(length == 1 for length in array.shape[1:])
    return array.reshape(-1) if one_column else array
