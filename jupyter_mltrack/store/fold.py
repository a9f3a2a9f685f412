"""From journals to tables, each event exactly once.

The fold takes a bite from the journals (whole lines, checked), and in one transaction inserts
what they say together with the journals' new watermarks. Whatever dies in between, the next fold
begins where the last commit ended.

A record that DuckDB refuses (a step above 2**63, say) must not stop all others for ever: the bite
is halved until it stands alone, and it is quarantined.
"""

from __future__ import annotations

from contextlib import closing, suppress
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.events import END_OF_CLOCK, Event, ModelSet, RunStatus
from jupyter_mltrack.store import judging, statements
from jupyter_mltrack.store.bite import Bite, bites
from jupyter_mltrack.store.registry_lines import MARK

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.store.lines import Damage
    from jupyter_mltrack.store.shelf import Volume

#: What may change a model, or let something go that is kept of it.
_MODELS = {b"model", b"model_file", b"model_metric", b"model_set", b"model_use", b"stage"}
_CHANGED_MODELS = {b"model", b"model_file", b"model_set", b"stage"}

#: What says nothing of a run.
_APART = {b"cell", b"environment", b"experiment", b"experiment_set", b"open", b"registry"}

#: Statements that only matter if something is said of a run or a model.
_OF_RUNS = {
    *("find_touched", "take_touched", "drop_touched", "merge_registers", "merge_stats"),
    *("put_touched", "find_purged", "forget_history", "forget_inputs", "forget_artifacts"),
}

#: Statements that only matter for some kinds of events.
_ONLY_FOR = {
    "put_experiments": {b"experiment", b"experiment_set"},
    "put_inputs": {b"input"},
    "put_artifacts": {b"artifact"},
    "put_environments": {b"environment"},
    "put_cells": {b"cell"},
    "put_cell_sources": {b"cell"},
    "put_registry": {b"registry"},
    "add_model_points": {b"model_metric"},
    "put_run_models": {b"model_use"},
    "put_model_points": {b"model_metric"},
    "put_model_files": {b"model_file"},
    "find_touched_models": _CHANGED_MODELS,
    "take_touched_models": _CHANGED_MODELS,
    "drop_touched_models": _CHANGED_MODELS,
    "merge_models": _CHANGED_MODELS,
    "put_touched_models": _CHANGED_MODELS,
    "find_purged_models": _MODELS | {b"artifact"},
    "forget_model_points": _MODELS,
    "forget_model_files": _MODELS,
    "forget_run_models": _MODELS,
    "forget_files_of_models": _MODELS | {b"artifact"},
}
_FOR_POINTS = "put_history"
_OF_MODELS = b"model_metric"  # points, too
_ASKED_FOR = {"put_damage", "find_orphans", "find_orphan_models"}  # not part of every fold

_REGISTRY = b"registry"

_UNFINISHED = "The process that logged it ended before it was complete."


class Fold:
    """Folds journals into the database that a connection is on.

    Args:
        tracer: Called with the name and the text of every statement before it runs.
    """

    def __init__(self, tracer: Callable[[str, str], None] | None = None) -> None:
        self.tracer = tracer

    def run(self, connection: DuckDBPyConnection, volumes: Mapping[str, Volume]) -> None:
        """Fold all that ``volumes`` hold and the database does not."""
        marks = watermarks(connection)
        behind = [(v, mark) for v in volumes.values() if v.size > (mark := marks.get(v.name, 0))]
        for bite in bites(behind):
            with closing(bite):
                self._swallow(connection, bite)

    def _swallow(self, connection: DuckDBPyConnection, bite: Bite) -> None:
        import duckdb

        refusals = (duckdb.InvalidInputException, duckdb.ConversionException)
        try:
            self._commit(connection, bite)
        except (*refusals, duckdb.OutOfRangeException):
            for part in bite.parts():
                with closing(part):
                    self._swallow(connection, part)

    def _commit(self, connection: DuckDBPyConnection, bite: Bite) -> None:
        import duckdb

        known: dict[str, Any] = {
            "files": [stretch.volume.name for stretch in bite.stretches],
            "tokens": [stretch.volume.token for stretch in bite.stretches],
            "bytes": [stretch.end for stretch in bite.stretches],
            "owners": [stretch.volume.owner for stretch in bite.stretches],
            "points": bite.points.path(),
            "path": bite.others.path(),
            "mark": MARK,
        }
        self._execute(connection, "begin", "BEGIN")
        try:
            for name, statement in statements.fold().items():
                if _is_needed(name, bite):
                    bound = {key: value for key, value in known.items() if f"${key}" in statement}
                    self._execute(connection, name, statement, bound)
            if bite.damage:
                self._quarantine(connection, bite.damage)
            if _REGISTRY in bite.ops:
                judging.judge(connection, bite.stretches[0].volume.folder)
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
    """The highest Lamport clock in the tables that can be one, see `END_OF_CLOCK`."""
    query = "SELECT max(q) FROM base.journals WHERE q < ?"
    row = connection.execute(query, [END_OF_CLOCK]).fetchone()
    return int(row[0] or 0) if row else 0


def orphans(connection: DuckDBPyConnection, living: list[str]) -> list[Event]:
    """The ends of runs and models that are at work although nobody who wrote to them lives.

    Args:
        connection: On the folded tables.
        living: Tokens of the journals whose writer lives.

    Returns:
        For each such run its end as KILLED, at the time of the last thing it wrote; for each
        PENDING model its end as FAILED.
    """
    bound = {"living": living}
    runs = connection.execute(statements.fold()["find_orphans"], bound).fetchall()
    models = connection.execute(statements.fold()["find_orphan_models"], bound).fetchall()
    return [
        *(RunStatus(run, "KILLED", ts, seconds) for run, ts, seconds in runs),
        *(ModelSet(model, "status", "FAILED", "", ts or 0, _UNFINISHED) for model, ts in models),
    ]


def _is_needed(name: str, bite: Bite) -> bool:
    if name == _FOR_POINTS:
        return bool(bite.points) or _OF_MODELS in bite.ops
    if name in _OF_RUNS:
        return bool(bite.points) or not bite.ops <= _APART
    return name not in _ASKED_FOR and (name not in _ONLY_FOR or bool(_ONLY_FOR[name] & bite.ops))
