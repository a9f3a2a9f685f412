"""The file attached for a moment to a DuckDB that stays: how questions of ours are asked.

To make a DuckDB takes some 20 ms, to attach a file to one that is there 2 ms. A statement of a
user gets a DuckDB of its own instead, shut off for good (`Database.open_shut_off`): this one may
attach, though nothing but its own file.
"""

from __future__ import annotations

import atexit
import weakref
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mltrack.store.confined import open_files

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

#: What the store is called there; no table or schema of ours is called so.
_NAME = "store"

#: What DuckDB looks for beside the file.
_BESIDE = ("", ".wal", ".wal.checkpoint", ".wal.recovery")

#: What a child inherited by a fork has no threads: it may be neither used nor ended.
_inherited: list[DuckDBPyConnection] = []


#: Those that may have one.
_readers: weakref.WeakSet[Reader] = weakref.WeakSet()


@atexit.register
def _end_all() -> None:
    """End them before the interpreter does: DuckDB complains of what is left then."""
    for reader in list(_readers):
        reader.end()


class Reader:
    """A DuckDB in memory for the file at ``path``; it is made when first needed."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._duckdb: DuckDBPyConnection | None = None
        _readers.add(self)

    def attach(self) -> DuckDBPyConnection:
        """A connection that has the file, read-only; give it back with `detach`.

        Raises:
            duckdb.Error: if the file cannot be read.
        """
        if self._duckdb is None:
            self._duckdb = open_files(*(f"{self._path}{ending}" for ending in _BESIDE))
        connection = self._duckdb.cursor()
        try:
            path = str(self._path).replace("'", "''")
            connection.execute(f"ATTACH '{path}' AS {_NAME} (READ_ONLY)")
            connection.execute(f"USE {_NAME}")
        except BaseException:
            connection.close()
            self.end()
            raise
        return connection

    def detach(self, connection: DuckDBPyConnection) -> None:
        """Let go of the file."""
        import duckdb

        if self._duckdb is None:  # we are a child, forked inside a question
            return
        done = False
        try:
            with suppress(duckdb.Error):  # it is broken, or in the middle of something
                connection.execute("USE memory")
                connection.execute(f"DETACH {_NAME}")
                done = True
        finally:
            connection.close()
            if not done:
                self.end()

    def end(self) -> None:
        """Give the DuckDB up, between questions; the next one makes another."""
        if self._duckdb is not None:
            self._duckdb.close()
            self._duckdb = None

    def after_fork_in_child(self) -> None:
        """Leave what the parent had alone."""
        if self._duckdb is not None:
            _inherited.append(self._duckdb)
            self._duckdb = None
