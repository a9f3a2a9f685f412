"""What two types have in common."""

from __future__ import annotations

from itertools import product
from typing import Any

import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types import AnyType, Array, DataType, Map, Object, Property
from jupyter_mltrack.models.types.merging import merged

LONG = DataType.long
OBJECT = Object([Property("a", "long")])
LOOSE = Object([Property("a", "long", required=False)])
BOTH = Object([Property("a", "long"), Property("b", Array("string"))])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (LONG, LONG, LONG),
        (LONG, AnyType(), LONG),
        (AnyType(), AnyType(), AnyType()),
        (Array("long"), AnyType(), Array("long")),
        (Array("long"), Array(AnyType()), Array("long")),
        (Map("long"), Map(AnyType()), Map("long")),
        (OBJECT, AnyType(), LOOSE),
        (OBJECT, LOOSE, LOOSE),
        (OBJECT, Object([Property("a", AnyType(), required=False)]), LOOSE),
        (
            OBJECT,
            BOTH,
            Object([Property("a", "long"), Property("b", Array("string"), required=False)]),
        ),
        (Array(OBJECT), Array(LOOSE), Array(LOOSE)),
    ],
)
def test_merged(first: Any, second: Any, expected: Any) -> None:
    """The order does not count, and what one of the two lacks is optional."""
    assert merged(first, second) == expected == merged(second, first)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pair
        for pair in product([LONG, DataType.double, Array("long"), Map("long"), OBJECT], repeat=2)
        if pair[0] != pair[1]
    ],
)
def test_nothing_in_common(first: Any, second: Any) -> None:
    """Integers and floats neither: MLflow refuses them too."""
    with pytest.raises(InvalidParameterValue, match="All values must be of one type"):
        merged(first, second)
