"""What is asked of the model registry, now or as of an instant; the answers are entities."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities.model_registry import (
    ModelVersion,
    ModelVersionStatus,
    RegisteredModel,
    RegistryEvent,
)

if TYPE_CHECKING:
    from jupyter_mltrack.store.store import Store

VERSION = """
name, version, creation_timestamp, last_updated_timestamp, description, user_id, stage, source,
run_id, status, status_message, tags, run_link, aliases, model_id, digest, location
"""

MODEL = """
name, creation_timestamp, last_updated_timestamp, description, tags, aliases, registered_model_id
"""

_EVENT = """
number, "timestamp", name, version, field, key, old_value, new_value, comment, user_id, author,
host, digest, details, refused, chain
"""


def identity(store: Store, name: str, at: int | None = None) -> str | None:
    """The id of a registered model; None if there is none of this name.

    Args:
        store: Where.
        name: Its name, at the time asked for.
        at: An instant in ms since 1970; None is now.
    """
    query = """
        SELECT registered FROM registry_events_at(epoch_ms($at::BIGINT))
        WHERE version = 0 AND field IN ('created', 'name', 'deleted') GROUP BY registered
        HAVING count(*) FILTER (field = 'deleted') = 0 AND arg_max(text, (q, j)) = $name"""
    rows = store.rows(query, {"at": at, "name": name})
    return str(rows[0][0]) if rows else None


def model(store: Store, name: str, at: int | None = None) -> RegisteredModel | None:
    """A registered model; None if there is none of this name; arguments as `identity`."""
    bound = {"at": at, "model": identity(store, name, at)}
    if bound["model"] is None:
        return None
    query = f"""
        SELECT {MODEL} FROM registered_models_at(epoch_ms($at::BIGINT))
        WHERE registered_model_id = $model"""  # noqa: S608  (constant)
    latest = f"""
        SELECT {VERSION} FROM model_versions_at(epoch_ms($at::BIGINT))
        WHERE registered_model_id = $model
        QUALIFY version = max(version) OVER (PARTITION BY stage) ORDER BY version"""  # noqa: S608  (constant)
    found = [as_version(row) for row in store.rows(latest, bound)]
    return as_model(store.rows(query, bound)[0], found)


def versions(
    store: Store, name: str, at: int | None = None, *, stage: str | None = None
) -> list[ModelVersion]:
    """The versions of a registered model, the newest first.

    Args:
        store: Where.
        name: Its name, at the time asked for.
        at: An instant in ms since 1970; None is now.
        stage: Only those in this stage; None is all.
    """
    query = f"""
        SELECT {VERSION} FROM model_versions_at(epoch_ms($at::BIGINT))
        WHERE name = $name AND ($stage IS NULL OR stage = $stage)
        ORDER BY version DESC"""  # noqa: S608  (constant)
    rows = store.rows(query, {"at": at, "name": name, "stage": stage})
    return [as_version(row) for row in rows]


def version(store: Store, name: str, number: int, at: int | None = None) -> ModelVersion | None:
    """One version; None if there is none of this number."""
    query = f"""
        SELECT {VERSION} FROM model_versions_at(epoch_ms($at::BIGINT))
        WHERE name = $name AND version = $number"""  # noqa: S608  (constant)
    rows = store.rows(query, {"at": at, "name": name, "number": number})
    return as_version(rows[0]) if rows else None


def next_version(store: Store, model_id: str) -> int:
    """The number of the next version of a registered model; ask under `Store.agreeing`."""
    query = """
        SELECT coalesce(max(version), 0) + 1 FROM base.registry_events
        WHERE registered = ? AND refused IS NULL"""
    return int(store.rows(query, [model_id])[0][0])


def pointed(store: Store, model_id: str, alias: str) -> str | None:
    """The version that an alias of a registered model stands for; None if it stands for none."""
    query = """
        SELECT arg_max({'text': text}, (q, j)).text FROM registry_events_at(NULL)
        WHERE registered = ? AND version = 0 AND field = 'alias' AND key = ?"""
    found = store.rows(query, [model_id, alias])[0][0]
    return None if found is None else str(found)


def settings(store: Store, field: str) -> dict[tuple[str, str], Any]:
    """The rules of a kind that hold now.

    Args:
        store: Where.
        field: ``stages``, ``gates`` or ``approvers``.

    Returns:
        What each says, by the id of the registered model ("" for all) and the stage.
    """
    query = """
        SELECT registered, key, arg_max({'text': text}, (q, j)).text FROM registry_events_at(NULL)
        WHERE version = 0 AND field = ? GROUP BY registered, key"""
    rows = store.rows(query, [field])
    return {(model, key): json.loads(text) for model, key, text in rows if text is not None}


def history(
    store: Store, name: str | None = None, number: int | None = None
) -> list[RegistryEvent]:
    """The trail, the oldest first.

    Args:
        store: Where.
        name: Only of the registered models that have this name, or ever had it.
        number: Only of this version.
    """
    query = f"""
        SELECT {_EVENT} FROM registry_events
        WHERE ($name IS NULL OR registered_model_id IN (
                SELECT registered FROM registry_events_at(NULL)
                WHERE version = 0 AND field IN ('created', 'name') AND text = $name))
            AND ($number IS NULL OR version = $number)
        ORDER BY number"""  # noqa: S608  (constant)
    rows = store.rows(query, {"name": name, "number": number})
    return [_as_event(row) for row in rows]


def deletion(store: Store, model_id: str, number: int) -> tuple[str, int] | None:
    """Who deleted a version of a registered model and when, in ms since 1970; None if nobody."""
    query = """
        SELECT user_id, ts FROM registry_events_at(NULL)
        WHERE registered = ? AND version = ? AND field = 'deleted'
        ORDER BY q DESC, j DESC LIMIT 1"""
    rows = store.rows(query, [model_id, number])
    return (str(rows[0][0]), int(rows[0][1])) if rows else None


def last_stamp(store: Store) -> int:
    """The latest time that a change was stamped with, in ms since 1970; 0 without any."""
    query = "SELECT coalesce(max(ts), 0) FROM base.registry_events WHERE refused IS NULL"
    return int(store.rows(query)[0][0])


def as_version(row: tuple[Any, ...]) -> ModelVersion:
    """A version from a row of `VERSION`."""
    said: tuple[Any, ...] = (*row[:9], ModelVersionStatus(row[9]), *row[10:])
    return ModelVersion(*said)


def as_model(row: tuple[Any, ...], latest: list[ModelVersion]) -> RegisteredModel:
    """A registered model from a row of `MODEL` and the latest version in each stage."""
    said: tuple[Any, ...] = (*row[:4], latest, *row[4:])
    return RegisteredModel(*said)


def _as_event(row: tuple[Any, ...]) -> RegistryEvent:
    details = json.loads(row[13]) if row[13] else {}
    said: tuple[Any, ...] = (*row[:13], details, *row[14:])
    return RegistryEvent(*said)
