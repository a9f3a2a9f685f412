"""What a change of the registry must look like, whoever wrote it, so that it can be read.

A line in a journal may come from any program. Here is what ours write; anything else is refused
by the `judge`, so that nobody who asks the registry meets a value of somebody else's making.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import msgspec

from jupyter_mltrack.entities.model_registry.model_version_status import ModelVersionStatus

if TYPE_CHECKING:
    from collections.abc import Callable

    from jupyter_mltrack.events import RegistryChange

#: Why it is refused; the view ``registry_events`` knows these words, and hides such details.
UNREADABLE = "it cannot be read"

#: Fields that say what holds in the store, or for one model.
RULES = frozenset({"stages", "gates", "approvers"})

_OF_MODELS = RULES | {"created", "name", "description", "tag", "alias", "deleted"}
_OF_VERSIONS = frozenset(
    {"created", "description", "tag", "status", "status_message", "stage", "deleted"}
)
_KEYED = {"tag", "alias", "gates", "approvers"}
_HIGHEST = 2**31 - 1  # a version is an INTEGER
_NUMBER = re.compile("[0-9]{1,10}")

_Plain = str | int | float | bool | None
_Known = dict[str, _Plain | list[_Plain]]
_Details = dict[str, _Plain | list[_Plain | _Known] | _Known]


class _Person(msgspec.Struct):
    user: str
    uid: int


_SHAPES: dict[str, Any] = {
    "stages": list[str],
    "gates": list[dict[str, _Plain]],
    "approvers": list[_Person],
}


def is_readable(change: RegistryChange) -> bool:
    """Whether a change says something that there is, in the way in which it is said."""
    known = _OF_VERSIONS if change.version else _OF_MODELS
    return (
        change.field in known
        and 0 <= change.version <= _HIGHEST
        and (not change.key or change.field in _KEYED)
        and (change.field not in _CHECKS or _CHECKS[change.field](change))
        and _has_details(change)
    )


def people(text: str | None) -> dict[int, str]:
    """The approvers that a readable change names, the login by the uid."""
    found: list[_Person] = msgspec.json.decode(text or "[]", type=list[_Person])
    return {one.uid: one.user for one in found}


def _is_rule(change: RegistryChange) -> bool:
    """Whether the text is nothing, or a list of what it is about.

    Our readers use Python's parser, so it must take it, too: `json.loads` knows ``Infinity``.
    """
    try:
        if change.text is not None:
            msgspec.convert(json.loads(change.text), _SHAPES[change.field])
    except (ValueError, RecursionError):
        return False
    return True


def _has_details(change: RegistryChange) -> bool:
    """Whether the details are none, or a JSON object as ours: DuckDB and Python both read it."""
    try:
        if change.details is not None:
            msgspec.json.decode(change.details, type=_Details)
    except (ValueError, RecursionError):
        return False
    return True


def _has_text(change: RegistryChange) -> bool:
    return bool(change.text)


def _is_number(change: RegistryChange) -> bool:
    """Whether the text is nothing, or the number of a version in plain digits."""
    text = change.text
    return text is None or (_NUMBER.fullmatch(text) is not None and int(text) <= _HIGHEST)


def _is_status(change: RegistryChange) -> bool:
    return change.text in {one.value for one in ModelVersionStatus}


_CHECKS: dict[str, Callable[[RegistryChange], bool]] = {
    "created": _has_text,
    "name": _has_text,
    "alias": _is_number,
    "status": _is_status,
    **dict.fromkeys(RULES, _is_rule),
}
