"""What a call of the API has acknowledged survives the death of its process.

The child logs in a loop and tells on a pipe what it has logged; the parent kills it at a random
time and compares. Ordinarily 30 kills, with `-m nightly` 1,000.
"""

import itertools
import os
import random
import select
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.events import Event
from jupyter_mltrack.store import Store
from tests.reliability import Noting

pytestmark = pytest.mark.usefixtures("fresh")


def log_for_ever(pipe: int) -> None:
    """What the child does."""

    def acknowledge(what: str) -> None:
        os.write(pipe, f"{what}\n".encode())

    acknowledge(f"run {mlflow.start_run().info.run_id}")
    for step in itertools.count():
        mlflow.log_metric("m", step, step=step)
        acknowledge(f"metric {step}")
        if step % 10 == 0:
            mlflow.log_param(f"p{step}", step)
            acknowledge(f"param p{step}")
            mlflow.set_tags({f"t{step}": step, "last": step})
            acknowledge(f"tag t{step}")
            mlflow.log_metrics({"a": step, "b": step})
            acknowledge(f"b {step}")


def kill_one(seconds: float) -> list[str]:
    """Let a child log for a while, kill it, and return what it has acknowledged."""
    heard, pipe = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            log_for_ever(pipe)
        finally:
            os._exit(1)
    os.close(pipe)
    text = os.read(heard, 1 << 16)
    deadline = time.monotonic() + seconds
    while (left := deadline - time.monotonic()) > 0:
        if select.select([heard], [], [], left)[0]:
            text += os.read(heard, 1 << 16)
    os.kill(child, signal.SIGKILL)
    while piece := os.read(heard, 1 << 16):
        text += piece
    os.close(heard)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
    return text[: text.rfind(b"\n") + 1].decode().splitlines()  # the last word may be cut off


def lost(children: list[list[str]]) -> list[str]:
    """What children have acknowledged and the store does not have, or has twice."""
    there: Counter[str] = Counter()
    store = mlflow.MlflowClient().store
    query = "SELECT run_id, key, step, value FROM metric_history"
    for run_id, key, step, value in store.rows(query):
        there[f"{run_id} metric {step}" if key == "m" else f"{run_id} {key} {value:.0f}"] += 1
    for run in mlflow.MlflowClient().search_runs("0", max_results=50_000):
        assert run.info.status == "KILLED"
        there.update(f"{run.info.run_id} param {key}" for key in run.data.params)
        there.update(f"{run.info.run_id} tag {key}" for key in run.data.tags)
    return [
        what
        for (first, *words) in children
        for what in words
        if there[f"{first.removeprefix('run ')} {what}"] != 1
    ]


def kill_many(kills: int, seconds: float) -> dict[str, int]:
    """Kill so many children; the store must have all that they have acknowledged."""
    dice = random.Random(kills)
    children = [kill_one(dice.random() * seconds) for _ in range(kills)]
    gone = lost(children)
    assert gone == []
    return {"kills": kills, "acknowledged": sum(map(len, children)), "lost": len(gone)}


@pytest.mark.timeout(1_200)
@pytest.mark.parametrize("kills", [30, pytest.param(1_000, marks=pytest.mark.nightly)])
def test_nothing_acknowledged_is_lost(kills: int, promise: Noting) -> None:
    """Metrics, params, tags and batches, through the functions users call."""
    figures = kill_many(kills, 0.03)
    assert figures["acknowledged"] > kills
    promise(1, "children killed while they log through the API", **figures)


def late(append: Callable[[Store, Event], None]) -> Callable[[Store, Event], None]:
    """Points wait in Python until there are twenty, as other libraries do it."""
    waiting: list[Event] = []

    def append_late(store: Store, event: Event) -> None:
        waiting.append(event)
        if len(waiting) == 20:
            for one in waiting:
                append(store, one)
            waiting.clear()

    return append_late


def test_points_that_wait_in_python_would_be_missed(
    monkeypatch: pytest.MonkeyPatch, promise: Noting
) -> None:
    """Mutation check: what is not written when the call returns is lost, and that is seen."""
    monkeypatch.setattr(Store, "append", late(Store.append))
    with pytest.raises(AssertionError, match="metric"):
        kill_many(12, 0.03)
    promise(1, "mutation: calls return before they write", caught="yes")


def test_a_loss_would_be_found(fresh: Path) -> None:
    """With a line cut out of the journal, the count above is not zero."""
    words = kill_one(0.05)
    (journal,) = (fresh / "mltrack.journal").glob("*.ndjson")
    lines = journal.read_bytes().splitlines(keepends=True)
    victim = next(n for n, line in enumerate(lines) if b'"op":"metric"' in line)
    journal.write_bytes(b"".join(lines[:victim] + lines[victim + 1 :]))
    assert lost([words]) == ["metric 0"]
