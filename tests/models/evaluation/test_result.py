from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.models.evaluation import EvaluationResult
from jupyter_mltrack.models.evaluation.artifacts import (
    CsvEvaluationArtifact,
    ImageEvaluationArtifact,
    JsonEvaluationArtifact,
    NumpyEvaluationArtifact,
    PickleEvaluationArtifact,
    TextEvaluationArtifact,
)

TABLE = pd.DataFrame({"a": [1, 2], "b": ["x", "<y>"]})


def result() -> EvaluationResult:
    """One with a file of every kind."""
    root = "file:///store/0/run/artifacts"
    artifacts = {
        "picture": ImageEvaluationArtifact(f"{root}/p.png", Image.new("RGB", (3, 2))),
        "table": CsvEvaluationArtifact(f"{root}/t.csv", TABLE),
        "rows": JsonEvaluationArtifact(f"{root}/r.json", {"columns": ["a"], "data": [[1]]}),
        "data": JsonEvaluationArtifact(f"{root}/d.json", {"a": 1}),
        "array": NumpyEvaluationArtifact(f"{root}/a.npy", np.eye(2)),
        "text": TextEvaluationArtifact(f"{root}/t.txt", "héllo"),
        "other": PickleEvaluationArtifact(f"{root}/o.pickle"),
    }
    metrics = {"f1_score": 0.5, "example_count": 3, "roc_auc": float("nan")}
    return EvaluationResult(metrics, artifacts, "run", baseline_model_metrics={"f1_score": 0.25})


def test_it_is_saved_and_loaded(tmp_path: Path) -> None:
    """With every file but pickles, which are only named."""
    result().save(tmp_path / "new" / "result")
    found = EvaluationResult.load(tmp_path / "new" / "result")
    assert str(found.metrics) == str(result().metrics)
    assert found.baseline_model_metrics == {"f1_score": 0.25}
    assert found.artifacts.keys() == result().artifacts.keys()
    assert found.artifacts["picture"].content.size == (3, 2)
    assert found.artifacts["array"].content.tolist() == [[1, 0], [0, 1]]
    assert found.artifacts["text"].content == "héllo"
    with pytest.raises(ResourceDoesNotExist):
        found.artifacts["other"].content  # noqa: B018


def test_the_format_is_mlflows(tmp_path: Path) -> None:
    """Names of files and of classes."""
    result().save(tmp_path)
    described = json.loads((tmp_path / "artifacts_metadata.json").read_text())
    assert described["table"] == {
        "uri": "file:///store/0/run/artifacts/t.csv",
        "class_name": "mlflow.models.evaluation.artifacts.CsvEvaluationArtifact",
    }
    assert json.loads((tmp_path / "metrics.json").read_text())["f1_score"] == 0.5
    assert (tmp_path / "artifacts" / "t.csv").exists()


def test_tables() -> None:
    """Those in CSV, and those in JSON with columns and rows."""
    found = result().tables
    assert found.keys() == {"table", "rows"}
    pd.testing.assert_frame_equal(found["table"], TABLE)
    assert found["rows"].to_dict("list") == {"a": [1]}


@pytest.mark.parametrize(
    "described",
    [
        {"a": {"uri": "x.csv", "class_name": "os.system"}},
        {"a": {"uri": "x.csv", "class_name": "mlflow.models.evaluation.artifacts.Nothing"}},
        {"a": {"uri": "../../metrics.csv"}},
        {"a": {"uri": "x.csv", "class_name": "CsvEvaluationArtifact"}},
        {"a": 3},
        [],
        "x",
    ],
)
def test_a_folder_that_holds_something_else(tmp_path: Path, described: Any) -> None:
    """Nothing that it names is imported or read."""
    (tmp_path / "metrics.json").write_text("{}")
    (tmp_path / "artifacts_metadata.json").write_text(json.dumps(described))
    with pytest.raises(InvalidParameterValue, match="cannot be read as an evaluation result"):
        EvaluationResult.load(tmp_path)


def test_no_folder(tmp_path: Path) -> None:
    """The message says what is missing."""
    with pytest.raises(ResourceDoesNotExist, match=r"metrics\.json"):
        EvaluationResult.load(tmp_path / "nothing")


def test_a_name_cannot_leave_the_folder(tmp_path: Path) -> None:
    """Only the last part of a URI is the name of a file."""
    kind = "mlflow.models.evaluation.artifacts.TextEvaluationArtifact"
    (tmp_path / "secret.txt").write_text("secret")
    (tmp_path / "metrics.json").write_text("{}")
    for uri in ("../secret.txt", "x/..", "/", ""):
        described = {"a": {"uri": uri, "class_name": kind}}
        (tmp_path / "artifacts_metadata.json").write_text(json.dumps(described))
        with pytest.raises(InvalidParameterValue):
            EvaluationResult.load(tmp_path)


def test_it_shows_itself() -> None:
    """As text, and as HTML."""
    assert "f1_score       0.5  0.25  ▲ 0.25" in repr(result())
    assert "▲ 0.25 better" in result()._repr_html_()
