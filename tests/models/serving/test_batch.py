"""Predictions for files: JSON as a server answers, or tables; whole or not at all."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, ResourceDoesNotExist
from jupyter_mltrack.models.serving import predict, validate_serving_input
from jupyter_mltrack.models.serving.output import as_table, write_json, write_predictions
from tests.models.serving.saved import saved


@pytest.fixture
def model(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A saved model that adds its columns, and a working folder."""
    monkeypatch.chdir(tmp_path)
    return saved(tmp_path / "adder")


def write_table(path: str, rows: int) -> pd.DataFrame:
    """A table of two columns as a file."""
    made = pd.DataFrame({"a": np.arange(float(rows)), "b": np.arange(float(rows)) * 10})
    if path.endswith(".csv"):
        made.to_csv(path, index=False)
    else:
        duckdb.connect().execute(f"COPY (FROM made) TO '{path}' (FORMAT parquet)")
    return made


def read_table(path: str) -> pd.DataFrame:
    """What is in a file of predictions."""
    return pd.read_csv(path) if path.endswith(".csv") else duckdb.read_parquet(path).df()


@pytest.mark.parametrize("source", ["in.csv", "in.parquet"])
@pytest.mark.parametrize("target", ["out.csv", "out.parquet"])
@pytest.mark.parametrize("batch_rows", [None, 2000])
def test_tables(model: str, source: str, target: str, batch_rows: int | None) -> None:
    """Every row is predicted once and in order, in one piece or in several."""
    table = write_table(source, 5_000)
    predict(model, input_path=source, output_path=target, batch_rows=batch_rows)
    found = read_table(target)
    assert found.columns.tolist() == ["predictions"]
    np.testing.assert_allclose(found["predictions"], table["a"] + table["b"], atol=1e-6)


def test_tables_as_json(model: str) -> None:
    """Several pieces become one list."""
    write_table("in.parquet", 5_000)
    predict(model, input_path="in.parquet", output_path="whole.json")
    predict(model, input_path="in.parquet", output_path="parts.json", batch_rows=1)
    whole, parts = (json.loads(Path(name).read_text()) for name in ("whole.json", "parts.json"))
    np.testing.assert_allclose(whole["predictions"], parts["predictions"], atol=1e-6)
    assert len(parts["predictions"]) == 5_000


@pytest.mark.parametrize(
    "data",
    [
        pd.DataFrame({"a": [1.0], "b": [2.0]}),
        {"a": 1.0, "b": 2.0},
        {"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}},
        '{"dataframe_records": [{"a": 1, "b": 2}]}',
    ],
    ids=["table", "row", "request", "text"],
)
def test_data(model: str, data: Any, capsys: pytest.CaptureFixture[str]) -> None:
    """What can be an input example, or a request, is printed as a server would answer."""
    predict(model, data)
    assert json.loads(capsys.readouterr().out)["predictions"] == pytest.approx([3])


def test_csv_as_text(model: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The text of a table."""
    predict(model, "a,b\n1,2\n", content_type="csv")
    assert json.loads(capsys.readouterr().out)["predictions"] == pytest.approx([3])


def test_validate_serving_input(model: str) -> None:
    """The predictions for a request, or why it is refused."""
    request = {"dataframe_split": {"columns": ["a", "b"], "data": [[1, 2]]}}
    assert validate_serving_input(model, request).tolist() == pytest.approx([3])
    assert validate_serving_input(model, json.dumps(request)).tolist() == pytest.approx([3])
    with pytest.raises(MltrackException, match="exactly one of"):
        validate_serving_input(model, {"columns": ["a"]})


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another environment": ({"env_manager": "uv"}, "predict in this environment"),
    "other packages": ({"pip_requirements_override": ["x"]}, "predict in this environment"),
    "batches of JSON": ({"input_path": "in.json", "batch_rows": 10}, "Only a file of CSV"),
    "empty batches": ({"input_path": "in.csv", "batch_rows": 0}, "at least one row"),
    "another type": ({"input_path": "in.csv", "content_type": "xml"}, "not 'xml'"),
    "no such folder": ({"input_path": "in.csv", "output_path": "no/out.csv"}, "no folder no"),
    "a missing column": ({"input_path": "bad.csv"}, r"missing inputs \['b'\]"),
    "no table": ({"input_path": "bad.parquet"}, "The Parquet cannot be read"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_refusals(model: str, what: str) -> None:
    """The reason, and no file of predictions."""
    options, reason = REFUSED[what]
    write_table("in.csv", 3)
    Path("in.json").write_text("{}")
    Path("bad.csv").write_text("a\n1\n")
    Path("bad.parquet").write_text("PAR1")
    before = sorted(Path().iterdir())
    with pytest.raises(MltrackException, match=reason):
        predict(model, **{"output_path": "out.csv", **options})
    assert sorted(Path().iterdir()) == before


def test_no_such_file(model: str) -> None:
    """It is named."""
    with pytest.raises(ResourceDoesNotExist, match=r"no file none\.csv"):
        predict(model, input_path="none.csv")


def test_a_failure_in_the_middle_leaves_the_old_file(model: str) -> None:
    """A later piece that does not fit: the file of last time is as it was."""
    Path("in.csv").write_text("a,b\n" + "1,2\n" * 10 + "1,x\n")
    Path("out.csv").write_text("old")
    with pytest.raises(MltrackException, match="cannot be read"):
        predict(model, input_path="in.csv", output_path="out.csv", batch_rows=5)
    assert Path("out.csv").read_text() == "old"
    assert sorted(path.name for path in Path().iterdir()) == ["adder", "in.csv", "out.csv"]


@pytest.mark.parametrize(
    ("predictions", "columns"),
    [
        (pd.DataFrame({"p": [0.5], 1: ["x"]}), {"p": [0.5], "1": ["x"]}),
        (pd.Series([1, 2]), {"predictions": [1, 2]}),
        (pd.Series([1, 2], name="y"), {"y": [1, 2]}),
        (np.array([1, 2]), {"predictions": [1, 2]}),
        (np.array([[1, 2], [3, 4]]), {"0": [1, 3], "1": [2, 4]}),
        (["x", "y"], {"predictions": ["x", "y"]}),
        ([{"a": 1}, {"a": 2}], {"a": [1, 2]}),
        ({"a": np.array([1, 2])}, {"a": [1, 2]}),
        ([], {}),
    ],
    ids=str,
)
def test_predictions_as_columns(predictions: Any, columns: dict[str, list[Any]]) -> None:
    """Names stay; without any there is one column, or places."""
    assert as_table(predictions).to_dict(orient="list") == columns


@pytest.mark.parametrize("predictions", ["text", 5, np.zeros((2, 2, 2)), object()], ids=str)
def test_predictions_that_are_no_table(predictions: Any, tmp_path: Path) -> None:
    """The message says what can be written; no file is left."""
    with pytest.raises(InvalidParameterValue, match=r"-o FILE\.json"):
        write_predictions(iter([predictions]), tmp_path / "out.csv")
    assert list(tmp_path.iterdir()) == []


def test_pieces_that_are_no_lists(tmp_path: Path) -> None:
    """Nothing puts two texts below each other."""
    with pytest.raises(InvalidParameterValue, match="Leave out batch_rows"):
        write_predictions(iter(["x", "y"]), tmp_path / "out.json")


def test_not_a_number_in_tables(tmp_path: Path) -> None:
    """Is kept where there is such a thing, and empty in CSV."""
    parts = [np.array([1.5, math.nan])]
    write_predictions(iter(parts), tmp_path / "out.parquet")
    write_predictions(iter(parts), tmp_path / "out.csv")
    found = read_table(str(tmp_path / "out.parquet"))["predictions"].tolist()
    assert found[0] == 1.5
    assert math.isnan(found[1])
    assert (tmp_path / "out.csv").read_text() == 'predictions\n1.5\n""\n'


def test_json_of_one_piece(tmp_path: Path) -> None:
    """Is whatever the predictions are."""
    with (tmp_path / "out").open("wb") as file:
        write_json(iter([{"a": 1}]), file)
    assert (tmp_path / "out").read_text() == '{"predictions": {"a": 1}}'
