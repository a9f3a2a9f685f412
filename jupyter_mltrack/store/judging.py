"""Which changes of the registry count: those that whoever made them was allowed to make.

The journals are judged, whoever folds them: all changes are gone through in their order, and what
may not be is kept with the reason, and counts for nothing. So a database that is made anew says
the same, and a program that writes what it likes into its own journal changes nothing.

In a shared store the system says whose a journal is (`sharing`), and

- a change must be by the owner of the journal it is in;
- stages, gates and approvers are set by the owner of the store, or root;
- who moves a version into or out of a stage that has approvers, or deletes it or changes its status
  there, must be an approver; so must who deletes or renames a model that has a version in one, or
  approvers of its own;
- a model or a name is not made twice;
- what was not there when the owner last set a rule cannot be put before it later.

In a private store only the approvers are looked at, and it is believed who says to be one: all
processes there have the same rights, so that is a rail, and no wall.

In both, a change must be one that can be read (`registry_form`), and the number of a version one
that was not given before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import NotAllowed
from jupyter_mltrack.events import END_OF_CLOCK
from jupyter_mltrack.store import registry_rows
from jupyter_mltrack.store.judge import Judge
from jupyter_mltrack.store.registry_lines import MARK
from jupyter_mltrack.store.sharing import is_shared, owner_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.events import RegistryChange
    from jupyter_mltrack.store.store import Store

_APPROVERS = "SELECT count(*) FROM base.registry_events WHERE field = 'approvers'"
_REFUSE = "UPDATE base.registry_events SET refused = ? WHERE q = ? AND j = ?"
_FOLDED = f"SELECT min(q), count(*), ({_APPROVERS}) FROM bite WHERE op = ?"  # noqa: S608
_HIGHEST = """
    SELECT registered, max(version) FROM base.registry_events
    WHERE refused IS NULL AND list_contains($models, registered)
        AND q < $q GROUP BY registered"""


def judge(connection: DuckDBPyConnection, folder: Path) -> None:
    """Note which changes are refused; inside the transaction that folds them.

    Args:
        connection: On the tables, the bite that is folded among them.
        folder: The journal folder of the store.
    """
    rows = _alone(connection, folder)
    if rows is None:
        rows = connection.execute(registry_rows.EVERYTHING).fetchall()
        said = verdicts([registry_rows.as_change(row) for row in rows], folder)
    else:
        changes = [registry_rows.as_change(row) for row in rows]
        known = connection.execute(_HIGHEST, _before(changes[0].q, changes)).fetchall()
        said = Judge(None, dict(known)).all(changes)
    _note(connection, rows, said)


def _before(clock: int, changes: Sequence[RegistryChange]) -> dict[str, Any]:
    """What `_HIGHEST` is asked with: before a clock, of the models that are changed."""
    return {"models": list({change.registered for change in changes}), "q": clock}


def _alone(connection: DuckDBPyConnection, folder: Path) -> list[tuple[Any, ...]] | None:
    """The changes that are folded now, if they can be judged without all those before them.

    So it is in a private store without approvers, if nothing comes before what was there already.
    """
    first, count, approvers = connection.execute(_FOLDED, [MARK]).fetchone() or (0, 0, 0)
    if is_shared(folder) or approvers:
        return None
    rows = connection.execute(registry_rows.SINCE, [first]).fetchall()
    return rows if rows and len(rows) == count else None


def _note(
    connection: DuckDBPyConnection, rows: list[tuple[Any, ...]], said: Sequence[str | None]
) -> None:
    """Write what was said; of changes at the same place all are refused if one is."""
    told: dict[tuple[int, str], str | None] = {}
    for row, verdict in zip(rows, said, strict=True):
        told[row[0], row[1]] = told.get((row[0], row[1])) or verdict
    for row in rows:
        verdict = told[row[0], row[1]]
        if row[3] != verdict:
            connection.execute(_REFUSE, [verdict, row[0], row[1]])


def verdicts(changes: Sequence[RegistryChange], folder: Path) -> list[str | None]:
    """Why each change is refused, in their order; None for those that count."""
    return Judge(owner_of(folder) if is_shared(folder) else None).all(changes)


def check(store: Store, changes: Sequence[RegistryChange]) -> None:
    """Refuse changes before they are made that would be refused afterwards.

    Args:
        store: Where; inside `Store.agreeing`.
        changes: What is to be made, with its author.

    Raises:
        NotAllowed: with the reason.
    """
    judge = _knowing(store, changes)
    for change in changes:
        change.j = store.journal.token
        if reason := judge.hear(change):
            msg = f"You may not do this: {reason}. Nothing was changed."
            raise NotAllowed(msg)


def _knowing(store: Store, changes: Sequence[RegistryChange]) -> Judge:
    """A judge who knows what there is, as far as it matters."""
    shared = is_shared(store.folder)
    if not shared and not store.rows(_APPROVERS)[0][0]:
        return Judge(None, dict(store.rows(_HIGHEST, _before(END_OF_CLOCK, changes))))
    judge = Judge(owner_of(store.folder) if shared else None)
    judge.all([registry_rows.as_change(row) for row in store.rows(registry_rows.EVERYTHING)])
    return judge
