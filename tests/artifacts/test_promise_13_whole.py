"""Promise 13: an artifact is whole or absent, whenever its writer dies."""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.artifacts import LocalFolder, local
from jupyter_mltrack.artifacts.contained import PASSING
from jupyter_mltrack.store import Store
from tests.reliability import Noting
from tests.store.writers import Slots, end, fork, kill

pytestmark = pytest.mark.usefixtures("fresh")

#: Written over each other, so that a torn file cannot pass for one of them.
NAME = "model.bin"


def make_files(folder: Path, megabytes: int) -> list[Path]:
    """Two files of different content and size."""
    folder.mkdir()
    dice, files = random.Random(13), [folder / "a", folder / "b"]
    for n, file in enumerate(files):
        with file.open("wb") as content:
            for _ in range(megabytes + n):
                content.write(dice.randbytes(1 << 20))
    return files


def log_for_ever(run_id: str, files: list[Path], steps: Slots) -> None:
    """Log one file after the other under one name; `steps` counts the calls that returned."""
    client = mlflow.MlflowClient()
    folder = client._artifact_folder(run_id)
    for n in range(10_000):
        client._put(run_id, folder, files[n % 2], NAME)
        steps[0] = n + 1


def killed(run_id: str, files: list[Path], after: float) -> int:
    """Kill a logging process some seconds after its first call returned; how many did."""
    steps = Slots(1)
    child = fork(log_for_ever, run_id, files, steps)
    if after >= 0:
        steps.wait_for(0, 1)
    time.sleep(abs(after))
    kill(child)
    return steps[0]


def what_is_there(run_id: str) -> str | None:
    """The digest of the file, loaded through the public API; None if there is none."""
    if not mlflow.artifacts.list_artifacts(run_id=run_id):
        return None
    path = mlflow.artifacts.download_artifacts(run_id=run_id, artifact_path=NAME)
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()


def try_kills(folder: Path, *, kills: int, megabytes: int) -> dict[str, int]:
    """Kill at random times; count what was found afterwards."""
    files = make_files(folder / "files", megabytes)
    good = {hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    dice = random.Random(7)
    counts = {"kills": kills, "whole": 0, "absent": 0, "torn": 0, "passing": 0}
    start = time.perf_counter()
    LocalFolder(folder / "timing").put(files[0], NAME)
    once = time.perf_counter() - start
    for n in range(kills):
        with mlflow.start_run() as run:
            returned = killed(run.info.run_id, files, dice.uniform(-once, 2 * once))
            found = what_is_there(run.info.run_id)
            assert found is not None or returned == 0, f"kill {n} lost a file whose call returned"
            counts["absent" if found is None else "whole" if found in good else "torn"] += 1
            home = Store(folder / "mltrack.duckdb").artifacts
            counts["passing"] += len(list(home.rglob(f"{PASSING}*")))
            mlflow.MlflowClient()._artifact_folder(run.info.run_id).remove()
    return counts


def test_killed_copies_are_whole_or_absent(fresh: Path, promise: Noting) -> None:
    """Eight kills during copies of 12 MB."""
    counts = try_kills(fresh, kills=8, megabytes=12)
    promise(13, "kills during copies of 12 MB", **counts)
    assert counts["torn"] == 0
    assert counts["passing"] > 0, "no kill hit a copy"


@pytest.mark.nightly
@pytest.mark.timeout(1800)
def test_killed_copies_of_200_mb_are_whole_or_absent(fresh: Path, promise: Noting) -> None:
    """Fifty kills during copies of 200 MB."""
    counts = try_kills(fresh, kills=50, megabytes=200)
    promise(13, "kills during copies of 200 MB", **counts)
    assert counts["torn"] == 0
    assert counts["passing"] > 0, "no kill hit a copy"


@pytest.mark.nightly
def test_writing_in_place_would_be_noticed(
    fresh: Path, promise: Noting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the copy written to its own name at once, killed copies are found to be torn."""

    def in_place(source: int, target: Path, path: str, note: local.Noting | None) -> local.Stored:
        content = b"".join(iter(lambda: local.os.read(source, 1 << 20), b""))
        stored = local.Stored(path=path, size=len(content), sha256="")
        with target.open("wb") as file:
            for at in range(0, len(content), 1 << 16):
                file.write(content[at : at + (1 << 16)])
                file.flush()
                time.sleep(0.001)
        return stored

    monkeypatch.setattr(local, "_write_whole", in_place)
    counts = try_kills(fresh, kills=8, megabytes=12)
    promise(13, "mutation: written in place", caught="yes" if counts["torn"] else "no")
    assert counts["torn"] > 0


def test_a_death_at_every_step_leaves_a_file_that_loads(fresh: Path, promise: Noting) -> None:
    """Killed before each call of the system that replaces a file, it loads: the old or the new."""
    for name in ("open", "fsync", "replace"):
        with mlflow.start_run() as run:
            mlflow.log_text("old", NAME)
            child = fork(_replace_until, run.info.run_id, name)
            assert end(child) == -9
            found = mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/{NAME}")
            assert found in {"old", "new"}, name
    promise(13, "deaths between note and rename", steps=3, refused=0)


def _replace_until(run_id: str, name: str) -> None:
    """Log over the file and die before a step."""
    from tests.store.writers import die

    if name == "replace":
        Path.replace = lambda *_: die()  # type: ignore[assignment,method-assign]
    else:
        setattr(local.os, name, lambda *_, **__: die())
    mlflow.MlflowClient().log_text(run_id, "new", NAME)
