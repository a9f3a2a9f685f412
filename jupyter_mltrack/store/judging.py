"""Which changes of the registry count: those that whoever made them was allowed to make.

The journals are judged, whoever folds them: all changes are gone through in their order, and what
may not be is kept with the reason, and counts for nothing. So a database that is made anew says
the same, and a program that writes what it likes into its own journal changes nothing.

In a shared store the system says whose a journal is (`sharing`), and

- a change must be by the owner of the journal it is in;
- stages, gates and approvers are set by the owner of the store, or root;
- who moves a version into or out of a stage that has approvers, or deletes or renames what is in
  one, must be an approver;
- a model, a version or a name is not made twice;
- what was not there when the owner last set a rule cannot be put before it later.

In a private store only the approvers are looked at, and it is believed who says to be one: all
processes there have the same rights, so that is a rail, and no wall.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mltrack.errors import NotAllowed
from jupyter_mltrack.store import registry_rows
from jupyter_mltrack.store.judge import Judge
from jupyter_mltrack.store.sharing import is_shared, owner_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.events import RegistryChange
    from jupyter_mltrack.store.store import Store

_RULES = "SELECT count(*) FROM base.registry_events WHERE field = 'approvers'"
_REFUSE = "UPDATE base.registry_events SET refused = ? WHERE q = ? AND j = ?"


def judge(connection: DuckDBPyConnection, folder: Path) -> None:
    """Note which changes are refused; inside the transaction that folds them.

    Args:
        connection: On the tables.
        folder: The journal folder of the store.
    """
    if not is_shared(folder) and not (connection.execute(_RULES).fetchone() or (0,))[0]:
        return
    rows = connection.execute(registry_rows.EVERYTHING).fetchall()
    said = verdicts([registry_rows.as_change(row) for row in rows], folder)
    for row, verdict in zip(rows, said, strict=True):
        if row[3] != verdict:
            connection.execute(_REFUSE, [verdict, row[0], row[1]])


def verdicts(changes: Sequence[RegistryChange], folder: Path) -> list[str | None]:
    """Why each change is refused, in their order; None for those that count."""
    shared = is_shared(folder)
    if not shared and all(change.field != "approvers" for change in changes):
        return [None] * len(changes)
    return Judge(owner_of(folder) if shared else None).all(changes)


def check(store: Store, changes: Sequence[RegistryChange]) -> None:
    """Refuse changes before they are made that would be refused afterwards.

    Args:
        store: Where; inside `Store.agreeing`.
        changes: What is to be made, with its author.

    Raises:
        NotAllowed: with the reason.
    """
    shared = is_shared(store.folder)
    if not shared and not store.rows(_RULES)[0][0]:
        return
    known = [registry_rows.as_change(row) for row in store.rows(registry_rows.EVERYTHING)]
    judge = Judge(owner_of(store.folder) if shared else None)
    judge.all(known)
    for change in changes:
        change.j = store.journal.token
        if reason := judge.hear(change):
            msg = f"You may not do this: {reason}. Nothing was changed."
            raise NotAllowed(msg)
