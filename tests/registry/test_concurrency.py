"""Several processes change one registry at once, and some are killed: nothing is given twice."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mltrack import MltrackClient
from jupyter_mltrack.entities.model_registry import RegistryEvent
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.store import Store, registry, trail
from jupyter_mltrack.store.lock import StoreLock
from tests.store.writers import Slots, fork, join, kill

PROCESSES = 8
NAME = "shared"
FAR = "s3://models/shared"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A store with one registered model that has no version."""
    path = tmp_path / "m.duckdb"
    MltrackClient(str(path)).create_registered_model(NAME)
    return path


def together(path: Path, work: Callable[[MltrackClient, int], object], count: int) -> None:
    """Let processes begin to work at the same instant, each with its number; wait for all."""
    ready = Slots(count)

    def begin(me: int) -> None:
        client = MltrackClient(str(path))
        ready[me] = 1
        while any(ready[other] == 0 for other in range(count)):
            time.sleep(0.0005)
        work(client, me)

    join([fork(begin, me) for me in range(count)])


def register(client: MltrackClient, times: int) -> None:
    """Add versions, one after the other."""
    for _ in range(times):
        client.create_model_version(NAME, FAR, tags={"of": "a process"}, description="one of many")


def chains(store: Store) -> list[str]:
    """The chain of each change, computed anew from what the tables say of it."""
    query = """
        SELECT registered, field, version, key, "before", text, comment, user_id, author, digest,
            details, ts FROM base.registry_events ORDER BY q, j"""
    found = [""]
    for row in store.rows(query):
        found.append(trail.link(found[-1], RegistryChange(*row)))
    return found[1:]


def check_trail(path: Path) -> list[RegistryEvent]:
    """The trail, after a look whether the chain holds and each change knows what was before it."""
    client = MltrackClient(str(path))
    found = client.registry_history()
    assert [one.chain for one in found] == chains(Store(path))
    known: dict[tuple[object, ...], str | None] = {}
    for one in found:
        if one.field in {"stage", "alias", "tag"}:
            place = (one.name, one.version, one.field, one.key)
            initial = "None" if one.field == "stage" else None
            assert one.old_value == known.get(place, initial)
            known[place] = one.new_value
    return found


def check_versions(path: Path) -> int:
    """How many versions there are, after a look whether all are whole and numbered in order."""
    found = registry.versions(Store(path), NAME)
    assert [one.version for one in found] == list(range(len(found), 0, -1))
    said = {(one.description, one.tags.get("of")) for one in found}
    assert said <= {("one of many", "a process")}
    check_trail(path)
    return len(found)


def register_together(path: Path, times: int) -> None:
    """Let three processes register at once, again and again."""
    for _ in range(times):
        together(path, lambda client, _: register(client, 2), 3)
        check_versions(path)


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("times", [3, pytest.param(200, marks=pytest.mark.nightly)])
def test_every_number_is_given_once(path: Path, times: int) -> None:
    """Eight processes register at once: versions without a gap, without a twin."""
    together(path, lambda client, _: register(client, times), PROCESSES)
    assert check_versions(path) == PROCESSES * times


def test_a_registry_without_its_lock_would_be_seen(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Mutation check: processes that decide at once give a number twice, or break the chain."""
    monkeypatch.setattr(StoreLock, "_wait_in_line", lambda *_: None)
    with pytest.raises(AssertionError):
        register_together(path, 5)


@pytest.mark.parametrize("times", [1, pytest.param(30, marks=pytest.mark.nightly)])
def test_two_transitions_at_once(path: Path, times: int) -> None:
    """One comes after the other and archives it; both are in the trail, with what was before."""
    register(MltrackClient(str(path)), 2)
    for _ in range(times):
        together(
            path,
            lambda client, me: client.transition_model_version_stage(
                NAME, me + 1, "Production", archive_existing_versions=True
            ),
            2,
        )
        found = MltrackClient(str(path)).get_latest_versions(NAME)
        assert {one.current_stage for one in found} == {"Production", "Archived"}
    moves = [one for one in check_trail(path) if one.new_value == "Production"]
    assert sorted(str(one.version) for one in moves) == sorted(["1", "2"] * times)


@pytest.mark.nightly
def test_an_alias_is_set_by_eight_at_once(path: Path) -> None:
    """It stands for the version of whoever came last, and every change says what it was."""
    register(MltrackClient(str(path)), PROCESSES)
    together(
        path,
        lambda client, me: client.set_registered_model_alias(NAME, "champion", me + 1),
        PROCESSES,
    )
    given = [str(one.new_value) for one in check_trail(path) if one.field == "alias"]
    assert sorted(given) == [str(number + 1) for number in range(PROCESSES)]
    found = MltrackClient(str(path)).get_model_version_by_alias(NAME, "champion")
    assert str(found.version) == given[-1]


def register_and_tell(path: Path, told: Slots) -> None:
    """Register until killed, and tell after each version that it was accepted."""
    client = MltrackClient(str(path))
    while True:
        register(client, 1)
        told[0] += 1


@pytest.mark.timeout(1_800)
@pytest.mark.parametrize("kills", [4, pytest.param(100, marks=pytest.mark.nightly)])
def test_who_is_killed_leaves_whole_versions(path: Path, kills: int) -> None:
    """None that was accepted is lost, none is half there, and the chain goes on."""
    accepted, chance = 0, random.Random(7)
    for _ in range(kills):
        told = Slots(1)
        child = fork(register_and_tell, path, told)
        told.wait_for(0, 1)
        time.sleep(chance.random() * 0.3)
        kill(child)
        accepted += told[0]
        assert check_versions(path) >= accepted
    register(MltrackClient(str(path)), 1)
    assert check_versions(path) >= accepted + 1
