"""What type hints say of a signature."""

from __future__ import annotations

import datetime as dt
from typing import Any, Optional, Union

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.pyfunc.hints import call_of, input_schema, output_schema
from jupyter_mltrack.models.types.column import ColSpec
from jupyter_mltrack.models.types.nested import AnyType, Array, Map, Object, Property
from jupyter_mltrack.models.types.schema import Schema


def old(context: Any, model_input: list[str], params: Any = None) -> list[int]: ...  # type: ignore[empty-body]  # noqa: D103
def other_names(ctx: Any, x: list[str]) -> Any: ...  # noqa: D103
def new(self: Any, model_input: list[str], params: Any = None) -> Any: ...  # noqa: D103
def bare(model_input): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN201, D103
def unreadable(model_input: list[Nowhere]) -> Any: ...  # type: ignore[name-defined]  # noqa: D103, F821


@pytest.mark.parametrize(
    ("predict", "parameter", "place", "context", "params"),
    [
        (old, "model_input", 1, True, True),
        (other_names, "x", 1, True, False),
        (new, "model_input", 1, False, True),
        (bare, "model_input", 0, False, False),
    ],
)
def test_how_predict_is_called(
    predict: Any, parameter: str, place: int, context: bool, params: bool
) -> None:
    """With a context or without, with params or without: the definition tells."""
    call = call_of(predict)
    assert (call.parameter, call.place) == (parameter, place)
    assert (call.takes_context, call.takes_params) == (context, params)


def test_a_hint_of_something_that_is_not_there() -> None:
    """It counts as none: the model may still be of use."""
    assert call_of(unreadable).input is None


@pytest.mark.parametrize(
    ("hint", "kind"),
    [
        (list[str], "string"),
        (list[int], "long"),
        (list[float], "double"),
        (list[bool], "boolean"),
        (list[bytes], "binary"),
        (list[dt.datetime], "datetime"),
        (list[list[float]], Array("double")),
        (list[dict[str, float]], Map("double")),
        (list[dict[str, list[int]]], Map(Array("long"))),
        (list[int | str], AnyType()),
        (list[Any], AnyType()),
    ],
)
def test_lists_give_a_schema(hint: Any, kind: Any) -> None:
    """One column without a name, of what the elements are."""
    assert input_schema(hint) == Schema([ColSpec(kind)])


@pytest.mark.parametrize("hint", [None, str, dict[str, int], pd.DataFrame, list[np.ndarray], Any])
def test_what_gives_no_schema(hint: Any) -> None:
    """A table, one value, or something that a signature has no type for."""
    assert input_schema(hint) is None


@pytest.mark.parametrize(
    "hint",
    [list, list[list], list[dict], list[dict[int, str]], list[Optional[str]]],  # noqa: UP045
)
def test_lists_that_no_data_can_be(hint: Any) -> None:
    """The message shows how to write it."""
    with pytest.raises(InvalidParameterValue):
        input_schema(hint)


@pytest.mark.parametrize(
    ("hint", "kind"),
    [(list[int], "long"), (dict[str, float], Map("double")), (None, AnyType()), (list, AnyType())],
)
def test_outputs(hint: Any, kind: Any) -> None:
    """A list or not; without a hint it may be anything."""
    assert output_schema(hint) == Schema([ColSpec(kind)])


def test_classes_of_pydantic() -> None:
    """The fields are the properties of an object; those that may be None are optional."""
    pydantic = pytest.importorskip("pydantic")
    row = pydantic.create_model("Row", a=(float, ...), b=(Union[str, None], None))  # noqa: UP007
    wanted = Object([Property("a", "double"), Property("b", "string", required=False)])
    assert input_schema(list[row]) == Schema([ColSpec(wanted)])  # type: ignore[valid-type]
    wrong = pydantic.create_model("Wrong", a=(Union[str, None], ...))  # noqa: UP007
    with pytest.raises(InvalidParameterValue, match="needs a default"):
        input_schema(list[wrong])  # type: ignore[valid-type]
