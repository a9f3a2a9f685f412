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
from tests.reliability import Noting
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
    """The names of the statements of one fold, for each of its bites."""
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


def check_deaths(
    template: Path, expected: dict[str, list[str]], folder: Path, every: int = 1
) -> int:
    """Kill folds before and after statements; whoever reads next finds the exact state."""
    steps = [*steps_of_a_fold(template, folder / "counted"), "the end"]
    chosen = list(enumerate(steps))[::-every]  # the last one always
    for at, step in chosen:
        path = folder / "copy" / "m.duckdb"
        shutil.copytree(template, path.parent)
        assert end(fork(fold_and_die, path, at)) == -signal.SIGKILL
        store = Store(path)
        assert contents(store) == expected, f"killed before {step}"
        store.finish_sealing()
        shutil.rmtree(path.parent)
    return len(chosen)


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    ("bite", "every"),
    [
        (32_000_000, 4),
        pytest.param(32_000_000, 1, marks=pytest.mark.nightly),
        pytest.param(3_000, 1, marks=pytest.mark.nightly),
    ],
)
def test_a_fold_may_die_before_and_after_every_statement(
    template: Path,
    expected: dict[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    bite: int,
    every: int,
    promise: Noting,
) -> None:
    """Whoever reads next finds the state of an undisturbed store; with one bite or with many."""
    monkeypatch.setattr("jupyter_mltrack.store.bite.BITE", bite)
    places = check_deaths(template, expected, tmp_path, every)
    promise(5, "killed before and after each statement of a fold", places=places, differences=0)


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
    shelf.sync_folder = lambda *_: die()


def after_the_first(store: Store) -> None:
    """Die when one of several journals is sealed."""
    seal = store.shelf.seal
    store.shelf.seal = lambda volume: (seal(volume), die())  # type: ignore[method-assign]


@pytest.mark.parametrize("patch", [before_the_rename, before_the_unlink, after_the_first])
def test_sealing_may_die_anywhere(
    template: Path,
    expected: dict[str, list[str]],
    tmp_path: Path,
    patch: Callable[[Store], None],
    promise: Noting,
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
    promise(5, "killed at each step of sealing a journal", places=3, differences=0)


@pytest.mark.parametrize("missing", ["put_watermarks", "drop_touched"])
def test_without_a_statement_the_harness_goes_red(
    template: Path,
    expected: dict[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    missing: str,
    promise: Noting,
) -> None:
    """Mutation check: with the watermark switched off, what was folded is folded again."""
    without = {name: text for name, text in statements.fold().items() if name != missing}
    monkeypatch.setattr(fold.statements, "fold", lambda: without)
    undisturbed(template, tmp_path)
    assert contents(Store(tmp_path / "m.duckdb")) != expected
    promise(5, f"mutation: a fold without {missing}", caught="yes")


#: The statements that move the watermarks; they need only what was read.
WATERMARK = "note_progress take_watermarks drop_watermarks put_watermarks".split()


@pytest.mark.parametrize("when", ["before", "after"])
def test_a_watermark_with_a_commit_of_its_own_would_be_seen(
    template: Path,
    expected: dict[str, list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    when: str,
    promise: Noting,
) -> None:
    """Mutation check: rows and watermark committed one after the other, in either order."""
    whole = statements.fold()
    read = {name: text for name, text in whole.items() if name.startswith("read_")}
    mark = {name: whole[name] for name in WATERMARK}
    rest = {name: text for name, text in whole.items() if name not in read | mark}
    split = read | mark | rest if when == "before" else read | rest | mark
    split["put_watermarks" if when == "before" else "forget_artifacts"] += "; COMMIT; BEGIN"
    monkeypatch.setattr(fold.statements, "fold", lambda: split)
    with pytest.raises(AssertionError, match="killed before"):
        check_deaths(template, expected, tmp_path)
    promise(5, f"mutation: the watermark is committed {when} the rows", caught="yes")


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


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize(
    ("kills", "together"), [(30, 4), pytest.param(200, 6, marks=pytest.mark.nightly)]
)
def test_kills_among_writers_that_fold(
    tmp_path: Path, kills: int, together: int, promise: Noting
) -> None:
    """Several processes write and fold and are killed: each point once, all runs KILLED."""
    points = disturb(tmp_path / "m.duckdb", kills, together)
    what = "kills among processes that write and fold"
    promise(5, what, kills=kills, at_once=together, points=points, lost=0, doubled=0)
