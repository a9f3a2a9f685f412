"""A page of results."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, TypeVar

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")


class PagedList(list[T]):
    """A list with the token of the page that follows it.

    Args:
        items: The results on this page.
        token: Ask for the next page with it; None or empty on the last page.
    """

    def __init__(self, items: Iterable[T] = (), token: str | None = None) -> None:
        super().__init__(items)
        self.token = token

    def to_list(self) -> list[T]:
        """The results as a plain list."""
        return list(self)


def page_token(offset: int) -> str:
    """The token of the page that begins at ``offset`` (base64 of ``{"offset": n}``)."""
    return base64.b64encode(json.dumps({"offset": offset}).encode()).decode()


def page_offset(token: str | bytes | None) -> int:
    """Where the page of ``token`` begins.

    Raises:
        InvalidParameterValue: if no earlier answer can have given this token.
    """
    if not token:
        return 0
    try:
        offset = json.loads(base64.b64decode(token))["offset"]
        if isinstance(offset, int) and offset >= 0:
            return offset
    except (ValueError, KeyError, TypeError):
        pass
    msg = f"{token!r} is no page token; pass the .token of the previous page."
    raise InvalidParameterValue(msg)
