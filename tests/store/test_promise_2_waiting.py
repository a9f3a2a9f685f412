"""Promise 2: logging waits for nobody: not for other kernels, the database or a reader."""

from __future__ import annotations

import logging
import os
import statistics
import time
from pathlib import Path

import duckdb
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.events import Event
from jupyter_mltrack.store import Store
from tests.reliability import Noting
from tests.store.writers import Slots, begun, count, finished, fork, join, kill, point

#: Seconds that only a call takes that waits for a lock.
WAITED = 0.25


def hold(path: Path, held: Slots) -> None:
    """Be a program that has the database open and does not let go."""
    connection = duckdb.connect(str(path))
    held[0] = os.getpid()
    time.sleep(600)
    connection.close()


def look(path: Path, held: Slots) -> None:
    """Be a reader who thinks long about what it reads, again and again."""
    logging.getLogger("jupyter_mltrack").setLevel(logging.ERROR)
    store = Store(path)
    while True:
        with store.reading() as connection:
            connection.execute("SELECT count(*) FROM metric_history").fetchall()
            held[1] += 1
            time.sleep(2 * WAITED)


def log_and_time(path: Path, me: int, points: int, took: Slots, held: Slots) -> None:
    """Log as a training does; note how long each call took, in nanoseconds."""
    mlflow.set_tracking_uri(path)
    run = mlflow.start_run(run_name=f"r{me}")
    held[2 + me] = 1
    held.wait_for(1, 1)  # the database and the lock are taken
    for i in range(points):
        start = time.perf_counter_ns()
        mlflow.log_metric("loss", i, step=i)
        took[me * points + i] = time.perf_counter_ns() - start
        if i % 10 == 0:
            time.sleep(0.002)
    mlflow.MlflowClient().store.append(finished(run.info.run_id))


def log_beside_others(path: Path, points: int, processes: int) -> list[float]:
    """Processes log while the file is held and the lock is taken: seconds of each call."""
    held, took = Slots(2 + processes), Slots(processes * points)
    Store(path).fold()
    writers = [fork(log_and_time, path, me, points, took, held) for me in range(processes)]
    [held.wait_for(2 + me, 1) for me in range(processes)]
    others = [fork(hold, path, held)]
    try:
        held.wait_for(0, 1)
        others.append(fork(look, path, held))
        join(writers)
    finally:
        [kill(other) for other in others]
    store = Store(path)
    assert store.rows("SELECT count, count(*) FROM metrics GROUP BY 1") == [(points, processes)]
    assert store.rows("SELECT status, count(*) FROM runs GROUP BY 1") == [("FINISHED", processes)]
    return sorted(took[i] / 1e9 for i in range(processes * points))


def check_nobody_waits(path: Path, points: int, processes: int) -> dict[str, float]:
    """No call takes as long as a lock is held; how long they take."""
    times = log_beside_others(path, points, processes)
    assert times[-1] < WAITED
    return {
        "calls": len(times),
        "p50_us": statistics.median(times) * 1e6,
        "p99_us": times[-len(times) // 100] * 1e6,
        "max_ms": times[-1] * 1e3,
    }


@pytest.mark.parametrize("points", [1_000, pytest.param(20_000, marks=pytest.mark.nightly)])
def test_writers_wait_for_nobody(tmp_path: Path, points: int, promise: Noting) -> None:
    """Not for a foreign program that has the file, and not for a reader that has the lock."""
    figures = check_nobody_waits(tmp_path / "m.duckdb", points, processes=8)
    what = "8 processes log while one has the database open and one has the lock"
    promise(2, what, **figures)
    if points > 1_000:
        assert figures["p99_us"] <= 100
        assert figures["max_ms"] <= 50


def test_a_lock_around_logging_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: if logging took the store's lock, calls would last as long as reads."""
    append = Store.append

    def append_in_turn(store: Store, event: Event) -> None:
        with store._holding():
            append(store, event)

    monkeypatch.setattr(Store, "append", append_in_turn)
    with pytest.raises(AssertionError):
        check_nobody_waits(tmp_path / "m.duckdb", 2, processes=2)
    promise(2, "mutation: logging takes the lock of the store", caught="yes")


def test_readers_answer_from_the_journals(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """When a foreign program holds the file, they say who it is, once, and miss nothing."""
    store = Store(tmp_path / "m.duckdb")
    store.append(begun("first"))
    store.fold()
    held = Slots(1)
    holder = fork(hold, store.path, held)
    held.wait_for(0, 1)
    store.append_all([point("first", i) for i in range(100)])
    assert (count(store), count(store)) == (100, 100)
    (message,) = {record.getMessage() for record in caplog.records}
    assert str(held[0]) in message
    assert "Reading the journals instead" in message
    kill(holder)
    assert count(store) == 100
    store.close()


def test_dead_runs_are_killed_also_while_the_database_is_held(tmp_path: Path) -> None:
    """What is answered from the journals is the same as what the database would say."""
    store = Store(tmp_path / "m.duckdb")
    store.append(begun("mine"))
    store.fold()
    join([fork(lambda: Store(store.path).append(begun("theirs")))])
    held = Slots(1)
    holder = fork(hold, store.path, held)
    held.wait_for(0, 1)
    query = "SELECT run_id, status FROM runs ORDER BY run_id"
    assert store.rows(query) == [("mine", "RUNNING"), ("theirs", "KILLED")]
    kill(holder)
    assert store.rows(query) == [("mine", "RUNNING"), ("theirs", "KILLED")]
    store.close()


def test_a_long_query_holds_up_no_writer(store: Store) -> None:
    """While one thread reads, another logs."""
    store.append(begun("r"))
    with store.reading() as connection:
        start = time.perf_counter()
        for i in range(1_000):
            store.append(point("r", i))
        assert time.perf_counter() - start < 5
        assert connection.execute("SELECT count(*) FROM metric_history").fetchall() == [(0,)]
    assert count(store) == 1_000
