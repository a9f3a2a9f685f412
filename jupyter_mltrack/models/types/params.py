"""The parameters that a model takes when it predicts: type, default and shape of each.

As JSON one is ``{"name": "temperature", "default": 0.5, "shape": null, "type": "double"}``; that of
a list has the shape ``[-1]``. The rules for values are those of MLflow's ``ParamSpec``.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import (
    Object,
    duplicates,
    type_from_dict,
    type_to_dict,
)
from jupyter_mltrack.models.types.param_values import param_value, param_values
from jupyter_mltrack.models.types.values import conformed
from jupyter_mltrack.models.types.written import read_list

#: The shape of a parameter that is a list.
LIST = (-1,)


@dataclass(frozen=True, slots=True, repr=False, init=False)
class ParamSpec:
    """A parameter.

    Attributes:
        name: Its name.
        dtype: Its type (of a list: the type of the elements); the name will do.
        default: The value if none is given.
        shape: None for a single value or a dict, (-1,) for a list.

    Raises:
        InvalidParameterValue: if the default is not of the type and the shape.

    Example:
        >>> ParamSpec("temperature", "double", 0.5)
        'temperature': double (default: 0.5)
    """

    name: str
    dtype: DataType | Object
    default: Any
    shape: tuple[int, ...] | None

    def __init__(
        self,
        name: str,
        dtype: DataType | Object | str,
        default: Any,
        shape: tuple[int, ...] | list[int] | None = None,
    ) -> None:
        kind = dtype if isinstance(dtype, DataType | Object) else DataType.named(dtype)
        if kind is DataType.binary:
            msg = f"The parameter {name!r} cannot be binary. Take a text, for example in base64."
            raise InvalidParameterValue(msg)
        object.__setattr__(self, "name", str(name))
        object.__setattr__(self, "dtype", kind)
        object.__setattr__(self, "shape", _shape(name, kind, shape))
        object.__setattr__(self, "default", self.checked(default))

    def __repr__(self) -> str:
        shape = "" if self.shape is None else f" (shape: {self.shape})"
        return f"{self.name!r}: {self.dtype!r} (default: {self.default}){shape}"

    def checked(self, value: Any) -> Any:
        """The value, in the type of Python that belongs to it.

        Raises:
            InvalidParameterValue: if it has another type or shape.
        """
        try:
            if isinstance(self.dtype, Object):
                conformed(value, self.dtype)
                return value
            if self.shape is None:
                return param_value(value, self.dtype)
            return param_values(value, self.dtype)
        except InvalidParameterValue as error:
            msg = f"The parameter {self.name!r} cannot have this value: {error.message}"
            raise InvalidParameterValue(msg) from error

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        default = self.default
        if self.dtype is DataType.datetime:
            default = _dates(default) if self.shape is None else [_dates(each) for each in default]
        written = {"name": self.name, "default": default, "shape": self.shape}
        return {**written, **type_to_dict(self.dtype)}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> ParamSpec:
        """The parameter that `to_dict` wrote; older MLflow wrote ``dtype``.

        Raises:
            InvalidParameterValue: if something of it is not there.
        """
        if "default" not in kwargs or "name" not in kwargs:
            msg = f"A parameter needs 'name', 'type' and 'default'; there are {sorted(kwargs)}."
            raise InvalidParameterValue(msg)
        kind = type_from_dict({**kwargs, "type": kwargs.get("type") or kwargs.get("dtype")})
        if not isinstance(kind, DataType | Object):
            msg = f"A parameter is a single value or an object, not of the type {kind!r}."
            raise InvalidParameterValue(msg)
        return cls(kwargs["name"], kind, kwargs["default"], kwargs.get("shape"))


@dataclass(frozen=True, slots=True, repr=False)
class ParamSchema:
    """The parameters, each name once.

    Attributes:
        params: One `ParamSpec` for each.
    """

    params: list[ParamSpec]

    def __post_init__(self) -> None:
        given: list[Any] = self.params
        if strange := [each for each in given if not isinstance(each, ParamSpec)]:
            msg = f"Parameters are made of ParamSpec(name, dtype, default), not of {strange[0]!r}."
            raise InvalidParameterValue(msg)
        if twice := duplicates(each.name for each in self.params):
            msg = f"These parameters are there twice, name each once: {twice}"
            raise InvalidParameterValue(msg)

    def __len__(self) -> int:
        return len(self.params)

    def __iter__(self) -> Iterator[ParamSpec]:
        return iter(self.params)

    def __repr__(self) -> str:
        return repr(self.params)

    def to_dict(self) -> list[dict[str, Any]]:
        """One dict for each, as JSON has it."""
        return [each.to_dict() for each in self.params]

    def to_json(self) -> str:
        """The JSON of the MLmodel file."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> ParamSchema:
        """The parameters that `to_json` wrote.

        Raises:
            InvalidParameterValue: if the text is something else.
        """
        return cls(read_list(json_str, "parameters", lambda each: ParamSpec.from_json_dict(**each)))


def _shape(name: str, kind: DataType | Object, shape: Any) -> tuple[int, ...] | None:
    given = None if shape is None else tuple(shape)
    if given is None or (given == LIST and isinstance(kind, DataType)):
        return given
    msg = f"The shape of the parameter {name!r} is None or, for a list, (-1,), and not {shape}."
    raise InvalidParameterValue(msg)


def _dates(value: dt.date | None) -> str | None:
    return None if value is None else value.isoformat()
