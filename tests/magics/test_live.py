from pathlib import Path

import pytest

from tests.kernels import LOAD, Kernel, Ran, open_kernel


def cards(ran: Ran) -> list[str]:
    """The cards that a cell shows, each as one line."""
    return [one.data["text/plain"] for one in ran.outputs if one.output_type == "display_data"]


def test_start_run_has_a_card(kernel: Kernel) -> None:
    """Static in the end, with curve and params, without any magic."""
    ran = kernel.run("""
with mlflow.start_run():
    mlflow.log_param("lr", 0.1)
    for i in range(9):
        mlflow.log_metric("loss", 1 / (i + 1), step=i)""")
    (card,) = cards(ran)
    assert "✓ finished" in card
    assert "loss 0.1111 · parameters: lr 0.1" in card
    assert sorted(ran.outputs[0].data) == ["text/html", "text/plain"]
    assert "<polyline" in ran.html[0]


def test_what_changed_since_the_run_before(kernel: Kernel) -> None:
    """Of the same cell, though another cell had a run meanwhile; else of the experiment."""
    source = "with mlflow.start_run(): mlflow.log_param('lr', {})"
    kernel.run(source.format(1), cell_id="one")
    (other,) = cards(kernel.run(source.format(2), cell_id="two"))
    assert "lr 1 → 2" in other
    (again,) = cards(kernel.run(source.format(3), cell_id="one"))
    assert "lr 1 → 3" in again


def test_a_failed_run_says_why(kernel: Kernel) -> None:
    """In one line."""
    (card,) = cards(kernel.run("with mlflow.start_run():\n    raise ValueError('no\\nsuch')"))
    assert "✗ failed" in card
    assert card.endswith("ValueError: no")


def test_a_sweep_does_not_flood(kernel: Kernel) -> None:
    """Three cards and one for all."""
    shown = cards(
        kernel.run("""
for n in range(1, 51):
    with mlflow.start_run():
        mlflow.log_param("lr", n)
        mlflow.log_metric("loss", 1 / n)""")
    )
    assert len(shown) == 4
    assert shown[3].startswith("50 runs ✓ 50 finished in")
    assert "best loss 0.02" in shown[3]
    assert shown[3].endswith("lr 50")


def test_nested_runs_have_cards(kernel: Kernel) -> None:
    """The parent, then its children; a child is compared with its sibling."""
    parent, first, second = cards(
        kernel.run("""
with mlflow.start_run():
    for lr in (1, 2):
        with mlflow.start_run(nested=True):
            mlflow.log_param("lr", lr)""")
    )
    assert "✓ finished" in parent
    assert "parameters: lr 1" in first
    assert "lr 1 → 2" in second


def test_a_run_that_stays_open(kernel: Kernel) -> None:
    """Its card stays live, and what is saved meanwhile is as it is when the cell has ended."""
    ran = kernel.run("run = mlflow.start_run()\nmlflow.log_metric('loss', 0.5)")
    (card,) = cards(ran)
    assert "▶ running" in card
    assert "loss 0.5" in card
    assert "application/vnd.jupyter.widget-view+json" in ran.outputs[0].data
    assert cards(kernel.run("mlflow.end_run()")) == []


def test_a_resumed_run(kernel: Kernel) -> None:
    """It has a card again, with what it logged before."""
    kernel.run("with mlflow.start_run() as run: mlflow.log_metric('loss', 0.5, step=1)")
    (card,) = cards(
        kernel.run("with mlflow.start_run(run.info.run_id): mlflow.log_metric('more', 1)")
    )
    assert "✓ finished" in card
    assert "loss 0.5 · more 1" in card


def test_only_the_foreground_has_cards(kernel: Kernel) -> None:
    """A thread and a forked child may start runs; they show nothing and break nothing."""
    ran = kernel.run("""
import os, threading
def train():
    with mlflow.start_run(): mlflow.log_metric("a", 1)
thread = threading.Thread(target=train); thread.start(); thread.join()
child = os.fork()
if child == 0:
    train()
    os._exit(0)
print(os.waitpid(child, 0)[1])""")
    assert cards(ran) == []
    assert ran.stdout == "0\n"
    assert [run["status"] for run in kernel.runs()[-2:]] == ["FINISHED", "FINISHED"]


def test_a_fork_inside_a_run(kernel: Kernel) -> None:
    """The child logs to its parent's run; the card is the parent's."""
    ran = kernel.run("""
import os
with mlflow.start_run():
    if (child := os.fork()) == 0:
        mlflow.log_metric("by_child", 1)
        os._exit(0)
    print(os.waitpid(child, 0)[1])""")
    assert ran.stdout == "0\n"
    (card,) = cards(ran)
    assert "by_child 1" in card


def test_cards_can_be_turned_off(kernel: Kernel) -> None:
    """And on again; alone, the verb says which."""
    assert kernel.run("%mltrack card").stdout == "cards       on\n"
    assert kernel.run("%mltrack card off").stdout == "cards       off\n"
    assert kernel.run("with mlflow.start_run(): pass").outputs == []
    assert kernel.run("%%track\n1").outputs[0].output_type == "execute_result"
    kernel.run("%mltrack card on")
    assert len(cards(kernel.run("with mlflow.start_run(): pass"))) == 1
    assert "%mltrack card takes on or off" in kernel.run("%mltrack card maybe").stderr


def test_the_environment_turns_them_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """For a whole machine."""
    monkeypatch.setattr("tests.kernels.OURS", ("MLFLOW_", "JPY_"))
    monkeypatch.setenv("MLTRACK_CARD", "off")
    with open_kernel(tmp_path, LOAD) as opened:
        assert opened.run("with mlflow.start_run(): pass").outputs == []


def test_the_thread_ends_with_the_last_run(kernel: Kernel) -> None:
    """A kernel in which no run is open does nothing."""
    kernel.run("with mlflow.start_run(): pass")
    ran = kernel.run("""
import threading, time
time.sleep(0.8)
print([one.name for one in threading.enumerate() if one.name == "mltrack-card"])""")
    assert ran.stdout == "[]\n"
