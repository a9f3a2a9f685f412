"""Order between processes that never read what the others wrote."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.events import RunStatus, Tag
from jupyter_mltrack.store import Store
from tests.store.writers import begun, fork, join, point


def test_who_ran_later_has_the_last_word(store: Store) -> None:
    """A parent that waited for its child overwrites the child's tag and status."""
    store.append(begun("r"))

    def child() -> None:
        store.append_all([point("r", i) for i in range(50)])
        store.append_all([Tag("r", "phase", "worker"), RunStatus("r", "FINISHED", 5, 1.0)])

    join([fork(child)])
    store.append_all([Tag("r", "phase", "done"), RunStatus("r", "FAILED", 6, 2.0)])
    assert store.rows("SELECT status, tags['phase'] FROM runs") == [("FAILED", "done")]


def test_a_string_of_another_class_is_text(store: Store) -> None:
    """PyTorch's version and NumPy's strings are no plain str."""

    class Version(str):
        __slots__ = ()

    store.append_all([begun("r"), Tag("r", "torch", Version("2.13"))])
    assert store.rows("SELECT tags['torch'] FROM runs") == [("2.13",)]


def test_a_deleted_store_begins_anew(store: Store) -> None:
    """Who removes the files of a living process and goes on loses nothing that comes after."""
    store.append_all([begun("old")])
    assert not store.starts_anew()
    shutil.rmtree(store.folder)
    assert store.starts_anew()
    store.append_all([begun("new")])
    assert store.folder.exists()
    assert store.rows("SELECT run_id FROM runs") == [("new",)]


@pytest.mark.parametrize("name", ["base", "s"])
def test_names_that_duckdb_uses_are_refused(tmp_path: Path, name: str) -> None:
    """DuckDB calls a database after its file."""
    with pytest.raises(InvalidParameterValue, match="Choose another"):
        Store(tmp_path / f"{name}.duckdb")


@pytest.mark.parametrize("name", ["runs", "main", "t", "p", "e", "i", "x", "memory", "temp", "a b"])
def test_other_names_work(tmp_path: Path, name: str) -> None:
    """Also those that tables, views and aliases have."""
    store = Store(tmp_path / f"{name}.duckdb")
    store.append_all([begun("r"), point("r", 1), Tag("r", "a", "b")])
    assert store.rows("SELECT runs.run_id, tags['a'] FROM runs") == [("r", "b")]
    assert store.rows("SELECT count(*) FROM metrics") == [(1,)]
    store.close()
