"""Promise 5: every point counts exactly once, whatever dies during a fold."""

from __future__ import annotations

import os
import random
import shutil
import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mltrack.store import Store, fold, shelf, statements
from jupyter_mltrack.store import store as store_module
from tests.store.writers import (
    Slots,
    begun,
    contents,
    count,
    die,
    end,
    fork,
    join,
    kill,
    one_of_each,
    point,
)


def two_generations(path: Path) -> None:
    """A store that is folded in part: two journals of dead writers, and more since."""
    for names in ("ab", "cd"):
        for name in names:
            store = Store(path)
            store.append_all([*one_of_each(name), *(point("a", i) for i in range(10))])
            store.journal.close()
        if names == "ab":
            store.fold()
            store.finish_sealing()


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of such a store, to be copied."""
    folder = tmp_path_factory.mktemp("template")
    join([fork(two_generations, folder / "m.duckdb")])
    return folder


@pytest.fixture(scope="module")
def expected(template: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    """What a store that nobody disturbed holds."""
    return undisturbed(template, tmp_path_factory.mktemp("undisturbed"))


def undisturbed(template: Path, folder: Path) -> dict[str, list[str]]:
    """The contents of a copy of the store."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    return contents(Store(folder / "m.duckdb"))


def steps_of_a_fold(template: Path, folder: Path) -> list[str]:
    """The names of the statements of one fold."""
    shutil.copytree(template, folder, dirs_exist_ok=True)
    steps: list[str] = []
    store = Store(folder / "m.duckdb")
    store.folding.tracer = lambda name, _: steps.append(name)
    store.fold()
    store.finish_sealing()
    return steps


def fold_and_die(path: Path, at: int) -> None:
    """Fold, but be killed just before a statement; one past the last is after the commit."""
    store = Store(path)
    steps = iter(range(at + 1))
    store.folding.tracer = lambda *_: None if next(steps) < at else die()
    store_module.watermarks = lambda *_: die()  # type: ignore[assignment]
    store.fold()


def test_a_fold_may_die_before_and_after_every_statement(
    template: Path, expected: dict[str, list[str]], tmp_path: Path
) -> None:
    """Whoever reads next finds the state of an undisturbed store."""
    steps = steps_of_a_fold(template, tmp_path / "counted")
    for at in range(len(steps) + 1):
        path = tmp_path / str(at) / "m.duckdb"
        shutil.copytree(template, path.parent)
        assert end(fork(fold_and_die, path, at)) == -signal.SIGKILL
        assert contents(Store(path)) == expected, f"killed before {[*steps, 'the end'][at]}"
    print(f"\nkilled at {len(steps) + 1} places of a fold: each time the exact state")


def fold_seal_and_die(path: Path, patch: Callable[[Store], None]) -> None:
    """Fold and seal, but be killed at a point of the sealing."""
    store = Store(path)
    patch(store)
    store.fold()
    store.finish_sealing()


def before_the_rename(store: Store) -> None:
    """Die when the archive is written and not yet synced."""
    os.fsync = lambda *_: die()


def before_the_unlink(store: Store) -> None:
    """Die when the archive has its name and the plain journal is still there."""
    shelf._sync_folder = lambda *_: die()


def after_the_first(store: Store) -> None:
    """Die when one of several journals is sealed."""
    seal = store.shelf.seal
    store.shelf.seal = lambda volume: (seal(volume), die())  # type: ignore[method-assign]


@pytest.mark.parametrize("patch", [before_the_rename, before_the_unlink, after_the_first])
def test_sealing_may_die_anywhere(
    template: Path, expected: dict[str, list[str]], tmp_path: Path, patch: Callable[[Store], None]
) -> None:
    """One whole copy of each journal is there at every instant; in the end all are sealed."""
    path = tmp_path / "copy" / "m.duckdb"
    shutil.copytree(template, path.parent)
    assert end(fork(fold_seal_and_die, path, patch)) == -signal.SIGKILL
    store = Store(path)
    assert contents(store) == expected
    store.finish_sealing()
    assert list(store.folder.glob("*.ndjson")) == []
    assert len(list((store.folder / "sealed").glob("*.gz"))) == 4
    store.rebuild()
    assert contents(store) == expected


@pytest.mark.parametrize("missing", ["put_watermarks", "drop_touched"])
def test_without_a_statement_the_harness_goes_red(
    template: Path,
    expected: dict[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
) -> None:
    """Mutation check: with the watermark switched off, what was folded is folded again."""
    without = {name: text for name, text in statements.fold().items() if name != missing}
    monkeypatch.setattr(fold.statements, "fold", lambda: without)
    undisturbed(template, tmp_path)
    assert contents(Store(tmp_path / "m.duckdb")) != expected


# Kills among many ------------------------------------------------------------------------------


def log_and_fold(path: Path, run: str, acknowledged: Slots, slot: int) -> None:
    """Log 20 points, fold, and so on, until killed."""
    store = Store(path)
    store.append(begun(run))
    number = 0
    while True:
        for _ in range(20):
            store.append(point(run, number, step=number))
            number += 1
            acknowledged[slot] = number
        store.fold()


def disturb(path: Path, kills: int, together: int) -> int:
    """Kill one of several writers at a time and start another; gives the points acknowledged."""
    dice = random.Random(5)
    acknowledged = Slots(kills + together)
    children: list[int] = []
    for slot in range(kills + together):
        children.append(fork(log_and_fold, path, f"r{slot}", acknowledged, slot))
        acknowledged.wait_for(slot, 20)
        if len(children) > together:
            time.sleep(dice.uniform(0, 0.15))
            kill(children.pop(dice.randrange(together)))
    [kill(child) for child in children]
    store = Store(path)
    query = (
        "SELECT run_id, count(*), count(DISTINCT value), max(value) FROM metric_history GROUP BY 1"
    )
    for run, stored, different, highest in store.rows(query):
        assert stored == different == highest + 1 >= acknowledged[int(run[1:])]
    assert count(store, "metrics") == kills + together
    assert store.rows("SELECT DISTINCT status FROM runs") == [("KILLED",)]
    return sum(acknowledged[slot] for slot in range(kills + together))


def test_kills_among_writers_that_fold(tmp_path: Path) -> None:
    """30 kills among four processes that write and fold: each point once, all runs KILLED."""
    points = disturb(tmp_path / "m.duckdb", kills=30, together=4)
    print(f"\n34 kills among 4 writers and folders, {points:,} points: exact")


@pytest.mark.nightly
def test_kills_among_writers_that_fold_at_length(tmp_path: Path) -> None:
    """300 kills among six."""
    points = disturb(tmp_path / "m.duckdb", kills=300, together=6)
    print(f"\n306 kills among 6 writers and folders, {points:,} points: exact")
