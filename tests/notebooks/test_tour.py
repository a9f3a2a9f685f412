import re
import shutil
from pathlib import Path

import nbformat
import pytest

from jupyter_mltrack.cli.demo import _prepare as prepare
from jupyter_mltrack.store import Store
from tests.lab import ROOT
from tests.notebooks.conftest import Demo

TOUR = "01_first_run.ipynb"
MOST_CELLS = 15


@pytest.fixture(scope="session")
def store(demo: Demo) -> Store:
    """The store that the demo made."""
    return Store(demo.folder / "mltrack.duckdb")


def test_the_demo_succeeds(demo: Demo) -> None:
    """With a progress bar, and a ranking that says how to go on; it uses no other store."""
    assert (demo.status, demo.err) == (0, "")
    assert "█  cell 8 of 8" in demo.out
    assert demo.out.rstrip().endswith(f"Open it in JupyterLab:  jupyter lab '{demo.folder / TOUR}'")
    assert not (demo.folder.parent / "another.duckdb").exists()


def test_the_ranking(demo: Demo) -> None:
    """At least twelve runs of two families of models, the best first."""
    table = demo.out.partition("the best first:\n\n")[2].partition("\n\nOpen")[0].splitlines()
    columns, rows = table[0].split(), table[1:]
    assert {"rmse", "family", "alpha", "learning_rate"} <= set(columns)
    assert len(rows) >= 12
    assert {"ridge", "boosting"} <= set(re.findall(r"ridge|boosting", "\n".join(rows)))
    at = table[0].index(" rmse ") + len(" rmse")
    ranked = [float(row[:at].split()[-1]) for row in rows]
    assert ranked == sorted(ranked)


def test_the_runs(store: Store) -> None:
    """All finished, with metrics, params, data and the cells they followed."""
    query = """SELECT params['family'], count(*) FROM runs
        WHERE status = 'FINISHED' AND metrics['rmse'] > 0 GROUP BY ALL ORDER BY ALL"""
    counts = dict(store.rows(query))
    assert min(counts.values()) >= 5
    assert sum(counts.values()) >= 12
    assert store.rows("SELECT count(*) FROM runs WHERE status <> 'FINISHED'") == [(0,)]
    assert store.rows("SELECT count(*) FROM metric_history WHERE key = 'rmse by step'")[0][0] > 500
    assert store.rows("SELECT DISTINCT name FROM datasets") == [("diabetes",)]
    notebooks = store.rows("SELECT DISTINCT notebook, cell_id IS NULL FROM run_cells")
    assert len(notebooks) == 1
    assert str(notebooks[0][0]).endswith(f"my demo/{TOUR}")


def test_the_tour_is_short_and_clean() -> None:
    """As it is kept in the repository: under 15 cells, with ids, without outputs."""
    notebook = nbformat.read(ROOT / "notebooks" / TOUR, as_version=4)
    nbformat.validate(notebook)
    assert len(notebook.cells) < MOST_CELLS
    assert notebook.cells[0].cell_type == "markdown"
    for cell in notebook.cells:
        assert cell.get("outputs", []) == []
        assert cell.get("execution_count") is None
    assert len({cell.id for cell in notebook.cells}) == len(notebook.cells)


def test_the_executed_tour(demo: Demo) -> None:
    """Saved with what it shows: the frozen card, the table's twin, frames; nothing failed."""
    notebook = nbformat.read(demo.folder / TOUR, as_version=4)
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in code] == list(range(1, len(code) + 1))
    outputs = {cell.id: cell.outputs for cell in code}
    kinds = {one.output_type for shown in outputs.values() for one in shown}
    assert kinds <= {"display_data", "execute_result"}
    card = outputs["tour-01-04"][0].data
    assert sorted(card) == ["text/html", "text/plain"]
    assert "first ridge" in card["text/html"]
    table = outputs["tour-01-08"][0].data["text/html"]
    assert "first ridge" in table
    assert "<script" not in table


def test_a_second_time(demo: Demo, tmp_path: Path) -> None:
    """An earlier demo in the folder is no reason to refuse; its notebook is fresh again."""
    shutil.copy(demo.folder / TOUR, tmp_path)
    (tmp_path / "mltrack.duckdb").touch()
    assert prepare(tmp_path) == tmp_path / TOUR
    assert (tmp_path / TOUR).read_text() == (ROOT / "notebooks" / TOUR).read_text()
