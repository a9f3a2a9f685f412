"""The links of the trail: a SHA-256 over a change and the link before it."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from jupyter_mltrack.events import RegistryChange


def link(before: str, change: RegistryChange) -> str:
    """The ``chain`` of a change, in hexadecimal.

    It is the SHA-256 of the chain before it (64 digits, or nothing), a newline, and a JSON array
    in UTF-8 of the fields registered, version, field, key, before, text, comment, user, author,
    digest, details and ts, without spaces.

    Raises:
        InvalidParameterValue: if a field holds what JSON cannot.
    """
    try:
        said = msgspec.json.encode(fields(change))
    except (UnicodeEncodeError, OverflowError, TypeError) as error:
        msg = f"This change of the registry cannot be stored: {error}."
        raise InvalidParameterValue(msg) from error
    return hashlib.sha256(before.encode() + b"\n" + said).hexdigest()


def fields(change: RegistryChange) -> list[Any]:
    """All that a link is made of, but the link before it."""
    return [
        *(change.registered, change.version, change.field, change.key, change.before),
        *(change.text, change.comment, change.user, change.author, change.digest),
        *(change.details, change.ts),
    ]
