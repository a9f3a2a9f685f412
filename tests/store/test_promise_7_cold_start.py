"""Promise 7: eight kernels share a store, also when all create it at the same instant."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.store import Store
from jupyter_mltrack.store.lock import StoreLock
from tests.reliability import Noting
from tests.store.writers import Slots, begun, count, fork, join, point

KERNELS = 8


def start_together(started: Slots) -> None:
    """Return when all kernels have come here."""
    while any(started[slot] == 0 for slot in range(KERNELS)):
        pass


def begin_cold(path: Path, me: int, started: Slots) -> None:
    """Log to a store that is not there, with all others at once; set two experiments."""
    mlflow.set_tracking_uri(path)
    started[me] = 1
    start_together(started)
    shared = mlflow.set_experiment("shared").experiment_id
    own = mlflow.set_experiment(f"own {me}").experiment_id
    with mlflow.start_run(experiment_id=shared):
        mlflow.log_metric("m", me)
    assert shared != own


def create_at_once(path: Path) -> None:
    """Let eight processes create a store; check that each name and each id was given once."""
    path.parent.mkdir()
    started = Slots(KERNELS)
    join([fork(begin_cold, path, me, started) for me in range(KERNELS)])
    store = Store(path)
    names = [name for (name,) in store.rows("SELECT name FROM experiments ORDER BY name")]
    assert names == ["Default", *(f"own {me}" for me in range(KERNELS)), "shared"]
    ids = store.rows("SELECT experiment_id FROM experiments ORDER BY experiment_id::BIGINT")
    assert ids == [(str(i),) for i in range(KERNELS + 2)]
    assert count(store) == count(store, "runs") == KERNELS
    numbers = store.rows("SELECT number, status FROM runs ORDER BY number")
    assert numbers == [(i + 1, "FINISHED") for i in range(KERNELS)]


def create_often(folder: Path, times: int) -> None:
    """The same again and again."""
    for number in range(times):
        create_at_once(folder / str(number) / "m.duckdb")


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("times", [1, pytest.param(50, marks=pytest.mark.nightly)])
def test_eight_kernels_create_one_store(tmp_path: Path, times: int, promise: Noting) -> None:
    """No error; each name of an experiment, each id and each number of a run is given once."""
    create_often(tmp_path, times)
    promise(7, "a store made by 8 processes at the same instant", times=times, errors=0)


def let_in(lock: StoreLock, *_: object) -> None:
    """What a lock does that locks nothing."""


@pytest.mark.nightly
def test_a_store_without_its_lock_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: two processes decide at once and give a name, an id or a number twice."""
    monkeypatch.setattr(StoreLock, "_wait_in_line", let_in)
    with pytest.raises(AssertionError):
        create_often(tmp_path, 10)
    promise(7, "mutation: nobody waits for the lock", caught="yes")


def log(path: Path, run: str, points: int) -> None:
    """Log without looking, with a pause now and then as a training has."""
    store = Store(path)
    store.append(begun(run))
    for i in range(points):
        store.append(point(run, i, step=i))
        if i % 100 == 0:
            time.sleep(0.01)


def read_until(path: Path, points: int, waits: Slots) -> None:
    """Count again and again; what was counted once never becomes less."""
    store = Store(path)
    seen = reads = 0
    while seen < points:
        start = time.perf_counter_ns()
        now = count(store)
        reads += 1
        waits[0], waits[min(reads, 9_999)] = reads, time.perf_counter_ns() - start
        assert now >= seen
        seen = now
    assert seen == points


def write_and_read(path: Path, points: int) -> list[float]:
    """Eight writers and two readers; gives how long each read took, in ms."""
    waits = [Slots(10_000), Slots(10_000)]
    Store(path).fold()
    readers = [fork(read_until, path, KERNELS * points, wait) for wait in waits]
    join([fork(log, path, f"r{me}", points) for me in range(KERNELS)])
    join(readers)
    store = Store(path)
    query = "SELECT run_id, count(DISTINCT value), max(value) FROM metric_history GROUP BY 1"
    assert sorted(store.rows(query)) == [(f"r{i}", points, points - 1) for i in range(KERNELS)]
    assert store.rows("SELECT min(count), max(count) FROM metrics") == [(points, points)]
    return sorted(wait[i] / 1e6 for wait in waits for i in range(1, min(wait[0], 9_999) + 1))


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("points", [5_000, pytest.param(100_000, marks=pytest.mark.nightly)])
def test_eight_writers_and_two_readers(tmp_path: Path, points: int, promise: Noting) -> None:
    """Exact, and no reader starves beside another."""
    took = write_and_read(tmp_path / "m.duckdb", points)
    middle, late = statistics.median(took), took[-len(took) // 100]
    promise(
        7,
        "8 processes write while 2 read",
        points=KERNELS * points,
        lost=0,
        doubled=0,
        reads=len(took),
        read_p50_ms=middle,
        read_p99_ms=late,
    )
    if points > 5_000:  # fewer reads than that have no 99th percentile
        assert late <= 1_000
