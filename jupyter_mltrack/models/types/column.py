"""One column of a table: its type, its name, and whether the model can do without it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from jupyter_mltrack.models.types.nested import (
    ValueType,
    to_type,
    type_from_dict,
    type_to_dict,
)


@dataclass(frozen=True, slots=True, repr=False, init=False)
class ColSpec:
    """A column.

    Attributes:
        type: Its type; the name will do for a `DataType`.
        name: Its name, or None if it is known by its place only.
        required: Whether the model needs it.

    Example:
        >>> ColSpec("double", "age")
        'age': double (required)
    """

    type: ValueType
    name: Any
    required: bool

    def __init__(
        self, type: ValueType | str, name: str | int | None = None, required: bool = True
    ) -> None:
        object.__setattr__(self, "type", to_type(type))
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "required", required)

    def __repr__(self) -> str:
        text = f"{self.type!r} ({'required' if self.required else 'optional'})"
        return text if self.name is None else f"{self.name!r}: {text}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        name = {} if self.name is None else {"name": self.name}
        return {**type_to_dict(self.type), **name, "required": self.required}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> ColSpec:
        """The column that `to_dict` wrote; older MLflow wrote ``optional``."""
        required = kwargs.get("required", not kwargs.get("optional", False))
        return cls(type_from_dict(kwargs), kwargs.get("name"), bool(required))
