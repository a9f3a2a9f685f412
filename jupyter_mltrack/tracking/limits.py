"""What may be logged: the checks that a caller's values pass before anything is written.

The rules are MLflow's (keys: letters, digits, ``_ - . / :`` and space, at most 250 long), except
that long values are kept whole instead of being cut: one record may take 1 MB.
"""

from __future__ import annotations

import math
import posixpath
import re
from typing import Any

import msgspec

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.masking import masked_value

MAX_KEY = 250
MAX_EXPERIMENT_NAME = 500
MAX_TEXT = 900_000
_encode = msgspec.json.Encoder().encode
_KEY = re.compile(r"[/\w.\- :]+")
_DURATION = re.compile(
    r"(?:(\d+(?:\.\d+)?)d)?(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?"
)
_LARGEST_STEP = 2**63 - 1
_NO_SECRETS = {bool, float, int, type(None)}


def key(kind: str, name: object) -> str:
    """Return ``name`` if it can be the key of a metric, param or tag (``kind`` says which).

    Raises:
        InvalidParameterValue: with what is wrong and which characters are allowed.
    """
    if not isinstance(name, str):
        msg = f"A {kind} name is a string, not {type(name).__name__} ({name!r})."
        raise InvalidParameterValue(msg)
    if not _KEY.fullmatch(name):
        msg = (
            f"Invalid {kind} name: {name!r}. Names may only contain alphanumerics,"
            " underscores (_), dashes (-), periods (.), spaces ( ), colons (:) and slashes (/)."
        )
        raise InvalidParameterValue(msg)
    if len(name) > MAX_KEY:
        msg = f"{kind.capitalize()} key exceeds the maximum length of {MAX_KEY} characters."
        raise InvalidParameterValue(msg)
    if posixpath.normpath(name) != name or name == "." or name.startswith(("..", "/")):
        msg = (
            f"Invalid {kind} name: {name!r}. Names may be treated as files in certain cases, and"
            " must not resolve to other names when treated as such: no '//', '..' or '/' in front."
        )
        raise InvalidParameterValue(msg)
    return str(name)


def text(kind: str, name: str, value: object) -> str:
    """The value of a param or tag as a string, credentials in it masked.

    Raises:
        InvalidParameterValue: if it does not fit into one record, or is no Unicode text.
    """
    try:
        string = str(value)
        size = len(_encode(string)) - 2  # without the quotes; a line break takes two bytes
    except UnicodeEncodeError:
        msg = f"The value of {kind} {name!r} holds half a surrogate pair, which is no text."
        raise InvalidParameterValue(msg) from None
    if size > MAX_TEXT:
        msg = (
            f"The value of {kind} {name!r} takes {size:,} bytes as JSON; at most {MAX_TEXT:,} fit."
            " Log it as an artifact with log_text() or log_dict()."
        )
        raise InvalidParameterValue(msg)
    return string if type(value) in _NO_SECRETS else masked_value(name, string)


def number(name: str, value: Any) -> float:
    """The value of a metric as a float: numbers, numeric strings, arrays and tensors of one item.

    Raises:
        InvalidParameterValue: if it is none of these.
    """
    if value is None:
        msg = f"Missing value for required parameter 'value' of metric {name!r}."
        raise InvalidParameterValue(msg)
    try:
        return float(value.item() if hasattr(value, "item") else value)
    except (TypeError, ValueError, OverflowError, RuntimeError):
        msg = (
            f"Got invalid value {value!r} for metric {name!r}."
            " Please specify value as a valid double (64-bit floating point)."
        )
        raise InvalidParameterValue(msg) from None


def written(value: float) -> float | str:
    """A float as the journal writes it: JSON has no NaN and no infinity."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    return value


def step(name: str, value: Any) -> int:
    """The step of a metric point as an integer that fits 64 bits.

    Raises:
        InvalidParameterValue: if it is no whole number or too large.
    """
    try:
        whole = int(value)
        if whole == value and -_LARGEST_STEP - 1 <= whole <= _LARGEST_STEP:
            return whole
    except (TypeError, ValueError, OverflowError):
        pass
    msg = f"Got invalid step {value!r} for metric {name!r}. A step is a whole number of 64 bits."
    raise InvalidParameterValue(msg)


def timestamp(value: Any) -> int:
    """A time in ms since 1970.

    Raises:
        InvalidParameterValue: if it is negative or no number.
    """
    try:
        whole = int(value)
        if 0 <= whole <= _LARGEST_STEP:
            return whole
    except (TypeError, ValueError, OverflowError):
        pass
    msg = f"Got invalid timestamp {value!r}. A timestamp is ms since 1970, not negative."
    raise InvalidParameterValue(msg)


def experiment_name(name: object) -> str:
    """Return ``name`` if an experiment can have it.

    Raises:
        InvalidParameterValue: if it is no string, blank, or longer than 500 characters.
    """
    if not isinstance(name, str) or not name.strip():
        msg = f"Invalid experiment name: {name!r}. Give it a name that is not blank."
        raise InvalidParameterValue(msg)
    if len(name) > MAX_EXPERIMENT_NAME:
        msg = f"An experiment name has at most {MAX_EXPERIMENT_NAME} characters, not {len(name)}."
        raise InvalidParameterValue(msg)
    text("experiment", "name", name)
    return str(name)


def max_results(value: Any, threshold: int) -> int:
    """How many results a page may have.

    Raises:
        InvalidParameterValue: if it is not between 1 and ``threshold``.
    """
    if not isinstance(value, int) or value < 1:
        msg = f"Invalid value {value!r} for parameter 'max_results'. It must be a positive integer."
        raise InvalidParameterValue(msg)
    if value > threshold:
        msg = (
            f"Invalid value {value} for parameter 'max_results' supplied."
            f" It must be at most {threshold}. Use page_token to get the next page."
        )
        raise InvalidParameterValue(msg)
    return value


def milliseconds(duration: str) -> int:
    """A duration such as ``30d``, ``1d12h``, ``5m`` or ``10s`` in ms.

    Raises:
        InvalidParameterValue: if it is none.
    """
    found = _DURATION.fullmatch(duration.replace(" ", ""))
    if not duration or found is None:
        msg = f"{duration!r} is no duration. Write it as 30d, 1d12h, 90m or 10s."
        raise InvalidParameterValue(msg)
    days, hours, minutes, seconds = (float(part or 0) for part in found.groups())
    return int((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1000)
