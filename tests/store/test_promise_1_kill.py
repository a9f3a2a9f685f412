"""Promise 1: what a call acknowledged, no kill can take back."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest

from jupyter_mltrack.store import Store
from tests.reliability import Noting
from tests.store.writers import Slots, begun, fork, kill, point

TOGETHER = 4


def log_until_killed(path: Path, run: str, acknowledged: Slots, slot: int) -> None:
    """Log the numbers from 0 on; what has returned is noted where the parent sees it."""
    store = Store(path)
    store.append(begun(run))
    number = 0
    while True:
        store.append(point(run, number, step=number))
        number += 1
        acknowledged[slot] = number
        if number % 50 == 0:
            time.sleep(0.0002)


def kill_often(path: Path, kills: int) -> tuple[int, int, int]:
    """Kill that many writers at random times: points acknowledged, lost, stored too often."""
    dice = random.Random(1)
    acknowledged = Slots(kills)
    for first in range(0, kills, TOGETHER):
        slots = range(first, min(first + TOGETHER, kills))
        children = [fork(log_until_killed, path, f"r{slot}", acknowledged, slot) for slot in slots]
        [acknowledged.wait_for(slot, 1) for slot in slots]
        for child in children:
            time.sleep(dice.uniform(0, 0.002))
            kill(child)
    query = (
        "SELECT run_id, count(*), count(DISTINCT value), max(value) FROM metric_history GROUP BY 1"
    )
    found = {run: numbers for run, *numbers in Store(path).rows(query)}
    lost = doubled = 0
    for slot in range(kills):
        stored, different, highest = found[f"r{slot}"]
        lost += max(0, acknowledged[slot] - different) + int(highest) + 1 - different
        doubled += stored - different
    return sum(acknowledged[slot] for slot in range(kills)), lost, doubled


@pytest.mark.parametrize("kills", [100, pytest.param(1_000, marks=pytest.mark.nightly)])
def test_killed_writers_lose_nothing(tmp_path: Path, kills: int, promise: Noting) -> None:
    """Writers, four at a time, each killed at a random moment."""
    acknowledged, lost, doubled = kill_often(tmp_path / "m.duckdb", kills)
    assert acknowledged > 1_000
    assert (lost, doubled) == (0, 0)
    promise(
        1,
        "writers killed within a loop of appends, four at a time",
        kills=kills,
        acknowledged=acknowledged,
        lost=lost,
        doubled=doubled,
    )


def test_a_journal_that_kept_points_in_memory_would_be_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: with ten points waiting for one write, kills lose some."""
    waiting: list[object] = []

    def append_late(store: Store, event: object) -> None:
        waiting.append(event)
        if len(waiting) == 10:
            store.append_all(waiting)  # type: ignore[arg-type]
            waiting.clear()

    monkeypatch.setattr(Store, "append", append_late)
    assert kill_often(tmp_path / "m.duckdb", 12)[1] > 0
    promise(1, "mutation: ten points wait for one write", caught="yes")
