"""Values in lists and dicts: copies, and messages that say where."""

from __future__ import annotations

import decimal
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types import Array, DataType, Map, Object, Property
from jupyter_mltrack.models.types.values import conformed

ROWS = Object([Property("rows", Array(Map("double")))])


def test_a_copy_is_made() -> None:
    """The user's own dict keeps its integer."""
    given = {"rows": [{"a": 1}]}
    assert type(conformed(given, ROWS)["rows"][0]["a"]) is np.float64
    assert type(given["rows"][0]["a"]) is int


def test_the_message_says_where() -> None:
    """In which key, item and property."""
    with pytest.raises(InvalidParameterValue, match=r"property 'rows': item 1: key 'a': .*double"):
        conformed({"rows": [{"a": 1.5}, {"a": "x"}]}, ROWS)


@pytest.mark.parametrize("missing", [None, float("nan"), pd.NA, pd.NaT])
def test_what_is_optional_may_be_missing(missing: Any) -> None:
    """Whichever library says so."""
    assert conformed(missing, ROWS, required=False) is None
    with pytest.raises(InvalidParameterValue, match="wants object, a dict"):
        conformed(missing, ROWS)


def test_an_array_of_numpy_stays_one() -> None:
    """Models expect what they were trained with."""
    made = conformed(np.array([1, 2], dtype="int8"), Array("long"))
    assert (type(made), made.dtype) == (np.ndarray, np.dtype("int64"))


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (decimal.Decimal("1.5"), DataType.double, 1.5),
        (np.float32(1.5), DataType.double, 1.5),
        ("2020-01-02", DataType.datetime, pd.Timestamp(2020, 1, 2)),
        (np.str_("x"), DataType.string, "x"),
    ],
)
def test_scalars_as_in_a_column(value: Any, kind: DataType, expected: Any) -> None:
    """The same conversions as of whole columns."""
    assert conformed(value, kind) == expected


def test_a_long_text_is_cut_in_the_message() -> None:
    """An error of a million letters helps nobody."""
    with pytest.raises(InvalidParameterValue) as caught:
        conformed("x" * 1_000_000, DataType.long)
    assert len(str(caught.value)) < 200
