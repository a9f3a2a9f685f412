from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.models.evaluation.artifacts import (
    BY_ENDING,
    CsvEvaluationArtifact,
    ParquetEvaluationArtifact,
)
from jupyter_mltrack.models.evaluation.custom_artifacts import add_custom_artifacts
from jupyter_mltrack.models.evaluation.extra_metrics import Offered
from jupyter_mltrack.models.evaluation.file_box import FileBox
from jupyter_mltrack.models.evaluation.options import Options

OFFERED = Offered(
    predictions=pd.Series([1, 2]),
    targets=pd.Series([1, 3]),
    inputs=pd.DataFrame({"a": [0, 0]}),
    outputs=None,
    predictions_name=None,
    targets_name=None,
    options=Options(),
)


@pytest.fixture
def box(tmp_path: Path) -> FileBox:
    """An empty box."""
    return FileBox(folder=tmp_path)


def add(box: FileBox, thing: Any, title: str = "it") -> None:
    """Put what a function returns into the box."""
    add_custom_artifacts([lambda *_: {title: thing}], OFFERED, {}, box)


@pytest.mark.parametrize(
    ("thing", "file", "content"),
    [
        ({"a": np.float32(0.5), "b": np.arange(2)}, "it.json", {"a": 0.5, "b": [0, 1]}),
        ([1, None, "x"], "it.json", [1, None, "x"]),
        ('{"a": 1}', "it.json", {"a": 1}),
        (0.5, "it.json", 0.5),
        ({1, 2}, "it.pickle", None),
    ],
)
def test_plain_data_and_the_rest(box: FileBox, thing: Any, file: str, content: Any) -> None:
    """Plain data is JSON, anything else a pickle, which is not opened again."""
    add(box, thing)
    assert box.files["it"].file == file
    assert box.files["it"].content == content
    assert (box.folder / file).exists()


def test_tables_and_arrays(box: FileBox) -> None:
    """CSV, and NumPy's own format."""
    table = pd.DataFrame({"<b>": [1, 2]}, index=[5, 6])
    add_custom_artifacts(
        [lambda df, *_: {"t": table, "n": df["target"].to_numpy()}], OFFERED, {}, box
    )
    pd.testing.assert_frame_equal(box.files["t"].content, table.reset_index(drop=True))
    assert box.files["n"].content.tolist() == [1, 3]


@pytest.mark.parametrize("as_text", [True, False])
def test_a_file(box: FileBox, as_text: bool) -> None:
    """Its ending says what it is; its name is that of the artifact."""

    def write(_: Any, __: Any, folder: str) -> Any:
        path = Path(folder) / "x.TXT"
        path.write_text("héllo", "utf-8")
        return {"note": str(path) if as_text else path}

    add_custom_artifacts([write], OFFERED, {}, box)
    assert (box.files["note"].file, box.files["note"].content) == ("note.TXT", "héllo")


def test_a_parquet_file(tmp_path: Path, box: FileBox) -> None:
    """DuckDB reads it; signs of patterns in its name are only signs."""
    table = pd.DataFrame({"a": [1, 2], "b": ["x", None]})
    ParquetEvaluationArtifact.write(table, tmp_path / "made[1].parquet")
    add(box, tmp_path / "made[1].parquet", "p*[a]")
    assert box.files["p*[a]"].content["a"].tolist() == [1, 2]


@pytest.mark.parametrize(
    ("made", "reason"),
    [
        (lambda *_: 1 / 0, "division by zero"),
        (lambda *_: None, "returned NoneType"),
        (lambda *_: {1: "x"}, "returned dict"),
        (lambda *_: {"a": "no such file"}, "neither the path of a file nor a text in JSON"),
        (lambda *_: {"a": "x" * 10_000}, "neither the path"),
        (lambda *_: {"a": Path("/")}, "neither the path"),
        (lambda *_: {"a": Path(__file__)}, "none of the known kinds"),
        (lambda *_: {"../a": 1}, ".."),
        (lambda *_: {"/a": 1}, "/a"),
        (lambda *_: {"a": lambda: 0}, "pickle"),
        (lambda *_: {"a": np.array([print])}, "allow_pickle"),
    ],
)
def test_what_cannot_be_kept(
    box: FileBox, made: Callable[..., Any], reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    """One warning; nothing half-written is left, and the next function is called."""
    add_custom_artifacts([made, lambda *_: {"fine": 1}], OFFERED, {}, box)
    assert list(box.files) == ["fine"]
    assert [path.name for path in box.folder.rglob("*")] == ["fine.json"]
    assert [reason.lower() in one.getMessage().lower() for one in caplog.records] == [True]


def test_two_of_one_name(box: FileBox, caplog: pytest.LogCaptureFixture) -> None:
    """The first is kept."""
    add(box, 1)
    add(box, 2)
    assert box.files["it"].content == 1
    assert "two artifacts of the name 'it'" in caplog.text


def test_a_pickle_is_not_opened(tmp_path: Path) -> None:
    """Opening it would run what is in it."""
    (tmp_path / "x.pickle").write_bytes(b"cos\nsystem\n(S'exit 3'\ntR.")
    with pytest.raises(MltrackException, match="executes what is in it"):
        BY_ENDING[".pickle"].read(tmp_path / "x.pickle")


def test_content_that_is_not_here() -> None:
    """The message says how to fetch it."""
    with pytest.raises(MltrackException, match="download_artifacts"):
        CsvEvaluationArtifact("runs:/x/a.csv").content  # noqa: B018
