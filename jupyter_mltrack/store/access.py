"""Who can do what to a store, and what keeps them from more: the level that the doctor names.

``single user``
    Private: the system keeps everybody else out. All processes of the user have the same rights.
``shared, OS-enforced``
    The group logs and reads; the system says whose a journal is, and the rules count for all.
``guard-rail only``
    Rules keep honest programs from mistakes, and nobody who wants to get past them.
"""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mltrack.store.sharing import is_shared, owner_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jupyter_mltrack.store.store import Store

SINGLE, ENFORCED, GUARD_RAIL = "single user", "shared, OS-enforced", "guard-rail only"

_PEOPLE = """
    SELECT count(DISTINCT user_id), count(DISTINCT author), min(author)
    FROM base.registry_events WHERE refused IS NULL"""
_APPROVED = """
    SELECT count(*) FROM registry_events_at(NULL) WHERE field = 'approvers' AND text IS NOT NULL"""


class Level(NamedTuple):
    """What keeps others out, and what it cannot do.

    Attributes:
        name: One of those above.
        limits: What it cannot do, each in a sentence.
        faults: What makes it weaker than it was meant to be, each in a sentence.
    """

    name: str
    limits: list[str]
    faults: list[str]


def level(store: Store) -> Level:
    """The level of a store."""
    if not is_shared(store.folder):
        return _of_private(store)
    faults = [*_open_folders(store), *_one_for_all(store)]
    limits = [
        "the database is a cache that the whole group writes: `mltrack rebuild` makes it anew",
        "`mltrack audit verify` reads the journals, and compares the database with them",
        f"the owner (uid {owner_of(store.folder)}) can remove everybody's journals: audit finds it",
        "artifacts can be replaced by the group; their SHA-256 is checked when they are loaded",
        "root, and whoever can become another user, can do everything",
    ]
    return Level(GUARD_RAIL if faults else ENFORCED, limits, faults)


def _of_private(store: Store) -> Level:
    others = [path for path in (store.path, store.folder, store.artifacts) if _others_may(path)]
    faults = [
        f"{path} can be read by other users of this machine: chmod -R go= {path}" for path in others
    ]
    if store.rows(_APPROVED)[0][0]:
        said = "approvers bind honest programs only: all processes here have the same rights"
        return Level(GUARD_RAIL, [said], faults)
    return Level(GUARD_RAIL if others else SINGLE, [], faults)


def _open_folders(store: Store) -> Iterator[str]:
    """Where somebody could remove or rename what belongs to somebody else."""
    for folder in (store.folder, store.folder / "sealed"):
        if folder.is_dir() and not folder.stat().st_mode & stat.S_ISVTX:
            yield f"{folder} is not sticky, so the group can remove others' journals: chmod +t it"
    above = store.folder.parent.stat().st_mode
    if above & (stat.S_IWGRP | stat.S_IWOTH) and not above & stat.S_ISVTX:
        yield (
            f"{store.folder.parent} is not sticky, so others can put another folder in the place of"
            f" the journals: chmod +t {store.folder.parent}"
        )
    for volume in store.shelf.volumes().values():
        if volume.path.exists() and volume.path.stat().st_mode & (stat.S_IWGRP | stat.S_IWOTH):
            yield f"others can write the journal {volume.path}: chmod go-w {volume.path}"


def _one_for_all(store: Store) -> Iterator[str]:
    """Whether several people work as one user."""
    logins, uids, first = store.rows(_PEOPLE)[0]
    if logins > 1 and uids == 1:
        yield f"{logins} logins have the same uid {first}: the system cannot tell them apart"


def _others_may(path: Path) -> bool:
    try:
        return bool(stat.S_IMODE(path.stat().st_mode) & 0o077)
    except FileNotFoundError:
        return False
