"""The DuckDB file: opened for a moment, never kept.

DuckDB lets one process in at a time, so nobody holds the file longer than one fold or one query,
and everybody of ours stands in line at `StoreLock` first. Whoever holds it nonetheless is a
foreign program (a DuckDB shell, a BI tool) and is named in the error.
"""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import NotAStore, StoreBusy, StoreTooNew
from jupyter_mltrack.events import FORMAT
from jupyter_mltrack.store import statements

if TYPE_CHECKING:
    from pathlib import Path

    from duckdb import DuckDBPyConnection

#: DuckDB 1.2 and all later ones read and write this storage version.
STORAGE_VERSION = "v1.2.0"

#: A foreign program may be about to let go: so long is it given, in seconds.
PATIENCE = 0.5

_HOLDER = re.compile(r"held in (\S+).*?\(PID (\d+)\)")
_HELD = ("Could not set lock", "Conflicting lock", "different configuration", "already attached")

_LOCKED_DOWN: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
}


class Damaged(Exception):
    """The database file cannot be read; the journals can."""


class Outdated(Damaged):
    """The database was folded by an older release."""


class Database:
    """The DuckDB file at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def open_to_write(self) -> DuckDBPyConnection:
        """A connection that may change the tables; the file and its tables are made if missing.

        Raises:
            StoreBusy: if a foreign program holds the file.
            StoreTooNew: if a newer release made the tables.
            NotAStore: if the file holds something else.
            Damaged: if it cannot be read, or must be folded anew.
        """
        import duckdb

        fresh = not self.path.exists()
        connection = self._open(read_only=False)
        try:
            if fresh:
                self.path.chmod(0o600)
            prepare(connection)
        except duckdb.Error as error:
            connection.close()
            raise Damaged(str(error)) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def open_to_read(self) -> DuckDBPyConnection:
        """A connection that can change nothing, read no other file and load no extension.

        Raises:
            StoreBusy, Damaged: as `open_to_write`.
        """
        connection = self._open(read_only=True)
        lock_down(connection)
        return connection

    def is_clean(self) -> bool:
        """Whether the file is there, with no log left over from a process that died."""
        return self.path.exists() and not self._log.exists()

    def set_aside(self) -> Path | None:
        """Rename a file that cannot be used, so that a new one can be made in its place."""
        aside: Path | None = self.path.with_name(
            f"{self.path.stem}.damaged-{time.time_ns()}{self.path.suffix}"
        )
        try:
            self.path.rename(aside)  # type: ignore[arg-type]
        except FileNotFoundError:
            aside = None
        self._log.unlink(missing_ok=True)
        return aside

    def discard(self) -> None:
        """Remove the file and its log."""
        self.path.unlink(missing_ok=True)
        self._log.unlink(missing_ok=True)

    @property
    def _log(self) -> Path:
        return self.path.with_name(f"{self.path.name}.wal")

    def _open(self, *, read_only: bool) -> DuckDBPyConnection:
        import duckdb

        config = _LOCKED_DOWN if read_only else {"storage_compatibility_version": STORAGE_VERSION}
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return duckdb.connect(str(self.path), read_only=read_only, config=config)
            except duckdb.Error as error:
                if not any(sign in str(error) for sign in _HELD):
                    raise Damaged(str(error)) from error
                if time.monotonic() > deadline:
                    raise StoreBusy(self._held(str(error))) from None
                time.sleep(0.02)

    def _held(self, error: str) -> str:
        found = _HOLDER.search(error)
        who = f"{found[1]} (process {found[2]})" if found else "another connection in this process"
        return (
            f"{self.path} is open in {who}. Close it there, or open it there read-only for short"
            " moments; logging goes on meanwhile."
        )


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables in an empty database; check whose they are in any other.

    Raises:
        StoreTooNew, NotAStore, Outdated: as the names say.
    """
    tables = connection.execute(
        "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
    ).fetchall()
    if ("base.meta",) in tables:
        row = connection.execute("SELECT max(format) FROM base.meta").fetchone()
        check_format(row[0] if row else 0)
        return
    if tables:
        names = ", ".join(name for (name,) in tables[:3])
        msg = f"This DuckDB file holds other tables ({names}). Choose another path for the store."
        raise NotAStore(msg)
    connection.execute("BEGIN")
    connection.execute(statements.schema())
    connection.execute("INSERT INTO base.meta VALUES (?, current_localtimestamp())", [FORMAT])
    connection.execute("COMMIT")


def check_format(found: int) -> None:
    """Compare the format of a store with ours.

    Raises:
        StoreTooNew: if it is higher.
        Outdated: if it is lower.
    """
    if found > FORMAT:
        msg = (
            f"This store has format {found}; this release of jupyter_mltrack knows up to {FORMAT}."
            " Upgrade it: pip install --upgrade jupyter-mltrack. Nothing was changed."
        )
        raise StoreTooNew(msg)
    if found < FORMAT:
        msg = f"format {found}"
        raise Outdated(msg)


def lock_down(connection: DuckDBPyConnection) -> None:
    """Take from a connection every way to reach outside its database, for good."""
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")
