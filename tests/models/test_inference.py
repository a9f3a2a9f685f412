"""What is inferred beyond MLflow's cases, which are in `test_mlflow_signatures`."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.enforcement import enforce_params, enforce_schema
from jupyter_mltrack.models.inference import infer_param_schema, infer_schema

POLARS = {
    "a": pl.Series([1, 2], dtype=pl.Int32),
    "b": [1.5, None],
    "c": ["x", None],
    "d": [[1], [2, 3]],
    "e": [{"x": 1}, {"x": 2}],
    "f": [b"x", b"y"],
    "g": [True, False],
    "h": pl.Series([1, 2]).cast(pl.Date),
    "i": pl.Series(["u", "v"], dtype=pl.Categorical),
    "j": [None, None],
}


def test_polars() -> None:
    """The columns of Polars, with their widths."""
    assert repr(infer_schema(pl.DataFrame(POLARS))) == (
        "['a': integer (required), 'b': double (optional), 'c': string (optional),"
        " 'd': Array(long) (required), 'e': {x: long (required)} (required),"
        " 'f': binary (required), 'g': boolean (required), 'h': datetime (required),"
        " 'i': string (required), 'j': Any (optional)]"
    )


def test_a_type_of_polars_without_a_twin() -> None:
    """The message names the column."""
    with pytest.raises(InvalidParameterValue, match=r"Duration.*column 'a'"):
        infer_schema(pl.DataFrame({"a": pl.Series([1]).cast(pl.Duration)}))


SAMPLES = [
    pd.DataFrame({"a": [1.5, None], "b": ["x", None], "c": [1, 2], "d": [True, False]}),
    pd.DataFrame({"a": pd.Categorical(["u", "v"]), "b": pd.array([True, None], dtype="boolean")}),
    pd.DataFrame({"a": [[1, 2], None], "b": [{"x": 1}, {"y": ["z"]}]}, index=[7, 3]),
    pd.DataFrame({"a": [{"x": {"y": [1.5]}}, None]}),
    pd.DataFrame([[1.5, "x"]]),
    pd.DataFrame([[1.5, 2.5]], columns=[1, 0]),
    pd.Series([1.5, None], name="a"),
    pd.Series([1.5, None]),
    pl.DataFrame(POLARS),
    pl.Series("a", [1, 2]),
    np.zeros((2, 3)),
    np.array(["x", "yyy"]),
    {"a": np.zeros(2), "b": np.zeros((2, 3), dtype="float32")},
    {"a": 1, "b": "x", "c": [1, 2], "d": {"e": None}},
    [{"a": 1, "b": None}, {"a": 2}],
    [1.5, 2.5],
    [[1, 2], [3]],
    "x",
    b"x",
]


@pytest.mark.parametrize("data", SAMPLES, ids=lambda data: repr(data)[:40].replace("\n", " "))
def test_data_fits_its_own_schema(data: Any) -> None:
    """What a model was trained with is what it takes."""
    enforce_schema(data, infer_schema(data))


@pytest.mark.parametrize(
    "params",
    [{"a": 1, "b": [1, 2.5], "c": [], "d": {"x": [1]}}, {"a": np.array([1, 2]), "b": np.str_("x")}],
)
def test_parameters_fit_their_own_schema(params: dict[str, Any]) -> None:
    """Defaults are values too."""
    checked = enforce_params(params, infer_param_schema(params))
    assert all(np.array_equal(checked[name], value) for name, value in params.items())


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), r"there twice, rename them: \['a'\]"),
        (pd.DataFrame({"a": [object()]}), "The column 'a' fits no type"),
        (pd.DataFrame({"a": [1, "x"]}), "'a' fits no type.*All values must be of one type"),
        (np.array(1.5), "atleast_1d"),
        ({1: "x"}, r"must be texts.*\[1\]"),
        (object(), "from an object of type object"),
        (iter([]), "Give a DataFrame"),
    ],
)
def test_what_has_no_schema(data: Any, message: str) -> None:
    """The message says where and what to do."""
    with pytest.raises(InvalidParameterValue, match=message):
        infer_schema(data)


def test_nothing_heavy_is_loaded_before_data() -> None:
    """Types can be read and written without pandas."""
    script = (
        "import sys; from jupyter_mltrack.models import ModelSignature\n"
        "ModelSignature.from_dict({'inputs': '[{\"type\": \"long\"}]'}).to_dict()\n"
        "assert not {'numpy', 'pandas', 'scipy', 'polars'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
