"""One change of the registry, as the trail has it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from jupyter_mltrack.entities._record import Record


@dataclasses.dataclass(frozen=True, slots=True)
class RegistryEvent(Record):
    """Who changed what, when and why.

    Attributes:
        number: Its place in the trail of the store, from 1.
        timestamp: When, in ms since 1970.
        name: The registered model, by its last name; None for what holds in the whole store.
        version: The version; None for the model itself.
        field: ``created``, ``name``, ``description``, ``tag``, ``alias``, ``stage``, ``status``,
            ``deleted``, or the rules ``stages``, ``gates``, ``approvers``.
        key: Which tag, which alias, or the rules of which stage.
        old_value: What it was; None if nothing.
        new_value: What it is since; None if it was taken away.
        comment: What whoever did it said of it.
        user_id: Who did it, the name of the login.
        author: Who did it, the uid.
        host: The machine.
        digest: SHA-256 of the version's files.
        details: What the gates said (``gates``) and why they were overridden (``override``).
        refused: Why it does not count; None if it does.
        chain: SHA-256 over this change and all before it.
    """

    number: int
    timestamp: int
    name: str | None
    version: int | None
    field: str
    key: str | None = None
    old_value: str | None = None
    new_value: str | None = None
    comment: str | None = None
    user_id: str = ""
    author: int = -1
    host: str | None = None
    digest: str | None = None
    details: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    refused: str | None = None
    chain: str = ""
