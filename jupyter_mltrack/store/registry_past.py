"""The past of versions, as the rules of the registry ask for it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mltrack.store.store import Store


@dataclass(frozen=True, slots=True, kw_only=True)
class Staging:
    """A version that came into a stage.

    Attributes:
        version: Its number.
        stage: The stage.
        is_back: Whether it came back by a rollback.
    """

    version: int
    stage: str
    is_back: bool = False


def registered_by(store: Store, name: str, number: int) -> tuple[str, int]:
    """The login and the uid of who registered a version; ("", -1) if there is none."""
    query = "SELECT user_id, author FROM model_versions WHERE name = ? AND version = ?"
    rows = store.rows(query, [name, number])
    return (str(rows[0][0]), int(rows[0][1])) if rows else ("", -1)


def stagings(store: Store, model_id: str) -> list[Staging]:
    """Which versions of a registered model came into which stages, the oldest first."""
    query = """
        SELECT version, text, details FROM registry_events_at(NULL)
        WHERE registered = ? AND version > 0 AND field = 'stage' AND text IS NOT NULL
        ORDER BY q, j"""
    return [
        Staging(version=number, stage=stage, is_back="rollback" in json.loads(known or "{}"))
        for number, stage, known in store.rows(query, [model_id])
    ]
