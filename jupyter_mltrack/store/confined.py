"""DuckDBs that reach nothing but what they are for: some files, or the one they have open."""

from __future__ import annotations

import functools
import os
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_ACCESS = "enable_external_access"
_CONFINED: dict[str, str | bool | int | float | list[str]] = {
    "autoinstall_known_extensions": "false",
    "autoload_known_extensions": "false",
    "temp_directory": "",  # what does not fit into memory is refused: nothing is left on the disk
}

#: Where Linux says how much memory a container may use.
_CONTAINER = ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes")


def open_files(*paths: str | Path) -> DuckDBPyConnection:
    """A connection without a database that reads these files, and can reach nothing else."""
    import duckdb

    connection = duckdb.connect(":memory:", config=_CONFINED | _limit())
    try:
        files = ", ".join("'" + str(path).replace("'", "''") + "'" for path in paths)
        connection.execute(f"SET allowed_paths = [{files}]")
        connection.execute(f"SET {_ACCESS} = false")  # but for these
        _settle(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def open_database(path: Path) -> DuckDBPyConnection:
    """A connection to a database, read-only, that reaches nothing beside it."""
    import duckdb

    config = {_ACCESS: "false"} | _CONFINED | _limit()  # in this order, or DuckDB refuses
    connection = duckdb.connect(str(path), read_only=True, config=config)
    lock_down(connection)
    return connection


def lock_down(connection: DuckDBPyConnection) -> None:
    """Take from a connection every way to reach outside its database, for good.

    Without its file systems DuckDB would still let a statement write beside its own file.
    """
    connection.execute("SET disabled_filesystems = 'LocalFileSystem'")
    _settle(connection)


def _settle(connection: DuckDBPyConnection) -> None:
    connection.execute("SET GLOBAL TimeZone = 'UTC'")  # as the views: now() and started_at compare
    connection.execute("SET python_enable_replacements = false")
    connection.execute("SET lock_configuration = true")


def _limit() -> dict[str, str | bool | int | float | list[str]]:
    return {"memory_limit": f"{memory_share() // 1024}KiB"}


@functools.cache
def memory_share() -> int:
    """Bytes that a question may take, a quarter of all: whoever asks may be training meanwhile."""
    whole = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    for file in _CONTAINER:
        with suppress(OSError, ValueError):  # there is none, or it says "max"
            whole = min(whole, int(Path(file).read_text("ascii")))
    return whole // 4
