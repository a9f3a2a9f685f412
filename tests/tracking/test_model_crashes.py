"""Whenever a process dies or the power goes: a model is READY and whole, or it is not given out."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.errors import InvalidState
from jupyter_mltrack.store import Store
from jupyter_mltrack.tracking import active
from tests.reliability import Noting
from tests.store.power import WAYS, Crash, Disk, Way
from tests.store.writers import die, end, fork

pytestmark = pytest.mark.usefixtures("fresh")

FILES = {"MLmodel": "flavors: {}", "model.pkl": "pickle" * 100, "code/a.py": "x = 1"}
ORDINARY = [Way("none", "none", "none"), Way("all", "half", "half")]


def log_two(path: Path, run: str | None, source: Path) -> Iterator[str]:
    """Log a model of a run, then one on its own; gives the id of each when it is READY."""
    client = MltrackClient(str(path))
    for of in (run or client.create_run("0").info.run_id, None):
        made = client.create_logged_model("0", "m", of).model_id
        client.log_model_artifacts(made, source)
        client.finalize_logged_model(made, "READY")
        yield made


def make_source(folder: Path) -> Path:
    """The folder of a model."""
    for path, text in FILES.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return folder


def crashes_of(folder: Path, source: Path) -> list[Crash]:
    """All moments at which the power may go while two models are logged."""
    folder.mkdir()
    disk = Disk(folder)
    with disk.watched():
        for made in log_two(folder / "m.duckdb", None, source):
            disk.say(made)
        active.forget_store(folder / "m.duckdb")
    return disk.crashes


def check(path: Path, said: tuple[str, ...]) -> None:
    """What was said to be READY is, and what is READY is whole; nothing else is given out."""
    client = MltrackClient(str(path))
    ready = set()
    for model in client.search_logged_models("0"):
        if model.status == "READY":
            place = Path(client.download_logged_model(model.model_id))
            assert {name: (place / name).read_text() for name in FILES} == FILES
            ready.add(model.model_id)
        else:
            with pytest.raises(InvalidState):
                client.download_logged_model(model.model_id)
    assert ready >= set(said)
    active.forget_store(path)


def check_crashes(folder: Path, ways: list[Way], every: int) -> int:
    """How many states were looked at, each after another crash."""
    crashes = crashes_of(folder / "before", make_source(folder / "source"))[::-every]
    for crash in crashes:
        for way in ways:
            crash.leave(folder / "after", way)
            check(folder / "after" / "m.duckdb", crash.said)
            shutil.rmtree(folder / "after")
    return len(crashes) * len(ways)


def test_the_power_goes_now_and_then(fresh: Path, promise: Noting) -> None:
    """At some of the moments, with the two worst outcomes."""
    states = check_crashes(fresh, ORDINARY, every=29)
    promise(13, "power cut while models are logged", states=states, half_models=0)
    assert states >= 4


@pytest.mark.nightly
@pytest.mark.timeout(1_200)
def test_the_power_goes_at_any_moment(fresh: Path, promise: Noting) -> None:
    """Before each call that changes or syncs a file, in eight ways."""
    states = check_crashes(fresh, WAYS, every=1)
    promise(13, "power cut before each call while models are logged", states=states, half_models=0)


def test_a_model_that_is_not_synced_would_be_seen(
    fresh: Path, monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: READY must be on the disk when `finalize_logged_model` returns."""
    monkeypatch.setattr(Store, "sync", lambda _: None)
    with pytest.raises(AssertionError):
        check_crashes(fresh, [Way("all", "none", "none")], every=5)
    promise(13, "mutation: a model that is READY before it is on the disk", caught="yes")


def test_a_process_is_killed_on_the_way(fresh: Path, promise: Noting) -> None:
    """Before each file takes its place, between two and before the end."""
    source, path = make_source(fresh / "source"), fresh / "m.duckdb"
    run = MltrackClient(str(path)).create_run("0").info.run_id
    for at in range(7):

        def log_until(at: int = at) -> None:
            steps, replace = iter(range(at)), Path.replace

            def counted(self: Path, target: Path) -> Path:
                return replace(self, target) if next(steps, None) is not None else die()  # type: ignore[func-returns-value]

            Path.replace = counted  # type: ignore[method-assign, assignment]
            for _ in log_two(path, run, source):
                pass
            os._exit(0)

        assert end(fork(log_until)) in {0, -9}
        check(path, ())
    client = MltrackClient(str(path))
    ready = client.search_logged_models("0", "status = 'READY'")
    failed = client.search_logged_models("0", "status = 'FAILED'")
    assert (len(ready), len(failed)) == (5, 6)
    promise(13, "kill while models are logged", kills=6, half_models=0)
