"""The lists that the signature in an MLmodel file is written as."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, TypeVar

from jupyter_mltrack.errors import InvalidParameterValue

T = TypeVar("T")


def read_list(text: str, what: str, read: Callable[[dict[str, Any]], T]) -> list[T]:
    """Read a JSON list of dicts, each by `read`.

    Args:
        text: The JSON.
        what: What it should be, for the message.
        read: Makes one thing of one dict.

    Raises:
        InvalidParameterValue: if it is no such list.
    """
    try:
        written = json.loads(text)
        if isinstance(written, list) and all(isinstance(each, dict) for each in written):
            return [read(each) for each in written]
        reason = "it is no list of dicts"
    except InvalidParameterValue as error:
        reason = error.message
    except (TypeError, ValueError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
    msg = f"This is no {what} of a signature ({reason}): {str(text)[:200]!r}"
    raise InvalidParameterValue(msg)
