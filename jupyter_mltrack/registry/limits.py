"""What may be said of registered models: the checks that a caller's values pass.

The rules are MLflow's; an alias that looks like a date is refused too, because
``models:/name@2026-05-03`` asks for another time.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Mapping
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.masking import masked_value

MAX_NAME = 500
MAX_KEY = 250
MAX_TAG = 100_000
MAX_ALIAS = 255
MAX_DESCRIPTION = 5000

#: The id of a logged model.
_LOGGED = re.compile(r"m-[0-9a-f]{32}")

#: The id of a logged model.
_LOGGED = re.compile(r"m-[0-9a-f]{32}")

_ALIAS = re.compile(r"[\w\-]+")
_VERSION = re.compile(r"v\d+", re.IGNORECASE)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}.*")


def name(given: object) -> str:
    """The name of a registered model.

    Raises:
        InvalidParameterValue: if it is empty, too long, has ``/``, ``:`` or ``@``, or would mean a
            logged model in a URI.
    """
    if not isinstance(given, str) or not given.strip():
        msg = f"Registered model name cannot be empty: {given!r}."
        raise InvalidParameterValue(msg)
    if any(mark in given for mark in "/:@") or not given.isprintable() or given in {".", ".."}:
        msg = (
            f"Invalid name for a registered model: {given!r}. It may have no '/', ':' or '@', which"
            " mean something in 'models:/name/version', and no line breaks."
        )
        raise InvalidParameterValue(msg)
    if _LOGGED.fullmatch(given):
        msg = (
            f"{given!r} cannot be the name of a registered model: 'models:/{given}' is the logged"
            " model of this id. Choose another name."
        )
        raise InvalidParameterValue(msg)
    if len(given) > MAX_NAME:
        msg = f"The name of a registered model has at most {MAX_NAME} characters, not {len(given)}."
        raise InvalidParameterValue(msg)
    return str(given)


def version(given: object) -> int:
    """The number of a version; one from a table may be a NumPy integer, or a whole float.

    Raises:
        InvalidParameterValue: if it is none.
    """
    number = _whole(given)
    if not 1 <= number < 2**31:
        msg = f"A model version is a whole number from 1, not {given!r}."
        raise InvalidParameterValue(msg)
    return number


def _whole(given: Any) -> int:
    """The whole number that something is; 0 if it is none."""
    if isinstance(given, bool):
        return 0
    try:
        if isinstance(given, str):
            return int(given)
        is_whole = isinstance(given, float) and given.is_integer()
        return int(given) if is_whole else operator.index(given)
    except (TypeError, ValueError):
        return 0


def alias(given: object) -> str:
    """An alias.

    Raises:
        InvalidParameterValue: if it has other characters than letters, digits, ``_`` and ``-``,
            or would mean something else in a URI: ``latest``, ``v3``, ``2026-05-03``.
    """
    if not isinstance(given, str) or not _ALIAS.fullmatch(given) or len(given) > MAX_ALIAS:
        msg = (
            f"Invalid alias name: {given!r}. It has letters, digits, '_' and '-' only, at most"
            f" {MAX_ALIAS}."
        )
        raise InvalidParameterValue(msg)
    if given.lower() == "latest" or _VERSION.fullmatch(given) or _DATE.fullmatch(given):
        msg = f"{given!r} cannot be an alias: it means something else. Choose another name."
        raise InvalidParameterValue(msg)
    return str(given)


def description(given: object) -> str | None:
    """A description; None stays None.

    Raises:
        InvalidParameterValue: if it is no string, or too long.
    """
    if given is None:
        return None
    if not isinstance(given, str) or len(given) > MAX_DESCRIPTION:
        msg = f"A description is a string of at most {MAX_DESCRIPTION} characters."
        raise InvalidParameterValue(msg)
    return str(given)


def new_description(given: object) -> str | None:
    """What a description becomes; ``""`` takes it away.

    Raises:
        InvalidParameterValue: as `description`, and if nothing is given.
    """
    if given is None:
        msg = "Say the new description; an empty string takes the old one away."
        raise InvalidParameterValue(msg)
    return description(given) or None


def comment(given: object) -> str | None:
    """A comment or a reason; empty ones are None.

    Raises:
        InvalidParameterValue: as `description`.
    """
    found = description(given)
    return found.strip() or None if found else None


def tags(given: Mapping[str, Any] | None) -> dict[str, str]:
    """Tags, as strings, credentials in them masked.

    Raises:
        InvalidParameterValue: if a key is empty or too long, or a value too long.
    """
    return {tag_key(key): tag_value(key, value) for key, value in (given or {}).items()}


def tag_key(given: object) -> str:
    """The key of a tag; see `tags`."""
    if not isinstance(given, str) or not given.strip() or len(given) > MAX_KEY:
        msg = f"The key of a tag is a string of 1 to {MAX_KEY} characters, not {given!r}."
        raise InvalidParameterValue(msg)
    return str(given)


def tag_value(key: str, given: object) -> str:
    """The value of a tag; see `tags`."""
    text = str(given)
    if len(text) > MAX_TAG:
        msg = f"The value of the tag {key!r} has {len(text)} characters; at most {MAX_TAG}."
        raise InvalidParameterValue(msg)
    return masked_value(key, text)
