"""Promise 2: logging waits for nobody: not for other kernels, the database or a reader."""

from __future__ import annotations

import os
import statistics
import time
from pathlib import Path

import duckdb
import pytest  # noqa: TC002  (one block of imports)

from jupyter_mltrack.store import Store
from tests.store.writers import Slots, begun, count, fork, join, kill, point

WRITERS = 8
POINTS = 2_000


def hold(path: Path, held: Slots) -> None:
    """Be a program that has the database open and does not let go."""
    connection = duckdb.connect(str(path))
    held[0] = os.getpid()
    time.sleep(600)
    connection.close()


def log_and_time(path: Path, run: str, took: Slots, first: int) -> None:
    """Log; note how long each call took, in nanoseconds."""
    store = Store(path)
    store.append(begun(run))
    for i in range(POINTS):
        start = time.perf_counter_ns()
        store.append(point(run, i, step=i))
        took[first + i] = time.perf_counter_ns() - start


def test_writers_do_not_wait_for_a_held_database(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Eight processes log while a foreign one holds the file; readers answer from the journals."""
    store = Store(tmp_path / "m.duckdb")
    store.append(begun("first"))
    store.fold()
    held = Slots(1)
    holder = fork(hold, store.path, held)
    held.wait_for(0, 1)
    took = Slots(WRITERS * POINTS)
    join([fork(log_and_time, store.path, f"r{i}", took, i * POINTS) for i in range(WRITERS)])

    assert count(store) == WRITERS * POINTS
    assert count(store, "runs") == WRITERS + 1
    (message,) = {record.getMessage() for record in caplog.records}
    assert str(held[0]) in message
    assert "Reading the journals instead" in message
    kill(holder)
    assert count(store) == WRITERS * POINTS
    assert store.rows("SELECT min(count), max(count) FROM metrics") == [(POINTS, POINTS)]
    store.close()

    times = sorted(took[i] / 1_000 for i in range(WRITERS * POINTS))
    middle, late = statistics.median(times), times[-len(times) // 100]
    print(
        f"\n{WRITERS} × {POINTS:,} points against a held database: p50 {middle:.1f} µs,"
        f" p99 {late:.1f} µs, max {times[-1] / 1_000:.1f} ms"
    )


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
