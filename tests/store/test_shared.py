"""A store that a group shares: everybody logs and reads, and nobody speaks for another."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from jupyter_mltrack.artifacts import LocalFolder
from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.store import Store, numbers
from jupyter_mltrack.store.sharing import is_shared, writer_of
from tests.store.people import ADA, BOB, GROUP, OWNER, meeting_place, needs_root, well
from tests.store.writers import begun, fork, join, point

pytestmark = needs_root


@pytest.fixture(scope="module", autouse=True)
def _loaded(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The modules that the users need are loaded: they may not read those of root."""
    use(tmp_path_factory.mktemp("once") / "m.duckdb", "r", 0o022)


@pytest.fixture
def path() -> Iterator[Path]:
    """Where the store of the group will be."""
    with meeting_place() as folder:
        yield folder / "team.duckdb"


def use(path: Path, run: str, umask: int = 0o077) -> None:
    """Log, fold, seal, count, store a file."""
    os.umask(umask)
    for part in "ab":
        store = Store(path)
        store.append_all([begun(f"{run}{part}"), point(f"{run}{part}", 1)])
        assert numbers.take(store.folder, "1", lambda: 0) > 0
        store.close()
        store.fold()
        store.finish_sealing()
    home = store.artifacts / "0" / f"{run}a" / "artifacts"
    LocalFolder(home).put(Path(__file__), "deep/file.py")


def modes(folder: Path) -> dict[str, str]:
    """The mode of everything, by a name in which what is random is a star."""
    found = {}
    for place in folder.rglob("*"):
        name = "*.ndjson" if place.suffix == ".ndjson" else place.name
        name = "*.gz" if place.suffix == ".gz" else name
        found[name] = oct(stat.S_IMODE(place.stat().st_mode))
        assert place.stat().st_gid == GROUP, place
    return found


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_the_modes(path: Path, umask: int) -> None:
    """As `sharing` says, whatever the umask; nothing is open to the rest of the machine."""
    well(OWNER, use, path, "o", umask)
    found = modes(path.parent)
    assert found["team.journal"] == found["sealed"] == found["numbers"] == "0o3770"
    assert found["team.artifacts"] == found["deep"] == found["0"] == "0o2770"
    assert found["team.duckdb"] == found["lock"] == found["turn"] == found["1"] == "0o660"
    assert found["*.gz"] == found["file.py"] == found["shared"] == found["format"] == "0o640"
    assert not [name for name, mode in found.items() if int(mode, 8) & 0o007]


def test_everybody_logs_and_reads(path: Path) -> None:
    """One store, three users; each seals their own journals only."""

    def all_there() -> None:
        assert Store(path).rows("SELECT count(*) FROM runs") == [(6,)]

    for uid in (OWNER, ADA, BOB):
        well(uid, use, path, f"r{uid}")
    for uid in (OWNER, ADA, BOB):
        well(uid, all_there)
    for file in path.with_suffix(".journal").rglob("*.ndjson*"):
        name = file.name.partition(".")[0]
        assert writer_of(name.rpartition("-")[2]) == file.stat().st_uid, file


def test_nobody_touches_the_journal_of_another(path: Path) -> None:
    """Neither write nor cut nor rename nor remove, in whatever folder it is."""
    well(ADA, use, path, "a")

    def tamper() -> None:
        for file in path.with_suffix(".journal").rglob("*.ndjson*"):
            for attempt in (
                lambda one: one.open("ab"),
                lambda one: os.truncate(one, 0),
                lambda one: one.rename(one.with_name("x")),
                lambda one: one.unlink(),
                lambda one: one.chmod(0o666),
            ):
                with pytest.raises(PermissionError):
                    attempt(file)
        with pytest.raises(PermissionError):
            path.with_suffix(".journal").rename(path.with_suffix(".mine"))

    well(BOB, tamper)


def test_a_file_under_the_name_of_another_is_no_journal(path: Path) -> None:
    """The name says whose it must be, and the system says whose it is."""
    well(ADA, use, path, "a")

    def pose() -> None:
        store = Store(path)
        names = set(store.shelf.volumes())
        name = next(iter(names))
        for fake in (f"{name}.ndjson", f"host-1-1-{name.rpartition('-')[2]}.ndjson"):
            with suppress(PermissionError):  # it is there
                (store.folder / fake).write_bytes(b"")
        (store.folder / "sealed" / f"{name}.0.ndjson.gz").write_bytes(b"")
        assert set(store.shelf.volumes()) == names
        assert all(one.owner == ADA for one in store.shelf.volumes().values())

    well(BOB, pose)


def test_who_is_not_in_the_group_sees_nothing(path: Path) -> None:
    """The folders are closed to everybody else."""
    well(OWNER, use, path, "o")

    def stranger() -> None:
        os.setgroups([])
        os.setresgid(61999, 61999, 61999)
        os.setresuid(61999, 61999, 61999)
        for place in (path.parent, path.with_suffix(".journal")):
            with pytest.raises(PermissionError):
                list(place.iterdir())

    join([fork(stranger)])


def test_a_private_store_stays_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a store is was settled when it was made; the variable is for new ones."""
    store = Store(tmp_path / "m.duckdb")
    store.append(begun("r"))
    store.close()
    monkeypatch.setenv("MLTRACK_SHARED", "1")
    again = Store(tmp_path / "m.duckdb")
    again.append(begun("s"))
    again.fold()
    assert not is_shared(again.folder)
    assert stat.S_IMODE(again.folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(again.path.stat().st_mode) == 0o600
    again.close()


@pytest.mark.parametrize("group", ["no such group", "0x"])
def test_a_group_that_there_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, group: str
) -> None:
    """It is said, and nothing is made."""
    monkeypatch.setenv("MLTRACK_SHARED", group)
    store = Store(tmp_path / "m.duckdb")
    with pytest.raises(StoreError, match="MLTRACK_SHARED names the group"):
        store.fold()
    assert list(tmp_path.iterdir()) == []
