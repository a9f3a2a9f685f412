"""What the type hints of a ``predict`` function say of a model's signature.

The rules are MLflow's (``mlflow.types.type_hints``): the input is ``list[...]``, one element for
each row, of ``int``, ``str``, ``bool``, ``float``, ``bytes``, ``datetime``, lists and dicts of
these, classes of pydantic, or ``Any``. Tables and arrays may be hinted, but say nothing of what
is in them.
"""

from __future__ import annotations

import datetime as dt
import inspect
import logging
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import UnionType
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.column import ColSpec
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import AnyType, Array, Map, Object, Property, ValueType
from jupyter_mltrack.models.types.schema import Schema

_log = logging.getLogger("jupyter_mltrack")

#: The hint of an input that is to arrive as what the input example is: table, series or list.
TypeFromExample = TypeVar("TypeFromExample")

SCALARS: dict[Any, DataType] = {
    bool: DataType.boolean,
    bytes: DataType.binary,
    dt.datetime: DataType.datetime,
    float: DataType.double,
    int: DataType.long,
    str: DataType.string,
}
UNIONS = (Union, UnionType)

_TABLES = {"DataFrame", "Series", "csc_matrix", "csr_matrix", "ndarray"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """How a ``predict`` function is called.

    Attributes:
        parameter: The name of the parameter that takes the data; None if there is none.
        place: Its place among the arguments, ``self`` counted.
        takes_context: Whether a context comes before it.
        takes_params: Whether there is a parameter ``params``.
        input: The hint of the data, or None.
        output: The hint of what it returns, or None.
    """

    parameter: str | None
    place: int
    takes_context: bool
    takes_params: bool
    input: Any = None
    output: Any = None


def call_of(function: Callable[..., Any]) -> Call:
    """How a function is called, told by its parameters; hints that cannot be read are left out.

    A context is taken if a parameter is called so, or if there are two besides ``params``.
    """
    try:
        names = list(inspect.signature(function).parameters)
    except ValueError:  # a function in C that does not tell
        names = []
    own = [name for name in names if name != "self"]
    takes_context = "context" in own or len([name for name in own if name != "params"]) == 2  # noqa: PLR2004
    parameter = next(iter(own[takes_context:]), None)
    hints = hints_of(function)
    return Call(
        parameter=parameter,
        place=names.index(parameter) if parameter else 0,
        takes_context=takes_context,
        takes_params="params" in own,
        input=hints.get(parameter or ""),
        output=hints.get("return"),
    )


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The hints of a function by parameter, and ``return``; none if one cannot be evaluated."""
    is_object = not hasattr(function, "__annotations__")
    try:
        return get_type_hints(type(function).__call__ if is_object else function)
    except Exception:  # noqa: BLE001 - evaluating a text may raise anything
        _log.debug("The type hints of %s cannot be read.", function, exc_info=True)
        return {}


def input_schema(hint: Any) -> Schema | None:
    """The schema of the input, or None if the hint does not tell.

    Raises:
        InvalidParameterValue: if a list is hinted in a way that cannot be; the message says why.

    Example:
        >>> input_schema(list[dict[str, float]])
        [Map(str -> double) (required)]
    """
    if hint is not list and get_origin(hint) is not list:
        return None
    return _schema(element_of(hint))


def output_schema(hint: Any) -> Schema:
    """The schema of the output: of the elements if it is a list; anything if it does not tell."""
    try:
        found = _schema(element_of(hint) if get_origin(hint) is list else hint)
    except InvalidParameterValue:
        found = None
    return found or Schema([ColSpec(AnyType())])


def element_of(hint: Any) -> Any:
    """The hint of the elements of a list.

    Raises:
        InvalidParameterValue: if it has none.
    """
    if len(get_args(hint)) != 1:
        msg = f"The hint {shown(hint)} does not say what is in the list: write list[str], say."
        raise InvalidParameterValue(msg)
    return get_args(hint)[0]


def is_pydantic(hint: Any) -> bool:
    """Whether a hint is a class of pydantic, which is not imported to find out."""
    pydantic = sys.modules.get("pydantic")
    return pydantic is not None and inspect.isclass(hint) and issubclass(hint, pydantic.BaseModel)


def is_table(hint: Any) -> bool:
    """Whether a hint is a table or an array, of which it does not say what is in it."""
    return inspect.isclass(hint) and hint.__name__ in _TABLES


def is_from_example(hint: Any) -> bool:
    """Whether a hint is `TypeFromExample`, ours or MLflow's."""
    return isinstance(hint, TypeVar) and hint.__name__ == "TypeFromExample"


def shown(hint: Any) -> str:
    """A hint as one reads it."""
    return hint.__name__ if inspect.isclass(hint) and not get_args(hint) else str(hint)


def _schema(element: Any) -> Schema | None:
    kind, required = _type_of(element)
    if not required:
        msg = (
            f"Rows cannot be missing, as {shown(element)} says. Take Optional off, or make it a"
            " field of a pydantic class."
        )
        raise InvalidParameterValue(msg)
    return None if kind is None else Schema([ColSpec(kind)])


def _type_of(hint: Any) -> tuple[ValueType | None, bool]:
    """The type of a value, None if there is none for it, and whether it must be there."""
    if hint is Any:
        return AnyType(), True
    if hint in SCALARS:
        return SCALARS[hint], True
    if is_pydantic(hint):
        return _of_pydantic(hint), True
    if hint in (list, dict, *UNIONS):
        msg = f"The hint {shown(hint)} does not say what is in it: write list[str], say."
        raise InvalidParameterValue(msg)
    reader = _GENERIC.get(get_origin(hint))
    return reader(hint) if reader else (None, True)


def _of_list(hint: Any) -> tuple[ValueType | None, bool]:
    kind = _type_of(element_of(hint))[0]
    return None if kind is None else Array(kind), True


def _of_dict(hint: Any) -> tuple[ValueType | None, bool]:
    if len(get_args(hint)) != 2 or get_args(hint)[0] is not str:  # noqa: PLR2004
        msg = f"The keys of a dict are texts: write dict[str, float], say, and not {shown(hint)}."
        raise InvalidParameterValue(msg)
    kind = _type_of(get_args(hint)[1])[0]
    return None if kind is None else Map(kind), True


def _of_union(hint: Any) -> tuple[ValueType | None, bool]:
    """Of several types none is checked, as in MLflow."""
    kinds = [each for each in get_args(hint) if each is not type(None)]
    required = len(kinds) == len(get_args(hint))
    return (_type_of(kinds[0])[0] if len(kinds) == 1 else AnyType()), required


def _of_pydantic(model: Any) -> ValueType | None:
    properties = []
    for name, field in model.model_fields.items():
        kind, required = _type_of(field.annotation)
        if kind is None:
            return None
        if not required and field.is_required():
            msg = f"The optional field {name!r} of {model.__name__} needs a default: None, say."
            raise InvalidParameterValue(msg)
        properties.append(Property(name, kind, required))
    return Object(properties)


_GENERIC: dict[Any, Callable[[Any], tuple[ValueType | None, bool]]] = {
    dict: _of_dict,
    list: _of_list,
    **dict.fromkeys(UNIONS, _of_union),
}
