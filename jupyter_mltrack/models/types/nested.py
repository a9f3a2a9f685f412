"""Types of values that hold other values: arrays, objects, maps, and the type that says nothing.

As JSON they are ``{"type": "array", "items": {"type": "long"}}``, ``{"type": "object",
"properties": {"a": {"type": "long", "required": true}}}``, ``{"type": "map", "values": {"type":
"long"}}`` and ``{"type": "any"}``: the format of the signature in MLflow's MLmodel file.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.data_type import DataType


@dataclass(frozen=True, slots=True, repr=False)
class AnyType:
    """Any value, a missing one too; nothing is checked."""

    def __repr__(self) -> str:
        return "Any"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"type": "any"}


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Array:
    """A list of values of one type.

    Attributes:
        dtype: The type of the values; its name will do for a `DataType`.
    """

    dtype: ValueType

    def __init__(self, dtype: ValueType | str) -> None:
        object.__setattr__(self, "dtype", to_type(dtype))

    def __repr__(self) -> str:
        return f"Array({self.dtype!r})"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"type": "array", "items": type_to_dict(self.dtype)}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Array:
        """The array that `to_dict` wrote."""
        return cls(type_from_dict(_entry(kwargs, "items")))


@dataclass(frozen=True, slots=True, repr=False, init=False)
class SparkMLVector(Array):
    """A vector of Spark ML: an array of doubles."""

    def __init__(self) -> None:
        object.__setattr__(self, "dtype", DataType.double)

    def __repr__(self) -> str:
        return "SparkML vector"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"type": "sparkml_vector"}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> SparkMLVector:
        """The vector that `to_dict` wrote."""
        del kwargs
        return cls()


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Map:
    """A dict with any texts as keys and values of one type.

    Attributes:
        value_type: The type of the values; its name will do for a `DataType`.
    """

    value_type: ValueType

    def __init__(self, value_type: ValueType | str) -> None:
        object.__setattr__(self, "value_type", to_type(value_type))

    def __repr__(self) -> str:
        return f"Map(str -> {self.value_type})"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        return {"type": "map", "values": type_to_dict(self.value_type)}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Map:
        """The map that `to_dict` wrote."""
        return cls(type_from_dict(_entry(kwargs, "values")))


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Property:
    """One key of an `Object`.

    Attributes:
        name: The key.
        dtype: The type of the value.
        required: Whether every object has it.
    """

    name: str
    dtype: ValueType
    required: bool

    def __init__(self, name: str, dtype: ValueType | str, required: bool = True) -> None:
        object.__setattr__(self, "name", _text(name))
        object.__setattr__(self, "dtype", to_type(dtype))
        object.__setattr__(self, "required", required)

    def __lt__(self, other: Property) -> bool:
        return self.name < other.name

    def __repr__(self) -> str:
        return f"{self.name}: {self.dtype!r} ({'required' if self.required else 'optional'})"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it: the name, and what it stands for."""
        return {self.name: {**type_to_dict(self.dtype), "required": self.required}}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Property:
        """The property that `to_dict` wrote."""
        ((name, written),) = kwargs.items()
        return cls(name, type_from_dict(written), written.get("required", True))


@dataclass(frozen=True, slots=True, repr=False, init=False)
class Object:
    """A dict with known keys.

    Attributes:
        properties: The keys, sorted by name.
    """

    properties: list[Property]

    def __init__(self, properties: list[Property]) -> None:
        object.__setattr__(self, "properties", sorted(_checked(properties)))

    def __repr__(self) -> str:
        return "{" + ", ".join(map(repr, self.properties)) + "}"

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        written: dict[str, Any] = {}
        for each in self.properties:
            written |= each.to_dict()
        return {"type": "object", "properties": written}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> Object:
        """The object that `to_dict` wrote."""
        written = _entry(kwargs, "properties")
        return cls([Property.from_json_dict(**{name: each}) for name, each in written.items()])


ValueType = DataType | Array | Map | Object | AnyType

_READERS: dict[str, Callable[..., ValueType]] = {
    "any": lambda **_: AnyType(),
    "array": Array.from_json_dict,
    "map": Map.from_json_dict,
    "object": Object.from_json_dict,
    "sparkml_vector": SparkMLVector.from_json_dict,
}


def to_type(given: ValueType | str) -> ValueType:
    """A type as it is; for a name, the `DataType` of that name.

    Raises:
        InvalidParameterValue: if it is neither.
    """
    return given if isinstance(given, ValueType) else DataType.named(given)


def type_to_dict(kind: ValueType) -> dict[str, Any]:
    """Any type, as JSON has it."""
    return {"type": kind.name} if isinstance(kind, DataType) else kind.to_dict()


def type_from_dict(written: Any) -> ValueType:
    """The type that `type_to_dict` wrote.

    Raises:
        InvalidParameterValue: if it is none.
    """
    if not isinstance(written, dict):
        msg = f'A type is written as {{"type": "long"}}, not as {written!r}.'
        raise InvalidParameterValue(msg)
    reader = _READERS.get(str(written.get("type")))
    return reader(**written) if reader else DataType.named(written.get("type"))


def duplicates(names: Iterable[Any]) -> list[Any]:
    """The names that are there more than once, in order."""
    return [name for name, times in Counter(names).items() if times > 1]


def _text(name: Any) -> str:
    if isinstance(name, str):
        return name
    msg = f"A property is named by a text, not by {name!r} of type {type(name).__name__}."
    raise InvalidParameterValue(msg)


def _checked(properties: Any) -> list[Property]:
    """The properties of an object: at least one, each name once."""
    if not isinstance(properties, list) or not properties:
        msg = f"An Object is made of a list of at least one Property, not of {properties!r}."
        raise InvalidParameterValue(msg)
    if strange := [each for each in properties if not isinstance(each, Property)]:
        msg = f"An Object is made of Property(name, dtype), and {strange[0]!r} is none."
        raise InvalidParameterValue(msg)
    if twice := duplicates(each.name for each in properties):
        msg = f"These properties of an Object are there twice, name each once: {twice}"
        raise InvalidParameterValue(msg)
    return properties


def _entry(written: dict[str, Any], key: str) -> dict[str, Any]:
    """An entry that is a dict itself."""
    found = written.get(key)
    if not isinstance(found, dict):
        msg = (
            f"The type {written.get('type')!r} needs the key {key!r} with a dict; it has {found!r}."
        )
        raise InvalidParameterValue(msg)
    return found
