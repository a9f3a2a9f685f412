"""What is enforced beyond MLflow's cases, which are in `test_mlflow_signatures`."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import validate_schema
from jupyter_mltrack.models.enforcement import enforce_params, enforce_schema
from jupyter_mltrack.models.types import (
    Array,
    ColSpec,
    ParamSchema,
    ParamSpec,
    Schema,
    TensorSpec,
)

AGE = Schema([ColSpec("double", "age"), ColSpec("string", "city", required=False)])


def test_the_data_of_the_user_is_not_changed() -> None:
    """A model that writes into its input writes into a copy."""
    given = pd.DataFrame({"age": [1.5], "city": ["x"]})
    made = enforce_schema(given, AGE)
    made.loc[0, "age"] = 7.5
    assert given.loc[0, "age"] == 1.5


def test_the_index_is_kept() -> None:
    """Also beside a column of lists."""
    schema = Schema([ColSpec("double", "a"), ColSpec(Array("long"), "b")])
    made = enforce_schema(pd.DataFrame({"a": [1.5], "b": [[1]]}, index=["row"]), schema)
    assert made.index.tolist() == ["row"]
    assert made.loc["row"].tolist() == [1.5, [1]]


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame({"city": ["x"], "b": [1]}), r"missing inputs \['age'\].*extra inputs: \['b'"),
        (pd.DataFrame({"city": ["x"]}), r"missing inputs \['age'\]. Add"),
        (np.array([[1.5]]), "no names: give a DataFrame"),
        (pd.DataFrame([[1.5, 2.5]], columns=["age", "age"]), "there twice"),
        (pd.DataFrame({"age": [True]}), "column age: it holds bool.*wants double"),
        (object(), "object is no table"),
        ({"age": [1.5, 2.5], "city": ["x"]}, "makes no table.*Give a DataFrame"),
    ],
)
def test_the_message(data: Any, message: str) -> None:
    """It begins as MLflow's, names the column, and shows the schema but no values."""
    with pytest.raises(InvalidParameterValue, match=message) as caught:
        enforce_schema(data, AGE)
    assert str(caught.value).startswith("Failed to enforce schema of data '")
    assert f"with schema '{AGE}'. Error: " in str(caught.value)


def test_values_are_nobodys_business() -> None:
    """An error in a log does not hold the data."""
    with pytest.raises(InvalidParameterValue) as caught:
        validate_schema(pd.DataFrame({"age": [True], "secret": ["hunter2"]}), AGE)
    assert "hunter2" not in str(caught.value)


def test_two_columns_of_one_name_where_names_do_not_count() -> None:
    """They are known by their places."""
    frame = pd.DataFrame([[1.5, "x"]], columns=["a", "a"])
    made = enforce_schema(frame, Schema([ColSpec("double"), ColSpec("string")]))
    pd.testing.assert_frame_equal(made, frame)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (np.zeros((2, 3)), r"\(2, 3\).*\(-1, 2\)"),
        (np.zeros((2, 2), dtype="float64"), r"float64.*astype\('float32'\)"),
        ([[1.5, 2.5]], "numpy.asarray"),
        (pd.DataFrame({"a": ["x"]}), "single values"),
        (pd.DataFrame({"a": [["x", "y"]]}), "tensor of float32"),
        (pd.DataFrame({"a": [{"x": 1}]}), "holds dict"),
        (pd.DataFrame({"a": []}), "at least one row"),
    ],
)
def test_tensors(data: Any, message: str) -> None:
    """Shape and type are those of the signature, and the message has both."""
    schema = Schema([TensorSpec(np.dtype("float32"), (-1, 2))])
    with pytest.raises(InvalidParameterValue, match=message):
        enforce_schema(data, schema)


def test_an_array_is_not_copied() -> None:
    """Arrays may be large."""
    data = np.zeros((2, 2))
    assert enforce_schema(data, Schema([TensorSpec(np.dtype("float64"), (-1, 2))])) is data


def test_a_parameter_with_a_wrong_name() -> None:
    """It is ignored as in MLflow, but not in silence."""
    schema = ParamSchema([ParamSpec("temperature", "double", 0.5)])
    with pytest.warns(UserWarning, match=r"no parameters \['temprature'\]"):
        assert enforce_params({"temprature": 1.0}, schema) == {"temperature": 0.5}


def test_many_values_in_lists_take_no_seconds() -> None:
    """A quarter of a million values: the usual types are passed without a look by pandas."""
    frame = pd.DataFrame({"a": [[0.5] * 1000] * 250})
    made = enforce_schema(frame, Schema([ColSpec(Array("double"), "a")]))
    assert made["a"].iloc[-1] == [0.5] * 1000
