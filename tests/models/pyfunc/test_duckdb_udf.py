"""Models as functions of SQL."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import ModelSignature, infer_signature
from jupyter_mltrack.models.flavors import sklearn
from jupyter_mltrack.models.pyfunc import (
    PyFuncModel,
    PythonModel,
    duckdb_udf,
    load_model,
    save_model,
)
from jupyter_mltrack.models.pyfunc.sql_types import result_sql_type, sql_types
from jupyter_mltrack.models.types.column import ColSpec
from jupyter_mltrack.models.types.nested import AnyType, Array, Map, Object, Property
from jupyter_mltrack.models.types.schema import Schema, TensorSpec
from tests.fresh import ROOT

NAMES = ["a", "b", "c d"]
ROWS = 100_000


@pytest.fixture
def con() -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection whose queries run in four threads."""
    pytest.importorskip("pyarrow")
    with duckdb.connect(config={"threads": 4}) as con:
        yield con


def one(con: duckdb.DuckDBPyConnection, query: str) -> Any:
    """The only row of a query, to its end: DuckDB lets nothing else begin before."""
    (row,) = con.execute(query).fetchall()
    return row


@pytest.fixture
def sums(tmp_path: Path) -> str:
    """A model of scikit-learn that adds three columns."""
    table = pd.DataFrame(np.random.default_rng(1).random((20, 3)), columns=NAMES)
    model = LinearRegression().fit(table, table.sum(axis=1))
    path = tmp_path / "sums"
    sklearn.save_model(model, path, signature=infer_signature(table, model.predict(table)))
    return str(path)


class Answers(PythonModel):
    """A table of a number, a text and a list for each row; it fails if it is asked to."""

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> Any:
        """What of each cell."""
        del context
        if params["fail"]:
            msg = "no luck"
            raise RuntimeError(msg)
        texts = [None if pd.isna(each) else len(each) for each in model_input["text"]]
        lists = [list(each) for each in model_input["list"]]
        return pd.DataFrame(
            {"n": pd.array(texts, "Int64"), "k": model_input["k"] + 1, "list": lists}
        )


@pytest.fixture
def answers(tmp_path: Path) -> str:
    """A Python model with parameters, an optional column, and a struct as answer."""
    data = pd.DataFrame({"text": ["x", None], "k": [1, 2], "list": [[1.0], [2.0, 3.0]]})
    made = {"n": "long", "k": "long", "list": Array("double")}
    outputs = Schema([ColSpec(kind, name, name != "n") for name, kind in made.items()])
    shown = infer_signature(data, params={"fail": False})
    path = tmp_path / "answers"
    signature = ModelSignature(shown.inputs, outputs, shown.params)
    save_model(path, python_model=Answers(), signature=signature)
    return str(path)


def test_a_parquet_file_is_scored_chunk_by_chunk(
    con: duckdb.DuckDBPyConnection, sums: str, tmp_path: Path
) -> None:
    """All rows, in several threads, never all at once."""
    sizes: list[int] = []
    model = load_model(sums)

    class Counting(PyFuncModel):
        def predict(self, data: Any, params: Any = None) -> Any:
            sizes.append(len(data))
            return super().predict(data, params)

    file = tmp_path / "rows.parquet"
    rows = 'SELECT i, random() a, random() b, random() "c d" FROM range(100000) t(i)'
    con.sql(rows).write_parquet(str(file), row_group_size=10_000)
    duckdb_udf(con, Counting(model.metadata, model._impl), "score")
    query = f"SELECT count(*), max(abs(score_row(t) - a - b - \"c d\")) FROM '{file}' AS t"  # noqa: S608
    assert one(con, query) == (ROWS, pytest.approx(0, abs=1e-9))
    assert sum(sizes) == ROWS
    assert max(sizes) <= 4096


def test_columns_in_the_order_of_the_signature(con: duckdb.DuckDBPyConnection, sums: str) -> None:
    """Literals too; a row is taken by the names of its columns."""
    made = duckdb_udf(con, sums, "score")
    assert str(made).splitlines()[0] == "score(a DOUBLE, b DOUBLE, c d DOUBLE) -> DOUBLE"
    row = 'SELECT score_row(t) FROM (SELECT 3 AS "c d", 1 AS a, 7 AS more, 2 AS b) AS t'
    for query in ("SELECT score(1, 2, 3)", row):
        assert one(con, query) == (pytest.approx(6),)
    with pytest.raises(duckdb.BinderException, match="score"):
        con.execute("SELECT score(1, 2)")


def test_rows_with_nulls(con: duckdb.DuckDBPyConnection, sums: str, answers: str) -> None:
    """NULL for what the model requires gives NULL; what is optional it sees as missing."""
    duckdb_udf(con, sums, "score")
    rows = "SELECT score(a, 0, 0) FROM (VALUES (1), (NULL), (3)) t(a)"
    assert con.execute(rows).fetchall() == [(pytest.approx(1),), (None,), (pytest.approx(3),)]
    assert one(con, "SELECT score(NULL, NULL, 1)") == (None,)
    duckdb_udf(con, answers, "ask")
    found = one(con, "SELECT ask(NULL, 1, [2]), ask('abc', NULL, [2])")
    assert found == ({"n": None, "k": 2, "list": [2.0]}, None)


def test_parameters_and_errors_of_the_model(con: duckdb.DuckDBPyConnection, answers: str) -> None:
    """Parameters are fixed when the function is made; making it again replaces it."""
    duckdb_udf(con, answers, "ask")
    assert one(con, "SELECT ask('ab', 1, []).n") == (2,)
    duckdb_udf(con, answers, "ask", params={"fail": True})
    with pytest.raises(duckdb.Error, match="no luck"):
        con.execute("SELECT ask('ab', 1, [])").fetchall()
    with pytest.raises(InvalidParameterValue, match="'fail'"):
        duckdb_udf(con, answers, "ask", params={"fail": "yes"})


def test_tensors_are_lists(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """One argument, whose length must be right."""
    data = np.eye(3)
    model = LinearRegression().fit(data, data.sum(axis=1))
    sklearn.save_model(model, tmp_path / "m", input_example=data)
    made = duckdb_udf(con, str(tmp_path / "m"), "score")
    assert (made.arguments, made.takes_rows) == ({"input_0": "DOUBLE[]"}, False)
    assert one(con, "SELECT score([1, 0, 0])") == (pytest.approx(1),)
    with pytest.raises(duckdb.Error, match="tensor of shape"):
        con.execute("SELECT score([1, 2])").fetchall()


@pytest.mark.parametrize(
    ("hint", "argument", "arrived"),
    [
        (list[str], "'abc'", "abc"),
        (list[dict[str, float]], "MAP {'x': 1.5}", {"x": 1.5}),
        (list[dict[str, list[int]]], "MAP {'x': [1, 2]}", {"x": [1, 2]}),
    ],
)
def test_models_with_type_hints(
    con: duckdb.DuckDBPyConnection, tmp_path: Path, hint: Any, argument: str, arrived: Any
) -> None:
    """Each row is an element of the list."""

    def predict(model_input: Any) -> list[str]:
        return [repr(each) for each in model_input]

    predict.__annotations__["model_input"] = hint
    save_model(tmp_path / "m", python_model=predict)
    duckdb_udf(con, str(tmp_path / "m"))
    assert one(con, f"SELECT predict({argument})") == (repr(arrived),)


def test_another_type_of_prediction(con: duckdb.DuckDBPyConnection, sums: str) -> None:
    """It is what SQL sees."""
    assert duckdb_udf(con, sums, result_type="FLOAT").result == "FLOAT"
    assert con.execute("SELECT typeof(predict(1, 2, 3))").fetchone() == ("FLOAT",)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"result_type": "NUMBERS"}, "no type 'NUMBERS'"),
        ({"result_type": "DOUBLE); DROP TABLE t; --"}, "no type"),
        ({"name": "a b"}, "name such as 'score'"),
        ({"name": "x(); --"}, "name such as 'score'"),
    ],
)
def test_what_cannot_be_a_function(
    con: duckdb.DuckDBPyConnection, sums: str, arguments: dict[str, Any], message: str
) -> None:
    """The names and types that are given never become SQL unchecked."""
    with pytest.raises(InvalidParameterValue, match=message):
        duckdb_udf(con, sums, **arguments)


def test_a_model_without_a_signature(con: duckdb.DuckDBPyConnection, tmp_path: Path) -> None:
    """The message says how to log it with one."""
    sklearn.save_model(LinearRegression().fit([[0.0]], [0.0]), tmp_path / "m")
    with pytest.raises(InvalidParameterValue, match="infer_signature"):
        duckdb_udf(con, str(tmp_path / "m"))


def test_without_pyarrow() -> None:
    """It is optional, and named in the message."""
    program = (
        "import sys; sys.modules['pyarrow'] = None\n"
        "from jupyter_mltrack.models.pyfunc import duckdb_udf\n"
        "try:\n    duckdb_udf(None, 'nowhere')\n"
        "except Exception as error:\n    print(type(error).__name__, error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=dict(os.environ) | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.startswith("MltrackException")
    assert "%pip install pyarrow" in done.stdout


def test_types_of_sql() -> None:
    """One for each type of a signature."""
    nested = Object([Property('a"b', "long"), Property("c", Map(Array("datetime")))])
    schema = Schema([ColSpec(kind) for kind in ("boolean", "integer", "float", "binary", nested)])
    assert sql_types(schema) == [
        "BOOLEAN",
        "INTEGER",
        "FLOAT",
        "BLOB",
        'STRUCT("a""b" BIGINT, "c" MAP(VARCHAR, TIMESTAMP[]))',
    ]
    tensors = [TensorSpec(np.dtype("float32"), (-1, 2, 3)), TensorSpec(np.dtype("U"), (-1,))]
    assert [sql_types(Schema([each])) for each in tensors] == [["FLOAT[][]"], ["VARCHAR"]]
    named = Schema([ColSpec("long", "n"), ColSpec("string", "t")])
    assert result_sql_type(named) == 'STRUCT("n" BIGINT, "t" VARCHAR)'


@pytest.mark.parametrize("schema", [None, Schema([ColSpec(AnyType())])])
def test_outputs_that_say_nothing(schema: Any) -> None:
    """The type must be given."""
    with pytest.raises(InvalidParameterValue, match="result_type"):
        result_sql_type(schema)
