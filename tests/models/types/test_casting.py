"""Columns in the types of a signature, and the advice for those that are not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types import DataType
from jupyter_mltrack.models.types.casting import cast_column


@pytest.mark.parametrize(("wanted", "limit"), [(DataType.double, 2**53), (DataType.float, 2**24)])
def test_integers_become_floats_up_to_the_last_exact_one(wanted: DataType, limit: int) -> None:
    """Beyond it two integers would become one float."""
    assert cast_column(pd.Series([limit, -limit]), wanted).dtype == wanted.to_numpy()
    for beyond in (limit + 1, -limit - 1):
        with pytest.raises(InvalidParameterValue, match="holds int64"):
            cast_column(pd.Series([beyond]), wanted)


def test_a_missing_integer_becomes_nan() -> None:
    """A column of Int64 with gaps is one of floats."""
    made = cast_column(pd.Series([1, None], dtype="Int64"), DataType.double)
    np.testing.assert_array_equal(made, [1.0, np.nan])
    assert made.dtype == np.dtype("float64")


@pytest.mark.parametrize(
    ("values", "wanted", "advice"),
    [
        ([1.5], DataType.long, r"df\['a'\].astype\('int64'\)"),
        ([1.0, None], DataType.long, "some are missing"),
        (["x"], DataType.double, r"pd.to_numeric\(df\['a'\]\)"),
        ([1], DataType.string, r"df\['a'\].astype\(str\)"),
        ([1], DataType.boolean, r"df\['a'\].astype\(bool\)"),
        (["x"], DataType.binary, "encode"),
        ([1], DataType.datetime, "pd.to_datetime"),
        (pd.to_datetime(["2020-01-02"]).tz_localize("UTC"), DataType.datetime, "tz_convert"),
    ],
)
def test_the_message_says_what_to_do(values: Any, wanted: DataType, advice: str) -> None:
    """It names the column, both types and a line that helps."""
    with pytest.raises(InvalidParameterValue, match=advice) as caught:
        cast_column(pd.Series(values, name="a"), wanted)
    assert "column a" in str(caught.value)
    assert f"wants {wanted.name}" in str(caught.value)


def test_the_advice_works() -> None:
    """What the message says makes the column fit."""
    values = pd.Series(pd.to_datetime(["2020-01-02"]).tz_localize("UTC"))
    bare = values.dt.tz_convert("UTC").dt.tz_localize(None)
    assert cast_column(bare, DataType.datetime).dtype == np.dtype("datetime64[ns]")


@pytest.mark.parametrize("wanted", list(DataType))
def test_no_rows_fit_any_type_of_objects(wanted: DataType) -> None:
    """A column without values can be wrong in no way, unless it has a type of its own."""
    made = cast_column(pd.Series([], dtype=object), wanted)
    assert len(made) == 0


def test_categories_are_looked_at_once() -> None:
    """The column stays as it is, so that the model sees the categories it knows."""
    values = pd.Series(pd.Categorical(["u", "v", "u"]))
    assert cast_column(values, DataType.string) is values
    with pytest.raises(InvalidParameterValue):
        cast_column(values, DataType.long)
