"""From journals to tables, each event exactly once.

The fold takes a bite from the journals (whole lines, checked), and in one transaction inserts
what they say together with the journals' new watermarks. Whatever dies in between, the next fold
begins where the last commit ended.

A record that DuckDB refuses (a step above 2**63, say) must not stop all others for ever: the bite
is halved until it stands alone, and it is quarantined.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.events import RunStatus
from jupyter_mltrack.store import statements
from jupyter_mltrack.store.lines import Damage, check, damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.store.shelf import Volume

#: Bytes of journal text folded in one transaction.
BITE = 32_000_000

#: Statements that only matter for one kind of event, and how a line of that kind begins.
_ONLY_FOR = {
    "merge_stats": b'{"op":"metric"',
    "put_history": b'{"op":"metric"',
    "put_experiments": b'{"op":"experiment',
    "put_inputs": b'{"op":"input"',
    "put_artifacts": b'{"op":"artifact"',
    "put_environments": b'{"op":"environment"',
    "put_cells": b'{"op":"cell"',
    "put_cell_sources": b'{"op":"cell"',
}
_ALWAYS_NEEDED = {"merge_stats"}  # it makes a table that a later statement joins
_ASKED_FOR = {"put_damage", "find_orphans"}  # not part of every fold


@dataclass(slots=True)
class _Bite:
    """Lines of one or several journals: which journal, from which byte, and the bytes."""

    pieces: list[tuple[Volume, int, bytes]] = field(default_factory=list)
    size: int = 0

    def add(self, volume: Volume, start: int, data: bytes) -> None:
        self.pieces.append((volume, start, data))
        self.size += len(data)

    def marks(self) -> dict[str, tuple[str, int]]:
        """How far each journal is folded with this bite: its token and a byte, by name."""
        return {v.name: (v.token, start + len(data)) for v, start, data in self.pieces}

    def checked(self) -> tuple[bytes, list[tuple[str, Damage]]]:
        """The records, and the damage with the name of its journal."""
        records: list[bytes] = []
        damage: list[tuple[str, Damage]] = []
        for volume, start, data in self.pieces:
            good, bad = check(data, start)
            records.append(good)
            damage += [(volume.name, piece) for piece in bad]
        return b"".join(records), damage

    def as_damage(self) -> list[tuple[str, Damage]]:
        return [(v.name, damaged(data, start)) for v, start, data in self.pieces]

    def halves(self) -> list[_Bite]:
        """Two bites that hold the same, or none if it is a single line."""
        if len(self.pieces) > 1:
            middle = len(self.pieces) // 2
            return [_Bite(self.pieces[:middle]), _Bite(self.pieces[middle:])]
        volume, start, data = self.pieces[0]
        middle = len(data) // 2
        cut = (data.find(b"\n", middle, -1) + 1) or (data.rfind(b"\n", 0, middle) + 1)
        if not cut:
            return []
        return [_Bite([(volume, start, data[:cut])]), _Bite([(volume, start + cut, data[cut:])])]


class Fold:
    """Folds journals into the database that a connection is on.

    Args:
        folder: Where the lines of a bite are put down for DuckDB to read, if the system offers
            no file in memory.
        tracer: Called with the name and the text of every statement before it runs.
    """

    def __init__(self, folder: Path, tracer: Callable[[str, str], None] | None = None) -> None:
        self._folder = folder
        self.tracer = tracer

    def run(self, connection: DuckDBPyConnection, volumes: Mapping[str, Volume]) -> None:
        """Fold all that ``volumes`` hold and the database does not."""
        marks = watermarks(connection)
        behind = [(v, mark) for v in volumes.values() if v.size > (mark := marks.get(v.name, 0))]
        for bite in _bites(behind):
            self._swallow(connection, bite)

    def _swallow(self, connection: DuckDBPyConnection, bite: _Bite) -> None:
        import duckdb

        refusals = (duckdb.InvalidInputException, duckdb.ConversionException)
        try:
            self._commit(connection, bite, *bite.checked())
        except (*refusals, duckdb.OutOfRangeException):
            halves = bite.halves()
            for half in halves:
                self._swallow(connection, half)
            if not halves:
                self._commit(connection, bite, b"", bite.as_damage())

    def _commit(
        self,
        connection: DuckDBPyConnection,
        bite: _Bite,
        records: bytes,
        damage: list[tuple[str, Damage]],
    ) -> None:
        import duckdb

        marks = bite.marks()
        known: dict[str, Any] = {
            "files": list(marks),
            "tokens": [token for token, _ in marks.values()],
            "bytes": [mark for _, mark in marks.values()],
        }
        self._execute(connection, "begin", "BEGIN")
        try:
            with _readable(records, self._folder) as known["path"]:
                for name, statement in statements.fold().items():
                    if not _is_needed(name, records):
                        continue
                    bound = {key: value for key, value in known.items() if f"${key}" in statement}
                    self._execute(connection, name, statement, bound)
            if damage:
                self._quarantine(connection, damage)
            self._execute(connection, "commit", "COMMIT")
        except BaseException:
            with suppress(duckdb.Error):  # a commit that failed has rolled back already
                connection.rollback()
            raise

    def _quarantine(self, connection: DuckDBPyConnection, damage: list[tuple[str, Damage]]) -> None:
        bound = {
            "files": [file for file, _ in damage],
            "offsets": [piece.offset for _, piece in damage],
            "lengths": [piece.length for _, piece in damage],
            "excerpts": [piece.excerpt for _, piece in damage],
        }
        self._execute(connection, "put_damage", statements.fold()["put_damage"], bound)

    def _execute(
        self,
        connection: DuckDBPyConnection,
        name: str,
        statement: str,
        bound: dict[str, Any] | None = None,
    ) -> None:
        if self.tracer is not None:
            self.tracer(name, statement)
        connection.execute(statement, bound or None)


def watermarks(connection: DuckDBPyConnection) -> dict[str, int]:
    """How far each journal is folded, in bytes, by name."""
    return dict(connection.execute("SELECT file, bytes FROM base.journals").fetchall())


def clock(connection: DuckDBPyConnection) -> int:
    """The highest Lamport clock in the tables."""
    row = connection.execute("SELECT max(q) FROM base.journals").fetchone()
    return int(row[0] or 0) if row else 0


def orphans(connection: DuckDBPyConnection, living: list[str]) -> list[RunStatus]:
    """The ends of runs that are RUNNING although nobody who wrote to them lives.

    Args:
        connection: On the folded tables.
        living: Tokens of the journals whose writer lives.

    Returns:
        For each such run its end as KILLED, at the time of the last thing it wrote.
    """
    found = connection.execute(statements.fold()["find_orphans"], {"living": living}).fetchall()
    return [RunStatus(run, "KILLED", ts, seconds) for run, ts, seconds in found]


def _bites(behind: list[tuple[Volume, int]]) -> Iterator[_Bite]:
    bite = _Bite()
    for volume, mark in behind:
        for start, data in _whole_lines(volume, mark):
            bite.add(volume, start, data)
            if bite.size >= BITE:
                yield bite
                bite = _Bite()
    if bite.pieces:
        yield bite


def _whole_lines(volume: Volume, start: int) -> Iterator[tuple[int, bytes]]:
    """Pieces of a journal that end with a line; what a dead writer left unfinished comes last."""
    rest = b""
    for piece in volume.text(start, BITE):
        data = rest + piece
        cut = data.rfind(b"\n") + 1
        if cut:
            yield start, data[:cut]
        start, rest = start + cut, data[cut:]
    if rest and not volume.alive:
        yield start, rest


def _is_needed(name: str, records: bytes) -> bool:
    if name in _ASKED_FOR:
        return False
    wanted = _ONLY_FOR.get(name)
    return not wanted or name in _ALWAYS_NEEDED or wanted in records


@contextmanager
def _readable(records: bytes, folder: Path) -> Iterator[str]:
    """A path under which DuckDB can read ``records``: in memory, because the disk may be full."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("mltrack-bite")
        path = f"/proc/self/fd/{descriptor}"
    else:
        path = f"{folder}/bite.tmp"
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(records)
            file.flush()
            yield path
    finally:
        (folder / "bite.tmp").unlink(missing_ok=True)
