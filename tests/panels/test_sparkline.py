import math

import pytest

from jupyter_mltrack.panels.markup import element, joined
from jupyter_mltrack.panels.palette import RUN_COLOURS, run_colour
from jupyter_mltrack.panels.sparkline import HEIGHT, WIDTH, sparkline_lines, sparkline_svg


def points(line: str) -> list[tuple[float, float]]:
    """The places that a polyline goes through."""
    return [tuple(map(float, one.split(","))) for one in line.split()]  # type: ignore[misc]


def test_curve_spans_the_picture() -> None:
    """The first value is at the left, the highest at the top."""
    assert points(*sparkline_lines([0, 1, 0.5])) == [(2, 18), (36, 2), (70, 10)]


@pytest.mark.parametrize("values", [[], [1.0], [math.nan, 1.0], [math.inf, math.nan]])
def test_one_value_is_no_curve(values: list[float]) -> None:
    """Nothing is drawn where there is nothing to follow."""
    assert sparkline_lines(values) == []


def test_nan_breaks_the_curve() -> None:
    """The line stops before it and goes on after it."""
    assert len(sparkline_lines([1, 2, math.nan, 3, math.inf, 4, 5])) == 3


def test_long_history_keeps_its_peaks() -> None:
    """Of 100,000 values few are drawn, the lowest and the highest among them."""
    values = [math.sin(index / 9000) for index in range(100_000)]
    values[12_345], values[67_890] = 9.0, -9.0
    drawn = points(*sparkline_lines(values))
    assert len(drawn) <= WIDTH
    assert {HEIGHT - 2, 2} <= {y for _, y in drawn}
    assert [x for x, _ in drawn] == sorted(x for x, _ in drawn)


@pytest.mark.parametrize("values", [[3.0, 3.0], [-1.7e308, 1.7e308], [5e-324, 0.0]])
def test_any_numbers_stay_inside(values: list[float]) -> None:
    """A flat curve and the largest numbers can be drawn."""
    assert all(0 <= y <= HEIGHT for _, y in points(*sparkline_lines(values)))


def test_svg_is_small() -> None:
    """A curve costs at most 1.2 kB of the notebook."""
    svg = sparkline_svg(sparkline_lines([math.sin(i) for i in range(9999)]), "#0072b2")
    assert len(svg) < 1200
    assert svg.count("<polyline") == 1


def test_texts_are_escaped_and_elements_are_not() -> None:
    """Escaping is not for the caller to remember."""
    inner = element("b", "<&>", title="\"'")
    assert inner == '<b title="&quot;&#x27;">&lt;&amp;&gt;</b>'
    assert joined("<", inner) == f"&lt;{inner}"
    assert element("p", None or "", id=None) == "<p></p>"


def test_a_run_keeps_its_colour() -> None:
    """The colour follows from the id alone, and all colours are in use."""
    assert run_colour("abc") == run_colour("abc")
    assert {run_colour(f"{number:032x}") for number in range(99)} == set(RUN_COLOURS)
