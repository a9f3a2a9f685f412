"""The trail of the registry: each change carries a SHA-256 over itself and all changes before it.

Whoever alters, removes, adds or moves a change in a journal breaks the chain at the next one, and
`broken_links` finds the place. What it cannot find: that somebody who may write all journals
computed the whole chain anew. Against that, note the last link somewhere else.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import msgspec

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mltrack.events import RegistryChange
    from jupyter_mltrack.store.store import Store

_LAST = "SELECT chain FROM base.registry_events ORDER BY q DESC, j DESC LIMIT 1"


def link(before: str, change: RegistryChange) -> str:
    """The ``chain`` of a change, in hexadecimal.

    It is the SHA-256 of the chain before it (64 digits, or nothing), a newline, and a JSON array
    in UTF-8 of the fields registered, version, field, key, before, text, comment, user, author,
    digest, details and ts, without spaces.

    Raises:
        InvalidParameterValue: if a field holds what JSON cannot.
    """
    fields = [
        *(change.registered, change.version, change.field, change.key, change.before),
        *(change.text, change.comment, change.user, change.author, change.digest),
        *(change.details, change.ts),
    ]
    try:
        said = msgspec.json.encode(fields)
    except (UnicodeEncodeError, OverflowError, TypeError) as error:
        msg = f"This change of the registry cannot be stored: {error}."
        raise InvalidParameterValue(msg) from error
    return hashlib.sha256(before.encode() + b"\n" + said).hexdigest()


def record(store: Store, changes: Sequence[RegistryChange]) -> None:
    """Append changes to the trail; on the disk when this returns.

    Call it once inside `Store.agreeing`: it goes on from the last change that was folded.
    """
    rows = store.rows(_LAST)
    chain = rows[0][0] if rows else ""
    for change in changes:
        chain = change.chain = link(chain, change)
    store.append_all(changes)
    store.sync()
