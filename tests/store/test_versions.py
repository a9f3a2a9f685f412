"""Promise 23, the store's part: releases of ours and of DuckDB share a store."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import duckdb
import pytest

from jupyter_mltrack.errors import StoreTooNew
from jupyter_mltrack.events import FORMAT
from jupyter_mltrack.store import Store, database, journal, shelf
from tests.reliability import Noting
from tests.store.writers import VIEWS, begun, contents, count, finished, point

OTHER = "1.5.6" if duckdb.__version__ != "1.5.6" else "2.0.0"
SCRIPT = Path(__file__).with_name("other_duckdb.py")


@pytest.fixture(scope="session")
def other_python() -> str:
    """An interpreter with another release of DuckDB: MLTRACK_OTHER_DUCKDB, or a cached one."""
    if named := os.environ.get("MLTRACK_OTHER_DUCKDB"):
        return named
    folder = Path(tempfile.gettempdir(), f"jupyter-mltrack-duckdb-{OTHER}")
    python = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"\ninstalling DuckDB {OTHER} into {folder}, once")
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
        pip = [python, "-m", "pip", "install", "--quiet", f"duckdb=={OTHER}", "msgspec"]
        if subprocess.run(pip, check=False).returncode:
            pytest.skip(f"DuckDB {OTHER} could not be installed")
        (folder / "complete").touch()
    return str(python)


def run_with(python: str, path: Path, run: str) -> dict[str, Any]:
    """Let an interpreter log to and read a store."""
    done = subprocess.run(
        [python, SCRIPT, path, run], capture_output=True, text=True, check=False, timeout=120
    )
    assert done.returncode == 0, done.stderr
    assert "damaged" not in done.stderr
    return dict(json.loads(done.stdout))


def test_two_releases_of_duckdb_fold_one_store_in_turn(
    other_python: str, tmp_path: Path, promise: Noting
) -> None:
    """Each reads what the other wrote, twice to and fro."""
    path = tmp_path / "m.duckdb"
    versions = []
    for turn in range(4):
        found = run_with([other_python, sys.executable][turn % 2], path, f"r{turn}")
        versions.append(found["version"])
        assert found["metrics"] == [[f"r{i}", 10, 9.0] for i in range(turn + 1)]
        assert [view.partition(":")[0] for view in found["views"]] == sorted(VIEWS)
    print(f"\nfolded in turn by DuckDB {', '.join(versions)}")
    assert len(set(versions)) == 2
    assert sorted(each.name for each in tmp_path.iterdir()) == ["m.duckdb", "m.journal"]
    promise(23, f"DuckDB {OTHER} and {duckdb.__version__} fold one store", turns=4, different=0)


def hashed(folder: Path) -> dict[str, str]:
    """Every file and folder below a folder, with what is in it."""
    return {
        str(path): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in sorted(folder.rglob("*"))
    }


@pytest.fixture
def used(store: Store) -> Store:
    """A store with a run, folded and let go."""
    store.append_all([begun("r"), point("r", 1), finished("r")])
    store.close()
    store.fold()
    store.finish_sealing()
    store.fold()
    return store


def test_a_newer_store_is_refused_and_not_touched(used: Store) -> None:
    """The note beside the journals says so, before anything is opened."""
    (used.folder / "format").write_text(f"{FORMAT + 1}\n")
    before = hashed(used.path.parent)
    with pytest.raises(StoreTooNew, match="pip install --upgrade jupyter-mltrack"):
        Store(used.path)
    assert hashed(used.path.parent) == before


def test_newer_tables_are_refused_and_not_touched(used: Store) -> None:
    """Also when only the database was made by a newer release, for readers and rebuilders."""
    with duckdb.connect(str(used.path)) as connection:
        connection.execute("UPDATE base.meta SET format = ?", [FORMAT + 1])
    before = hashed(used.path.parent)
    store = Store(used.path)
    for ask in (store.fold, store.rebuild, lambda: store.rows("SELECT * FROM runs")):
        with pytest.raises(StoreTooNew, match="Nothing was changed"):
            ask()
    assert hashed(used.path.parent) == before


def test_older_tables_are_folded_anew(used: Store, caplog: pytest.LogCaptureFixture) -> None:
    """From the journals, without a word and without a copy."""
    before = contents(used)
    with duckdb.connect(str(used.path)) as connection:
        connection.execute("UPDATE base.meta SET format = ?", [FORMAT - 1])
        connection.execute("DROP VIEW runs")
    assert contents(Store(used.path)) == before
    assert count(Store(used.path), "runs") == 1
    assert caplog.records == []
    assert sorted(path.name for path in used.path.parent.glob("*.duckdb")) == ["mltrack.duckdb"]


def test_a_newer_release_leaves_its_mark(used: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Once a newer release has written to an older store, an older one refuses it."""
    with monkeypatch.context() as newer:
        for module in (database, journal, shelf):
            newer.setattr(module, "FORMAT", FORMAT + 1)
        store = Store(used.path)
        store.append(begun("newer"))
        assert count(store, "runs") == 2
        store.close()
        store.finish_sealing()
    with pytest.raises(StoreTooNew):
        Store(used.path)
