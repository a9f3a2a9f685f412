import math

import pytest

from jupyter_mltrack.panels import wording
from tests.panels.examples import make_run


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "-0"),
        (1.0, "1"),
        (-3.0, "-3"),
        (0.5, "0.5"),
        (0.123456, "0.1235"),
        (0.99996, "1"),
        (0.00012345, "0.0001234"),
        (0.000012345, "1.234e-5"),
        (1e-300, "1e-300"),
        (5e-324, "4.941e-324"),
        (12.3456, "12.35"),
        (123.456, "123.5"),
        (9999.96, "10000"),
        (12345.678, "12346"),
        (1234567.0, "1234567"),
        (9_999_999.0, "9999999"),
        (12_345_678.0, "1.235e7"),
        (1.7976931348623157e308, "1.798e308"),
        (-12.3456, "-12.35"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
    ],
)
def test_numbers_have_four_significant_digits(value: float, text: str) -> None:
    """Small and huge ones get an exponent; whole ones up to ten million stay whole."""
    assert wording.number(value) == text


@pytest.mark.parametrize(
    ("values", "texts"),
    [
        ([0.5, 0.1234, 0.25], ["0.5000", "0.1234", "0.2500"]),
        ([0.5, 12], ["0.5", "12.0"]),
        ([0.12345, 12], ["0.1235", "12.00"]),
        ([1, 20, 300], ["1", "20", "300"]),
        ([0.5, None, math.nan, 1e-9], ["0.5", "", "NaN", "1e-9"]),
        ([], []),
        ([None], [""]),
    ],
)
def test_a_column_has_equal_decimals(values: list[float | None], texts: list[str]) -> None:
    """Zeros are added so that the points stand below each other, but no fifth digit."""
    assert wording.numbers(values) == texts


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.0, "3"),
        (3, "3"),
        (10**8, "100000000"),
        (0.1 + 0.2, "0.30000000000000004"),
        (1e300, "1e+300"),
        (math.nan, "nan"),
    ],
)
def test_exact_numbers_lose_nothing(value: float, text: str) -> None:
    """What is shown on hover reads back as the same number."""
    assert wording.exact(value) == text
    assert math.isnan(value) or float(text) == value


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0 ms"),
        (-1, "0 ms"),
        (0.0123, "12 ms"),
        (0.1, "0.1 s"),
        (1.23, "1.2 s"),
        (9.96, "10 s"),
        (42.4, "42 s"),
        (59.7, "1 min"),
        (185, "3 min 5 s"),
        (3600, "1 h"),
        (7440, "2 h 4 min"),
        (86399.9, "1 d"),
        (263_000, "3 d 1 h"),
    ],
)
def test_durations_have_at_most_two_units(seconds: float, text: str) -> None:
    """A duration says what a person would say."""
    assert wording.duration(seconds) == text


@pytest.mark.parametrize("milliseconds", [0, 1_790_000_000_000, 2**63 - 1, -(2**63)])
def test_any_moment_can_be_written(milliseconds: int) -> None:
    """A time beyond the calendar is still shown."""
    assert wording.moment(milliseconds)


@pytest.mark.parametrize("name", ["FINISHED", "FAILED", "KILLED", "RUNNING", "SCHEDULED"])
def test_states_differ_without_colour(name: str) -> None:
    """Every state has a glyph and a word of its own."""
    state = wording.status(name)
    others = [
        wording.status(other) for other in ("UNHEARD_OF", *wording._STATUSES) if other != name
    ]
    assert state.word == name.lower()
    assert state.glyph not in {other.glyph for other in others}


def test_identity_is_number_and_name() -> None:
    """A run without number or name is still called something."""
    assert wording.identity(make_run(41, "brisk-otter").info) == "#41 brisk-otter"
    assert wording.identity(make_run(0, "brisk-otter").info) == "brisk-otter"
    assert wording.identity(make_run(0, "", run_id="abcdef0123").info) == "abcdef01"
    assert wording.short_identity(make_run(41).info) == "#41"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("a\n\tb  c", "a b c"),
        ("abcdefghijk", "abcdefghi…"),
        ("abcdefghij", "abcdefghij"),
        ("a\ud800b", "a?b"),
        ("a\u202eb\x00", "a\ufffdb\ufffd"),
        ("💥" * 9, "💥" * 9),
        ("", ""),
    ],
)
def test_a_text_is_one_line(text: str, line: str) -> None:
    """Nothing in a text breaks its line, turns it round or makes it endless."""
    assert wording.one_line(text, 10) == line


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", 0.1),
        ("-3", -3),
        ("1e-4", 1e-4),
        *((one, None) for one in ("nan", "inf", "1_0", "", "a")),
    ],
)
def test_params_that_are_numbers_are_recognised(text: str, value: float | None) -> None:
    """What Python would read as a number by chance is none."""
    assert wording.parsed(text) == value


def test_params_are_shown_as_logged() -> None:
    """Only a number of many digits is shortened."""
    assert wording.param_value("0.10", 40) == "0.10"
    assert wording.param_value("0.033333333333333", 40) == "0.03333"
    assert wording.param_value("", 40) == "''"
