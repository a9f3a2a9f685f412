"""What a call of the API has acknowledged survives the death of its process.

The child logs in a loop and tells on a pipe what it has logged; the parent kills it at a random
time and compares. Ordinarily 30 kills, with `-m nightly` 1,000.
"""

import random
import time
from collections import Counter
from pathlib import Path

import pytest

import jupyter_mltrack as mlflow
from tests.fresh import start

pytestmark = pytest.mark.usefixtures("fresh")

CHILD = """
import os, sys
import jupyter_mltrack as mlflow

def acknowledge(what):
    os.write(1, f"{what}\\n".encode())

run = mlflow.start_run()
acknowledge(f"run {run.info.run_id}")
for step in range(1_000_000):
    mlflow.log_metric("m", step, step=step)
    acknowledge(f"metric {step}")
    if step % 10 == 0:
        mlflow.log_param(f"p{step}", step)
        acknowledge(f"param p{step}")
        mlflow.set_tags({f"t{step}": step, "last": step})
        acknowledge(f"tag t{step}")
        mlflow.log_metrics({"a": step, "b": step})
        acknowledge(f"pair {step}")
"""


def kill_one(seconds: float) -> list[str]:
    """Let a child log for a while, kill it, and return what it has acknowledged."""
    with start(CHILD) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    whole = rest[: rest.rfind("\n") + 1]  # the last word may be cut off
    return [first.strip(), *whole.splitlines()]


def lost(acknowledged: list[str]) -> list[str]:
    """What a child has acknowledged and the store does not have."""
    run_id = acknowledged[0].partition(" ")[2]
    run = mlflow.get_run(run_id)
    history = mlflow.MlflowClient().get_metric_history
    steps = Counter(point.step for point in history(run_id, "m"))
    pairs = Counter(point.value for point in history(run_id, "b"))
    there = {f"metric {step}" for step, count in steps.items() if count == 1}
    there |= {f"pair {value:.0f}" for value, count in pairs.items() if count == 1}
    there |= {f"param {key}" for key in run.data.params}
    there |= {f"tag {key}" for key in run.data.tags}
    assert run.info.status == "KILLED"
    return [what for what in acknowledged[1:] if what not in there]


def kill_many(kills: int, seconds: float) -> None:
    """Kill so many children; the store must have all that they have acknowledged."""
    dice = random.Random(kills)
    acknowledged = gone = 0
    for _ in range(kills):
        words = kill_one(dice.random() * seconds)
        acknowledged += len(words)
        gone += len(lost(words))
    print(f"{kills} kills, {acknowledged:,} acknowledged, {gone} lost")
    assert acknowledged > kills
    assert gone == 0


def test_nothing_acknowledged_is_lost() -> None:
    """Metrics, params, tags and batches, through the functions users call."""
    kill_many(30, 0.05)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_nothing_acknowledged_is_lost_in_a_thousand_kills() -> None:
    """The same, longer."""
    kill_many(1000, 0.2)


def test_a_loss_would_be_found(fresh: Path) -> None:
    """With a line cut out of the journal, the count above is not zero."""
    words = kill_one(0.05)
    (journal,) = (fresh / "mltrack.journal").glob("*.ndjson")
    lines = journal.read_bytes().splitlines(keepends=True)
    victim = next(n for n, line in enumerate(lines) if b'"op":"metric"' in line)
    journal.write_bytes(b"".join(lines[:victim] + lines[victim + 1 :]))
    assert lost(words) == ["metric 0"]
