from __future__ import annotations

import json
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np
import plotly.graph_objects as go
import pytest

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels import charts
from jupyter_mltrack.panels.charts.data import ChartRuns, inert
from jupyter_mltrack.panels.interpolation import surface
from jupyter_mltrack.store.curves import Curves, Series
from tests.panels.examples import HOSTILE, hostile_run, make_run, sweep

NAN, INF = math.nan, math.inf
HUGE = [1e308, -1e308, 1.7e308, 5e-324, 0.0, 1.0]


def with_metric(values: list[float], **params: list[str]) -> list[Run]:
    """Runs with a metric `loss`, and params."""
    return [
        make_run(nth + 1, metrics={"loss": v}, params={k: p[nth] for k, p in params.items()})
        for nth, v in enumerate(values)
    ]


AWKWARD: dict[str, list[Run]] = {
    "sweep": sweep(),
    "one run": sweep()[-1:],
    "NaN and infinite": with_metric([NAN, INF, -INF, 0.5], lr=["nan", "inf", "0.1", "0.2"]),
    "nothing finite": with_metric([NAN, INF], lr=["nan", "nan"]),
    "huge": with_metric(HUGE, lr=[str(v) for v in HUGE]),
    "all equal": with_metric([0.5, 0.5, 0.5], lr=["0.1", "0.1", "0.1"]),
    "words": with_metric([0.5, 0.6, 0.7], lr=["a", "", "2020-01-01"]),
    "negative": with_metric([-1.0, -2.0, 0.0], lr=["-1", "-2", "0"]),
    "some missing": [make_run(1, metrics={"loss": 1.0}), make_run(2, params={"lr": "0.1"})],
    "hostile": [
        make_run(nth, text, metrics={"loss": float(nth)}, params={"lr": text})
        for nth, text in enumerate(HOSTILE)
    ],
}
LR = {"sweep": "params.learning_rate", "one run": "params.learning_rate"}


def history(runs: list[Run]) -> Curves:
    """A bucketed series and a break for each run."""
    rows = [[0.0, 1.0, 2.0], [0.5, NAN, 0.25], [0.7, NAN, 1e308], [0.6, NAN, 0.3]]
    x, lowest, highest, mean = (np.tile(np.array(row), len(runs)) for row in rows)
    series = [Series(nth, 0, 3 * nth, 3, whole=bool(nth % 2)) for nth in range(len(runs))]
    return Curves(series=series, x=x, lowest=lowest, highest=highest, mean=mean)


CHARTS: dict[str, Callable[[list[Run], str], charts.Spec]] = {
    "scatter": lambda runs, lr: charts.scatter(runs, lr, "loss"),
    "coloured": lambda runs, lr: charts.scatter(runs, lr, "loss", "loss"),
    "coloured by words": lambda runs, lr: charts.scatter(runs, "loss", "loss", lr),
    "log": lambda runs, lr: charts.scatter(runs, lr, "loss", log_x=True, log_y=True),
    "box": lambda runs, _: charts.box(runs, "loss"),
    "boxes": lambda runs, lr: charts.box(runs, "loss", lr),
    "bar": lambda runs, _: charts.bar(runs, "loss"),
    "parallel": lambda runs, lr: charts.parallel_coordinates(runs, [lr, "loss"]),
    "log parallel": lambda runs, lr: charts.parallel_coordinates(
        runs, [lr, "loss"], log=[lr, "loss"]
    ),
    "curves": lambda runs, _: charts.curves(runs, history(runs), ["loss"], along="time"),
    "two curves": lambda runs, _: charts.curves(runs, history(runs), ["loss", "other"]),
}


@pytest.mark.parametrize("chart", CHARTS)
@pytest.mark.parametrize("case", AWKWARD)
def test_specs_are_valid(case: str, chart: str) -> None:
    """Plotly takes each with every property checked, and it is JSON without NaN."""
    spec = CHARTS[chart](AWKWARD[case], LR.get(case, "params.lr"))
    go.Figure(spec)
    json.dumps(spec, allow_nan=False)


@pytest.mark.parametrize("case", AWKWARD)
@pytest.mark.parametrize("log", [False, True])
def test_contours_are_valid_or_say_why_not(case: str, log: bool) -> None:
    """Too few runs, or runs on one line, are told in words."""
    try:
        spec = charts.contour(
            AWKWARD[case], LR.get(case, "params.lr"), "loss", "loss", log_x=log, log_y=log
        )
    except InvalidParameterValue as error:
        assert re.search(r"Use a scatter plot\.", str(error))  # noqa: PT017  (or no error)
    else:
        go.Figure(spec)
        json.dumps(spec, allow_nan=False)


def test_no_runs_have_no_fields() -> None:
    """The message says so, whatever the chart."""
    with pytest.raises(InvalidParameterValue, match="None of these 0 runs has 'loss'"):
        charts.bar([], "loss")
    with pytest.raises(InvalidParameterValue, match="name the columns"):
        charts.parallel_coordinates([])


def test_a_misspelt_field_gets_a_hint() -> None:
    """The nearest name is offered."""
    with pytest.raises(InvalidParameterValue, match=r"Did you mean 'params\.learning_rate'"):
        charts.scatter(sweep(), "params.learning_rat", "loss")


def strings_in(value: Any) -> list[str]:
    """Every text of a spec."""
    if isinstance(value, dict):
        return [text for one in value.values() for text in strings_in(one)]
    if isinstance(value, list):
        return [text for one in value for text in strings_in(one)]
    return [value] if isinstance(value, str) else []


# How plotly.js reads a text: svg_text_utils.js and lib/index.js (templateString).
TAG = re.compile(r"</?(br|sub|sup|b|i|a|span|em|u|s)[\s>/]", re.IGNORECASE)
ENTITY = re.compile(r"&(#\d+|#x[\da-fA-F]+|[a-z]+);")
TEX = re.compile(r"\$[^$]*\$")
TEMPLATE = re.compile(r"%\{")
OURS = re.compile(r"</?b>|<br>|<extra></extra>|%\{hovertext\}")


@pytest.mark.parametrize(
    "text",
    [
        *HOSTILE,
        "<b>bold</b>",
        "<a href='https://example.org'>link</a>",
        "&lt;b&gt;",
        "a<br>b",
        "%{customdata}",
        "$\\href{x}{y}$",
        "<sub>1</sub> < 2 & 3",
    ],
)
def test_names_are_inert(text: str) -> None:
    """No name is read as a tag, an entity, a template or TeX; only what we write is."""
    runs = [hostile_run(text, nth) for nth in (1, 2)]
    field = f"params.{text}"
    specs = [
        charts.scatter(runs, field, f"metrics.{text}", field),
        charts.box(runs, f"metrics.{text}", field),
        charts.bar(runs, f"metrics.{text}"),
        charts.parallel_coordinates(runs, [field, f"metrics.{text}."]),
        charts.curves(runs, history(runs), [text]),
    ]
    for spec in specs:
        for trace in spec["data"]:
            trace.pop("customdata", None)  # never shown: ids, for those who ask for the points
            trace.pop("legendgroup", None)
        for found in strings_in(spec):
            left = OURS.sub("", found)
            assert [sign.search(left) for sign in (TAG, ENTITY, TEX, TEMPLATE)] == [None] * 4


def test_inert_keeps_what_is_read() -> None:
    """Only invisible signs are added."""
    assert inert("50% of <b> & co").replace("\N{WORD JOINER}", "") == "50% of <b> & co"


def test_parallel_has_a_tick_for_what_is_no_number() -> None:
    """NaN, infinite, missing and, on a logarithmic axis, zero are below all numbers."""
    runs = [*with_metric([NAN, INF, 0.0, 1.0, 100.0]), make_run(9, params={"lr": "1"})]
    [axis] = charts.parallel_coordinates(runs, ["loss"], log=["loss"])["data"][0]["dimensions"]
    assert axis["ticktext"] == ["missing, NaN, ∞, ≤ 0", "1", "10", "100"]
    assert axis["values"][3:5] == [0.0, 2.0]
    [below] = {*axis["values"][:3], axis["values"][5]}
    assert below == axis["range"][0] < 0


def test_words_get_numbers_in_their_order() -> None:
    """Words that are numbers stand before others, and in the order of numbers."""
    column = ChartRuns.of(with_metric([0.0] * 4, lr=["b", "10", "9", "a"])).column("lr")
    assert column.coded() == ([3.0, 1.0, 0.0, 2.0], ["9", "10", "a", "b"])


def test_a_contour_says_what_it_is() -> None:
    """Interpolated, with its runs as points and nothing beyond them."""
    runs = with_metric([1.0, 2.0, 3.0, 4.0], a=["0", "1", "0", "1"], b=["0", "0", "1", "1"])
    spec = charts.contour(runs, "a", "b", "loss")
    area, points = spec["data"]
    assert spec["layout"]["annotations"][0]["text"] == (
        "interpolated between 4 runs by inverse distance"
    )
    assert len(points["x"]) == 4
    assert area["z"][0][0] == pytest.approx(1.0)
    assert area["z"][-1][-1] == pytest.approx(4.0)


def test_a_surface_ends_at_its_points() -> None:
    """Outside their hull nothing is known; on one line nothing is between."""
    half = surface([(0, 0), (1, 0), (0, 1)], [1.0, 1.0, 1.0], 11)
    assert half is not None
    assert half[0, 0] == half[5, 5] == pytest.approx(1.0)
    assert math.isnan(half[10, 10])
    assert surface([(0, 0), (0.5, 0.5), (1, 1)], [1.0, 2.0, 3.0], 11) is None
    assert surface([], [], 11) is None


def test_lines_of_one_colour_differ_in_dashes() -> None:
    """Ten runs have six colours at most."""
    runs = [make_run(nth) for nth in range(1, 11)]
    lines = [
        (trace["line"]["color"], trace["line"]["dash"])
        for trace in charts.curves(runs, history(runs), ["loss"])["data"]
        if "dash" in trace["line"]
    ]
    assert len(lines) == len(set(lines)) == 10
