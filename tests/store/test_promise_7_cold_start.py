"""Promise 7: eight kernels share a store, also when all create it at the same instant."""

from __future__ import annotations

import statistics
import time
from pathlib import Path

import pytest

from jupyter_mltrack.events import ExperimentCreated
from jupyter_mltrack.store import Store
from tests.store.writers import Slots, begun, count, fork, join, point

KERNELS = 8


def start_together(started: Slots) -> None:
    """Return when all kernels have come here."""
    while any(started[slot] == 0 for slot in range(KERNELS)):
        pass


def agree_on(store: Store, name: str) -> str:
    """The id of the experiment of that name, which is created if nobody has yet."""
    with store.agreeing() as connection:
        query = "SELECT experiment_id FROM experiments WHERE name = ?"
        if found := connection.execute(query, [name]).fetchone():
            return str(found[0])
        query = "SELECT max(experiment_id::BIGINT) + 1 FROM experiments"
        (new,) = connection.execute(query).fetchone() or (1,)
        store.append(ExperimentCreated(experiment=str(new), text=name))
        return str(new)


def begin_cold(path: Path, me: int, started: Slots) -> None:
    """Open a store that is not there, with all others at once; agree on two experiments."""
    store = Store(path)
    started[me] = 1
    start_together(started)
    shared = agree_on(store, "shared")
    own = agree_on(store, f"own {me}")
    store.append_all([begun(f"r{me}", shared), point(f"r{me}", me)])
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


def test_eight_kernels_create_one_store(tmp_path: Path) -> None:
    """No error, and no two of them agree with themselves only."""
    create_at_once(tmp_path / "cold" / "m.duckdb")
    print(f"\na cold start of {KERNELS} processes: 0 errors, every name and id once")


@pytest.mark.nightly
def test_eight_kernels_create_one_store_at_length(tmp_path: Path) -> None:
    """The same fifty times."""
    for number in range(50):
        create_at_once(tmp_path / str(number) / "m.duckdb")
    print(f"\n50 cold starts of {KERNELS} processes: 0 errors, every name and id once")


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


def test_eight_writers_and_two_readers(tmp_path: Path) -> None:
    """8 × 5,000 points while two processes read: exact."""
    took = write_and_read(tmp_path / "m.duckdb", 5_000)
    print(
        f"\n8 × 5,000 points beside 2 readers: exact; {len(took)} reads, p50"
        f" {statistics.median(took):.0f} ms, p99 {took[-len(took) // 100]:.0f} ms"
    )


@pytest.mark.nightly
def test_eight_writers_and_two_readers_at_length(tmp_path: Path) -> None:
    """8 × 100,000 points: exact, and no reader starves beside another."""
    took = write_and_read(tmp_path / "m.duckdb", 100_000)
    middle, late = statistics.median(took), took[-len(took) // 100]
    print(f"\n8 × 100,000 points: {len(took)} reads, p50 {middle:.0f} ms, p99 {late:.0f} ms")
    assert late <= 3_000
