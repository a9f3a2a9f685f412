"""Parameters: defaults, JSON, and values that a type does not take."""

from __future__ import annotations

import datetime as dt
from typing import Any

import numpy as np
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types import Array, Object, ParamSchema, ParamSpec, Property

PARAMS = ParamSchema(
    [
        ParamSpec("a", "double", 1),
        ParamSpec("b", "long", [1, 2], (-1,)),
        ParamSpec("c", "datetime", "2020-01-02"),
        ParamSpec("d", Object([Property("x", "long")]), {"x": 1}),
        ParamSpec("e", "datetime", [dt.date(2020, 1, 2)], [-1]),
    ]
)


def test_defaults_get_the_type_of_python() -> None:
    """An integer becomes a float, a text a date."""
    assert [type(each.default) for each in PARAMS] == [float, list, dt.date, dict, list]
    assert len(PARAMS) == 5


def test_there_and_back() -> None:
    """The JSON is MLflow's; dates are written in ISO 8601."""
    assert ParamSchema.from_json(PARAMS.to_json()) == PARAMS
    assert PARAMS.to_dict()[:3] == [
        {"name": "a", "default": 1.0, "shape": None, "type": "double"},
        {"name": "b", "default": [1, 2], "shape": (-1,), "type": "long"},
        {"name": "c", "default": "2020-01-02", "shape": None, "type": "datetime"},
    ]


def test_what_a_notebook_shows() -> None:
    """As MLflow's repr."""
    shown = "['a': double (default: 1.0), 'b': long (default: [1, 2]) (shape: (-1,)),"
    assert repr(PARAMS).startswith(shown)


def test_files_of_older_mlflow() -> None:
    """The type was called dtype."""
    written = '[{"name": "a", "dtype": "long", "default": 1}]'
    assert ParamSchema.from_json(written) == ParamSchema([ParamSpec("a", "long", 1)])


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("a", "long", 0.5), "'a' cannot have this value: it is of the type long"),
        (("a", "long", [1]), "of type list"),
        (("a", "long", 1, (-1,)), "takes a list"),
        (("a", "long", 1, (2,)), "shape of the parameter 'a'"),
        (("a", Object([Property("x", "long")]), [{"x": 1}], (-1,)), "shape of the parameter 'a'"),
        (("a", Object([Property("x", "long")]), {"y": 1}), r"Missing required properties: \['x'\]"),
        (("a", "binary", b"x"), "base64"),
        (("a", "datetime", "soon"), "2026-11-21"),
        (("a", "number", 1), "no type 'number'"),
    ],
)
def test_what_is_no_parameter(arguments: tuple[Any, ...], message: str) -> None:
    """The message names the parameter or the type."""
    with pytest.raises(InvalidParameterValue, match=message):
        ParamSpec(*arguments)


@pytest.mark.parametrize(
    "written",
    [
        "5",
        '[{"name": "a", "type": "long"}]',
        '[{"name": "a", "type": "array", "items": {"type": "long"}, "default": 1}]',
        '[{"name": "a", "default": 1}]',
    ],
)
def test_rubbish_is_no_parameter(written: str) -> None:
    """A damaged MLmodel file is refused with one kind of error."""
    with pytest.raises(InvalidParameterValue):
        ParamSchema.from_json(written)


@pytest.mark.parametrize("value", [np.int8(3), np.array(3), 3])
def test_numbers_of_any_width(value: Any) -> None:
    """What is narrower fits."""
    checked = ParamSpec("a", "long", 1).checked(value)
    assert (checked, type(checked)) == (3, int)


def test_each_name_once() -> None:
    """And nothing else than parameters."""
    with pytest.raises(InvalidParameterValue, match=r"twice.*\['a'\]"):
        ParamSchema([ParamSpec("a", "long", 1)] * 2)
    with pytest.raises(InvalidParameterValue, match="ParamSpec"):
        ParamSchema([Array("long")])  # type: ignore[list-item]
