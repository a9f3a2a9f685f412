"""Promise 8: power loss costs at most the last second; what has ended is synced first."""

from __future__ import annotations

import functools
import hashlib
import itertools
import os
import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.store import Store, journal, shelf
from jupyter_mltrack.store.journal import Journal
from jupyter_mltrack.tracking import active
from tests.fresh import fresh
from tests.reliability import Noting
from tests.store.power import WAYS, Crash, Disk, Way
from tests.store.writers import begun, journals, point

__all__ = ["fresh"]

pytestmark = pytest.mark.usefixtures("fresh")

PATIENCE = 5.0


class Safe(NamedTuple):
    """What must be there after the power came back.

    Attributes:
        run: Name of a run.
        points: So many of its points, from the first on.
        ended: Whether it has ended well.
    """

    run: str
    points: int
    ended: bool


# What is done ----------------------------------------------------------------------------------


def train(disk: Disk, name: str, points: int) -> None:
    """A run that ends: when its block is left, all of it is safe."""
    with mlflow.start_run(run_name=name):
        mlflow.log_params({"lr": 0.1, "name": name})
        mlflow.log_text(name, "name.txt")
        for i in range(points):
            mlflow.log_metric("m", i, step=i)
    disk.say(Safe(name, points, ended=True))


def go_on(disk: Disk, name: str, points: int, path: Path) -> None:
    """A run that does not end: when a second has passed, what it had logged is safe."""
    mlflow.start_run(run_name=name)
    for i in range(points):
        mlflow.log_metric("m", i, step=i)
    let_a_second_pass(disk, path)
    disk.say(Safe(name, points, ended=False))
    mlflow.log_metric("m", points, step=points)


def let_a_second_pass(disk: Disk, path: Path) -> None:
    """Wait until the journals were synced by themselves."""
    deadline = time.monotonic() + PATIENCE
    while not all(map(disk.is_safe, journals(Store(path)))):
        assert time.monotonic() < deadline, "nothing was synced"
        time.sleep(0.01)


def scenario(disk: Disk, path: Path) -> None:
    """Runs that end, a fold that seals the journal of a dead kernel, a run that does not end."""
    mlflow.set_tracking_uri(path)
    train(disk, "first", 3)
    store = mlflow.MlflowClient().store
    store.close()  # as if that kernel had died
    store.fold()
    store.finish_sealing()
    train(disk, "second", 2)
    go_on(disk, "third", 2, path)
    store.fold()
    mlflow.end_run()
    disk.say(Safe("third", 3, ended=True))


def crashes_of(folder: Path) -> list[Crash]:
    """All moments of the scenario at which the power may go."""
    folder.mkdir()
    disk = Disk(folder)
    with disk.watched(), pytest.MonkeyPatch.context() as patched:
        patched.setattr(journal, "SYNC_INTERVAL", 0.05)
        scenario(disk, folder / "m.duckdb")
        active.forget_store(folder / "m.duckdb")
    return disk.crashes


# What is checked -------------------------------------------------------------------------------

SHOWN = """
    SELECT run_name, run_id, status,
        (SELECT list(value ORDER BY step) FROM metric_history AS m WHERE m.run_id = r.run_id),
        (SELECT list(path) FROM artifacts AS a WHERE a.run_id = r.run_id)
    FROM runs AS r WHERE run_name IS NOT NULL"""


def check_crashes(folder: Path, ways: list[Way], *, every: int = 1, rebuild: bool = True) -> int:
    """Whenever the power goes, and whatever is left: what was promised is there."""
    crashes = crashes_of(folder / "before")
    tried = 0
    for crash, way in different(crashes[::-every], ways, folder / "left"):
        check_after(crash, way, folder / "after", rebuild=rebuild)
        tried += 1
    return tried


def different(crashes: list[Crash], ways: list[Way], folder: Path) -> Iterator[tuple[Crash, Way]]:
    """Crashes that leave something else than those before."""
    seen: set[str] = set()
    for crash, way in itertools.product(crashes, ways):
        crash.leave(folder, way)
        left = [(str(path), path.is_file() and path.read_bytes()) for path in folder.rglob("*")]
        shutil.rmtree(folder)
        digest = hashlib.sha256(repr((sorted(left), crash.said)).encode()).hexdigest()
        if digest not in seen:
            seen.add(digest)
            yield crash, way


def check_after(crash: Crash, way: Way, folder: Path, *, rebuild: bool) -> None:
    """What was promised is there, nothing is there that was not logged, and all goes on."""
    crash.leave(folder, way)
    store = Store(folder / "m.duckdb")
    try:
        check_kept(store, crash)
        if rebuild:
            store.finish_sealing()
            store.rebuild(force=True)
            check_kept(store, crash)
    finally:
        store.finish_sealing()
        store.close()
        shutil.rmtree(folder)


def check_kept(store: Store, crash: Crash) -> None:
    """Runs that ended are whole; others have at least what was safe, and nothing odd."""
    found = {name: (run, *rest) for name, run, *rest in store.rows(SHOWN)}
    for name, safe, ended in crash.said:
        assert name in found, (name, crash.before)
        run, status, points, files = found[name]
        assert (points or [])[:safe] == list(range(safe)), (name, crash.before)
        assert status == "FINISHED" or not ended, (name, crash.before)
        for path in files or [] if ended else []:
            (place,) = store.artifacts.glob(f"*/{run}/artifacts/{path}")
            assert place.read_text() == name
    for _, status, points, _ in found.values():
        assert status in {"FINISHED", "KILLED"}
        assert (points or []) == list(range(len(points or []))), "what nobody logged"


ORDINARY = [Way("none", "none", "none"), Way("all", "half", "half")]


def test_a_crash_now_and_then(tmp_path: Path) -> None:
    """Some of the moments at which the power may go, and the two worst outcomes."""
    assert check_crashes(tmp_path, ORDINARY, every=13, rebuild=False) > 5


@pytest.mark.nightly
@pytest.mark.timeout(1_200)
def test_every_crash(tmp_path: Path, promise: Noting) -> None:
    """Before each call that writes, syncs, makes, renames or removes a file, in eight ways."""
    tried = check_crashes(tmp_path, WAYS)
    what = "power cut before each call that changes or syncs a file, unsynced bytes lost in 8 ways"
    promise(8, what, states=tried, ended_runs_lost=0, wrong_values=0)


# Faults ----------------------------------------------------------------------------------------


class Forgetful:
    """The module ``os``, but what is synced is not."""

    def fsync(self, descriptor: int) -> None:
        """Say that all is on the disk."""

    def __getattr__(self, name: str) -> object:
        return getattr(os, name)


def nothing(*_: object) -> None:
    """Do not do what was to be done."""


def seal_a_copy(self: shelf.Shelf, volume: shelf.Volume, seal: Callable[..., None]) -> None:
    """Take the journal away before its archive is there."""
    copy = volume.path.with_suffix(".copy")
    copy.write_bytes(volume.path.read_bytes())
    volume.path.unlink()
    seal(self, replace(volume, path=copy))


OLD_NAMES, OLD_BYTES = Way("none", "all", "none"), Way("all", "none", "none")
FAULTS: dict[str, tuple[Way, tuple[object, str, object]]] = {
    "a run ends without a sync": (OLD_BYTES, (Store, "sync", nothing)),
    "nobody syncs while a run goes on": (OLD_BYTES, (Journal, "_start_syncer", nothing)),
    "names of new journals are not synced": (OLD_NAMES, (journal, "sync_folder", nothing)),
    "archives are not synced": (OLD_BYTES, (shelf, "os", Forgetful())),
    "names of archives are not synced": (
        Way("upper", "all", "none"),
        (shelf, "sync_folder", nothing),
    ),
    "journals are removed before they are sealed": (
        Way("all", "all", "none"),
        (shelf.Shelf, "seal", functools.partialmethod(seal_a_copy, seal=shelf.Shelf.seal)),
    ),
}


@pytest.mark.parametrize(
    "fault", [*list(FAULTS)[:-1], pytest.param(list(FAULTS)[-1], marks=pytest.mark.nightly)]
)
def test_a_store_that_syncs_too_little_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault: str, promise: Noting
) -> None:
    """Mutation check: each step that keeps the order on the disk is needed."""
    way, patch = FAULTS[fault]
    monkeypatch.setitem(globals(), "PATIENCE", 0.5)
    monkeypatch.setattr(*patch)
    with pytest.raises(AssertionError):
        check_crashes(tmp_path, [way], rebuild=False)
    promise(8, f"mutation: {fault}", caught="yes")


# Time ------------------------------------------------------------------------------------------


def test_how_long_a_line_waits_for_the_disk(
    store: Store, monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """While a run logs all the time, its journal is synced every second."""
    synced = [time.monotonic()]
    fsync = os.fsync
    monkeypatch.setattr(os, "fsync", lambda file: (fsync(file), synced.append(time.monotonic())))
    store.append(begun("r"))
    while time.monotonic() < synced[0] + 3.5:
        store.append(point("r", 1))
        time.sleep(0.005)
    longest = max(later - earlier for earlier, later in itertools.pairwise(synced))
    assert len(synced) >= 3
    assert longest < 2
    promise(8, "a run that logs all the time", longest_s_between_syncs=longest)
