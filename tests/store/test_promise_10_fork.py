"""Promise 10: fork, spawn, threads, Ctrl-C: nothing lost, doubled or mixed."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import msgspec
import pytest

from jupyter_mltrack.store import Store
from jupyter_mltrack.store.lines import is_whole
from tests.reliability import Noting
from tests.store.writers import (
    Slots,
    begun,
    contents,
    count,
    end,
    fork,
    join,
    journals,
    point,
    values,
)


def writers_of(store: Store) -> dict[str, set[int]]:
    """Which processes logged to each run, by the journals' headers."""
    found: dict[str, set[int]] = {}
    for path in journals(store):
        head, *lines = [msgspec.json.decode(line) for line in path.read_bytes().splitlines()]
        for line in lines:
            found.setdefault(line["run"], set()).add(head["pid"])
    return found


def log(store: Store, run: str, points: int = 500) -> None:
    """Log the numbers from 0 on."""
    for i in range(points):
        store.append(point(run, i))


def check_children_have_journals(store: Store) -> None:
    """Parent and children log through one Store object, each to its own file."""
    store.append(begun("parent"))
    children = [fork(log, store, f"child {i}") for i in range(4)]
    log(store, "parent")
    join(children)
    writers = writers_of(store)
    assert writers["parent"] == {os.getpid()}
    assert [writers[f"child {i}"] for i in range(4)] == [{child} for child in children]
    assert all(values(store, run) == list(range(500)) for run in writers)


def test_a_child_has_a_journal_of_its_own(store: Store, promise: Noting) -> None:
    """What a child logs is neither lost nor mixed with what its parent logs."""
    check_children_have_journals(store)
    promise(10, "children forked from a process that logs", children=4, lost=0, mixed=0)


def test_a_store_that_does_not_survive_forks_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: without its hooks, a child writes to the journal of its parent."""
    monkeypatch.setattr(Store, "after_fork_in_child", Store.after_fork_in_parent)
    store = Store(tmp_path / "m.duckdb")
    with pytest.raises(AssertionError):
        check_children_have_journals(store)
    store.close()
    promise(10, "mutation: a forked child keeps the journal of its parent", caught="yes")


def test_a_fork_while_threads_log(store: Store, promise: Noting) -> None:
    """Children are forked in the middle of appends of five threads; all is exact."""
    stop = threading.Event()
    logged = [0] * 5

    def log_on(me: int) -> None:
        while not stop.is_set():
            store.append(point(f"thread {me}", logged[me]))
            logged[me] += 1

    threads = [threading.Thread(target=log_on, args=(me,)) for me in range(5)]
    [thread.start() for thread in threads]
    children = []
    for i in range(20):
        children.append(fork(log, store, f"child {i}", 50))
        time.sleep(0.005)
    join(children)
    stop.set()
    [thread.join() for thread in threads]
    assert [values(store, f"thread {me}") for me in range(5)] == [list(range(n)) for n in logged]
    assert all(values(store, f"child {i}") == list(range(50)) for i in range(20))
    promise(10, "forks in the middle of appends of 5 threads", forks=20, lost=0, doubled=0)


def test_a_fork_while_another_thread_folds(store: Store) -> None:
    """The child inherits no open database; it reads and logs at once."""
    stop = threading.Event()
    store.append(begun("r"))

    def fold_on() -> None:
        while not stop.is_set():
            store.append(point("r", 0))
            store.fold()
            time.sleep(0.01)

    def child(me: int) -> None:
        store.append(point(f"child {me}", me))
        assert values(store, f"child {me}") == [me]

    thread = threading.Thread(target=fold_on)
    thread.start()
    join([fork(child, me) for me in range(10)])
    stop.set()
    thread.join()
    assert [values(store, f"child {me}") for me in range(10)] == [[me] for me in range(10)]


def test_a_fork_inside_a_reading(store: Store) -> None:
    """A child that was forked while its own thread reads does not keep the store locked."""
    store.append(begun("r"))
    done = Slots(1)

    def child() -> None:
        done.wait_for(0, 1)
        store.append(point("r", 1))
        assert values(store, "r") == [1]

    with store.reading():
        pid = fork(child)
    other = Store(store.path)
    other._lock._patience = 2
    assert count(other, "runs") == 1
    done[0] = 1
    assert end(pid) == 0
    assert values(store, "r") == [1]


def test_a_child_does_not_keep_its_parents_journal_alive(store: Store) -> None:
    """Whenever a child was forked, the death of its parent shows."""
    done = Slots(1)

    def parent() -> None:
        own = Store(store.path)
        stop = threading.Event()
        threads = [
            threading.Thread(target=reopen, args=(own, f"t{i}", stop), daemon=True)
            for i in range(3)
        ]
        [thread.start() for thread in threads]
        for _ in range(30):
            fork(done.wait_for, 0, 1)
            time.sleep(0.002)
        stop.set()
        [thread.join() for thread in threads]

    def reopen(own: Store, run: str, stop: threading.Event) -> None:
        while not stop.is_set():
            own.append(begun(run))
            own.journal.close()

    assert end(fork(parent)) == 0
    assert store.rows("SELECT DISTINCT status FROM runs") == [("KILLED",)]
    assert not any(volume.alive for volume in Store(store.path).shelf.volumes().values()
                   if volume.token != store.journal.token)  # fmt: skip
    done[0] = 1


# Ways to start processes -----------------------------------------------------------------------


def log_in_a_process(path: Path, run: str) -> int:
    """Log from a process that something else started."""
    store = Store(path)
    store.append(begun(run))
    log(store, run, 200)
    return os.getpid()


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_multiprocessing(store: Store, method: str, promise: Noting) -> None:
    """Pools of each kind: every point of every task once."""
    store.append(begun("parent"))
    context = multiprocessing.get_context(method)
    with ProcessPoolExecutor(2, mp_context=context) as pool:
        pids = list(pool.map(log_in_a_process, [store.path] * 4, "abcd"))
    assert os.getpid() not in pids
    assert all(values(store, run) == list(range(200)) for run in "abcd")
    promise(10, f"a pool of processes, {method}", points=800, lost=0, doubled=0)


def check_threads(store: Store, points: int) -> None:
    """50 threads log through one store: exact, in one journal."""
    threads = [threading.Thread(target=log, args=(store, f"t{i}", points)) for i in range(50)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert all(values(store, f"t{i}") == list(range(points)) for i in range(50))
    (path,) = journals(store)
    clocks = [msgspec.json.decode(line).get("q", 0) for line in path.read_bytes().splitlines()]
    assert len(clocks) == len(set(clocks)) == 50 * points + 1


@pytest.mark.parametrize("points", [400, pytest.param(2_000, marks=pytest.mark.nightly)])
def test_fifty_threads(store: Store, points: int, promise: Noting) -> None:
    """No event is lost, torn or stamped as another."""
    check_threads(store, points)
    promise(10, "50 threads through one store", points=50 * points, lost=0, doubled=0)


class Unlocked:
    """A lock that lets everybody in, many at a time."""

    def __enter__(self) -> None:
        """Wait for nobody."""

    def __exit__(self, *_: object) -> None:
        """Leave."""

    def acquire(self) -> None:
        """Wait for nobody."""

    def release(self) -> None:
        """Let go of nothing."""


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_journal_without_its_lock_would_be_seen(store: Store, promise: Noting) -> None:
    """Mutation check: on a disk that is slow to open a file, the threads open one each."""
    journal = store.journal
    opened = journal._open

    def open_slowly() -> None:
        time.sleep(0.3)
        opened()

    journal._lock = Unlocked()  # type: ignore[assignment]
    journal._open = open_slowly  # type: ignore[method-assign]
    with pytest.raises((AssertionError, ValueError)):
        check_threads(store, 20)
    promise(10, "mutation: threads write without a lock", caught="yes")


def test_threads_that_read_and_log(store: Store) -> None:
    """Eight threads share one Store for reading and for logging."""
    store.append(begun("r"))
    errors: list[Exception] = []

    def work(me: int) -> None:
        try:
            for i in range(4):
                store.append(point("r", i, key=f"k{me}"))
                query = "SELECT count(*) FROM metric_history WHERE key = ?"
                assert store.rows(query, [f"k{me}"]) == [(i + 1,)]
        except Exception as error:  # noqa: BLE001  (raised in the test's own thread)
            errors.append(error)

    threads = [threading.Thread(target=work, args=(me,)) for me in range(8)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    if errors:
        raise errors[0]
    assert count(store) == 32


# Ctrl-C ----------------------------------------------------------------------------------------


def interrupt_often(
    path: Path, interrupts: int, counted: Slots, action: Callable[[Store, int], None]
) -> None:
    """Do something again and again while Ctrl-C comes every few milliseconds."""
    store = Store(path)
    store.append(begun("r"))
    me = threading.main_thread().ident

    def press() -> None:
        for _ in range(interrupts):
            time.sleep(random.uniform(0.0005, 0.003))
            signal.pthread_kill(me, signal.SIGINT)
        counted[2] = 1

    threading.Thread(target=press).start()
    number = 0
    while not counted[2] or number < 30:
        try:
            while not counted[2] or number < 30:
                number += 1
                action(store, number)
                counted[0] = number
        except KeyboardInterrupt:
            counted[1] += 1


@pytest.mark.parametrize("interrupts", [300, pytest.param(1_500, marks=pytest.mark.nightly)])
def test_interrupts_while_logging(tmp_path: Path, interrupts: int, promise: Noting) -> None:
    """Ctrl-C during appends: what returned is there, no line is torn, none is doubled."""
    counted = Slots(3)
    path = tmp_path / "m.duckdb"
    acknowledged = tmp_path / "acknowledged"

    def act(store: Store, number: int) -> None:
        store.append(point("r", number))
        os.write(descriptor, b"%d\n" % number)

    descriptor = os.open(acknowledged, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    join([fork(interrupt_often, path, interrupts, counted, act)])
    os.close(descriptor)
    (journal,) = Path(tmp_path, "m.journal").glob("*.ndjson")
    assert all(map(is_whole, journal.read_bytes().splitlines()))
    found = values(Store(path), "r")
    promised = set(map(int, acknowledged.read_text().split()))
    assert counted[1] > interrupts / 3
    assert len(found) == len(set(found))
    assert promised <= set(found)
    promise(
        10,
        "Ctrl-C while logging",
        interrupts=interrupts,
        acknowledged=len(promised),
        lost=0,
        doubled=0,
        torn=0,
    )


def test_interrupts_while_folding(tmp_path: Path, promise: Noting) -> None:
    """Interrupts during folds leave neither a lock nor a half-folded bite behind."""
    counted = Slots(3)
    path = tmp_path / "m.duckdb"

    def act(store: Store, number: int) -> None:
        store.append(point("r", number))
        store.fold()

    join([fork(interrupt_often, path, 60, counted, act)])
    store = Store(path)
    store._lock._patience = 5
    found = values(store, "r")
    assert len(found) == len(set(found)) >= 30
    before = contents(store)
    store.rebuild()
    assert contents(store) == before
    promise(10, "Ctrl-C while folding", interrupts=60, doubled=0, lost=0)
