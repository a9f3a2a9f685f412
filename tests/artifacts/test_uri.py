"""What an artifact URI means."""

from pathlib import Path

import pytest

from jupyter_mltrack.artifacts import LocalUri, RemoteUri, RunUri, open_folder, parse
from jupyter_mltrack.errors import InvalidParameterValue, UnsafePath

RUN = "4f0c" * 8


@pytest.mark.parametrize(
    ("uri", "meaning"),
    [
        (f"runs:/{RUN}/model", RunUri(run_id=RUN, path="model")),
        (f"runs:/{RUN}/a//b/", RunUri(run_id=RUN, path="a/b")),
        (f"runs:/{RUN}", RunUri(run_id=RUN)),
        (f"runs:/{RUN}/", RunUri(run_id=RUN)),
        (f"RUNS:/{RUN}/m", RunUri(run_id=RUN, path="m")),
        (f"runs:/{RUN}/%2e%2e/x", RunUri(run_id=RUN, path="%2e%2e/x")),
        ("mlruns/0/x", LocalUri(path=Path("mlruns/0/x"))),
        ("./a b", LocalUri(path=Path("a b"))),
        (Path("/a"), LocalUri(path=Path("/a"))),
        ("file:///a%20b/c", LocalUri(path=Path("/a b/c"))),
        ("file:/a", LocalUri(path=Path("/a"))),
        ("file:mlruns", LocalUri(path=Path("mlruns"))),
        ("file://localhost/a", LocalUri(path=Path("/a"))),
        ("C:\\models", LocalUri(path=Path("C:\\models"))),
        ("S3://Bucket/k", RemoteUri(scheme="s3", uri="S3://Bucket/k")),
        ("memory://x", RemoteUri(scheme="memory", uri="memory://x")),
    ],
)
def test_meaning(uri: str | Path, meaning: object) -> None:
    """Runs, files of this machine, and the rest."""
    assert parse(uri) == meaning


@pytest.mark.parametrize(
    "uri",
    [
        "", "a\x00b", "runs:", "runs:/", f"runs://{RUN}/x", "runs:/../x", "runs:/a b/x",
        "file:", "file://elsewhere/a", "file:///a?b", "file:///a%00b",
        "models:/m/1", "models:/m-123", "mlflow-artifacts:/x",
    ],
)  # fmt: skip
def test_what_is_no_place(uri: str) -> None:
    """The message says what to write instead."""
    with pytest.raises(InvalidParameterValue):
        parse(uri)


@pytest.mark.parametrize("path", ["..", "../../x", "a/../../b", "\\x", "a\nb"])
def test_runs_cannot_be_left(path: str) -> None:
    """The path of a ``runs:`` URI stays in the run's folder."""
    with pytest.raises(UnsafePath):
        parse(f"runs:/{RUN}/{path}")


def test_a_run_is_no_folder() -> None:
    """Which folder a run has, only its store knows."""
    with pytest.raises(InvalidParameterValue, match="download_artifacts"):
        open_folder(f"runs:/{RUN}/x")
