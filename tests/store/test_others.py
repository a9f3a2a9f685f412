"""Files that are not ours, and folders that we may only read."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import duckdb
import pytest

from jupyter_mltrack.errors import NotAStore
from jupyter_mltrack.store import Store
from tests.store.writers import begun, fork, join, point

NOBODY = 65534


def test_a_file_that_is_no_database_is_refused_and_stays(tmp_path: Path) -> None:
    """A path to the wrong file must not cost the user that file."""
    path = tmp_path / "data.csv"
    path.write_text("a,b\n1,2\n")
    with pytest.raises(NotAStore, match="Choose another path"):
        Store(path)
    assert [file.name for file in tmp_path.iterdir()] == ["data.csv"]
    assert path.read_text() == "a,b\n1,2\n"


def test_a_database_of_somebody_else_is_refused(tmp_path: Path) -> None:
    """Its tables are named in the error, nothing is made beside it."""
    path = tmp_path / "sales.duckdb"
    with duckdb.connect(path) as connection:
        connection.execute("CREATE TABLE sales (amount INTEGER)")
    with pytest.raises(NotAStore, match="sales"):
        Store(path)
    assert [file.name for file in tmp_path.iterdir()] == ["sales.duckdb"]


def test_a_database_alone_can_be_read(store: Store) -> None:
    """Somebody was given the database without its journals."""
    store.append_all([begun("r"), point("r", 1)])
    store.rows("SELECT 1")
    moved = store.path.parent / "copy.duckdb"
    moved.write_bytes(store.path.read_bytes())
    assert Store(moved).rows("SELECT run_id FROM runs") == [("r",)]


@pytest.mark.skipif(os.getuid() != 0, reason="only root can become somebody else")
def test_a_folder_that_may_only_be_read() -> None:
    """The journals are read into memory; nothing is written."""
    folder = Path(f"/tmp/mltrack-look-only-{os.getpid()}")  # noqa: S108  (readable for nobody)
    folder.mkdir()
    folder.chmod(0o755)
    store = Store(folder / "mltrack.duckdb")
    store.append_all([begun("r"), point("r", 1)])
    store.rows("SELECT 1")

    def look() -> None:
        os.setuid(NOBODY)
        assert Store(store.path).rows("SELECT count(*) FROM metric_history") == [(1,)]

    for path in (store.folder, *store.folder.iterdir(), store.path):
        path.chmod(0o555)
    join([fork(look)])
    shutil.rmtree(folder)
