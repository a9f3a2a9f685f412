import resource
from pathlib import Path

import duckdb
import pandas as pd
import pytest

from jupyter_mltrack.tracking import notebook
from tests.panels.examples import sweep
from tests.panels.table.tables import Asked, table_of


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """A table in a notebook that lies in a folder of its own."""
    (tmp_path / "it's a notebook").mkdir()
    path = tmp_path / "it's a notebook" / "a.ipynb"
    monkeypatch.setattr(notebook, "path", lambda: str(path))
    return table_of(tmp_path, sweep())


def test_all_found_runs_are_written(table: Asked, tmp_path: Path) -> None:
    """Beside the notebook, in the order of the table, always to a new file."""
    table.ask("sort", column="metrics.val_accuracy", direction="ascending")
    for name in ("runs.csv", "runs-2.csv"):
        answer = table.ask("export", format="csv", runs=[])
        assert answer == {"path": str(tmp_path / "it's a notebook" / name), "rows": 8}
        written = pd.read_csv(answer["path"])
        assert [f"{one:032}" for one in written["run_id"]] == table.ids
        assert written["params.depth"].tolist() == [4, 5, 6, 3, 4, 5, 6, 3]


def test_chosen_runs_are_written_as_parquet(table: Asked) -> None:
    """With types: metrics are numbers, params texts, times in UTC."""
    ids = table.ids[2:4]
    answer = table.ask("export", format="parquet", runs=ids)
    assert answer["rows"] == 2
    with duckdb.connect() as connection:
        rows = connection.execute(
            'SELECT run_id, "params.depth", start_time, "metrics.loss" FROM read_parquet(?)',
            [answer["path"]],
        ).fetchall()
    runs = {run.info.run_id: run for run in sweep()}
    assert [row[0] for row in rows] == ids
    assert [row[1] for row in rows] == [runs[one].data.params["depth"] for one in ids]
    assert [row[3] for row in rows] == [runs[one].data.metrics["loss"] for one in ids]
    assert all(abs(row[2].timestamp() - 1_790_000_000) < 1e9 for row in rows)


def test_where_nothing_can_be_written(
    table: Asked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The panel says so."""
    folder = tmp_path / "gone"
    folder.mkdir()
    monkeypatch.setattr(notebook, "path", lambda: None)
    monkeypatch.chdir(folder)
    folder.rmdir()
    assert "cannot be written" in table.ask("export", format="csv", runs=[])["error"]


@pytest.mark.parametrize("kind", ["csv", "parquet"])
def test_a_disk_that_is_full_keeps_no_half_file(table: Asked, tmp_path: Path, kind: str) -> None:
    """What could not be written whole is removed."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100, before[1]))
    try:
        answer = table.ask("export", format=kind, runs=[])
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert "cannot be written" in answer["error"]
    assert not list((tmp_path / "it's a notebook").glob("runs*"))
