"""Promise 3: logging never stops the training; and what a journal looks like from outside."""

from __future__ import annotations

import errno
import logging
import os
import resource
import shutil
import signal
import threading
import time
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.store import Store, journal
from jupyter_mltrack.store.journal import Journal
from jupyter_mltrack.store.lines import is_whole
from tests.reliability import Noting
from tests.store.writers import Slots, begun, count, end, fork, join, journals, point, values

NOBODY = 65_534


def numbers(path: Path) -> list[int]:
    """The Lamport clocks in a journal, in the order of its lines."""
    return [msgspec.json.decode(line).get("q", 0) for line in path.read_bytes().splitlines()]


def test_a_folder_that_cannot_be_synced_costs_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some file systems cannot; the content of the file is on the disk all the same."""

    def refuse(folder: Path) -> None:
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), str(folder))

    monkeypatch.setattr(journal, "sync_folder", refuse)
    strict = Journal(tmp_path / "m.journal", durability="disk", strict=True)
    strict.append(begun("r"))
    strict.close()
    assert len(numbers(next(strict.folder.glob("*.ndjson")))) == 2


def test_nothing_is_made_before_the_first_append(store: Store) -> None:
    """A store that nobody wrote to leaves no trace, not even when read."""
    assert store.rows("SELECT * FROM runs") == []
    store.sync()
    store.close()
    assert list(store.path.parent.iterdir()) == []


def test_a_journal_begins_with_its_writer(store: Store) -> None:
    """The first line says who writes; the file is named after host, process, time and token."""
    store.append(begun("r"))
    (path,) = journals(store)
    head = msgspec.json.decode(path.read_bytes().splitlines()[0])
    assert (head["op"], head["pid"], head["uid"]) == ("open", os.getpid(), os.getuid())
    assert path.stem.endswith(head["j"])
    assert str(os.getpid()) in path.stem


def test_a_line_is_on_the_disk_when_append_returns(store: Store) -> None:
    """Nothing is kept in Python."""
    for number in range(1, 5):
        store.append(point("r", number))
        assert len(numbers(journals(store)[0])) == number + 1


def test_after_close_a_new_journal_is_opened(store: Store) -> None:
    """A closed journal is never written to again."""
    store.append(begun("r"))
    store.close()
    (first,) = journals(store)
    text = first.read_bytes()
    store.append(point("r", 1))
    assert first.read_bytes() == text
    assert len(journals(store)) == 2


def test_two_threads_write_exactly_and_in_order(store: Store) -> None:
    """2 × 2,000 events of two threads: all there, in rising order, no torn line."""

    def log(run: str) -> None:
        for i in range(2_000):
            store.append(point(run, i))

    threads = [threading.Thread(target=log, args=(run,)) for run in "ab"]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    (path,) = journals(store)
    found = numbers(path)
    assert len(found) == 4_001
    assert all(one < other for one, other in pairwise(found))
    assert values(store, "a") == values(store, "b") == list(range(2_000))


def test_append_all_is_one_write(store: Store) -> None:
    """Events that are logged together stand together, in their order."""
    store.append_all([begun("r"), *(point("r", i) for i in range(100))])
    found = numbers(journals(store)[0])
    assert len(found) == 102
    assert all(one < other for one, other in pairwise(found))


def test_a_signal_handler_may_log_while_a_call_is_under_way(store: Store) -> None:
    """SIGTERM may end a run from within an append; that must not wait for itself."""
    previous = signal.signal(signal.SIGUSR1, lambda *_: store.append(point("handler", 1)))
    try:
        stop = time.monotonic() + 0.5
        me = threading.get_ident()
        shots = threading.Thread(
            target=lambda: [
                (signal.pthread_kill(me, signal.SIGUSR1), time.sleep(0.001)) for _ in range(200)
            ]
        )
        shots.start()
        while time.monotonic() < stop or shots.is_alive():
            store.append(point("main", 0))
    finally:
        signal.signal(signal.SIGUSR1, previous)
    assert all(map(is_whole, journals(store)[0].read_bytes().splitlines()))
    assert 0 < len(values(store, "handler")) <= 200


# A disk that refuses ---------------------------------------------------------------------------


def limit_files(size: int) -> None:
    """Let this process make no file longer than ``size`` bytes; -1 lifts the limit."""
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


def write_against_limits(folder: Path, said: Slots, limits: range) -> None:
    """For each limit, log to a store of its own until the disk refuses and when it takes again."""
    messages = listen()
    for extra in limits:
        write_against_a_limit(Store(folder / f"{extra}.duckdb"), extra)
        said[extra] = len(messages)
        messages.clear()


def write_against_a_limit(store: Store, extra: int) -> None:
    """Log 50 points, have the disk refuse in the middle of a line, lift it, log 10 more."""
    store.append(begun("r"))
    limit_files(journals(store)[0].stat().st_size + extra)
    for i in range(50):
        store.append(point("r", i))
    limit_files(-1)
    for i in range(50, 60):
        store.append(point("r", i))
    store.journal.close()


def listen() -> list[str]:
    """Collect what our logger says from now on, in a process of its own."""
    messages: list[str] = []
    handler = logging.Handler()
    handler.emit = lambda record: messages.append(record.getMessage())  # type: ignore[method-assign]
    logging.getLogger("jupyter_mltrack").addHandler(handler)
    return messages


def test_a_full_disk_stops_nothing_and_tears_nothing(tmp_path: Path, promise: Noting) -> None:
    """Whichever byte is the last that fits: one warning, and later every point once."""
    limits = range(320)
    said = Slots(len(limits))
    join([fork(write_against_limits, tmp_path, said, limits)])
    for extra in limits:
        assert said[extra] == 1
        (path,) = journals(Store(tmp_path / f"{extra}.duckdb"))
        found = [line for line in path.read_bytes().splitlines() if is_whole(line)]
        assert len(found) == len(set(found)) == 62, extra
    promise(3, "the disk is full at each byte in turn", places=len(limits), lost=0, warnings=1)


def test_a_journal_that_goes_on_in_a_torn_line_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: without a new line after an error, a point is glued to the torn one."""

    def keep_the_rest(journal: Journal, data: bytes | bytearray, done: int) -> None:
        line = data.rfind(b"\n", 0, done) + 1
        journal._unwritten = bytearray(data[line:])

    monkeypatch.setattr(Journal, "_keep", keep_the_rest)
    join([fork(write_against_limits, tmp_path, Slots(160), range(159, 160))])
    (path,) = journals(Store(tmp_path / "159.duckdb"))
    assert not all(map(is_whole, path.read_bytes().split(b"\n")[1:-1]))
    assert sum(map(is_whole, path.read_bytes().splitlines())) < 62
    promise(3, "mutation: no new line after a torn one", caught="yes")


def test_points_of_a_full_disk_are_folded_exactly_once(tmp_path: Path) -> None:
    """Torn lines are quarantined, the points that were tried again count once."""
    limits = range(120, 160, 7)
    join([fork(write_against_limits, tmp_path, Slots(160), limits)])
    for extra in limits:
        store = Store(tmp_path / f"{extra}.duckdb")
        assert values(store, "r") == list(range(60))
        assert count(store, "quarantine") <= 1


def wait_for_space(path: Path, said: Slots) -> None:
    """Nothing is logged any more when the disk takes writes again."""
    store = Store(path)
    store.append(begun("r"))
    limit_files(journals(store)[0].stat().st_size + 50)
    store.append(point("r", 1))
    limit_files(-1)
    deadline = time.monotonic() + 10
    while not said[0] and time.monotonic() < deadline:
        time.sleep(0.05)
        said[0] = sum(map(is_whole, journals(store)[0].read_bytes().splitlines())) == 3


def test_the_backlog_is_written_without_another_call(tmp_path: Path) -> None:
    """The syncing thread tries again each second, so the last points are not forgotten."""
    said = Slots(1)
    join([fork(wait_for_space, tmp_path / "m.duckdb", said)])
    assert said[0] == 1
    assert values(Store(tmp_path / "m.duckdb"), "r") == [1]


@pytest.mark.parametrize("last_word", ["sync", "close"])
def test_sync_and_close_write_the_backlog(tmp_path: Path, last_word: str) -> None:
    """A process that ends in order leaves nothing in memory."""

    def write() -> None:
        store = Store(tmp_path / "m.duckdb")
        limit_files(0)
        store.append_all([begun("r"), point("r", 1)])
        limit_files(-1)
        getattr(store, last_word)()

    join([fork(write)])
    assert values(Store(tmp_path / "m.duckdb"), "r") == [1]


def test_a_long_backlog_keeps_the_oldest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When memory is used up too, what was waiting first is not given up."""
    monkeypatch.setattr(journal, "MAX_UNWRITTEN", 20_000)

    def write() -> None:
        store = Store(tmp_path / "m.duckdb")
        limit_files(0)
        for i in range(1_000):
            store.append(point("r", i))
        limit_files(-1)
        store.close()

    join([fork(write)])
    found = values(Store(tmp_path / "m.duckdb"), "r")
    assert 100 < len(found) < 1_000
    assert found == list(range(len(found)))


def test_logging_against_a_full_disk_is_quick(tmp_path: Path) -> None:
    """A waiting backlog is not copied for every call."""
    took = Slots(1)

    def write() -> None:
        store = Store(tmp_path / "m.duckdb")
        store.append(begun("r"))
        limit_files(1_000)
        start = time.perf_counter_ns()
        for i in range(50_000):
            store.append(point("r", i))
        took[0] = time.perf_counter_ns() - start

    join([fork(write)])
    print(f"\n50,000 points against a full disk: {took[0] / 50_000 / 1_000:.1f} µs each")
    assert took[0] < 5_000_000_000


def test_strict_raises_and_does_not_log_later(tmp_path: Path) -> None:
    """Who was told that a call failed may repeat it: the point is there once."""

    def write() -> None:
        store = Store(tmp_path / "m.duckdb", strict=True)
        store.append(begun("r"))
        limit_files(journals(store)[0].stat().st_size + 50)
        with pytest.raises(StoreError, match="was not logged"):
            store.append(point("r", 1))
        limit_files(-1)
        store.append(point("r", 2))

    join([fork(write)])
    assert values(Store(tmp_path / "m.duckdb"), "r") == [2]


def test_durability_disk_survives_a_refused_sync(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A disk that cannot sync is warned of once; nothing is raised and nothing is doubled."""

    def refuse(descriptor: int) -> None:
        raise OSError(5, "Input/output error")

    store.journal.durability = "disk"
    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", refuse)
        store.append_all([begun("r"), point("r", 1), point("r", 2)])
        store.append(point("r", 3))
        store.sync()
    assert values(store, "r") == [1, 2, 3]
    assert len(caplog.records) == 1


# A folder that refuses -------------------------------------------------------------------------


def as_nobody() -> None:
    """Give up the rights of root, for which no folder is read-only."""
    os.setgroups([])
    os.setgid(NOBODY)
    os.setuid(NOBODY)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_read_only_folder_stops_nothing() -> None:
    """One warning and no exception; with strict, a StoreError."""
    folder = Path(f"/tmp/mltrack-read-only-{os.getpid()}")  # noqa: S108  (readable for nobody)
    folder.mkdir(mode=0o755)

    def write() -> None:
        as_nobody()
        messages = listen()
        store = Store(folder / "m.duckdb")
        for i in range(100):
            store.append(point("r", i))
        store.close()
        assert len(messages) == 1
        assert "Permission denied" in messages[0]
        with pytest.raises(StoreError, match="Permission denied"):
            Store(folder / "m.duckdb", strict=True).append(begun("r"))

    try:
        join([fork(write)])
        assert list(folder.iterdir()) == []
    finally:
        shutil.rmtree(folder)


def test_a_deleted_folder_is_said_once(
    store: Store, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """Logging goes on when somebody removes the store, and says so within a second."""
    monkeypatch.setattr(journal, "SYNC_INTERVAL", 0.05)
    store.append(begun("r"))
    shutil.rmtree(store.folder)
    deadline = time.monotonic() + 5
    while not caplog.records and time.monotonic() < deadline:
        store.append(point("r", 1))
    for i in range(100):
        store.append(point("r", i))
    assert [record.getMessage() for record in caplog.records] == [
        f"{store.folder} was removed while runs are being logged to it."
    ]


def test_a_folder_that_was_never_there(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """A store in a folder that is missing makes it, and loses nothing."""
    store = Store(tmp_path / "missing" / "m.duckdb")
    for i in range(10):
        store.append(point("r", i))
    assert not caplog.records
    assert values(store, "r") == list(range(10))
    store.close()


def test_two_stores_of_one_process_start_at_once(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Sixteen threads, each with a Store of its own on the same path: no warning, no loss."""
    stores = [Store(tmp_path / "m.duckdb") for _ in range(16)]
    threads = [
        threading.Thread(target=store.append, args=(point("r", i),))
        for i, store in enumerate(stores)
    ]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert caplog.records == []
    assert sorted(values(stores[0], "r")) == list(range(16))
    [store.close() for store in stores]


def test_a_writer_without_descriptors_is_still_alive(store: Store) -> None:
    """A reader that may open no more files must not take a living writer for dead."""
    store.append_all([begun("r"), point("r", 1)])

    def look() -> None:
        (path,) = journals(store)
        resource.setrlimit(resource.RLIMIT_NOFILE, (3, 3))
        assert journal_is_alive(path)

    def journal_is_alive(path: Path) -> bool:
        from jupyter_mltrack.store.lock import is_locked

        return is_locked(path)

    assert end(fork(look)) == 0


def test_clocks_in_a_journal_rise_strictly(store: Store) -> None:
    """Also when clocks of others were observed in between."""
    ahead = 10**15
    for seen in (5, 3, ahead, 7):
        store.append(point("r", seen))
        store.journal.observe(seen)
    store.append(point("r", 0))
    found = numbers(journals(store)[0])
    assert all(one < other for one, other in pairwise(found))
    assert found[-1] == ahead + 2
