"""Data that a ``predict`` function hints at: brought into that form and checked at each call."""

from __future__ import annotations

import functools
import inspect
import math
import sys
import warnings
from collections.abc import Callable
from types import FunctionType
from typing import Any, NamedTuple, get_args, get_origin

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.pyfunc.hints import (
    SCALARS,
    UNIONS,
    Call,
    call_of,
    element_of,
    hints_of,
    input_schema,
    is_from_example,
    is_pydantic,
    is_table,
    shown,
)

Function = Callable[..., Any]

#: How many faulty elements a message shows.
_SHOWN = 5


class FuncInfo(NamedTuple):
    """What a checked function keeps of its hints; the names are MLflow's, whose pickles have it."""

    input_type_hint: Any
    input_param_name: str


def pyfunc(func: Function) -> Function:
    """A function that checks its data against its type hint; itself if there is none to check.

    Args:
        func: Takes the data, or is a ``predict`` method of a `PythonModel`.

    Raises:
        InvalidParameterValue: if the hint is one that no data can have, such as bare ``list``.

    Example:
        >>> @pyfunc
        ... def predict(model_input: list[str]) -> list[int]:
        ...     return [len(text) for text in model_input]
    """
    call = call_of(func)
    if getattr(func, "_is_pyfunc", False) or call.parameter is None or not _can_check(call):
        return func
    if isinstance(func, FunctionType):  # texts would not find in a pickle what they name
        func.__annotations__ = hints_of(func)
    return _checking(func, FuncInfo(call.input, call.parameter), call.place)


def is_checking(function: Any) -> bool:
    """Whether `pyfunc` made this function; what it was made of is its ``__wrapped__``."""
    return getattr(function, "__code__", None) is _CODE


def checked_call(
    args: tuple[Any, ...], kwargs: dict[str, Any], place: int, hint: Any, name: str
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """The arguments of a call, with the data as the hint says.

    Args:
        args: By place.
        kwargs: By name.
        place: Of the data.
        hint: Of the data.
        name: Of the data.

    Raises:
        InvalidParameterValue: if the data does not fit.
    """
    if name in kwargs:
        return args, {**kwargs, name: checked(rows(kwargs[name], hint), hint)}
    if len(args) > place:
        return (*args[:place], checked(rows(args[place], hint), hint), *args[place + 1 :]), kwargs
    return args, kwargs


def rows(data: Any, hint: Any) -> Any:
    """A table of pandas as the list that is hinted: of dicts, or of its only column; else as is."""
    pandas = sys.modules.get("pandas")
    if pandas is None or not isinstance(data, pandas.DataFrame) or get_origin(hint) is not list:
        return data
    element = element_of(hint)
    is_row = element is dict or get_origin(element) is dict or is_pydantic(element)
    if is_row and list(data.columns) != [0]:
        return [_plain(row) for row in data.to_dict(orient="records")]
    if data.shape[1] > 1:
        msg = f"The first of {data.shape[1]} columns is taken: the hint is {shown(hint)}."
        warnings.warn(msg, stacklevel=2)
    return [_plain(value) for value in data.iloc[:, 0].tolist()]


def checked(data: Any, hint: Any) -> Any:
    """Data that fits the hint; dicts become objects of a hinted class of pydantic.

    Raises:
        InvalidParameterValue: if it does not fit; the message shows the first faults.
    """
    if hint is Any:
        return data
    if is_pydantic(hint):
        return _of_pydantic(data, hint)
    if hint in SCALARS:
        return _scalar(data, hint)
    check = _GENERIC.get(get_origin(hint))
    return check(data, hint) if check else data


def _can_check(call: Call) -> bool:
    hint = call.input
    if hint is None or hint is Any or is_table(hint) or is_from_example(hint):
        return False
    if input_schema(hint) is not None:
        return True
    msg = (
        f"The type hint {shown(hint)} of {call.parameter!r} is not used: hint list[...] of what a"
        " row is, or give a signature or an input example when you log the model."
    )
    warnings.warn(msg, stacklevel=4)
    return False


def _checking(function: Function, info: FuncInfo, place: int) -> Function:
    @functools.wraps(function)
    def checking(*args: Any, **kwargs: Any) -> Any:
        args, kwargs = checked_call(args, kwargs, place, *info)
        return function(*args, **kwargs)

    checking._is_pyfunc = True  # type: ignore[attr-defined]  # noqa: SLF001 - MLflow's mark
    return checking


_CODE = _checking(inspect.signature, FuncInfo(None, ""), 0).__code__


def _scalar(data: Any, hint: Any) -> Any:
    if isinstance(data, hint):
        return data
    if hint is float and isinstance(data, int):
        return float(data)
    msg = f"Expected type {shown(hint)}, but got {type(data).__name__}"
    raise InvalidParameterValue(msg)


def _of_pydantic(data: Any, model: Any) -> Any:
    if isinstance(data, model):
        return data
    if not isinstance(data, dict):
        msg = f"Expected a dict or {model.__name__}, but got {type(data).__name__}"
        raise InvalidParameterValue(msg)
    try:
        return model.model_validate(data, strict=True)
    except ValueError as error:
        msg = f"Data doesn't match type hint {model.__name__}: {error}"
        raise InvalidParameterValue(msg) from error


def _list(data: Any, hint: Any) -> list[Any]:
    if not isinstance(data, list):
        msg = f"Expected {shown(hint)}, but got {type(data).__name__}"
        raise InvalidParameterValue(msg)
    return list(_each(enumerate(data), element_of(hint), hint).values())


def _dict(data: Any, hint: Any) -> dict[str, Any]:
    if not isinstance(data, dict) or not all(isinstance(key, str) for key in data):
        msg = f"Expected {shown(hint)}, but got {type(data).__name__}"
        raise InvalidParameterValue(msg)
    return _each(data.items(), get_args(hint)[1], hint)


def _each(pairs: Any, element: Any, hint: Any) -> dict[Any, Any]:
    """The values by key or place, each checked; the faults of all in one message."""
    fit, faults = {}, {}
    for key, value in pairs:
        try:
            fit[key] = checked(value, element)
        except InvalidParameterValue as error:
            faults[key] = error.message
    if faults:
        first = dict(list(faults.items())[:_SHOWN])
        more = f" and {len(faults) - _SHOWN} more" if len(faults) > _SHOWN else ""
        msg = f"Failed to validate data against type hint {shown(hint)}: {first}{more}"
        raise InvalidParameterValue(msg)
    return fit


def _union(data: Any, hint: Any) -> Any:
    kinds = [each for each in get_args(hint) if each is not type(None)]
    return data if data is None or len(kinds) > 1 else checked(data, kinds[0])


_GENERIC: dict[Any, Callable[[Any, Any], Any]] = {
    dict: _dict,
    list: _list,
    **dict.fromkeys(UNIONS, _union),
}


def _plain(value: Any) -> Any:
    """A cell of a table without pandas and NumPy: lists for arrays, None for a missing number."""
    if isinstance(value, dict):
        return {key: _plain(each) for key, each in value.items()}
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return None if isinstance(value, float) and math.isnan(value) else value
