"""Promise 6: the database file is a cache; whatever happens to it, nothing is lost."""

from __future__ import annotations

import json
import os
import random
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.store import Store, shelf
from jupyter_mltrack.store.database import Database
from tests.reliability import Noting
from tests.store.writers import (
    begun,
    contents,
    count,
    dump,
    end,
    fork,
    join,
    journals,
    one_of_each,
    point,
    values,
)

Dice = random.Random
Damage = Callable[[Path, Dice], None]


def fill(path: Path) -> None:
    """A store with some of everything, folded twice; ``old`` beside it is its first state."""
    for name in "abc":
        store = Store(path)
        store.append_all(one_of_each(name))
        store.append_all([point(name, i, key=f"k{i % 50}", step=i) for i in range(100)])
        store.close()
        store.fold()
        store.finish_sealing()
        if name == "b":
            shutil.copy(path, path.with_name("old"))
    store.append(point("a", 1))
    store.journal.close()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of such a store, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    join([fork(fill, folder / "m.duckdb")])
    return folder


@pytest.fixture(scope="module")
def expected(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What an undamaged copy holds."""
    folder = tmp_path_factory.mktemp("undamaged") / "copy"
    shutil.copytree(template, folder)
    return contents(Store(folder / "m.duckdb"))


def overwrite(path: Path, start: int, data: bytes) -> None:
    """Put other bytes into a file."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(data)


def flip_a_byte(path: Path, dice: Dice) -> None:
    """One byte somewhere is another one."""
    place = dice.randrange(path.stat().st_size)
    overwrite(path, place, bytes([path.read_bytes()[place] ^ dice.randrange(1, 256)]))


def flip_in_the_head(path: Path, dice: Dice) -> None:
    """One byte of the headers is another one."""
    place = dice.randrange(3 * 4096)
    overwrite(path, place, bytes([path.read_bytes()[place] ^ dice.randrange(1, 256)]))


def truncate(path: Path, dice: Dice) -> None:
    """The end is missing."""
    os.truncate(path, dice.randrange(path.stat().st_size))


def zero_a_block(path: Path, dice: Dice) -> None:
    """A block of the disk came back empty."""
    overwrite(path, dice.randrange(path.stat().st_size // 4096) * 4096, bytes(4096))


def scramble_blocks(path: Path, dice: Dice) -> None:
    """Several blocks hold something else."""
    for _ in range(8):
        place = dice.randrange(path.stat().st_size // 4096) * 4096
        overwrite(path, place, dice.randbytes(4096))


def remove(path: Path, dice: Dice) -> None:
    """It is gone."""
    path.unlink()


def empty(path: Path, dice: Dice) -> None:
    """It is there and has no bytes."""
    os.truncate(path, 0)


def rubbish(path: Path, dice: Dice) -> None:
    """It is something else."""
    path.write_bytes(dice.randbytes(50_000))


def an_older_copy(path: Path, dice: Dice) -> None:
    """Somebody restored a backup."""
    shutil.copy(path.with_name("old"), path)


def an_older_copy_and_a_log(path: Path, dice: Dice) -> None:
    """Somebody restored a backup, and a log of a later time is still there."""
    shutil.copy(path.with_name("old"), path)
    leave_a_log(path, path)


def a_log_of_rubbish(path: Path, dice: Dice) -> None:
    """Beside it is a log that is none."""
    path.with_name("m.duckdb.wal").write_bytes(dice.randbytes(5_000))


def a_cut_log(path: Path, dice: Dice) -> None:
    """Beside it is the log of a fold that was killed, and its end is missing."""
    leave_a_log(path, path)
    log = path.with_name("m.duckdb.wal")
    os.truncate(log, dice.randrange(log.stat().st_size))


def a_flipped_log(path: Path, dice: Dice) -> None:
    """Beside it is the log of a fold that was killed, with one byte changed."""
    leave_a_log(path, path)
    flip_a_byte(path.with_name("m.duckdb.wal"), dice)


def leave_a_log(path: Path, target: Path) -> None:
    """Make a log as a process leaves it that is killed just after its commit."""
    scratch = path.with_name("scratch")
    shutil.copytree(path.parent, scratch)

    def fold() -> None:
        from jupyter_mltrack.store import store as module

        store = Store(scratch / path.name)
        module.watermarks = lambda *_: os._exit(7)  # type: ignore[assignment]
        store.fold()

    assert end(fork(fold)) == 7
    shutil.copy(scratch / f"{path.name}.wal", target.with_name(f"{target.name}.wal"))
    shutil.rmtree(scratch)


DAMAGES: list[tuple[Damage, int]] = [
    (flip_a_byte, 12),
    (flip_in_the_head, 6),
    (truncate, 8),
    (zero_a_block, 6),
    (scramble_blocks, 4),
    (remove, 1),
    (empty, 1),
    (rubbish, 2),
    (an_older_copy, 1),
    (an_older_copy_and_a_log, 1),
    (a_log_of_rubbish, 3),
    (a_cut_log, 3),
    (a_flipped_log, 3),
]


def read_and_save(path: Path, found: Path) -> None:
    """Read a store in a process of its own, in case the damage takes the process down."""
    found.write_text(json.dumps(contents(Store(path))))


def damage_often(template: Path, folder: Path, expected: Any, times: int = 1) -> tuple[int, int]:
    """Damage copies of the store in every way; gives how many ways and how many died of it.

    With ``times`` 0 once in each way.
    """
    tried = deaths = 0
    for damage, repetitions in DAMAGES:
        for seed in range(repetitions * times or 1):
            path = folder / "m.duckdb"
            shutil.copytree(template, folder, dirs_exist_ok=True)
            damage(path, random.Random(seed))
            found = folder / "found"
            if end(fork(read_and_save, path, found)) != 0:
                deaths += 1
                assert end(fork(read_and_save, path, found)) == 0, f"{damage.__name__} {seed}"
            assert json.loads(found.read_text()) == expected, f"{damage.__name__} {seed}"
            tried += 1
            shutil.rmtree(folder)
    return tried, deaths


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("times", [0, pytest.param(5, marks=pytest.mark.nightly)])
def test_a_damaged_database_is_made_anew(
    template: Path,
    expected: dict[str, list[str]],
    tmp_path: Path,
    times: int,
    promise: Noting,
) -> None:
    """However it was damaged, the next reader finds exactly what was there."""
    tried, deaths = damage_often(template, tmp_path / "copy", expected, times)
    assert tried >= (50 if times else len(DAMAGES))
    what = "the database file cut, flipped, zeroed, deleted, replaced; each in 13 ways"
    promise(6, what, damages=tried, differences=0, readers_that_died_first=deaths)


def all_is_well(*_: object) -> None:
    """What a look at the database says that sees no damage."""


@pytest.mark.parametrize("fault", ["damage is not looked for", "sealed journals are passed over"])
def test_a_store_that_believes_its_database_would_be_seen(
    template: Path,
    expected: dict[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    fault: str,
    promise: Noting,
) -> None:
    """Mutation check: without the search for damage, or with half of the journals."""
    if fault.startswith("damage"):
        monkeypatch.setattr(Database, "damage", all_is_well)
        monkeypatch.setattr(Database, "set_aside", all_is_well)
    else:
        monkeypatch.setattr(shelf, "_SEALED", ".of-nobody")
    with pytest.raises(AssertionError):
        damage_often(template, tmp_path / "copy", expected)
    promise(6, f"mutation: {fault}", caught="yes")


def test_a_database_that_is_damaged_under_a_living_reader(
    template: Path, expected: dict[str, list[str]], tmp_path: Path
) -> None:
    """A store object that has read before notices that the file is another one."""
    shutil.copytree(template, tmp_path / "copy")
    store = Store(tmp_path / "copy" / "m.duckdb")
    for damage in (an_older_copy, remove, rubbish, an_older_copy):
        assert contents(store) == expected
        damage(store.path, random.Random(1))
    assert contents(store) == expected


def test_damage_that_only_a_query_meets(template: Path, tmp_path: Path) -> None:
    """All ways to ask recover, also those that hold the connection themselves."""
    shutil.copytree(template, tmp_path / "copy")
    store = Store(tmp_path / "copy" / "m.duckdb")
    points = count(store)
    store.finish_sealing()
    count(store)
    for place in range(12_288, store.path.stat().st_size, 4096):
        overwrite(store.path, place + 100, b"damage")
    store._state = store._database.state()  # it has not noticed
    assert store.records("SELECT sum(value) IS NOT NULL AS ok FROM metric_history") == [
        {"ok": True}
    ]
    assert count(store) == points
    assert len(list(store.path.parent.glob("m.damaged-*.duckdb"))) == 1


def test_a_bad_question_is_no_damage(store: Store) -> None:
    """A query that fails by itself leaves the database alone."""
    store.append(begun("r"))
    for query in [
        "SELECT nonsense",
        "SELECT * FROM 'x.csv'",
        "SELECT error('no')",
        "COPY runs TO 'x'",
    ]:
        with pytest.raises(Exception, match="Error"):
            store.rows(query)
    assert list(store.path.parent.glob("*damaged*")) == []


def test_a_full_disk_is_no_damage(template: Path, tmp_path: Path) -> None:
    """Against a full disk, what is there is read and nothing is thrown away."""
    shutil.copytree(template, tmp_path / "copy")
    path = tmp_path / "copy" / "m.duckdb"

    def look() -> None:
        store = Store(path)
        refuse_writes(store)
        assert count(store) == 370
        assert list(path.parent.glob("*damaged*")) == []

    assert end(fork(look)) == 0


def refuse_writes(store: Store) -> None:
    """Let DuckDB fail as on a full disk when it folds into the file."""

    def tracer(name: str, statement: str) -> None:
        if name == "commit" and store.folding.tracer is not None:
            store.folding.tracer = None
            import duckdb

            msg = 'IO Error: Could not write file "m.duckdb": No space left on device'
            raise duckdb.IOException(msg)

    store.folding.tracer = tracer


def test_rebuild_refuses_when_journals_are_gone(store: Store) -> None:
    """It would lose what only the database still knows; with force it does so."""
    for name in "ab":
        store.append_all([begun(name), point(name, 1)])
        store.close()
    store.fold()
    store.finish_sealing()
    next(iter((store.folder / "sealed").glob("*.gz"))).unlink()
    with pytest.raises(StoreError, match="1 journals that mltrack"):
        store.rebuild()
    assert count(store) == 2
    store.rebuild(force=True)
    assert count(store) == 1


def test_rebuild_refuses_when_a_journal_was_cut(store: Store) -> None:
    """A journal that is shorter than what was folded of it counts as gone."""
    store.append_all([begun("r"), point("r", 1)])
    store.fold()
    (path,) = journals(store)
    os.truncate(path, path.stat().st_size - 10)
    with pytest.raises(StoreError, match="gone"):
        store.rebuild()
    assert values(store, "r") == [1]


def test_a_damaged_archive_costs_no_other_journal(store: Store) -> None:
    """What cannot be unpacked is quarantined; the rest of the store is made anew."""
    for name in "ab":
        store.append_all([begun(name), *(point(name, i) for i in range(1_000))])
        store.close()
        store.fold()
        store.finish_sealing()
    first = min((store.folder / "sealed").glob("*.gz"))
    os.truncate(first, first.stat().st_size // 2)
    overwrite(first, first.stat().st_size - 50, bytes(20))
    store.rebuild()
    assert count(store) >= 1_000
    assert count(store, "quarantine") >= 1
    assert store.rows("SELECT max(count) FROM metrics") == [(1_000,)]


@pytest.mark.parametrize("runs", [20, pytest.param(80, marks=pytest.mark.nightly)])
def test_how_fast_a_rebuild_is(store: Store, runs: int, promise: Noting) -> None:
    """10,000 points of each run; the result is identical, 800,000 points take at most 5 s."""
    for name in range(runs):
        store.append(begun(f"r{name}"))
        store.append_all([point(f"r{name}", i, step=i) for i in range(10_000)])
    query = "SELECT count(*), sum(hash(h)) FROM metric_history AS h"
    before = store.rows(query)
    start = time.perf_counter()
    store.rebuild()
    took = time.perf_counter() - start
    assert store.rows(query) == before
    assert took < 5
    promise(6, "a rebuild from the journals", points=runs * 10_000, seconds=took, differences=0)


def test_dump_sees_a_missing_row(store: Store) -> None:
    """Mutation check: the comparison used here notices a single point."""
    store.append_all([begun("r"), point("r", 1)])
    with store.reading() as connection:
        before = dump(connection)
    store.append(point("r", 2))
    assert contents(store) != before
