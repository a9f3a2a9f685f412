"""The DuckDB file: opened for a moment, never kept.

DuckDB lets one process in at a time, so nobody holds the file longer than one fold or one query,
and everybody of ours stands in line at `StoreLock` first. Whoever holds it nonetheless is a
foreign program (a DuckDB shell, a BI tool) and is named in the error.
"""

from __future__ import annotations

import os
import re
import time
import zlib
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import (
    InvalidParameterValue,
    NotAStore,
    StoreBusy,
    StoreError,
    StoreTooNew,
)
from jupyter_mltrack.events import FORMAT
from jupyter_mltrack.store import empty, statements
from jupyter_mltrack.store.confined import open_database
from jupyter_mltrack.store.reader import Reader
from jupyter_mltrack.store.sharing import open_common, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from duckdb import DuckDBPyConnection

#: DuckDB 1.2 and all later ones read and write this storage version.
STORAGE_VERSION = "v1.2.0"

#: A foreign program may be about to let go: so long is it given, in seconds.
PATIENCE = 0.5

_HOLDER = re.compile(r"held in (\S+).*?\(PID (\d+)\)")

#: The file is well, the machine is not.
_TROUBLE = (
    "Disk quota exceeded",
    "File too large",
    "No space left",
    "Permission denied",
    "Read-only file system",
    "Too many open files",
)
_HELD = ("Could not set lock", "Conflicting lock", "different configuration", "already attached")

_COMPATIBLE: dict[str, str | bool | int | float | list[str]] = {
    "storage_compatibility_version": STORAGE_VERSION
}
TOO_LARGE = (
    "The answer does not fit into a quarter of this machine's memory."
    " Take fewer rows or columns: LIMIT, WHERE or GROUP BY in SQL, max_results= and columns= in a"
    " search."
)
_SURROGATE = re.compile(r"surrogates? ('\S+' at position \d+ is )?not allowed")
_CTRL_C = "Query interrupted"  # as DuckDB puts it
_NO_TEXT = "Half a surrogate pair is no text: nothing in the store has such a name."


class Damaged(Exception):
    """The database file cannot be read; the journals can."""


class Outdated(Damaged):
    """The database was folded by an older release."""


class Replaced(StoreError):
    """The database turned out to be damaged while it was read; ask again."""


class Database:
    """The DuckDB file at ``path``."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.reader = Reader(path)

    @contextmanager
    def open_to_write(self) -> Iterator[DuckDBPyConnection]:
        """A connection that may change the tables; the file and its tables are made if missing.

        Raises:
            StoreBusy: if a foreign program holds the file.
            StoreTooNew: if a newer release made the tables.
            NotAStore: if the file holds something else.
            StoreError: if the disk refuses to read or write it.
            Damaged: if it cannot be read, or must be folded anew.
        """
        import duckdb

        fresh = not self.path.exists()
        try:
            if fresh:
                self._make()
            connection = self._open(self._connect_to_write)
        except (StoreError, Damaged):
            if fresh:  # what a full disk left of it
                self.discard()
            raise
        try:
            self._make_log_private()
            prepare(connection)
            yield connection
        except duckdb.Error as error:
            if not (is_wreck(error) or isinstance(error, duckdb.TransactionException)):
                raise
            raise self._finding(error) from error
        finally:
            self._drop_empty_log()  # while nobody else can have opened it
            connection.close()

    @contextmanager
    def open_to_read(self) -> Iterator[DuckDBPyConnection]:
        """A connection for statements of ours: it can change nothing, and reads no other file.

        Raises:
            StoreBusy, Damaged: as `open_to_write`.
        """
        connection = self._open(self.reader.attach)
        try:
            yield connection
        finally:
            self.reader.detach(connection)

    @contextmanager
    def open_shut_off(self) -> Iterator[DuckDBPyConnection]:
        """A connection for any statement: nothing that it could do reaches outside its database.

        Raises:
            StoreBusy, Damaged: as `open_to_write`.
        """
        with self._open(lambda: open_database(self.path)) as connection:
            yield connection

    def _make(self) -> None:
        """Make an empty database where nothing is.

        Raises:
            StoreError, Damaged: as `open_to_write`.
        """
        import duckdb

        made_of = (duckdb.__version__, FORMAT, statements.schema(), statements.views())
        try:
            if empty.put(self.path, made_of):
                self._settle(self.path)
                return
            connection = self._open(self._connect_to_write)
            try:
                self._settle(self.path)
                self._make_log_private()
                prepare(connection)
            finally:
                connection.close()
            self._drop_empty_log()
            empty.keep(self.path, made_of)
        except (OSError, duckdb.Error) as error:
            raise self._finding(error) from error

    def check_ours(self) -> None:
        """Refuse a file that somebody else made, before anything is kept beside it.

        Raises:
            NotAStore: if it is no DuckDB file, or has other tables than ours.
        """
        try:
            with self.open_shut_off() as connection:
                tables = _tables(connection)
        except StoreBusy:  # whoever holds it, it is a database
            return
        except Damaged:
            msg = f"{self.path} is no DuckDB file. Choose another path for the store."
            raise NotAStore(msg) from None
        if tables and "base.meta" not in tables:
            raise NotAStore(_foreign(tables))

    def state(self) -> tuple[int, ...]:
        """Changes whenever the file is written or replaced; empty if it cannot be used as it is.

        That is so if it is missing, or if a process that died left a log beside it.
        """
        try:
            found = self.path.stat()
        except FileNotFoundError:
            return ()
        return () if self._log.exists() else (found.st_ino, found.st_size, found.st_mtime_ns)

    def damage(self) -> str | None:
        """What is wrong with the file, after reading all of it; None if nothing is."""
        import duckdb

        try:
            with self.open_shut_off() as connection:
                for table in _tables(connection):
                    connection.execute(f"SELECT bit_xor(hash(t)) FROM {table} AS t").fetchall()  # noqa: S608
        except (StoreError, duckdb.OutOfMemoryException):  # held by a program, the disk is full
            return None
        except (Damaged, duckdb.Error) as damage:
            return str(damage)
        return None

    def set_aside(self) -> Path | None:
        """Rename a file that cannot be used, so that a new one can be made in its place."""
        aside = None
        if self.path.exists() and self.path.stat().st_size:
            name = f"{self.path.stem}.damaged-{time.time_ns()}{self.path.suffix}"
            aside = self.path.rename(self.path.with_name(name))
        self.discard()
        return aside

    def discard(self) -> None:
        """Remove the file and its log."""
        try:
            self.path.unlink(missing_ok=True)
            self._log.unlink(missing_ok=True)
        except PermissionError as error:  # in a shared store
            msg = f"{self.path} must be made anew, which only its owner can do."
            raise StoreError(msg) from error

    @property
    def _log(self) -> Path:
        return self.path.with_name(f"{self.path.name}.wal")

    def _connect_to_write(self) -> DuckDBPyConnection:
        import duckdb

        return duckdb.connect(str(self.path), config=_COMPATIBLE)

    def _open(self, connect: Callable[[], DuckDBPyConnection]) -> DuckDBPyConnection:
        import duckdb

        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                return connect()
            except duckdb.Error as error:
                if not any(sign in str(error) for sign in _HELD):
                    raise self._finding(error) from error
                if time.monotonic() > deadline:
                    raise StoreBusy(self._held(str(error))) from None
                time.sleep(0.02)

    def _finding(self, error: Exception) -> StoreError | Damaged:
        text = str(error)
        if any(sign in text for sign in _TROUBLE):
            return StoreError(f"{self.path} cannot be used now: {text.splitlines()[0]}")
        return Damaged(text)

    def _make_log_private(self) -> None:
        """Make the log that DuckDB is about to make, which leaves its rights to the umask."""
        try:
            os.close(open_common(self._log, os.O_WRONLY))
            self._settle(self._log)
        except OSError as error:
            raise self._finding(error) from error

    def _settle(self, file: Path) -> None:
        settle(file, self.path.with_name(f"{self.path.stem}.journal"))

    def _drop_empty_log(self) -> None:
        with suppress(FileNotFoundError):
            if not self._log.stat().st_size:
                self._log.unlink()

    def _held(self, error: str) -> str:
        found = _HOLDER.search(error)
        who = f"{found[1]} (process {found[2]})" if found else "another connection in this process"
        return (
            f"{self.path} is open in {who}. Close it there, or open it there read-only for short"
            " moments; logging goes on meanwhile."
        )


def prepare(connection: DuckDBPyConnection) -> None:
    """Make the tables in an empty database, check whose they are in any other; make the views.

    Raises:
        StoreTooNew, NotAStore, Outdated: as the names say.
    """
    found = _asked(connection, "SELECT coalesce(max(format), 0) FROM base.meta")
    if found is not None:
        check_format(found)
    elif tables := _tables(connection):
        raise NotAStore(_foreign(tables))
    else:
        connection.execute("BEGIN")
        connection.execute(statements.schema())
        connection.execute("INSERT INTO base.meta VALUES (?, current_localtimestamp())", [FORMAT])
        connection.execute("COMMIT")
    renew_views(connection)


def renew_views(connection: DuckDBPyConnection) -> None:
    """Replace the views of another release by ours; ``base.release`` tells whose they are."""
    ours = f"{zlib.crc32(statements.views().encode()):08x}"
    if _asked(connection, "SELECT views FROM base.release") == ours:
        return
    connection.execute("BEGIN")
    query = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal"
    for (name,) in connection.execute(query).fetchall():
        connection.execute(f"DROP VIEW {statements.quoted(name)}")
    connection.execute(statements.views())
    connection.execute(f"CREATE OR REPLACE VIEW base.release AS SELECT '{ours}' AS views")
    connection.execute("COMMIT")


def _asked(connection: DuckDBPyConnection, query: str) -> Any:
    """The one value that a query gives; None if what it asks is not there.

    To list the tables instead would take ten times as long.
    """
    import duckdb

    try:
        row = connection.execute(query).fetchone()
    except duckdb.CatalogException:
        return None
    return row[0] if row else None


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


def is_wreck(error: Exception) -> bool:
    """Whether DuckDB may have met damage in its file, or is damaged itself."""
    import duckdb

    read = (duckdb.IOException, duckdb.SerializationException)
    corrupt = type(error) is duckdb.Error  # DuckDB 2 has no class of its own for it
    return corrupt or isinstance(error, (*read, duckdb.FatalException, duckdb.InternalException))


def _foreign(tables: list[str]) -> str:
    names = ", ".join(tables[:3])
    return f"This DuckDB file holds other tables ({names}). Choose another path for the store."


def _tables(connection: DuckDBPyConnection) -> list[str]:
    query = "SELECT schema_name || '.' || table_name FROM duckdb_tables()"
    return [name for (name,) in connection.execute(query).fetchall()]


@contextmanager
def explained() -> Iterator[None]:
    """Say in our words what DuckDB says of a question that a user asked.

    Raises:
        InvalidParameterValue: if a bound value is no text, but half a surrogate pair.
        KeyboardInterrupt: if somebody pressed Ctrl-C, which DuckDB makes another error of.
        StoreError: if the answer does not fit into the memory that it may take.
    """
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as error:
        raise StoreError(TOO_LARGE) from error
    except UnicodeError as error:
        raise InvalidParameterValue(_NO_TEXT) from error
    except (RuntimeError, duckdb.Error) as error:
        if str(error) == _CTRL_C:
            raise KeyboardInterrupt from None
        if not _SURROGATE.search(str(error)):
            raise
        raise InvalidParameterValue(_NO_TEXT) from error
