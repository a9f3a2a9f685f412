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
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mltrack.events import RunStatus
from jupyter_mltrack.store import statements
from jupyter_mltrack.store.lines import Damage, check, damaged

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.store.shelf import Volume

T = TypeVar("T")

#: Bytes of journal text folded in one transaction.
BITE = 40_000_000

#: Statements that only matter for one kind of event, and how a line of that kind begins.
_ONLY_FOR = {
    "put_experiments": b'{"op":"experiment',
    "put_inputs": b'{"op":"input"',
    "put_artifacts": b'{"op":"artifact"',
    "put_environments": b'{"op":"environment"',
    "put_cells": b'{"op":"cell"',
    "put_cell_sources": b'{"op":"cell"',
}
_FOR_POINTS = "put_history"
_POINT = b'{"op":"metric",'
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

    def checked(self) -> _Checked:
        found = _Checked()
        for volume, start, data in self.pieces:
            good, bad = check(data, start)
            points = [line for line in good if line.startswith(_POINT)]
            found.points += points
            if len(points) < len(good):
                found.others += [line for line in good if not line.startswith(_POINT)]
            found.damage += [(volume.name, piece) for piece in bad]
        return found

    def as_damage(self) -> _Checked:
        found = [(v.name, damaged(data, start)) for v, start, data in self.pieces]
        return _Checked(damage=found)

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


@dataclass(slots=True)
class _Checked:
    """What a bite holds: points of metrics, other events, and damage with its journal's name."""

    points: list[bytes] = field(default_factory=list)
    others: list[bytes] = field(default_factory=list)
    damage: list[tuple[str, Damage]] = field(default_factory=list)


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
        bites = ((bite, bite.checked()) for bite in _bites(behind))
        many = sum(volume.size - mark for volume, mark in behind) > BITE
        for bite, checked in _ahead(bites) if many else bites:
            self._swallow(connection, bite, checked)

    def _swallow(self, connection: DuckDBPyConnection, bite: _Bite, checked: _Checked) -> None:
        import duckdb

        refusals = (duckdb.InvalidInputException, duckdb.ConversionException)
        try:
            self._commit(connection, bite, checked)
        except (*refusals, duckdb.OutOfRangeException):
            halves = bite.halves()
            for half in halves:
                self._swallow(connection, half, half.checked())
            if not halves:
                self._commit(connection, bite, bite.as_damage())

    def _commit(self, connection: DuckDBPyConnection, bite: _Bite, checked: _Checked) -> None:
        import duckdb

        marks = bite.marks()
        known: dict[str, Any] = {
            "files": list(marks),
            "tokens": [token for token, _ in marks.values()],
            "bytes": [mark for _, mark in marks.values()],
        }
        points, others = b"\n".join(checked.points), b"\n".join(checked.others)
        self._execute(connection, "begin", "BEGIN")
        try:
            with (
                _readable(points, self._folder / "points.tmp") as known["points"],
                _readable(others, self._folder / "bite.tmp") as known["path"],
            ):
                for name, statement in statements.fold().items():
                    if not _is_needed(name, points, others):
                        continue
                    bound = {key: value for key, value in known.items() if f"${key}" in statement}
                    self._execute(connection, name, statement, bound)
            if checked.damage:
                self._quarantine(connection, checked.damage)
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


def _ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items, each made in a thread while the one before is in use."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, thread_name_prefix="mltrack-check") as pool:
        following = pool.submit(next, items, None)
        while (item := following.result()) is not None:
            following = pool.submit(next, items, None)
            yield item


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


def _is_needed(name: str, points: bytes, others: bytes) -> bool:
    if name == _FOR_POINTS:
        return bool(points)
    return name not in _ASKED_FOR and _ONLY_FOR.get(name, b"") in others


@contextmanager
def _readable(records: bytes, file: Path) -> Iterator[str]:
    """A path under which DuckDB can read ``records``: in memory, because the disk may be full.

    Without files in memory it is ``file``, for as long as it is needed.
    """
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("mltrack-bite")
        path = f"/proc/self/fd/{descriptor}"
    else:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        path = str(file)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(records)
            stream.flush()
            yield path
    finally:
        file.unlink(missing_ok=True)
