"""The scalar types and their twins."""

from __future__ import annotations

import datetime as dt
import sys

import numpy as np
import pytest

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.types import DataType
from jupyter_mltrack.models.types.data_type import data_type_of


@pytest.mark.parametrize(
    ("name", "numpy", "pandas", "python"),
    [
        ("boolean", "bool", "bool", bool),
        ("integer", "int32", "int32", int),
        ("long", "int64", "int64", int),
        ("float", "float32", "float32", float),
        ("double", "float64", "float64", float),
        ("string", "str", "object", str),
        ("binary", "bytes", "object", bytes),
        ("datetime", "datetime64[ns]", "datetime64[ns]", dt.date),
    ],
)
def test_twins(name: str, numpy: str, pandas: str, python: type) -> None:
    """Each type has one in NumPy, in pandas and in Python."""
    kind = DataType[name]
    assert kind.to_numpy() == np.dtype(numpy)
    assert kind.to_pandas() == np.dtype(pandas)
    assert kind.to_python() is python
    assert repr(kind) == name


@pytest.mark.parametrize("kind", DataType.all_types())
def test_a_type_of_numpy_leads_back(kind: DataType) -> None:
    """The twin in NumPy is known again."""
    assert data_type_of(kind.to_numpy()) is kind


@pytest.mark.parametrize("name", ["uint64", "complex128", "timedelta64[s]", "V2", "O"])
def test_types_of_numpy_that_mlflow_does_not_have(name: str) -> None:
    """No type is better than one that loses values."""
    assert data_type_of(np.dtype(name)) is None


@pytest.mark.parametrize("name", ["int", "Double", "", None, 5])
def test_a_name_that_does_not_exist(name: object) -> None:
    """The message has those that do."""
    with pytest.raises(InvalidParameterValue, match="boolean, integer, long"):
        DataType.named(name)


def test_spark_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no Spark learns what to do."""
    monkeypatch.setitem(sys.modules, "pyspark.sql.types", None)
    with pytest.raises(MltrackException, match="pip install pyspark"):
        DataType.long.to_spark()
