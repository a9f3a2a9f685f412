"""What may be logged, and how a refusal says why."""

import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking import limits

GOOD_KEYS = [
    "loss",
    "val/loss",
    "top-5 accuracy",
    "a.b_c:d",
    "été 数 Ω",
    "x" * 250,
    "9",
    "a..b",
    "train data path",
]

BAD_KEYS = [
    ("", "may only contain"),
    ("a@b", "may only contain"),
    ("50%", "may only contain"),
    ("it's", "may only contain"),
    ("f(x)", "may only contain"),
    ("a,b", "may only contain"),
    ("#1", "may only contain"),
    ("line\nbreak", "may only contain"),
    ("trailing\n", "may only contain"),
    ("nul\x00", "may only contain"),
    ("\ud800", "may only contain"),
    ("😀", "may only contain"),
    ("../up", "must not resolve to other names"),
    ("/root", "must not resolve to other names"),
    ("a//b", "must not resolve to other names"),
    ("a/", "must not resolve to other names"),
    ("./a", "must not resolve to other names"),
    (".", "must not resolve to other names"),
    ("x" * 251, "250 characters"),
    (None, "is a string, not NoneType"),
    (7, "is a string, not int"),
    (b"loss", "is a string, not bytes"),
]


@pytest.mark.parametrize("key", GOOD_KEYS)
def test_a_good_key_is_returned(key: str) -> None:
    """Letters of any script, digits, and the characters MLflow allows."""
    assert limits.key("metric", key) == key


@pytest.mark.parametrize(("key", "reason"), BAD_KEYS)
def test_a_bad_key_is_refused_with_the_reason(key: Any, reason: str) -> None:
    """The message names the kind of name, and what is wrong with it."""
    with pytest.raises(InvalidParameterValue, match=reason) as caught:
        limits.key("metric", key)
    assert "etric" in str(caught.value)
    assert caught.value.error_code == "INVALID_PARAMETER_VALUE"


NUMBERS = [
    (1, 1.0),
    (0.1, 0.1),
    (True, 1.0),
    ("0.5", 0.5),
    (" 1e-3 ", 1e-3),
    (Decimal("0.1"), 0.1),
    (Fraction(1, 3), 1 / 3),
    (2**63, float(2**63)),
    (np.float32(0.1), float(np.float32(0.1))),
    (np.float16(1.5), 1.5),
    (np.int8(-3), -3.0),
    (np.uint64(2**64 - 1), float(2**64 - 1)),
    (np.bool_(True), 1.0),  # noqa: FBT003
    (np.array(2.5), 2.5),
    (np.array([[7]]), 7.0),
    (pd.Series([3.5]), 3.5),
    (float("inf"), math.inf),
    ("-Infinity", -math.inf),
    (5e-324, 5e-324),
    (1.7976931348623157e308, 1.7976931348623157e308),
]


@pytest.mark.parametrize(("value", "expected"), NUMBERS, ids=repr)
def test_numbers_of_many_kinds_become_floats(value: Any, expected: float) -> None:
    """Numbers, numeric strings and arrays of one item."""
    found = limits.number("loss", value)
    assert type(found) is float
    assert found == expected


def test_nan_and_minus_zero_stay_what_they_are() -> None:
    """Equality cannot tell: NaN equals nothing, and -0.0 equals 0.0."""
    assert math.isnan(limits.number("loss", np.nan))
    assert math.copysign(1, limits.number("loss", np.float64(-0.0))) == -1


@pytest.mark.parametrize(
    "value",
    ["abc", "", "1,5", 1j, [1.0], (1,), {}, np.array([1, 2]), np.array([]), object(), 10**400],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_number_is_refused(value: Any) -> None:
    """The message shows the value and the name of the metric."""
    with pytest.raises(InvalidParameterValue, match=r"metric 'loss'.*valid double") as caught:
        limits.number("loss", value)
    assert repr(value)[:20] in str(caught.value)


def test_a_missing_number_is_refused() -> None:
    """None has a message of its own, as in MLflow."""
    with pytest.raises(InvalidParameterValue, match=r"Missing value.*'loss'"):
        limits.number("loss", None)


@pytest.mark.parametrize("value", [0, -1, 2**63 - 1, -(2**63), 3.0, np.int64(5), True, Decimal(4)])
def test_a_whole_number_is_a_step(value: Any) -> None:
    """Floats without a fraction too: loops count with them."""
    assert limits.step("loss", value) == int(value)


@pytest.mark.parametrize("value", [1.5, "3", None, 2**63, -(2**63) - 1, math.nan, math.inf, [1]])
def test_another_step_is_refused(value: Any) -> None:
    """MLflow keeps 1.5 in SQLite and breaks its file store with it."""
    with pytest.raises(InvalidParameterValue, match="whole number of 64 bits"):
        limits.step("loss", value)


@pytest.mark.parametrize("value", [-1, "now", None, math.nan, 2**63])
def test_a_time_that_is_none_is_refused(value: Any) -> None:
    """Milliseconds since 1970."""
    with pytest.raises(InvalidParameterValue, match="ms since 1970"):
        limits.timestamp(value)


@pytest.mark.parametrize("value", [0, 1.9, 2**63 - 1, np.int64(7)])
def test_a_time_is_an_integer(value: Any) -> None:
    """`time.time() * 1000` is a float."""
    assert limits.timestamp(value) == int(value)


@pytest.mark.parametrize(
    ("value", "expected"),
    [(1, "1"), (None, "None"), (0.1, "0.1"), ([1, "a"], "[1, 'a']"), ("a\x00b\n", "a\x00b\n")],
)
def test_text_is_what_str_says(value: Any, expected: str) -> None:
    """Params and tags are strings."""
    assert limits.text("param", "p", value) == expected


def test_text_of_900_kb_is_kept_and_more_is_refused() -> None:
    """The limit is what one record takes; the message says where to put more."""
    assert len(limits.text("param", "p", "x" * 900_000)) == 900_000
    for too_long in ("x" * 900_001, "\n" * 450_001, "é" * 450_001, "\x00" * 150_001):
        with pytest.raises(InvalidParameterValue, match=r"param 'p'.*log_text\(\) or log_dict\(\)"):
            limits.text("param", "p", too_long)


def test_half_a_character_is_refused() -> None:
    """A lone surrogate, as in the name of a file that is no UTF-8, cannot be written as text."""
    with pytest.raises(InvalidParameterValue, match="tag 't' holds half a surrogate pair"):
        limits.text("tag", "t", "caf\udce9.csv")


@pytest.mark.parametrize("name", ["", "  ", "\n", None, 5, "x" * 501, "\ud800"])
def test_a_name_no_experiment_can_have(name: Any) -> None:
    """Blank, too long, no string, no text."""
    with pytest.raises(InvalidParameterValue):
        limits.experiment_name(name)


@pytest.mark.parametrize("name", ["a", "my experiment / v2", "50% 'off'", "実験😀", "x" * 500])
def test_a_name_an_experiment_can_have(name: str) -> None:
    """Experiments have freer names than metrics."""
    assert limits.experiment_name(name) == name


@pytest.mark.parametrize(
    ("text", "expected"),
    [("30d", 2_592_000_000), ("1d12h", 129_600_000), ("90m", 5_400_000), ("0.5s", 500), ("0s", 0)],
)
def test_durations(text: str, expected: int) -> None:
    """As `mlflow gc --older-than` takes them."""
    assert limits.milliseconds(text) == expected


@pytest.mark.parametrize("text", ["", "30", "d", "5x", "-1d", "1h1d", "soon"])
def test_what_is_no_duration_is_refused(text: str) -> None:
    """The message shows how to write one."""
    with pytest.raises(InvalidParameterValue, match="Write it as 30d"):
        limits.milliseconds(text)


@pytest.mark.parametrize("value", [0, -1, 1.5, "5", None, 50_001])
def test_a_page_has_a_size(value: Any) -> None:
    """The messages are MLflow's."""
    with pytest.raises(InvalidParameterValue, match="'max_results'"):
        limits.max_results(value, 50_000)
    assert limits.max_results(50_000, 50_000) == 50_000
