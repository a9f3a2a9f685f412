"""A table that a signature made of data, in the form that the model wants it in."""

from __future__ import annotations

import sys
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue


def like_example(data: Any, example: Any) -> Any:
    """A table in the form of the input example: a table, a series, a list, a dict or one value.

    Args:
        data: What the signature made; if it is no table, it stays.
        example: The input example; for None the table stays.
    """
    if not _is_table(data) or example is None or _is_table(example):
        return data
    if type(example).__name__ == "Series":
        return data.iloc[:, 0].rename(example.name)
    if isinstance(example, dict):
        return data.to_dict(orient="records")[0] if len(data) == 1 else data
    if not isinstance(example, list):
        return data.iloc[0, 0]
    of_dicts = any(isinstance(each, dict) for each in example)
    return data.to_dict(orient="records") if of_dicts else data.iloc[:, 0].tolist()


def single(data: Any) -> Any:
    """The one input in a table, a list, or as it is.

    Raises:
        InvalidParameterValue: if there are several.
    """
    if _is_table(data):
        named = list(data.columns) != [0]
        data = data.to_dict(orient="records") if named else data.iloc[:, 0].tolist()
    if not isinstance(data, list):
        return data
    if len(data) != 1:
        msg = f"'predict_stream' takes one input, and these are {len(data)}. Call it for each."
        raise InvalidParameterValue(msg)
    return data[0]


def _is_table(data: Any) -> bool:
    pandas = sys.modules.get("pandas")
    return pandas is not None and isinstance(data, pandas.DataFrame)
