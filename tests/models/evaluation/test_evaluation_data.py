from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation.evaluation_data import Roles, read_data
from jupyter_mltrack.tracking import datasets

pytestmark = pytest.mark.usefixtures("fresh")

TABLE = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0], "y": [0, 1]})


@pytest.mark.parametrize(
    ("data", "targets"),
    [
        (TABLE, "y"),
        (TABLE[["a", "b"]], TABLE["y"]),
        (TABLE[["a", "b"]], [0, 1]),
        (pl.DataFrame(TABLE.to_dict("list")), "y"),
        (datasets.from_pandas(TABLE, targets="y"), None),
        (datasets.from_polars(pl.DataFrame(TABLE.to_dict("list")), targets="y"), None),
        (datasets.from_numpy(TABLE[["a", "b"]].to_numpy(), targets=TABLE["y"].to_numpy()), None),
        (TABLE[["a", "b"]].to_numpy(), TABLE["y"].to_numpy()),
        ([[1.0, 3.0], [2.0, 4.0]], [0, 1]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_data_of_every_kind(data: Any, targets: Any) -> None:
    """Features and targets are the same, whatever holds them."""
    found = read_data(data, Roles(targets=targets))
    assert found.frame.to_numpy().tolist() == [[1, 3], [2, 4]]
    assert found.targets is not None
    assert found.targets.tolist() == [0, 1]
    assert len(found) == 2
    assert found.dataset.digest


def test_a_list_of_single_values() -> None:
    """A table of one column, which gets MLflow's name."""
    found = read_data([1, 2, 3], Roles(targets=[1, 2, 3]))
    assert list(found.frame.columns) == ["feature_1"]


def test_names_of_an_array() -> None:
    """The model gets a table then."""
    found = read_data(np.eye(2), Roles(features=["p", "q"]))
    assert list(found.features.columns) == ["p", "q"]


@pytest.mark.parametrize(
    ("data", "roles", "message"),
    [
        (None, {}, "takes a DataFrame"),
        (TABLE.head(0), {"targets": "y"}, "no rows"),
        ([], {}, "no rows"),
        ([[1], [2, 3]], {}, "different lengths"),
        (TABLE, {"targets": "z"}, "no column 'z'"),
        (TABLE, {"predictions": "z"}, "no column 'z'"),
        (TABLE, {"targets": [0]}, "one of the targets for each of the 2 rows"),
        (TABLE, {"features": ["a", "a"]}, "unique feature names"),
        (TABLE, {"features": ["q"]}, "no column 'q'"),
        (TABLE, {"path": 'x"y'}, "double quote"),
        (TABLE[["y", "y"]], {"targets": "y"}, "twice"),
        (TABLE.assign(y=[None, 1]), {"targets": "y"}, "1 of the 2 targets are missing"),
        (TABLE.assign(y=["", None]), {"targets": "y"}, "1 of the 2 targets are missing"),
        (np.eye(2), {"targets": "y"}, "has no columns"),
        (np.eye(2), {"predictions": "y"}, "as a DataFrame"),
        (np.eye(2), {"features": ["a"]}, "2 features and 1"),
        (datasets.from_numpy({"a": np.eye(2)}), {}, "cannot read the rows"),
    ],
)
def test_what_cannot_be_read(data: Any, roles: dict[str, Any], message: str) -> None:
    """The message says what to do."""
    with pytest.raises(InvalidParameterValue, match=message):
        read_data(data, Roles(**roles))


def test_columns_of_any_name() -> None:
    """Numbers and markup are names too."""
    found = read_data(TABLE.set_axis([0, "<b>", 'y"\n'], axis=1), Roles(targets='y"\n'))
    assert found.names == (0, "<b>")
