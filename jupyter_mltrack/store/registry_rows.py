"""The changes of the registry as the database has them, as events."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.events import RegistryChange

if TYPE_CHECKING:
    from collections.abc import Sequence

_SAID = """
    e.registered, e.field, e.version, e.key, e."before", e.text, e.comment, e.user_id, e.author,
    e.digest, e.details, e.ts, e.chain"""

#: Every change in order: clock, journal, name of the journal, why it is refused, its fields.
EVERYTHING = f"""
    SELECT e.q, e.j, coalesce(s.file, e.j), e.refused, {_SAID}
    FROM base.registry_events AS e
    LEFT JOIN (SELECT j, any_value(file) AS file FROM base.journals GROUP BY j) AS s USING (j)
    ORDER BY e.q, e.j"""  # noqa: S608  (constant)

#: Those from a clock on, without the name of the journal.
SINCE = f"""
    SELECT e.q, e.j, NULL, e.refused, {_SAID} FROM base.registry_events AS e
    WHERE e.q >= ? ORDER BY e.q, e.j"""  # noqa: S608  (constant)

_FIELDS = 4


def as_change(row: Sequence[Any]) -> RegistryChange:
    """The event that a row of these came from."""
    change = RegistryChange(*row[_FIELDS:])
    change.q, change.j = row[0], row[1]
    return change
