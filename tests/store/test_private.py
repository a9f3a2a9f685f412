"""Promise 20: the store is private, whatever the umask."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from jupyter_mltrack.artifacts import LocalFolder
from jupyter_mltrack.store import Store, health, journal, numbers
from tests.reliability import Noting
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
    LocalFolder(store.artifacts / "0" / "c" / "artifacts").put(Path(__file__), "deep/er/file.py")
    path.write_bytes(b"damaged" * 1000)
    home = store.artifacts / "0" / "models" / "m-1" / "artifacts"
    LocalFolder(home).put(Path(__file__), "MLmodel")
    assert len(store.rows("SELECT * FROM runs")) == 3  # made again; the wreck is kept
    health.report(store)


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_files_are_private(tmp_path: Path, umask: int, promise: Noting) -> None:
    """Folders 0700, files 0600: database, journals, archives, counters, locks, artifacts, wreck."""

    def with_umask() -> None:
        os.umask(umask)
        use(tmp_path / "m.duckdb")

    join([fork(with_umask)])
    kinds = {path.suffix for path in tmp_path.rglob("*")}
    assert kinds >= {".duckdb", ".journal", ".ndjson", ".gz", ".lock", ".artifacts", ".py"}
    assert len(list(tmp_path.glob("*.duckdb*"))) > 1, "no wreck was kept"
    found = open_to_others(tmp_path)
    everything = len(list(tmp_path.rglob("*")))
    promise(20, f"files and folders under umask {umask:03o}", paths=everything, open=len(found))
    assert found == {}


def test_trusting_the_umask_would_be_noticed(tmp_path: Path, promise: Noting) -> None:
    """With modes left to the umask, files are found that others may read."""

    def trusting() -> None:
        os.umask(0)
        os.chmod = lambda *_, **__: None  # type: ignore[assignment]
        os.fchmod = lambda *_: None  # type: ignore[assignment]
        Path.chmod = lambda *_, **__: None  # type: ignore[method-assign]
        plain = os.open
        journal.os.open = lambda path, flags, *_, **more: plain(path, flags, 0o666, **more)
        use(tmp_path / "m.duckdb")

    join([fork(trusting)])
    assert open_to_others(tmp_path) != {}
    promise(20, "mutation: modes left to the umask", caught="yes")


def test_what_a_dead_process_leaves_is_private(tmp_path: Path) -> None:
    """Also DuckDB's log and passing files, killed before every fifth statement of a first fold."""
    steps: list[str] = []
    store = Store(tmp_path / "count.duckdb")
    store.append_all(one_of_each("r"))
    store.folding.tracer = lambda name, _: steps.append(name)
    store.fold()
    store.close()
    for at in range(len(steps), -1, -5):
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
