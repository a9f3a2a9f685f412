"""Promise 9: a run whose kernel died is shown as KILLED; one whose kernel lives is not."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_mltrack.events import RunStatus, Tag
from jupyter_mltrack.store import Store, shelf
from tests.reliability import Noting
from tests.store.writers import (
    Slots,
    begun,
    contents,
    count,
    die,
    end,
    finished,
    fork,
    join,
    journals,
    kill,
    point,
    values,
)

STATUS = "SELECT status, end_time, duration FROM runs WHERE run_id = ?"


def work(path: Path, ready: Slots, last_word: Callable[[], object]) -> None:
    """Begin a run, log for a fifth of a second, and end in some way."""
    store = Store(path)
    store.append(begun("r"))
    time.sleep(0.2)
    store.append(point("r", 1))
    ready[0] = int(time.time() * 1_000)
    last_word()


DEATHS: dict[str, tuple[Callable[[], object], int]] = {
    "SIGKILL": (die, -signal.SIGKILL),
    "SIGTERM": (lambda: os.kill(os.getpid(), signal.SIGTERM), -signal.SIGTERM),
    "os._exit": (lambda: os._exit(3), 3),
    "sys.exit": (sys.exit, 1),
    "return": (lambda: None, 0),
}


@pytest.mark.parametrize("how", DEATHS)
def test_a_dead_run_is_killed(store: Store, how: str, promise: Noting) -> None:
    """Its end is its last sign of life, its duration is measured by the monotonic clock."""
    last_word, status = DEATHS[how]
    ready = Slots(1)
    child = fork(work, store.path, ready, last_word)
    assert end(child) == status
    start = time.perf_counter()
    ((status, ended, duration),) = store.rows(STATUS, ["r"])
    assert (status, ended) == ("KILLED", pytest.approx(ready[0], abs=20))
    assert 0.2 <= duration < 2
    took = time.perf_counter() - start
    assert took < 5
    promise(9, f"a process that ends by {how}", shown_as="KILLED", after_s=took)


def test_who_wrote_before_a_run_was_resumed_keeps_it_not_alive(store: Store) -> None:
    """A run that we ended, and another process resumed and died in, is killed though we live."""
    store.append_all([begun("r"), point("r", 1), RunStatus("r", "FINISHED", 5, 1.0)])
    store.rows("SELECT 1")

    def resume(path: Path) -> None:
        other = Store(path)
        other.rows("SELECT 1")
        other.append_all([RunStatus("r", "RUNNING"), point("r", 2)])
        die()

    assert end(fork(resume, store.path)) == -signal.SIGKILL
    assert store.rows(STATUS, ["r"])[0][0] == "KILLED"


def check_life_and_death(store: Store) -> None:
    """As long as its process lives a run is RUNNING, whoever looks and how often; then KILLED."""
    ready = Slots(1)
    child = fork(work, store.path, ready, lambda: time.sleep(600))
    ready.wait_for(0, 1)
    try:
        for reader in (store, store, Store(store.path)):
            assert reader.rows(STATUS, ["r"]) == [("RUNNING", None, None)]
    finally:
        kill(child)
    assert store.rows(STATUS, ["r"])[0][0] == "KILLED"


def test_a_living_run_goes_on(store: Store, promise: Noting) -> None:
    """It is not taken for dead, and not for alive when it is dead."""
    check_life_and_death(store)
    promise(9, "looks at a run whose process lives", looks=3, shown_as="RUNNING")


@pytest.mark.parametrize("says", [True, False])
def test_a_store_that_ignores_the_lock_of_a_writer_would_be_seen(
    store: Store, monkeypatch: pytest.MonkeyPatch, says: bool, promise: Noting
) -> None:
    """Mutation check: all journals are taken for alive, or all for dead."""
    monkeypatch.setattr(shelf, "is_locked", lambda _: says)
    with pytest.raises(AssertionError):
        check_life_and_death(store)
    taken = "alive" if says else "dead"
    promise(9, f"mutation: every writer is taken for {taken}", caught="yes")


def test_our_own_run_is_alive(store: Store) -> None:
    """A process does not take itself for dead, until it closes its journal."""
    store.append(begun("r"))
    assert store.rows(STATUS, ["r"])[0][0] == "RUNNING"
    store.close()
    assert store.rows(STATUS, ["r"])[0][0] == "KILLED"


def test_who_writes_a_note_keeps_no_run_alive(store: Store) -> None:
    """A tag that another living process set does not hide that the run's own died."""
    ready = Slots(1)
    child = fork(work, store.path, ready, lambda: time.sleep(600))
    ready.wait_for(0, 1)
    store.append(Tag(run="r", key="mlflow.note.content", text="promising"))
    assert store.rows(STATUS, ["r"])[0][0] == "RUNNING"
    kill(child)
    assert store.rows(STATUS, ["r"])[0][0] == "KILLED"


def test_who_shows_a_run_as_killed_keeps_it_not_alive_later(store: Store) -> None:
    """A resumed run that dies again is KILLED again, although the first reader still lives."""
    join([fork(lambda: Store(store.path).append(begun("r")))])
    assert store.rows(STATUS, ["r"])[0][0] == "KILLED"

    def resume() -> None:
        other = Store(store.path)
        other.rows("SELECT 1")
        other.append(RunStatus(run="r", text="RUNNING"))

    join([fork(resume)])
    assert store.rows(STATUS, ["r"])[0][0] == "KILLED"
    assert store.rows("SELECT len(registers) FROM base.runs") == [(1,)]


def test_a_worker_keeps_its_run_alive(store: Store) -> None:
    """A run that a child logs to goes on when its parent is gone."""
    ready = Slots(1)

    def parent() -> None:
        own = Store(store.path)
        own.append(begun("r"))
        ready[0] = fork(worker, own)
        time.sleep(0.2)

    def worker(own: Store) -> None:
        own.append(point("r", 1))
        time.sleep(1)

    join([fork(parent)])
    assert store.rows(STATUS, ["r"])[0][0] == "RUNNING"
    time.sleep(1.2)
    assert store.rows(STATUS, ["r"])[0][0] == "KILLED"


@pytest.mark.parametrize("ended_before", [True, False])
def test_a_run_that_ends_during_a_fold_ends_well(store: Store, ended_before: bool) -> None:
    """What a process logs and how it ends while others fold is neither lost nor overruled."""
    go, ready = Slots(1), Slots(1)

    def train() -> None:
        own = Store(store.path)
        own.append_all([begun("r"), point("r", 0), *[finished("r")] * ended_before])
        ready[0] = 1
        go.wait_for(0, 1)
        own.append_all([point("r", 1), finished("r")])

    child = fork(train)
    ready.wait_for(0, 1)

    def let_it_end(name: str, statement: str) -> None:
        if name == "begin" and not go[0]:
            go[0] = 1
            assert end(child) == 0

    store.journal.observe(1_000)  # what the reader says of the run would come last
    store.folding.tracer = let_it_end
    for _ in range(3):
        store.fold()
        store.finish_sealing()
    assert store.rows(STATUS, ["r"])[0][0] == "FINISHED"
    assert values(store, "r") == [0, 1]
    store.rebuild()
    assert values(store, "r") == [0, 1]


def test_a_line_that_is_completed_during_a_fold_is_whole(store: Store) -> None:
    """A writer that was seen alive may be within a line, and dead when the line is read."""
    store.append_all([begun("r"), point("r", 1), point("r", 2)])
    (path,) = journals(store)
    text = path.read_bytes()
    os.truncate(path, len(text) - 20)

    def complete(name: str, statement: str) -> None:
        if name == "begin" and path.stat().st_size < len(text):
            with path.open("ab") as file:
                file.write(text[-20:])
            store.close()

    store.folding.tracer = complete
    store.fold()
    assert values(store, "r") == [1, 2]
    assert count(store, "quarantine") == 0


def test_finished_journals_are_sealed(store: Store) -> None:
    """Dead and folded ones are compressed; the store reads and rebuilds the same from them."""
    for name in "abc":
        join([fork(work, store.path, Slots(1), lambda: None)])
        store.append_all([begun(name), point(name, 1), finished(name)])
        store.close()
    store.fold()
    store.finish_sealing()
    store.fold()
    store.finish_sealing()
    before = contents(store)
    assert len(list((store.folder / "sealed").glob("*.gz"))) >= 6
    store.close()
    store.rebuild()
    assert contents(store) == before
    assert count(store) == 6


def test_a_sealed_store_may_be_moved(tmp_path: Path) -> None:
    """Nothing in a store knows where it is."""
    (tmp_path / "here").mkdir()
    store = Store(tmp_path / "here" / "m.duckdb")
    store.append_all([begun("r"), point("r", 1), finished("r")])
    store.close()
    store.fold()
    store.finish_sealing()
    before = contents(store)
    shutil.move(tmp_path / "here", tmp_path / "there")
    assert contents(Store(tmp_path / "there" / "m.duckdb")) == before


def test_sealing_and_reading_at_once(tmp_path: Path) -> None:
    """Readers that begin from nothing miss no journal while another process seals them."""
    path = tmp_path / "m.duckdb"
    for i in range(60):
        store = Store(path)
        store.append_all([begun(f"r{i}"), point(f"r{i}", i), finished(f"r{i}")])
        store.journal.close()

    def read_anew() -> None:
        store = Store(path)
        for _ in range(8):
            with store._holding(), store._open_in_memory(store.shelf.volumes()) as connection:
                assert connection.execute("SELECT count(*) FROM metrics").fetchall() == [(60,)]

    readers = [fork(read_anew) for _ in range(2)]
    store = Store(path)
    store.fold()
    store.finish_sealing()
    join(readers)
    assert count(store) == 60


def test_a_living_journal_is_never_sealed(store: Store) -> None:
    """Not even if asked to."""
    store.append_all([begun("r"), point("r", 1)])
    store.shelf.seal_all(list(store.shelf.volumes().values()))
    assert len(journals(store)) == 1
    assert values(store, "r") == [1]
