"""From journals to tables, each event exactly once.

The fold takes a bite from the journals (whole lines, checked), and in one transaction inserts
what they say together with the journals' new watermarks. Whatever dies in between, the next fold
begins where the last commit ended.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.events import RunStatus
from jupyter_mltrack.store import statements
from jupyter_mltrack.store.lines import Damage, check

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
    "forget_purged": b'"purged"',
}
_ALWAYS_NEEDED = {"merge_stats"}  # it makes a table that a later statement joins


@dataclass(slots=True)
class _Bite:
    """Checked lines of one or several journals, and how far each journal is then folded."""

    lines: list[bytes] = field(default_factory=list)
    size: int = 0
    marks: dict[str, tuple[str, int]] = field(default_factory=dict)
    damage: list[tuple[str, Damage]] = field(default_factory=list)

    def add(self, volume: Volume, start: int, data: bytes) -> None:
        good, bad = check(data, start)
        self.lines.append(good)
        self.size += len(data)
        self.marks[volume.name] = (volume.token, start + len(data))
        self.damage += [(volume.name, damage) for damage in bad]


class Fold:
    """Folds journals into the database that a connection is on.

    Args:
        folder: Where the lines of a bite are put down for DuckDB to read.
        tracer: Called with the name and the text of every statement before it runs.
    """

    def __init__(self, folder: Path, tracer: Callable[[str, str], None] | None = None) -> None:
        self._bite_file = folder / "bite.tmp"
        self.tracer = tracer

    def run(self, connection: DuckDBPyConnection, volumes: Mapping[str, Volume]) -> None:
        """Fold all that ``volumes`` hold and the database does not."""
        marks = watermarks(connection)
        behind = [(v, mark) for v in volumes.values() if v.size > (mark := marks.get(v.name, 0))]
        for bite in _bites(behind):
            self._swallow(connection, bite)

    def _swallow(self, connection: DuckDBPyConnection, bite: _Bite) -> None:
        data = b"".join(bite.lines)
        descriptor = os.open(self._bite_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
        known: dict[str, Any] = {
            "path": str(self._bite_file),
            "files": list(bite.marks),
            "tokens": [token for token, _ in bite.marks.values()],
            "bytes": [mark for _, mark in bite.marks.values()],
        }
        self._execute(connection, "begin", "BEGIN")
        try:
            for name, statement in statements.fold().items():
                wanted = _ONLY_FOR.get(name)
                if name == "put_damage" or name.startswith("find_orphans"):
                    continue
                if wanted and name not in _ALWAYS_NEEDED and wanted not in data:
                    continue
                bound = {key: value for key, value in known.items() if f"${key}" in statement}
                self._execute(connection, name, statement, bound)
            if bite.damage:
                self._quarantine(connection, bite.damage)
            self._execute(connection, "commit", "COMMIT")
        except BaseException:
            connection.rollback()
            raise
        self._bite_file.unlink(missing_ok=True)

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
    if bite.marks:
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
    if rest and not volume.alive():
        yield start, rest
