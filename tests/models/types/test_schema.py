"""Columns and tensors: names, types, JSON, and what is no schema."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.types import Array, ColSpec, DataType, Schema, TensorSpec

FLOAT = np.dtype("float32")
COLUMNS = Schema([ColSpec("long", "a"), ColSpec("string", "b", required=False)])
TENSORS = Schema([TensorSpec(FLOAT, (-1, 4), "x"), TensorSpec(np.dtype("str"), [-1], "y")])
UNNAMED = Schema([ColSpec("double"), ColSpec("double")])


def test_columns() -> None:
    """Names and types, in order."""
    assert COLUMNS.input_names() == ["a", "b"]
    assert COLUMNS.required_input_names() == ["a"]
    assert COLUMNS.optional_input_names() == ["b"]
    assert COLUMNS.input_types() == [DataType.long, DataType.string]
    assert COLUMNS.input_types_dict() == {"a": DataType.long, "b": DataType.string}
    assert COLUMNS.input_dict()["b"] is COLUMNS.inputs[1]
    assert COLUMNS.numpy_types() == [np.dtype("int64"), np.dtype("str")]
    assert COLUMNS.pandas_types() == [np.dtype("int64"), object]
    assert (len(COLUMNS), list(COLUMNS)) == (2, COLUMNS.inputs)


def test_tensors() -> None:
    """They have types of NumPy and are all required."""
    assert TENSORS.is_tensor_spec()
    assert TENSORS.required_input_names() == ["x", "y"]
    assert TENSORS.numpy_types() == TENSORS.input_types() == [FLOAT, np.dtype("str")]
    with pytest.raises(InvalidParameterValue, match="input_types"):
        TENSORS.pandas_types()


def test_without_names_there_are_places() -> None:
    """As MLflow counts them."""
    assert UNNAMED.input_names() == UNNAMED.required_input_names() == [0, 1]
    assert not UNNAMED.has_input_names()
    with pytest.raises(InvalidParameterValue, match="no names"):
        UNNAMED.input_dict()


WRITTEN_COLUMNS = """
[{"type": "long", "name": "a", "required": true},
 {"type": "string", "name": "b", "required": false}]
"""
WRITTEN_TENSORS = """
[{"name": "x", "type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}},
 {"name": "y", "type": "tensor", "tensor-spec": {"dtype": "str", "shape": [-1]}}]
"""
WRITTEN_UNNAMED = '[{"type": "double", "required": true}, {"type": "double", "required": true}]'


@pytest.mark.parametrize(
    ("schema", "written"),
    [(COLUMNS, WRITTEN_COLUMNS), (TENSORS, WRITTEN_TENSORS), (UNNAMED, WRITTEN_UNNAMED)],
)
def test_there_and_back(schema: Schema, written: str) -> None:
    """The very JSON of MLflow's MLmodel file."""
    assert schema.to_json() == written.replace("\n", "")
    assert Schema.from_json(written) == schema


@pytest.mark.parametrize(
    ("written", "required"),
    [
        ('[{"type": "long", "name": "a"}]', True),
        ('[{"type": "long", "name": "a", "optional": true}]', False),
        ('[{"type": "array", "items": {"type": "long"}, "name": "a"}]', True),
    ],
)
def test_files_of_older_mlflow(written: str, required: bool) -> None:
    """Before ``required`` there was ``optional``, and before that nothing."""
    assert Schema.from_json(written).inputs[0].required is required


def test_what_a_notebook_shows() -> None:
    """As MLflow's repr."""
    assert repr(COLUMNS) == "['a': long (required), 'b': string (optional)]"
    assert repr(TENSORS) == "['x': Tensor('float32', (-1, 4)), 'y': Tensor('str', (-1,))]"
    assert repr(UNNAMED) == "[double (required), double (required)]"


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ([], "at least one"),
        (ColSpec("long", "a"), "is a list"),
        (["a"], "ColSpec only"),
        ([ColSpec("long", "a"), TensorSpec(FLOAT, (-1,), "b")], "ColSpec only"),
        ([ColSpec("long", "a"), ColSpec("long")], "all inputs of a schema or none"),
        ([TensorSpec(FLOAT, (-1,)), TensorSpec(FLOAT, (-1,))], "Name the tensors"),
        ([ColSpec("long", required=False)], "only a named one"),
    ],
)
def test_what_is_no_schema(inputs: Any, message: str) -> None:
    """The message says what one is made of."""
    with pytest.raises(InvalidParameterValue, match=message):
        Schema(inputs)


@pytest.mark.parametrize(
    "written",
    [
        "",
        "{}",
        "[5]",
        "[]",
        '[{"name": "a"}]',
        '[{"type": "tensor"}]',
        '[{"type": "tensor", "tensor-spec": {"dtype": "float33", "shape": [-1]}}]',
        '[{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": "ab"}}]',
        '[{"type": "array", "items": ' * 10_000,
        None,
    ],
)
def test_rubbish_is_no_schema(written: Any) -> None:
    """A damaged MLmodel file is refused with one kind of error."""
    with pytest.raises(InvalidParameterValue):
        Schema.from_json(written)


def test_a_file_that_nests_too_deep() -> None:
    """It ends with the usual error and leaves the interpreter alone."""
    deep = '{"type": "array", "items": ' * 100_000 + '{"type": "long"}' + "}" * 100_000
    with pytest.raises(InvalidParameterValue, match="no schema of a signature"):
        Schema.from_json(f"[{deep}]")


@pytest.mark.parametrize(
    ("type", "shape", "message"),
    [
        ("float33", (-1,), "type of NumPy"),
        (np.dtype("U7"), (-1,), "Say 'str'"),
        (FLOAT, 4, "tuple of lengths"),
        (FLOAT, (-1, "4"), "tuple of lengths"),
        (FLOAT, (-2,), "tuple of lengths"),
    ],
)
def test_what_is_no_tensor(type: Any, shape: Any, message: str) -> None:
    """The message shows one."""
    with pytest.raises(InvalidParameterValue, match=message):
        TensorSpec(type, shape)


def test_no_numpy_type_for_arrays() -> None:
    """MLflow has none either."""
    with pytest.raises(InvalidParameterValue, match="Array"):
        Schema([ColSpec(Array("long"), "a")]).numpy_types()


def test_columns_in_spark() -> None:
    """As Spark writes them; values of values, too."""
    pytest.importorskip("pyspark")
    assert COLUMNS.as_spark_schema().simpleString() == "struct<a:bigint,b:string>"
    assert [field.nullable for field in COLUMNS.as_spark_schema()] == [False, True]
    assert Schema([ColSpec("double")]).as_spark_schema().simpleString() == "double"
    nested = Schema([ColSpec(Array("long"), "a")])
    assert nested.as_spark_schema().simpleString() == "struct<a:array<bigint>>"


def test_spark_is_asked_for_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever has no Spark learns what to do; tensors are no matter of Spark."""
    monkeypatch.setitem(sys.modules, "pyspark.sql.types", None)
    with pytest.raises(MltrackException, match="pip install pyspark"):
        COLUMNS.as_spark_schema()
    with pytest.raises(InvalidParameterValue, match="ColSpec"):
        TENSORS.as_spark_schema()
