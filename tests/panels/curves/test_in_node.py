"""The arithmetic of the browser's half, asked of Node.js and compared with plain Python."""

from __future__ import annotations

import json
import math
import random
import shutil
import statistics
import subprocess
from typing import Any

import pytest

from jupyter_mltrack.panels.browser_module import browser_module

NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(NODE is None, reason="Node.js is not installed")

SERIES = """
const numbers = values => Float32Array.from(values, value => value ?? NaN);
const made = (line, x, mean) => ({
  line, metric: 0, whole: true, x: Float64Array.from(x), mean: numbers(mean),
  lowest: numbers(mean), highest: numbers(mean)
});
const listed = values => [...values].map(value => (Number.isNaN(value) ? null : value));
"""


def in_node(module: str, expression: str) -> Any:
    """What an expression gives in the scope of a browser module."""
    code = f"{browser_module(module)}\n{SERIES}\nconsole.log(JSON.stringify({expression}));"
    command = [str(NODE), "--input-type=module"]
    ran = subprocess.run(command, input=code, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return json.loads(ran.stdout)


def moving_average(values: list[float | None], weight: float) -> list[float | None]:
    """The weighted mean of all values so far, each step back weighing `weight` times as much."""
    found: list[float | None] = []
    past: list[float] = []
    for value in values:
        if value is None:
            found.append(None)
            continue
        past.append(value)
        weights = [weight**age for age in range(len(past))][::-1]
        found.append(math.fsum(w * v for w, v in zip(weights, past, strict=True)) / sum(weights))
    return found


@pytest.mark.parametrize("weight", [0.0, 0.5, 0.99])
def test_smoothing_is_a_mean_of_what_came_before(weight: float) -> None:
    """From the first point on, without bias towards zero; a break stays a break."""
    dice = random.Random(1)
    values = [None if nth in {0, 7} else dice.gauss(5, 1) for nth in range(60)]
    found = in_node(
        "curves/series.js",
        f"listed(smoothed(made(0, {list(range(60))}, {json.dumps(values)}), {weight}))",
    )
    expected = moving_average(values, weight)
    assert [value is None for value in found] == [value is None for value in expected]
    pairs = zip(found, expected, strict=True)
    assert all(a == pytest.approx(b, rel=1e-5) for a, b in pairs if a is not None)


def test_groups_are_means_with_standard_deviations() -> None:
    """At the places of the longest; others count in proportion, within their ends."""
    expression = """groupMeans([
        made(0, [0, 1, 2, 3, 4], [1, 2, 3, 4, 5]), made(1, [0, 2, 4], [3, 5, 7]),
        made(2, [0, 1, 2], [5, 6, null]), made(3, [0, 1], [9, 9])], [0, 0, 0, 1], 0)
        .map(one => [one.line, listed(one.x), listed(one.mean), listed(one.highest)])"""
    (first, x, mean, highest), (second, *_) = in_node("curves/series.js", expression)
    assert (first, second, x) == (0, 1, [0, 1, 2, 3, 4])
    lines = [[1, 2, 3, 4, 5], [3, 4, 5, 6, 7], [5, 6]]
    for nth in range(5):
        values = [line[nth] for line in lines if nth < len(line)]
        assert mean[nth] == pytest.approx(statistics.mean(values))
        assert highest[nth] - mean[nth] == pytest.approx(statistics.stdev(values), rel=1e-5)


def test_values_at_a_place() -> None:
    """Those of the nearest row; a line has none beyond its ends."""
    expression = """[-5, 0, 4, 6, 19, 26].map(x => {
        const one = made(0, [0, 10, 20], [1, 2, 3]);
        return valueAt(one, one.mean, x); })"""
    assert in_node("curves/series.js", expression) == [1, 1, 1, 2, 3, 3]
    beyond = "listed([-11, 31].map(x => valueAt(made(0, [0, 10, 20], [1, 2, 3]), numbers([]), x)))"
    assert in_node("curves/series.js", beyond) == [None, None]


@pytest.mark.parametrize(
    ("low", "high", "log", "ticks"),
    [
        (0, 1, "false", [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0, 9999, "false", [0, 2000, 4000, 6000, 8000]),
        (0.001, 100, "true", [0.001, 0.01, 0.1, 1, 10, 100]),
        (2, 6, "true", [2, 5]),
        (20.1, 20.9, "true", [20.2, 20.4, 20.6, 20.8]),
        (-1e308, 1e308, "false", [-1e308, -5e307, 0, 5e307, 1e308]),
    ],
)
def test_ticks_are_round(low: float, high: float, log: str, ticks: list[float]) -> None:
    """Also of scales that are logarithmic, or huge."""
    found = in_node("curves/scales.js", f"new Scale({low}, {high}, {log}, 0, 100).ticks(5)")
    assert found == [pytest.approx(tick) for tick in ticks]


@pytest.mark.parametrize(
    ("expression", "words"),
    [
        ("asPlace(12345, 'step', 1e5)", "12,345"),
        ("asPlace(5.5, 'relative', 60)", "5.5 s"),
        ("asPlace(150, 'relative', 600)", "2 min 30 s"),
        ("asPlace(7260, 'relative', 9000)", "2 h 1 min"),
        ("asTick(25000)", "25k"),
        ("asTick(0.00002)", "2e-5"),
        ("inDigits(0.0212345)", "0.02123"),
        ("inDigits(NaN)", "NaN"),
    ],
)
def test_numbers_and_places_in_words(expression: str, words: str) -> None:
    """As wording.py writes them, but for the short ticks."""
    assert in_node("curves/scales.js", expression) == words
