"""Tables of runs: rows are appended, values come back as they were."""

import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import PIL.Image
import pytest

from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.tracking.images import Image
from tests.tracking.file_client import FileClient


@pytest.fixture(params=["local", "remote"])
def client(request: pytest.FixtureRequest, tmp_path: Path) -> FileClient:
    """A client with local files, and one with files elsewhere."""
    places = {"local": str(tmp_path / "store"), "remote": f"memory://{tmp_path}"}
    return FileClient(places[request.param])


@pytest.fixture(params=["json", "parquet"])
def ending(request: pytest.FixtureRequest) -> str:
    """The two formats."""
    return str(request.param)


def rows(client: FileClient, file: str, **arguments: Any) -> list[dict[str, Any]]:
    """The rows of a table as dicts, missing values as None."""
    table = client.load_table("0", file, **arguments)
    return table.astype(object).where(table.notna(), None).to_dict("records")


def test_rows_are_appended(client: FileClient, ending: str) -> None:
    """Later calls add rows, and columns."""
    file = f"eval/t.{ending}"
    client.log_table("run", {"q": ["a", "b"], "score": [0.1, 0.2]}, file)
    client.log_table("run", pd.DataFrame({"q": ["c"], "new": ["x"]}, index=[7]), file)
    assert rows(client, file) == [
        {"q": "a", "score": 0.1, "new": None},
        {"q": "b", "score": 0.2, "new": None},
        {"q": "c", "score": None, "new": "x"},
    ]
    assert client.paths() == [file]


def test_one_row_of_single_values(client: FileClient, ending: str) -> None:
    """A dict without lists is one row, and the caller's data is left alone."""
    data = {"question": "why", "tokens": 3}
    client.log_table("run", data, f"t.{ending}")
    assert rows(client, f"t.{ending}") == [data]
    assert data == {"question": "why", "tokens": 3}


def test_values_keep_type_and_digits(client: FileClient, ending: str) -> None:
    """Strings of digits stay strings, floats and large integers keep every digit."""
    row = {
        "zip": "02108",
        "f": 0.1 + 0.2,
        "i": 2**62 + 1,
        "t": "NaN",
        "date": "2024-01-02",
        "u": "é",
    }
    for _ in range(2):
        client.log_table("run", {key: [value] for key, value in row.items()}, f"t.{ending}")
    assert rows(client, f"t.{ending}") == [row, row]


def test_json_is_that_of_mlflow(client: FileClient) -> None:
    """``columns`` and ``data``; missing is null, times are in ISO format."""
    data = pd.DataFrame(
        {
            "t": pd.to_datetime(["2024-01-02", None]),
            "f": [1.5, np.nan],
            "l": [[1, 2], np.array([3])],
            "d": [{"a": np.float32(0.5)}, None],
        }
    )
    client.log_table("run", data, "t.json")
    assert json.loads(client.load_text("run", "t.json")) == {
        "columns": ["t", "f", "l", "d"],
        "data": [["2024-01-02T00:00:00", 1.5, [1, 2], {"a": 0.5}], [None, None, [3], None]],
    }


def test_the_tag_lists_tables_once(client: FileClient) -> None:
    """MLflow finds tables by this tag."""
    for file in ("a.json", "a.json", "b.json"):
        client.log_table("run", {"x": [1]}, file)
    assert json.loads(client.tags["run"]["mlflow.loggedArtifacts"]) == [
        {"path": "a.json", "type": "table"},
        {"path": "b.json", "type": "table"},
    ]


def test_tables_of_several_runs(client: FileClient, caplog: pytest.LogCaptureFixture) -> None:
    """All runs that have it, or those asked for, with columns about the run."""
    for run in ("one", "two", "three"):
        client.log_table(run, {"x": [run], "run_id": ["mine"]}, "t.json")
    client.log_table("four", {"x": [4]}, "other.json")
    assert [row["x"] for row in rows(client, "t.json")] == ["one", "two", "three"]
    with caplog.at_level(logging.WARNING, "jupyter_mltrack"):
        found = rows(
            client, "t.json", run_ids=["two", "four"],
            extra_columns=["run_id", "params.id", "metrics.m", "tags.none"],
        )  # fmt: skip
    expected = {"x": "two", "run_id": "mine", "run_id_": "two", "params.id": "two"}
    assert found == [{**expected, "metrics.m": 0.5, "tags.none": None}]
    assert "skipped" in caplog.text


def test_columns_that_runs_do_not_have(client: FileClient) -> None:
    """The message names what there is."""
    client.log_table("run", {"x": [1]}, "t.json")
    with pytest.raises(InvalidParameterValue, match="metrics"):
        client.load_table("0", "t.json", extra_columns=["nonsense"])


def test_no_run_has_it(client: FileClient) -> None:
    """Asking for a table that nobody logged is an error."""
    with pytest.raises(ResourceDoesNotExist, match=r"t\.json"):
        client.load_table("0", "t.json")


@pytest.mark.parametrize("image", [PIL.Image.new("RGB", (300, 3)), Image(np.zeros((2, 2)))])
def test_images_in_a_table(client: FileClient, ending: str, image: Any) -> None:
    """Images become files; the cells say which, as in MLflow."""
    data = pd.DataFrame({"i": [image, image], "n": [1, 2]})
    client.log_table("run", data, f"d/t.{ending}")
    cells = [row["i"] for row in rows(client, f"d/t.{ending}")]
    assert all(cell["type"] == "image" for cell in cells)
    files = {cell[key] for cell in cells for key in ("filepath", "compressed_filepath")}
    assert sorted(files | {f"d/t.{ending}"}) == client.paths()
    assert all(file.startswith("table_images/d/t/") for file in files)
    assert data["i"][0] is image


@pytest.mark.parametrize(
    ("data", "file", "error"),
    [
        ({"a": [1]}, "t.csv", ValueError),
        ({"a": [1]}, "t", ValueError),
        ([1], "t.json", InvalidParameterValue),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "t.json", InvalidParameterValue),
        ({"a": [PIL.Image.new("L", (1, 1)), 1]}, "t.json", ValueError),
    ],
)
def test_what_is_no_table(client: FileClient, data: Any, file: str, error: type[Exception]) -> None:
    """The caller's mistakes; nothing is stored."""
    with pytest.raises(error):
        client.log_table("run", data, file)
    assert client.paths() == []
    assert client.tags == {}


@pytest.mark.parametrize("name", ["[ab]*?", "it's", "a b", "é"])
def test_odd_names(client: FileClient, ending: str, name: str) -> None:
    """DuckDB takes some names for patterns or ends of strings; here they are names."""
    client.log_table("run", {"x": [1]}, f"{name}.{ending}")
    client.log_table("run", {"x": [2]}, f"{name}.{ending}")
    assert rows(client, f"{name}.{ending}") == [{"x": 1}, {"x": 2}]


def test_an_empty_table(client: FileClient, ending: str) -> None:
    """No rows yet, but columns."""
    client.log_table("run", pd.DataFrame({"a": pd.Series([], dtype="int64")}), f"t.{ending}")
    assert list(client.load_table("0", f"t.{ending}").columns) == ["a"]
    client.log_table("run", {"a": [1]}, f"t.{ending}")
    assert rows(client, f"t.{ending}") == [{"a": 1}]
