"""Promise 20: the store is private, whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from jupyter_mltrack.store import Store, numbers
from tests.store.writers import begun, die, end, fork, join, one_of_each, point


def open_to_others(folder: Path) -> dict[str, str]:
    """Whatever somebody else may touch, with its mode."""
    modes = {path: stat.S_IMODE(path.lstat().st_mode) for path in folder.rglob("*")}
    wanted = {path: 0o700 if path.is_dir() else 0o600 for path in modes}
    return {str(p.relative_to(folder)): oct(m) for p, m in modes.items() if m != wanted[p]}


def use(path: Path) -> None:
    """Do everything that makes files."""
    for name in "ab":
        store = Store(path)
        store.append_all([*one_of_each(name), *(point(name, i) for i in range(5_000))])
        numbers.take(store.folder, "1", lambda: 7)
        store.close()
        store.fold()
        store.finish_sealing()
    store.append(begun("c"))
    with store.agreeing():
        store.append(point("c", 1))
    store.rebuild()


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_files_are_private(tmp_path: Path, umask: int) -> None:
    """Folders 0700, files 0600: database, journals, archives, counters, locks."""

    def with_umask() -> None:
        os.umask(umask)
        use(tmp_path / "m.duckdb")

    join([fork(with_umask)])
    kinds = {path.suffix for path in tmp_path.rglob("*")}
    assert kinds >= {".duckdb", ".journal", ".ndjson", ".gz", ".lock"}
    assert open_to_others(tmp_path) == {}


def test_what_a_dead_process_leaves_is_private(tmp_path: Path) -> None:
    """Also DuckDB's log and passing files, killed before any statement of a first fold."""
    steps: list[str] = []
    store = Store(tmp_path / "count.duckdb")
    store.append_all(one_of_each("r"))
    store.folding.tracer = lambda name, _: steps.append(name)
    store.fold()
    store.close()
    for at in range(len(steps) + 1):
        join([fork(leave_behind, tmp_path / f"{at}.duckdb", at)])
    assert open_to_others(tmp_path) == {}


def leave_behind(path: Path, at: int) -> None:
    """Be killed in the middle of a fold, under the most open umask."""

    def fold() -> None:
        from jupyter_mltrack.store import store as module

        os.umask(0)
        store = Store(path)
        store.append_all(one_of_each("r"))
        todo = iter(range(at + 1))
        store.folding.tracer = lambda *_: None if next(todo) < at else die()
        module.watermarks = lambda *_: die()  # type: ignore[assignment]
        store.fold()

    assert end(fork(fold)) == -9


def test_a_mode_that_the_owner_chose_stays(store: Store) -> None:
    """Who opens a store to a group on purpose finds it open after the next fold."""
    store.append(begun("r"))
    store.fold()
    store.path.chmod(0o660)
    store.folder.chmod(0o770)
    store.append(point("r", 1))
    store.fold()
    assert stat.S_IMODE(store.path.stat().st_mode) == 0o660
    assert stat.S_IMODE(store.folder.stat().st_mode) == 0o770
