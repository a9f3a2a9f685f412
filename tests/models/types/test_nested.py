"""Arrays, objects, maps and anything: JSON, repr, equality, and what cannot be made."""

from __future__ import annotations

import copy
import pickle
from itertools import pairwise
from typing import Any

import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types import AnyType, Array, DataType, Map, Object, Property
from jupyter_mltrack.models.types.nested import SparkMLVector, type_from_dict, type_to_dict

WRITTEN: list[tuple[Any, dict[str, Any], str]] = [
    (DataType.long, {"type": "long"}, "long"),
    (AnyType(), {"type": "any"}, "Any"),
    (Array("long"), {"type": "array", "items": {"type": "long"}}, "Array(long)"),
    (
        Array(Array(AnyType())),
        {"type": "array", "items": {"type": "array", "items": {"type": "any"}}},
        "Array(Array(Any))",
    ),
    (Map("double"), {"type": "map", "values": {"type": "double"}}, "Map(str -> DataType.double)"),
    (
        Object([Property("b", "string", required=False), Property("a", Array("long"))]),
        {
            "type": "object",
            "properties": {
                "a": {"type": "array", "items": {"type": "long"}, "required": True},
                "b": {"type": "string", "required": False},
            },
        },
        "{a: Array(long) (required), b: string (optional)}",
    ),
    (SparkMLVector(), {"type": "sparkml_vector"}, "SparkML vector"),
]


@pytest.mark.parametrize(("kind", "written", "shown"), WRITTEN)
def test_there_and_back(kind: Any, written: dict[str, Any], shown: str) -> None:
    """The JSON is MLflow's, and leads to an equal type."""
    assert type_to_dict(kind) == written
    assert type_from_dict(written) == kind
    assert repr(kind) == shown


@pytest.mark.parametrize("kind", [kind for kind, *_ in WRITTEN])
def test_copies_are_equal(kind: Any) -> None:
    """Models are copied and pickled together with their signature."""
    assert copy.deepcopy(kind) == kind == pickle.loads(pickle.dumps(kind))  # noqa: S301  (just made)


@pytest.mark.parametrize(("first", "second"), list(pairwise(WRITTEN)))
def test_different_types_differ(first: tuple[Any, ...], second: tuple[Any, ...]) -> None:
    """Equality looks at the whole type."""
    assert first[0] != second[0]


def test_a_vector_of_spark_is_no_plain_array() -> None:
    """Both hold doubles, but are written differently."""
    assert SparkMLVector() != Array("double")
    assert isinstance(SparkMLVector(), Array)


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ([], "at least one Property"),
        ({"a": "long"}, "at least one Property"),
        (["a"], "'a' is none"),
        ([Property("a", "long"), Property("a", "double")], r"twice.*\['a'\]"),
    ],
)
def test_an_object_that_cannot_be(properties: Any, message: str) -> None:
    """The message says what an object is made of."""
    with pytest.raises(InvalidParameterValue, match=message):
        Object(properties)


@pytest.mark.parametrize(
    "written",
    [
        None,
        "long",
        {},
        {"type": "longer"},
        {"type": ["long"]},
        {"type": "array"},
        {"type": "array", "items": "long"},
        {"type": "map", "values": {}},
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"a": 5}},
    ],
)
def test_rubbish_is_no_type(written: Any) -> None:
    """A damaged MLmodel file is refused by its content, not by an accident."""
    with pytest.raises(InvalidParameterValue):
        type_from_dict(written)


def test_the_name_of_a_property_is_a_text() -> None:
    """JSON knows no other keys."""
    with pytest.raises(InvalidParameterValue, match="named by a text"):
        Property(5, "long")  # type: ignore[arg-type]
