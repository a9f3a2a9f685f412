"""The one type of several values: what two of them have in common."""

from __future__ import annotations

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.nested import AnyType, Array, Map, Object, Property, ValueType


def merged(first: ValueType, second: ValueType) -> ValueType:
    """The type that covers both; a property that one of two objects lacks becomes optional.

    Raises:
        InvalidParameterValue: if there is none.
    """
    if isinstance(second, AnyType):
        return _with_missing(first)
    if isinstance(first, AnyType):
        return _with_missing(second)
    if first == second:
        return first
    if isinstance(first, Object) and isinstance(second, Object):
        return _merged_objects(first, second)
    if isinstance(first, Map) and isinstance(second, Map):
        return Map(merged(first.value_type, second.value_type))
    if type(first) is type(second) is Array:
        return Array(merged(first.dtype, second.dtype))
    msg = (
        f"All values must be of one type, and there are {first!r} and {second!r}. Convert them, or"
        " write the signature by hand, with AnyType() for what may be anything."
    )
    raise InvalidParameterValue(msg)


def _with_missing(kind: ValueType) -> ValueType:
    """The type if some values are missing: MLflow makes all properties of an object optional."""
    if isinstance(kind, Object):
        return Object([Property(each.name, each.dtype, required=False) for each in kind.properties])
    return kind


def _merged_objects(first: Object, second: Object) -> Object:
    ours = {each.name: each for each in first.properties}
    theirs = {each.name: each for each in second.properties}
    return Object([_merged_property(name, ours, theirs) for name in {**ours, **theirs}])


def _merged_property(name: str, ours: dict[str, Property], theirs: dict[str, Property]) -> Property:
    if name not in ours or name not in theirs:
        return Property(name, (ours | theirs)[name].dtype, required=False)
    first, second = ours[name], theirs[name]
    dtype = merged(first.dtype, second.dtype)
    return Property(name, dtype, required=first.required and second.required)
