from __future__ import annotations

import hashlib

from jupyter_mltrack import events
from jupyter_mltrack.store import Store, differences


def start(store: Store, run: str, cell: int | None = None) -> None:
    """A run that began in a cell of this process."""
    store.append(events.RunStarted(run, "0", 1000, 1, "ada", cell=cell))


def execute(store: Store, number: int, source: str, cell_id: str | None = None) -> None:
    """A cell of this process was executed."""
    digest = hashlib.sha256(source.encode()).hexdigest()
    store.append(events.Cell(number=number, sha256=digest, source=source, cell_id=cell_id))


def test_a_cell_counts_as_it_was_executed_last(store: Store) -> None:
    """Of a cell that was executed again before the run only the later text; none after it."""
    execute(store, 1, "import x", "a")
    execute(store, 2, "rate = 1", "b")
    execute(store, 3, "rate = 2", "b")
    execute(store, 4, "fit(rate)", "c")
    start(store, "r", 4)
    execute(store, 5, "rate = 3", "b")
    found = differences.cells(store, "r", 10)
    assert [(cell.number, cell.source) for cell in found] == [
        (1, "import x"), (3, "rate = 2"), (4, "fit(rate)")
    ]  # fmt: skip
    assert [cell.is_own for cell in found] == [False, False, True]
    assert [cell.number for cell in differences.cells(store, "r", 2)] == [3, 4]
    assert differences.cells(store, "gone", 2) == []


def test_cells_without_ids_all_count(store: Store) -> None:
    """Nobody knows which of them are the same."""
    execute(store, 1, "x = 1")
    execute(store, 2, "x = 1")
    start(store, "r", 2)
    assert len(differences.cells(store, "r", 10)) == 2


def test_runs_come_in_the_order_of_their_ids(store: Store) -> None:
    """Also those in the bin, and of other experiments; none twice."""
    for run in ("a", "b", "it's"):
        start(store, run)
    store.append(events.RunStage("b", "deleted", 2000))
    found = differences.runs(store, ["it's", "gone", "b", "b", "a"])
    assert [run.info.run_id for run in found] == ["it's", "b", "a"]
    assert differences.runs(store, []) == []


def test_origin_and_environment(store: Store) -> None:
    """The commit and the packages, by run."""
    start(store, "r")
    store.append(events.Tag("r", "mlflow.source.git.commit", "abc"))
    store.append(events.Tag("r", "mlflow.source.git.dirty", "true"))
    store.append(events.Environment("3.11.7", "Linux", {"numpy": "2.4"}))
    origin = differences.code(store, ["r"])["r"]
    assert (origin["git_commit"], origin["git_dirty"]) == ("abc", True)
    assert differences.environments(store, ["r", "gone"]) == {
        "r": {"python": "3.11.7", "platform": "Linux", "packages": {"numpy": "2.4"}}
    }
