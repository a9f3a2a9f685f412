"""The doctor names what keeps others out of a store, and what it cannot do."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.store import Store, health, trail
from jupyter_mltrack.store.access import ENFORCED, GUARD_RAIL, SINGLE, level
from tests.store.writers import begun


def change(field: str, author: int, **more: str) -> RegistryChange:
    """A change of the registry."""
    made = RegistryChange("r-1", field, author=author, user=f"u{author}", ts=1)
    for key, value in more.items():
        setattr(made, key, value)
    return made


def record(store: Store, *changes: RegistryChange) -> None:
    """Make changes."""
    with store.agreeing():
        trail.record(store, changes)


@pytest.fixture
def shared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A store that is shared with the own group."""
    monkeypatch.setenv("MLTRACK_SHARED", "yes")
    store = Store(tmp_path / "m.duckdb")
    store.append(begun("r"))
    store.fold()
    yield store
    store.close()


def test_a_private_store(store: Store) -> None:
    """A single user; open to others, or with approvers, it is a rail."""
    store.append(begun("r"))
    assert level(store).name == SINGLE
    store.folder.chmod(0o750)
    found = level(store)
    assert (found.name, len(found.faults)) == (GUARD_RAIL, 1)
    assert "chmod -R go=" in found.faults[0]
    store.folder.chmod(0o700)
    record(
        store, change("approvers", os.geteuid(), key="Production", text='[{"user":"a","uid":1}]')
    )
    found = level(store)
    assert (found.name, found.faults) == (GUARD_RAIL, [])
    assert "all processes here have the same rights" in found.limits[0]


def test_a_shared_store(shared: Store) -> None:
    """The system enforces it, and the report says what it cannot do."""
    found = level(shared)
    assert (found.name, found.faults) == (ENFORCED, [])
    assert "cache that the whole group writes" in found.limits[0]
    report = health.report(shared)
    assert "access     shared, OS-enforced" in report
    assert report[-1] == "all is well"


@pytest.mark.parametrize("weak", ["folder", "sealed", "above", "journal"])
def test_a_shared_store_that_is_too_open(shared: Store, weak: str) -> None:
    """Each hole is named with the command that closes it, and the level with it."""
    journal = next(iter(shared.shelf.volumes().values())).path
    holes = {
        "folder": (shared.folder, 0o2770),
        "sealed": (shared.folder / "sealed", 0o2770),
        "above": (shared.folder.parent, 0o770),
        "journal": (journal, 0o660),
    }
    place, mode = holes[weak]
    place.chmod(mode)
    found = level(shared)
    assert (found.name, len(found.faults)) == (GUARD_RAIL, 1)
    assert str(place) in found.faults[0]
    assert any(line.startswith("! ") and str(place) in line for line in health.report(shared))


def test_everybody_is_the_same_user(shared: Store) -> None:
    """As in some containers: there is nothing that the system could tell apart."""
    mine = os.geteuid()
    first, second = change("created", mine, text="a"), change("description", mine, text="b")
    second.user = "somebody else"
    record(shared, first, second)
    assert "2 logins have the same uid" in level(shared).faults[0]


def test_the_doctor_looks_at_the_trail(store: Store) -> None:
    """What is broken is a line that asks for something."""
    record(store, change("created", os.geteuid(), text="prices"))
    assert "registry   1 changes, their chain is whole" in health.report(store)
    journal = next(iter(store.shelf.volumes().values())).path
    journal.write_bytes(journal.read_bytes().replace(b"prices", b"prices!"[:6].upper()))
    broken = [line for line in health.report(store) if line.startswith("! ")]
    assert any("removed" in line and "'prices'" in line for line in broken)
