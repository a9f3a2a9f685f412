"""Models as functions of Spark; with a session, which takes long to start, at night only."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import infer_signature
from jupyter_mltrack.models.pyfunc import PythonModel, save_model, spark_udf
from jupyter_mltrack.models.pyfunc.spark_results import as_series, as_table

types = pytest.importorskip("pyspark.sql.types")

TABLE = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
WIDE = pd.DataFrame({"t": ["x", "y"], "n": [1, 2], "f": [0.5, 1.5], "y": [True, False]})


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    """A session of one thread; its worker runs this Python."""
    if shutil.which("java") is None or importlib.util.find_spec("pyarrow") is None:
        pytest.skip("a session of Spark needs java and pyarrow")
    from pyspark.sql import SparkSession

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYSPARK_PYTHON", sys.executable)
        patch.setenv("PYTHONPATH", ":".join(sys.path))
        local = {"spark.driver.host": "127.0.0.1", "spark.driver.bindAddress": "127.0.0.1"}
        builder = SparkSession.builder.master("local[1]").config("spark.ui.enabled", "false")
        session = builder.config(map=local).getOrCreate()
        yield session
        session.stop()


class Answers(PythonModel):
    """The sum of the columns times a parameter, and a text."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        """A table."""
        del context
        found = (model_input["a"] + model_input["b"]) * params["k"]
        return pd.DataFrame({"x": found, "t": found.map(str)})


@pytest.mark.nightly
@pytest.mark.filterwarnings("ignore")
def test_a_table_of_spark_is_scored(spark: Any, tmp_path: Path) -> None:
    """By columns, by a struct, and by the names of the signature; with parameters."""
    from pyspark.sql.functions import struct

    save_model(tmp_path / "m", python_model=Answers(), input_example=(TABLE, {"k": 1.0}))
    predict = spark_udf(spark, tmp_path / "m", params={"k": 2.0})
    text, lists = (spark_udf(spark, tmp_path / "m", kind) for kind in ("string", "array<double>"))
    calls = (predict("a", "b"), predict(struct("b", "a")), predict(), text(), lists())
    first, second = spark.createDataFrame(TABLE).select(*calls).collect()
    assert [tuple(each) for each in first[:3]] == [(8.0, "8.0")] * 3
    assert [tuple(each) for each in second[:3]] == [(12.0, "12.0")] * 3
    assert [tuple(first[3:]), tuple(second[3:])] == [("4.0", [4.0]), ("6.0", [6.0])]


def test_another_environment_is_refused(tmp_path: Path) -> None:
    """The model runs in the Python that Spark's workers have."""
    save_model(tmp_path / "m", python_model=Answers(), signature=infer_signature(TABLE))
    for argument in ({"env_manager": "conda"}, {"extra_env": {"A": "1"}}):
        with pytest.raises(InvalidParameterValue, match="leave env_manager out"):
            spark_udf(None, tmp_path / "m", **argument)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (types.DoubleType(), [1.0, 2.0]),
        (types.LongType(), [1, 2]),
        (types.StringType(), ["x", "y"]),
        (types.BooleanType(), [True, False]),
        (types.ArrayType(types.FloatType()), [[1.0, 0.5], [2.0, 1.5]]),
        (
            types.ArrayType(types.StringType()),
            [["x", "1", "0.5", "True"], ["y", "2", "1.5", "False"]],
        ),
    ],
)
def test_the_leftmost_column_that_fits(kind: Any, expected: Any) -> None:
    """Of an array all that fit."""
    assert as_series(WIDE, kind).tolist() == expected


@pytest.mark.parametrize("result", [np.array([1.5, 2.5]), [1.5, 2.5], pd.Series([1.5, 2.5])])
def test_kinds_of_results(result: Any) -> None:
    """Arrays, lists and series are one column."""
    assert as_series(result, types.DoubleType()).tolist() == [1.5, 2.5]


def test_nothing_that_fits() -> None:
    """The message says what to ask for."""
    with pytest.raises(InvalidParameterValue, match="ask for 'string'"):
        as_series(WIDE[["t"]], types.DoubleType())
    with pytest.raises(InvalidParameterValue, match="type date"):
        as_series(WIDE, types.DateType())


def test_structs() -> None:
    """The fields by name, in their types; one that is missing is told."""
    kind = types.StructType().add("n", "double").add("t", "string")
    made = as_table(WIDE, kind)
    assert (list(made), made["n"].tolist()) == (["n", "t"], [1.0, 2.0])
    with pytest.raises(InvalidParameterValue, match=r"no \['z'\]"):
        as_table(WIDE, types.StructType().add("z", "double"))
    nested = types.ArrayType(types.ArrayType(types.DoubleType()))
    assert as_series(np.zeros((2, 1, 2)), nested).tolist() == [[[0.0, 0.0]]] * 2
