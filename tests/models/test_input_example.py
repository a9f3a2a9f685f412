"""The example that is kept with a model: what is written, what comes back."""

import json
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import sparse

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, ResourceDoesNotExist
from jupyter_mltrack.models import input_example
from jupyter_mltrack.models.input_example import SavedInputExample
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.types.schema import ColSpec, DataType, Schema, TensorSpec
from tests.models.golden.make import EXAMPLES, described

GOLDEN = Path(__file__).parent / "golden"
TABLE = pd.DataFrame({"a": [1.5, None], "b": ["x", None], "c": [1, 2]})
BYTES = bytes(range(100))

# What is given, what `predict` gets in JSON, what a server gets, and the type that is noted.
KINDS: dict[str, tuple[Any, Any, Any, str]] = {
    "table": (
        TABLE,
        {"columns": ["a", "b", "c"], "data": [[1.5, "x", 1], [None, None, 2]]},
        {
            "dataframe_split": {
                "columns": ["a", "b", "c"],
                "data": [[1.5, "x", 1], [None, None, 2]],
            }
        },
        "dataframe",
    ),
    "table without names": (
        pd.DataFrame([[1, 2]]),
        {"data": [[1, 2]]},
        {"dataframe_split": {"data": [[1, 2]]}},
        "dataframe",
    ),
    "series": (
        pd.Series([1, 2], name="a", index=[7, 8]),
        {"columns": ["a"], "data": [[1], [2]]},
        {"dataframe_split": {"columns": ["a"], "data": [[1], [2]]}},
        "dataframe",
    ),
    "array": (
        np.array([[1, np.nan]], np.float32),
        [[1, None]],
        {"inputs": [[1, None]]},
        "ndarray",
    ),
    "arrays": (
        {"x": np.arange(2), "y": np.array(["a"])},
        {"x": [0, 1], "y": ["a"]},
        {"inputs": {"x": [0, 1], "y": ["a"]}},
        "ndarray",
    ),
    "dict": ({"a": 1, "b": ["x", None]}, {"a": 1, "b": ["x", None]}, None, "json_object"),
    "request": (
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "user"}]},
        {"messages": [{"role": "user"}]},
        "json_object",
    ),
    "list": ([1, "a", [2.5]], [1, "a", [2.5]], None, "json_object"),
    "text": ("hello", "hello", None, "json_object"),
    "number": (np.float64(0.5), 0.5, None, "json_object"),
    "truth": (True, True, None, "json_object"),
    "bytes": (b"ab", "YWI=\n", None, "json_object"),
    "time": (datetime(2026, 1, 2, 3), "2026-01-02T03:00:00", None, "json_object"),  # noqa: DTZ001
    "sparse": (
        sparse.csr_matrix([[0, 3], [4, 0]]),
        {"data": [3, 4], "indices": [1, 0], "indptr": [0, 1, 2], "shape": [2, 2]},
        {"inputs": [[0, 3], [4, 0]]},
        "sparse_matrix_csr",
    ),
}


def stored(example: Any, folder: Path) -> dict[str, Any]:
    """The info of an example that is now in `folder`."""
    saved = SavedInputExample.of(example)
    saved.write(folder)
    return saved.info


def read(folder: Path, name: str) -> Any:
    """A file's JSON."""
    return json.loads((folder / name).read_text())


@pytest.mark.parametrize(("example", "content", "serving", "kind"), KINDS.values(), ids=KINDS)
def test_both_files(example: Any, content: Any, serving: Any, kind: str, tmp_path: Path) -> None:
    """One for `predict`, one for a server."""
    info = stored(example, tmp_path)
    assert info["type"] == kind
    assert read(tmp_path, info["artifact_path"]) == content
    wanted = {"inputs": content} if serving is None else serving
    assert read(tmp_path, info["serving_input_path"]) == wanted
    assert json.loads(input_example.load_serving_input(tmp_path, info) or "") == wanted


@pytest.mark.parametrize(("example", "content", "serving", "kind"), KINDS.values(), ids=KINDS)
def test_parameters_come_along(
    example: Any, content: Any, serving: Any, kind: str, tmp_path: Path
) -> None:
    """In both files, and back without being mixed up with the data."""
    info = stored((example, {"k": 3}), tmp_path)
    assert (info["params"], info["type"]) == ("true", kind)
    assert read(tmp_path, "input_example.json") == {"inputs": content, "params": {"k": 3}}
    assert input_example.load_params(tmp_path, info) == {"k": 3}
    alone = input_example.load(tmp_path, stored(example, tmp_path))
    again = input_example.load(tmp_path, stored((example, {"k": 3}), tmp_path))
    assert repr(alone) == repr(again)


def test_no_parameters_are_as_none(tmp_path: Path) -> None:
    """MLflow wraps the data without noting it, and cannot read it again."""
    info = stored(([1, 2], {}), tmp_path)
    assert "params" not in info
    assert input_example.load(tmp_path, info) == [1, 2]
    assert input_example.load_params(tmp_path, info) is None


def test_a_server_gets_parameters_beside_the_data() -> None:
    """Those of a request to a language model among its keys."""
    pair = (TABLE, {"k": 3})
    assert json.loads(SavedInputExample.of(pair).serving_text)["params"] == {"k": 3}
    request = ({"messages": []}, {"temperature": 0})
    serving = input_example.convert_input_example_to_serving_input(request)
    assert json.loads(serving or "") == {"messages": [], "temperature": 0}
    assert input_example.convert_input_example_to_serving_input(None) is None


def test_a_table_comes_back_in_the_types_of_the_signature(tmp_path: Path) -> None:
    """JSON alone knows neither times nor bytes nor 32 bits."""
    types = [DataType.integer, DataType.float, DataType.datetime, DataType.binary, DataType.string]
    table = pd.DataFrame(
        {
            "i": np.array([1, 2, 3], np.int32),
            "f": np.array([0.5, np.nan, 1], np.float32),
            "d": pd.Series([pd.Timestamp("2026-01-02T03:04:05.000006"), pd.Timestamp(0), None]),
            "b": pd.Series([BYTES, b"", b"a"], dtype=object),
            "s": ["1", "x", ""],
        }
    )
    schema = Schema([ColSpec(kind, name) for kind, name in zip(types, table, strict=True)])
    found = input_example.load(tmp_path, stored(table, tmp_path), schema)
    pd.testing.assert_frame_equal(found, table.astype({"d": "datetime64[ns]"}))


def test_a_column_that_cannot_have_the_type_stays_as_read(tmp_path: Path) -> None:
    """A whole number that is missing has no place among whole numbers."""
    info = stored(pd.DataFrame({"a": [1, None], "b": ["x", "y"]}), tmp_path)
    schema = Schema([ColSpec(DataType.long, "a", required=False), ColSpec(DataType.double, "b")])
    found = input_example.load(tmp_path, info, schema)
    assert found["a"].tolist()[0] == 1
    assert np.isnan(found["a"].tolist()[1])
    assert found["b"].tolist() == ["x", "y"]


@pytest.mark.parametrize(
    "array",
    [
        np.array([[1.5, np.nan]], np.float32),
        np.arange(3, dtype=np.uint8),
        np.array(["a", "bc"]),
        np.array([b"\x00\xff", b"a"]),
        np.array(["2026-01-02"], "datetime64[us]"),
        np.array([True, False]),
        np.array([np.inf, -np.inf]),
    ],
    ids=lambda array: array.dtype.str,
)
def test_an_array_comes_back_in_the_type_of_the_signature(array: Any, tmp_path: Path) -> None:
    """Alone and by name."""
    dtype = np.dtype(array.dtype.type) if array.dtype.kind in "SU" else array.dtype
    for example, name in [(array, None), ({"x": array}, "x")]:
        spec = TensorSpec(dtype, (-1, *array.shape[1:]), name)
        found = input_example.load(tmp_path, stored(example, tmp_path), Schema([spec]))
        found = found["x"] if name else found
        np.testing.assert_array_equal(found, array)
        assert found.dtype.kind == array.dtype.kind


def test_an_array_without_a_signature(tmp_path: Path) -> None:
    """Missing numbers are numbers still."""
    found = input_example.load(tmp_path, stored(np.array([1.5, np.nan]), tmp_path))
    assert found.dtype == np.float64
    assert np.isnan(found[1])


@pytest.mark.parametrize("kind", ["csr_matrix", "csc_matrix", "csr_array", "coo_matrix"])
def test_a_sparse_matrix_comes_back(kind: str, tmp_path: Path) -> None:
    """As a matrix; what is neither by row nor by column becomes one by row."""
    matrix = getattr(sparse, kind)(np.array([[0, 0, 2.5], [1, 0, 0]]))
    found = input_example.load(tmp_path, stored(matrix, tmp_path))
    assert found.format == ("csc" if kind == "csc_matrix" else "csr")
    np.testing.assert_array_equal(found.toarray(), matrix.toarray())


@pytest.mark.parametrize(
    "names", [["a", "a"], [1, "b"], pd.MultiIndex.from_tuples([(1, 2), (1, 3)])]
)
def test_unusual_names_of_columns(names: Any, tmp_path: Path) -> None:
    """Doubles, numbers and levels are kept."""
    table = pd.DataFrame([[1, 2]], columns=names)
    found = input_example.load(tmp_path, stored(table, tmp_path))
    assert list(found.columns) == list(table.columns)
    assert found.to_numpy().tolist() == [[1, 2]]


def test_what_lies_within_lists_and_dicts(tmp_path: Path) -> None:
    """Each value has its way of writing."""
    example = [{"d": date(2026, 1, 2), "t": time(3), "n": np.int8(4), "b": bytearray(b"a")}]
    info = stored([*example, {"nat": pd.NaT, "na": pd.NA, "ts": pd.Timestamp(0)}], tmp_path)
    assert input_example.load(tmp_path, info) == [
        {"d": "2026-01-02", "t": "03:00:00", "n": 4, "b": "YQ==\n"},
        {"nat": None, "na": None, "ts": "1970-01-01T00:00:00"},
    ]


@pytest.mark.parametrize(
    ("example", "reason"),
    [
        (object(), "builtins.object"),
        (None, "NoneType"),
        ({1, 2}, "set"),
        ({"a": np.zeros(2), "b": 1}, "mix"),
        ([np.zeros(2)], "mix"),
        ([{"a": object()}], "builtins.object"),
        (pd.DataFrame({"a": [object()]}), "builtins.object"),
        (pd.DataFrame({"a": [pd.Timedelta(1)]}), "Timedelta"),
        (np.array([1j]), "complex"),
        ({(1, 2): 3}, "keys"),
        (((1, {"k": object()})), "builtins.object"),
    ],
)
def test_what_cannot_be_written(example: Any, reason: str) -> None:
    """The message names what it is."""
    with pytest.raises(InvalidParameterValue, match=reason):
        SavedInputExample.of(example)


def test_a_circle_cannot_be_written() -> None:
    """Nor does it go on for ever."""
    circle: list[Any] = []
    circle.append(circle)
    with pytest.raises(InvalidParameterValue):
        SavedInputExample.of(circle)


@pytest.mark.parametrize(
    ("info", "content"),
    [
        ({"type": "dataframe"}, "[1"),
        ({"type": "dataframe"}, "[1]"),
        ({"type": "dataframe"}, '{"data": [[1, 2], [3]], "columns": ["a"]}'),
        ({"type": "dataframe", "params": "true"}, '{"data": []}'),
        ({"type": "ndarray"}, "[[1], [2, 3]]"),
        ({"type": "sparse_matrix_csr"}, '{"data": [1], "indices": [9], "indptr": [0, 1]}'),
        ({"type": "sparse_matrix_csc"}, "3"),
        ({"type": "something new"}, "1"),
        ({"type": ["dataframe"]}, "1"),
        ({"type": "json_object"}, "\ud800"),
        ({}, "1"),
        ({"type": "json_object"}, "[" * 100_000),
    ],
)
def test_a_damaged_example(info: dict[str, Any], content: str, tmp_path: Path) -> None:
    """It is said to be damaged, or of a kind nobody knows."""
    (tmp_path / "input_example.json").write_text(content, errors="surrogatepass")
    with pytest.raises(InvalidParameterValue, match="input example"):
        input_example.load(tmp_path, {"artifact_path": "input_example.json"} | info)


@pytest.mark.parametrize("name", ["../secret", "/etc/passwd", "link", "missing.json", None, 3])
def test_only_files_of_the_folder_are_read(name: Any, tmp_path: Path) -> None:
    """Whatever `MLmodel` names."""
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_text('"secret"')
    (folder / "link").symlink_to(tmp_path / "secret")
    with pytest.raises(MltrackException) as caught:
        input_example.load(folder, {"type": "json_object", "artifact_path": name})
    assert isinstance(caught.value, ResourceDoesNotExist | InvalidParameterValue)


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_files_are_those_of_mlflow(name: str, tmp_path: Path) -> None:
    """To the letter, and so is what `MLmodel` says of them.

    But for NaN, which MLflow writes into tables since pandas 3: it is no JSON, ours is null.
    """
    theirs = GOLDEN / f"example_{name}"
    assert stored(EXAMPLES[name], tmp_path) == Model.load(theirs).saved_input_example_info
    for file in ("input_example.json", "serving_input_example.json"):
        assert (tmp_path / file).read_text() == (theirs / file).read_text().replace("NaN", "null")


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_of_mlflow_are_read_as_mlflow_does(name: str) -> None:
    """The same classes, types and shapes."""
    folder = GOLDEN / f"example_{name}"
    loaded = Model.load(folder).load_input_example(folder)
    assert described(loaded) == read(folder, "loaded.json")
    pair = EXAMPLES[name] if isinstance(EXAMPLES[name], tuple) else (None, None)
    assert Model.load(folder).load_input_example_params(folder) == pair[1]
    assert Model.load(folder).get_serving_input(folder)
