"""What all entities share: they list their fields as MLflow's do."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


class Record:
    """Base of the entities: iterates as ``(name, value)`` pairs, compares by value."""

    __slots__ = ()

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """The public fields, in order, as pairs."""
        for field in fields(self):  # type: ignore[arg-type]
            if not field.name.startswith("_"):
                yield field.name, getattr(self, field.name)

    def to_dictionary(self) -> dict[str, Any]:
        """The public fields as a dict."""
        return dict(self)
