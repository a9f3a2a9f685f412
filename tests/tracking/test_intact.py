"""Promise 13: a file that was changed after it was logged is not loaded without a word."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.errors import ArtifactChanged, StoreError
from jupyter_mltrack.tracking import run_files
from tests.reliability import Noting

pytestmark = pytest.mark.usefixtures("fresh")
ROWS = {"a": [1, 2], "b": ["x", "y"]}

art = mlflow.artifacts

#: Every way to load: the file it loads, and how, given the run's id and its artifact URI.
LOADS: list[tuple[str, Callable[[str, str], Any]]] = [
    ("t.txt", lambda run, _: art.download_artifacts(run_id=run, artifact_path="t.txt")),
    ("t.txt", lambda run, _: art.download_artifacts(f"runs:/{run}/")),
    ("sub/s.bin", lambda run, _: art.download_artifacts(f"runs:/{run}/sub")),
    ("t.txt", lambda run, _: art.download_artifacts(f"runs:/{run}/t.txt", dst_path="copy")),
    ("t.txt", lambda run, _: art.load_text(f"runs:/{run}/t.txt")),
    ("t.txt", lambda _, home: art.load_text(f"{home}/t.txt")),
    ("d.json", lambda run, _: art.load_dict(f"runs:/{run}/d.json")),
    ("i.png", lambda run, _: art.load_image(f"runs:/{run}/i.png").close()),
    ("rows.json", lambda *_: mlflow.load_table("rows.json")),
    ("r.parquet", lambda *_: mlflow.load_table("r.parquet")),
    ("t.txt", lambda run, _: mlflow.MlflowClient().load_text(run, "t.txt")),
    ("i.png", lambda run, _: mlflow.MlflowClient().load_image(run, "i.png")),
]


def log_texts() -> mlflow.entities.Run:
    """A run with a text that was logged twice."""
    with mlflow.start_run() as run:
        mlflow.log_text("first", "t.txt")
        mlflow.log_text("right", "t.txt")
    return run


def log_all() -> mlflow.entities.Run:
    """A run with one file of every kind; the tables were appended to."""
    run = log_texts()
    with mlflow.start_run(run.info.run_id):
        mlflow.log_dict({"a": 1}, "d.json")
        mlflow.log_image(np.zeros((4, 4, 3), "uint8"), "i.png")
        mlflow.log_stream(io.BytesIO(b"stream"), "sub/s.bin")
        for name in ("rows.json", "rows.json", "r.parquet", "r.parquet"):
            mlflow.log_table(ROWS, name)
    return run


def damage(path: Path) -> None:
    """Flip one bit in the middle, keep size and time; twice makes it whole again."""
    times = path.stat()
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def test_one_bit_is_noticed(promise: Noting) -> None:
    """Loaded in any way; the same file loads as long as it is what was logged."""
    run = log_all()
    home = run.info.artifact_uri
    for name, load in LOADS:
        load(run.info.run_id, home)
        damage(Path(home, name))
        with pytest.raises(ArtifactChanged, match="was changed after it was logged") as caught:
            load(run.info.run_id, home)
        assert (caught.value.path, caught.value.error_code) == (name, "DATA_LOSS")
        assert caught.value.expected[:12] in str(caught.value)
        assert "put it back from a backup" in str(caught.value)
        damage(Path(home, name))
    promise(13, "one bit of a file flipped", ways_to_load=len(LOADS), noticed=len(LOADS))


def test_without_the_check_nothing_is_noticed(
    promise: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the check is for: the loaders themselves take a changed text as it is."""
    monkeypatch.setattr(run_files, "check_intact", lambda *_: None)
    run = log_texts()
    damage(Path(run.info.artifact_uri, "t.txt"))
    assert art.load_text(f"runs:/{run.info.run_id}/t.txt") != "right"
    promise(13, "mutation: SHA-256 not checked", caught="yes")


def test_a_file_logged_again_is_the_new_one() -> None:
    """Also the older content may be there: whoever logged the newer one may have died too early."""
    run = log_texts()
    file = Path(run.info.artifact_uri, "t.txt")
    assert art.load_text(str(file)) == "right"
    file.write_text("first")
    assert art.load_text(str(file)) == "first"
    file.write_text("wrong")
    with pytest.raises(ArtifactChanged):
        art.load_text(str(file))
    mlflow.MlflowClient().log_text(run.info.run_id, "newest", "t.txt")
    assert art.load_text(str(file)) == "newest"


@pytest.mark.parametrize("spelling", ["{0}", "file://{0}", "{1}", "{0}/../t.txt", "//{0}"])
def test_a_path_may_be_spelled_in_many_ways(spelling: str) -> None:
    """It is the same file, and is looked at."""
    run = log_texts()
    file = Path(run.info.artifact_uri, "t.txt")
    damage(file)
    path = spelling.format(file, file.relative_to(Path.cwd())).replace("t.txt/..", "sub/..")
    with pytest.raises(ArtifactChanged):
        art.load_text(path)


def test_a_folder_beside_the_artifacts_is_none_of_them() -> None:
    """Its name only begins the same."""
    run = log_texts()
    beside = Path(f"{run.info.artifact_uri}-old")
    beside.mkdir()
    (beside / "t.txt").write_text("older")
    assert art.load_text(f"{beside}/t.txt") == "older"


def test_a_file_nobody_logged_loads() -> None:
    """Somebody put it there by hand: nothing is known of it."""
    run = log_texts()
    Path(run.info.artifact_uri, "mine.txt").write_text("mine")
    assert art.load_text(f"runs:/{run.info.run_id}/mine.txt") == "mine"
    assert art.download_artifacts(f"runs:/{run.info.run_id}/")


def test_a_changed_table_is_not_appended_to(caplog: pytest.LogCaptureFixture) -> None:
    """It would make the damage look right; the training goes on, and strict mode raises."""
    run = log_all()
    file = Path(run.info.artifact_uri, "rows.json")
    file.write_text(file.read_text().replace("x", "z"))
    before = file.read_bytes()
    client = mlflow.MlflowClient()
    for _ in range(2):
        client.log_table(run.info.run_id, ROWS, "rows.json")
    assert file.read_bytes() == before
    assert len(caplog.records) == 2
    assert all(f"open it yourself: {file}" in record.message for record in caplog.records)


def test_strict_mode_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    """As for all trouble of the machine."""
    run = log_all()
    damage(Path(run.info.artifact_uri, "rows.json"))
    monkeypatch.setenv("MLTRACK_STRICT", "1")
    with pytest.raises(StoreError, match="was changed"):
        mlflow.MlflowClient().log_table(run.info.run_id, ROWS, "rows.json")


def test_files_elsewhere_are_checked() -> None:
    """In a folder that fsspec reaches."""
    import fsspec

    experiment = mlflow.create_experiment("remote", artifact_location="memory://intact")
    with mlflow.start_run(experiment_id=experiment) as run:
        mlflow.log_text("right", "a/t.txt")
        mlflow.log_table(ROWS, "rows.json")
        mlflow.log_table(ROWS, "rows.json")
    uri = f"runs:/{run.info.run_id}/a/t.txt"
    assert art.load_text(uri) == "right"
    with fsspec.open(f"{run.info.artifact_uri}/a/t.txt", "wb") as file:
        file.write(b"wrong")
    for place in (uri, f"{run.info.artifact_uri}/a/t.txt"):
        with pytest.raises(ArtifactChanged):
            art.load_text(place)
