"""Datasets: MLflow's digests, schemas and sources, without MLflow."""

import hashlib
import json
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pytest

from jupyter_mltrack import entities
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.tracking import datasets
from jupyter_mltrack.tracking.dataset_kinds import MAX_SCHEMA

MIXED = pd.DataFrame(
    {
        "b": ["x", "y", "z"],
        "a": [1, 2, 3],
        "c": [1.5, None, 2.0],
        "d": pd.to_datetime(["2020-01-01"] * 3),
        "e": [True, False, True],
        "o": [[1], [2], [3]],
    }
)
MANY = pd.DataFrame({"n": np.arange(20000), "s": [str(i) for i in range(20000)]})

FRAMES = {
    "mixed": MIXED,
    "no rows": MIXED.head(0)[["a", "b"]],
    "many": MANY,
    "no columns": pd.DataFrame(),
    "missing string": pd.DataFrame({"s": ["a", None, "c"], "k": [1, 2, 3]}),
    "missing late": pd.DataFrame({"s": ["a"] * 10_001 + [None], "k": range(10_002)}),
    "names are numbers": pd.DataFrame([[1, 2.0], [3, 4.0]]),
    "names of two types": pd.DataFrame({1: [1, 2], "a": [1.0, 2.0]}),
    "all missing": pd.DataFrame({"a": [None, None]}),
    "categories": pd.DataFrame({"c": pd.Categorical(["a", "b"]), "n": pd.Categorical(["a", None])}),
    "extension types": pd.DataFrame(
        {"i": pd.array([1, None], dtype="Int64"), "s": pd.array(["a", "b"], dtype="string")}
    ),
    "others": pd.DataFrame(
        {"t": pd.to_timedelta([1, 2], unit="s"), "c": [1j, 2j], "o": [1, "a"], "b": [b"a", b"b"]}
    ),
    "same names": pd.DataFrame([[1, "a", 2.0]], columns=["x", "y", "x"]),
}


def reference(df: pd.DataFrame) -> str:
    """MLflow's digest of a DataFrame, written down anew from its description."""
    head = df.head(10_000)
    strings = [
        name
        for place, name in enumerate(df.columns)
        if df.iloc[:, place].map(lambda value: type(value) is str).astype(bool).all()
    ]
    numbers = list(head.select_dtypes("number").columns)
    names = pd.Index(strings, dtype=object).union(pd.Index(numbers, dtype=object))
    md5 = hashlib.md5(pd.util.hash_pandas_object(head[names]).to_numpy())  # noqa: S324
    md5.update(np.int64(len(df)).tobytes())
    for name in df.columns:
        md5.update(str(name).encode())
    return md5.hexdigest()[:8]


@pytest.mark.filterwarnings("ignore:.*unorderable:RuntimeWarning")
@pytest.mark.parametrize("name", FRAMES)
def test_digest_of_pandas(name: str) -> None:
    """Ours is the reference's, for every kind of column."""
    assert datasets.from_pandas(FRAMES[name]).digest == reference(FRAMES[name])


@pytest.mark.parametrize(
    ("df", "digest"),
    [
        (MIXED, "0602d192"),
        (MANY, "aba159db"),
        (FRAMES["missing string"], "07749fdd"),
        (FRAMES["names are numbers"], "7b0d3b98"),
        (FRAMES["names of two types"], "5d29c270"),
        (FRAMES["no columns"], "7dea362b"),
        (FRAMES["all missing"], "defee322"),
    ],
)
def test_digests_that_mlflow_gave(df: pd.DataFrame, digest: str) -> None:
    """Computed by MLflow 3.17.2 with pandas 3.1."""
    assert datasets.from_pandas(df).digest == digest


@pytest.mark.parametrize(
    ("array", "digest"),
    [
        (np.arange(12, dtype="float64").reshape(3, 4), "62c5a915"),
        (np.arange(30000), "3c835a8e"),
        (np.array(["a", "b"]), "88d43939"),
        (np.array([1, "a", None], dtype=object), "c0f8eacc"),
        (np.array([1j]), "ae4ee70e"),
        (np.zeros((2, 5, 5, 3), dtype="uint8"), "f70d9375"),
        (np.array(3.0), "5778f1d3"),
        (np.array(["2020-01-01"], dtype="datetime64[ns]"), "c5ea6808"),
        (np.array([True, False]), "c3712814"),
        (np.zeros((0, 3)), "503e83c0"),
        (np.array([(1, 2.0)], dtype=[("a", "i4"), ("b", "f8")]), "31d3eeaf"),
    ],
)
def test_digests_of_arrays_that_mlflow_gave(array: np.ndarray, digest: str) -> None:
    """Computed by MLflow 3.17.2 with NumPy 2.4 on a 64-bit machine."""
    assert datasets.from_numpy(array).digest == digest


def test_digests_of_dicts_of_arrays() -> None:
    """Arrays count in the order of their names; targets count too. Digests are MLflow's."""
    floats, bytes_ = np.arange(12.0).reshape(3, 4), np.zeros((2, 5, 5, 3), dtype="uint8")
    both = datasets.from_numpy({"b": floats, "a": bytes_}, targets=np.array([1, 0, 1]))
    assert both.digest == "658fc0c4"
    assert datasets.from_numpy(floats, targets={"y": np.array([1, 0])}).digest == "9e0ca11d"
    assert datasets.from_numpy(floats).digest == "62c5a915"


def test_columns_of_pandas() -> None:
    """Types, names and whether a value is missing, as MLflow writes them."""
    assert json.loads(datasets.from_pandas(MIXED).to_dict()["schema"] or "") == {
        "mlflow_colspec": [
            {"type": "string", "name": "b", "required": True},
            {"type": "long", "name": "a", "required": True},
            {"type": "double", "name": "c", "required": False},
            {"type": "datetime", "name": "d", "required": True},
            {"type": "boolean", "name": "e", "required": True},
            {"type": "array", "items": {"type": "long"}, "name": "o", "required": True},
        ]
    }


@pytest.mark.parametrize(
    ("values", "spec"),
    [
        (np.array([1], dtype="int8"), {"type": "integer"}),
        (np.array([1], dtype="uint32"), {"type": "long"}),
        (np.array([1], dtype="uint64"), {"type": "any"}),
        (np.array([1], dtype="float32"), {"type": "float"}),
        (pd.Categorical(["a"]), {"type": "string"}),
        (pd.to_datetime(["2020-01-01"], utc=True), {"type": "datetime"}),
        (pd.to_timedelta([1]), {"type": "any"}),
        ([b"a", None], {"type": "binary"}),
        ([1, "a"], {"type": "any"}),
        ([None, None], {"type": "any"}),
        ([np.array([[1.5]]), []], {"type": "array", "items": {
            "type": "array", "items": {"type": "double"}}}),
        ([{"x": 1}, {"x": None, "y": "a"}], {"type": "object", "properties": {
            "x": {"type": "long", "required": False}, "y": {"type": "string", "required": False}}}),
    ],
)  # fmt: skip
def test_types_of_columns(values: Any, spec: dict[str, Any]) -> None:
    """Everything has a type; what MLflow has no name for is ``any``."""
    schema = datasets.from_pandas(pd.DataFrame({"c": values})).schema
    assert schema is not None
    found = schema.to_dict()[0]
    assert {key: value for key, value in found.items() if key not in {"name", "required"}} == spec


def test_shapes_of_arrays() -> None:
    """The first axis has any length; features and targets are JSON within JSON."""
    data = datasets.from_numpy({"x": np.zeros((3, 4)), "s": np.array(["ab"])}, targets=np.arange(3))
    spec = json.loads(data.to_dict()["schema"] or "")["mlflow_tensorspec"]
    assert json.loads(spec["features"]) == [
        {"name": "x", "type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 4]}},
        {"name": "s", "type": "tensor", "tensor-spec": {"dtype": "str", "shape": [-1]}},
    ]
    assert json.loads(spec["targets"])[0]["tensor-spec"] == {"dtype": "int64", "shape": [-1]}
    assert datasets.from_numpy(np.array(3.0)).to_dict()["schema"] is None


def test_profiles() -> None:
    """The counts that MLflow keeps."""
    assert datasets.from_pandas(MIXED).profile == {"num_rows": 3, "num_elements": 18}
    assert datasets.from_polars(pl.DataFrame({"a": [1, 2]})).profile["num_rows"] == 2
    profile = datasets.from_numpy(np.zeros((2, 3)), targets={"y": np.zeros(2)}).profile
    assert profile["features_shape"] == (2, 3)
    assert profile["features_nbytes"] == 48
    assert profile["targets_size"] == {"y": 2}


def test_polars_and_pandas_agree() -> None:
    """The same data has the same digest, whichever library holds it."""
    data = {"s": ["a", "b"] * 6000, "i": range(12_000), "f": [0.5, None] * 6000}
    data |= {"n": ["a", None] * 6000, "m": [1, None] * 6000}
    ours = datasets.from_polars(pl.DataFrame(data))
    assert ours.digest == datasets.from_pandas(pd.DataFrame(data)).digest
    assert ours.digest != datasets.from_polars(pl.DataFrame(data)[1:]).digest


def test_columns_of_polars() -> None:
    """The types of Polars in MLflow's names, without pyarrow."""
    data = pl.DataFrame(
        {"i": [1, None], "u": pl.Series([1, 2], dtype=pl.UInt8), "l": [[1.5], []], "t": ["a", "b"],
         "s": [{"x": 1}, {"x": 2}], "d": pl.Series([0, 1]).cast(pl.Date), "b": [b"a", b"b"]},
    )  # fmt: skip
    schema = datasets.from_polars(data, targets="t").schema
    assert schema is not None
    assert schema.input_names() == ["i", "u", "l", "t", "s", "d", "b"]
    types = ["long", "integer", "array", "string", "object", "datetime", "binary"]
    assert schema.input_types() == types
    assert [column["required"] for column in schema.to_dict()] == [False] + [True] * 6


class Table:
    """A table of no known library that speaks the protocol."""

    def __init__(self, data: pl.DataFrame) -> None:
        self._data = data
        self.shape = data.shape
        self.columns = data.columns

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """The stream of the data."""
        return self._data.__arrow_c_stream__(requested_schema)


def test_any_arrow_table() -> None:
    """Whoever speaks Arrow's C stream is described, by the same digest."""
    data = pl.DataFrame({"x": [1, 2], "y": ["a", "b"]})
    ours = datasets.from_arrow(Table(data), targets="y", name="theirs")
    assert (ours.name, ours.digest) == ("theirs", datasets.from_polars(data).digest)
    assert ours.profile == {"num_rows": 2, "num_elements": 4}


@pytest.mark.parametrize("data", [pl.LazyFrame({"x": [1]}), object(), [1, 2]])
def test_what_is_no_table(data: Any) -> None:
    """What can be read only once, or not at all, is refused with what to do."""
    with pytest.raises(InvalidParameterValue, match="collect"):
        datasets.from_arrow(data)


@pytest.mark.parametrize("role", ["targets", "predictions"])
@pytest.mark.parametrize(
    ("make", "table"),
    [(datasets.from_pandas, MIXED), (datasets.from_polars, pl.DataFrame({"a": [1]}))],
    ids=["pandas", "polars"],
)
def test_columns_that_are_not_there(make: Any, table: Any, role: str) -> None:
    """Targets and predictions are columns of the table."""
    with pytest.raises(InvalidParameterValue, match=role):
        make(table, **{role: "nonsense"})
    assert getattr(make(table, **{role: "a"}), role) == "a"


@pytest.mark.parametrize(
    ("source", "kind", "fields"),
    [
        ("/data/x.csv", "local", {"uri": "/data/x.csv"}),
        (Path("x.csv"), "local", {"uri": "x.csv"}),
        ("file:///data/x.csv", "local", {"uri": "file:///data/x.csv"}),
        ("http://e.org/a.csv", "http", {"url": "http://e.org/a.csv"}),
        ("https://me:secret@e.org/a?b", "http", {"url": "https://e.org/a?b"}),
        ("s3://bucket/key", "s3", {"uri": "s3://bucket/key"}),
        ("runs:/4f0c/data.csv", "runs", {"uri": "runs:/4f0c/data.csv"}),
    ],
)
def test_sources(source: Any, kind: str, fields: dict[str, str]) -> None:
    """Type and JSON are MLflow's; a password is not kept."""
    found = datasets.from_pandas(MIXED, source=source).to_dict()
    assert (found["source_type"], json.loads(found["source"] or "")) == (kind, fields)


def test_the_source_is_the_program_by_default() -> None:
    """Who and what made the data."""
    found = datasets.from_numpy(np.zeros(2)).to_dict()
    assert found["source_type"] == "code"
    assert json.loads(found["source"] or "")["tags"].keys() >= {"mlflow.user", "mlflow.source.name"}


def test_what_a_run_remembers() -> None:
    """The entity holds strings; `get_source` finds the way back from it."""
    dataset = datasets.from_pandas(MIXED, "/data/x.csv", targets="a", name="train")
    entity = dataset._to_mlflow_entity()
    assert (entity.name, entity.digest, entity.source_type) == ("train", "0602d192", "local")
    assert json.loads(dataset.to_json()) == entity.to_dictionary()
    for known in (dataset, entity, entities.DatasetInput(entity)):
        assert datasets.get_source(known).load() == "/data/x.csv"
    with pytest.raises(InvalidParameterValue, match="no dataset"):
        datasets.get_source(MIXED)


@pytest.mark.parametrize("field", ["name", "digest"])
def test_limits(field: str) -> None:
    """Names and digests have MLflow's limits."""
    limit = {"name": 500, "digest": 36}[field]
    assert getattr(datasets.from_numpy(np.zeros(1), **{field: "x" * limit}), field) == "x" * limit
    with pytest.raises(InvalidParameterValue, match=str(limit)):
        datasets.from_numpy(np.zeros(1), **{field: "x" * (limit + 1)})


def test_a_long_schema_is_left_out(caplog: pytest.LogCaptureFixture) -> None:
    """A table of very many columns is logged without them."""
    wide = pd.DataFrame([[0] * 3000], columns=["c" * 250 + str(i) for i in range(3000)])
    dataset = datasets.from_pandas(wide)
    assert len(dataset.to_dict()["schema"] or "") > MAX_SCHEMA
    assert dataset._to_mlflow_entity().schema is None
    assert "too long" in caplog.text


def test_files_and_folders(tmp_path: Path) -> None:
    """The digest is that of the bytes; of a folder, of names and bytes."""
    (tmp_path / "d" / "sub").mkdir(parents=True)
    (tmp_path / "d" / "sub" / "x").write_bytes(b"abc")
    file = datasets.from_file(tmp_path / "d" / "sub" / "x")
    assert (file.name, file.digest) == ("x", hashlib.sha256(b"abc").hexdigest()[:16])
    folder = datasets.from_file(tmp_path / "d", name="images")
    assert folder.profile == {"num_files": 1, "num_bytes": 3}
    (tmp_path / "d" / "sub" / "x").rename(tmp_path / "d" / "sub" / "y")
    assert datasets.from_file(tmp_path / "d").digest != folder.digest
    assert datasets.get_source(folder._to_mlflow_entity()).load() == str(tmp_path / "d")


@pytest.fixture
def site(tmp_path: Path) -> Iterator[str]:
    """A web server of a folder with one file."""
    (tmp_path / "www").mkdir()
    (tmp_path / "www" / "data.csv").write_text("a\n1\n")
    handler = partial(SimpleHTTPRequestHandler, directory=str(tmp_path / "www"))
    handler.log_message = lambda *_: None  # type: ignore[attr-defined]
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_loading_from_the_web(site: str, tmp_path: Path) -> None:
    """A file comes under its own name."""
    source = datasets.from_pandas(MIXED, f"{site}/data.csv?x=1").source
    assert source.load(str(tmp_path / "to")) == str(tmp_path / "to" / "data.csv")
    assert (tmp_path / "to" / "data.csv").read_text() == "a\n1\n"


def test_loading_files(tmp_path: Path) -> None:
    """Local files are used where they are, or copied; remote ones are downloaded."""
    (tmp_path / "x.csv").write_text("a")
    local = datasets.from_file(tmp_path / "x.csv").source
    assert local.load() == str(tmp_path / "x.csv")
    assert local.load(str(tmp_path / "to")) == str(tmp_path / "to" / "x.csv")
    remote = datasets.from_pandas(MIXED, f"local://{tmp_path}/x.csv").source
    assert Path(remote.load()).read_text() == "a"


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("code", '{"tags": {}}'), ("delta_table", '{"path": "x"}'), ("hugging_face", "{}"),
        ("http", '{"url": "file:///etc/passwd"}'), ("s3", '{"uri": "/etc/passwd"}'),
        ("local", "no json"), ("local", "[1]"), ("local", "{}"),
    ],
)  # fmt: skip
def test_sources_that_cannot_be_loaded(kind: str, text: str) -> None:
    """What other programs wrote gives a clear error, and no other file."""
    entity = entities.Dataset("d", "1", kind, text)
    with pytest.raises(MltrackException):
        datasets.get_source(entity).load()
