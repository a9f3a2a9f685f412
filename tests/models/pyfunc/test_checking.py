"""Data is brought into the form of the type hint, or refused."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.pyfunc import PythonModel
from jupyter_mltrack.models.pyfunc.checking import checked, is_checking, pyfunc, rows


def same(model_input: list[dict[str, float]]) -> Any:
    """What it got."""
    return model_input


@pytest.mark.parametrize(
    ("data", "hint"),
    [
        (["a"], list[str]),
        ([1, 2], list[int]),
        ([{"a": [1.5]}], list[dict[str, list[float]]]),
        ([None, "a"], list[str | None]),
        ([1, "a"], list[int | str]),
        ([object], list[Any]),
    ],
)
def test_what_fits_is_not_changed(data: Any, hint: Any) -> None:
    """Values are the same objects."""
    assert checked(data, hint) == data


def test_whole_numbers_are_numbers() -> None:
    """JSON writes 1 for 1.0."""
    assert [type(each) for each in checked([1, 2.5], list[float])] == [float, float]


@pytest.mark.parametrize(
    ("data", "hint", "message"),
    [
        ("a", list[str], "Expected list.str., but got str"),
        ([1], list[str], "0: 'Expected type str, but got int'"),
        ([1.5], list[int], "Expected type int, but got float"),
        ([{"a": "x"}], list[dict[str, float]], "'a': 'Expected type float"),
        ([{1: 1.0}], list[dict[str, float]], "Expected dict"),
        ([1] * 9, list[str], "and 4 more"),
    ],
)
def test_what_does_not_fit(data: Any, hint: Any, message: str) -> None:
    """The message says where, and shows a few."""
    with pytest.raises(InvalidParameterValue, match=message):
        checked(data, hint)


@pytest.mark.parametrize(
    ("table", "hint", "expected"),
    [
        ({"a": ["x", "y"]}, list[str], ["x", "y"]),
        ({"a": [1.5], "b": [2.5]}, list[dict[str, float]], [{"a": 1.5, "b": 2.5}]),
        ({0: [{"a": 1}]}, list[dict[str, int]], [{"a": 1}]),
        ({"a": [np.array([1, 2])]}, list[list[int]], [[1, 2]]),
        ({"a": [1.5, np.nan]}, list[float | None], [1.5, None]),
    ],
)
def test_tables_become_lists(table: Any, hint: Any, expected: Any) -> None:
    """Of dicts, or of the only column, without anything of NumPy."""
    assert rows(pd.DataFrame(table), hint) == expected


def test_several_columns_for_a_list_of_single_values() -> None:
    """The first is taken, but not in silence."""
    with pytest.warns(UserWarning, match="first of 2 columns"):
        assert rows(pd.DataFrame({"a": ["x"], "b": ["y"]}), list[str]) == ["x"]


def test_methods_and_functions_check() -> None:
    """By place and by name; the class that a user writes needs no decorator."""

    class Model(PythonModel):
        def predict(self, context: Any, model_input: list[str], params: Any = None) -> Any:
            del context, params
            return model_input

    assert is_checking(Model.predict)
    assert Model().predict(None, ["a"]) == ["a"]
    for call in (
        lambda: Model().predict(None, [1]),
        lambda: Model().predict(None, model_input=[1]),
    ):
        with pytest.raises(InvalidParameterValue):
            call()
    assert pyfunc(same)([{"a": 1}]) == [{"a": 1.0}]
    assert pyfunc(pyfunc(same)) is not same


def test_what_cannot_be_checked_is_as_it_was() -> None:
    """With a word if the hint looks as if it were meant for checking."""

    def table(model_input: pd.DataFrame) -> Any: ...
    def bare(model_input): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
    def row(model_input: dict[str, float]) -> Any: ...

    assert pyfunc(table) is table
    assert pyfunc(bare) is bare
    with pytest.warns(UserWarning, match=r"hint list\[...\]"):
        assert pyfunc(row) is row


def test_objects_of_pydantic() -> None:
    """Dicts become objects, strictly: a text is no number."""
    pydantic = pytest.importorskip("pydantic")
    row = pydantic.create_model("Row", a=(float, ...))
    assert checked([{"a": 1.5}, row(a=2)], list[row]) == [row(a=1.5), row(a=2)]  # type: ignore[valid-type]
    for wrong in ({"a": "x"}, {}, 7):
        with pytest.raises(InvalidParameterValue, match="Row"):
            checked([wrong], list[row])  # type: ignore[valid-type]
