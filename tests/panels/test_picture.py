from __future__ import annotations

import math

import pytest

from jupyter_mltrack.panels import charts
from jupyter_mltrack.panels.picture import Mark, Picture, drawn, picture_of
from tests.panels.examples import HOSTILE, make_run, sweep
from tests.panels.inert import faults_in, text_of

LINE = [(float(x), math.sin(x / 10)) for x in range(500)]


def test_a_line_has_ends_and_a_name() -> None:
    """What the axes mean can be read without the picture."""
    html = drawn(Picture(title="loss", marks=[Mark([(0, 2.0), (1, 0.5)])], across="step"))
    assert faults_in(html) == []
    assert text_of(html) == "loss20.50 … step … 1"  # 2 above, 0.5 below, 0 to 1
    assert 'points="4,4 316,128"' in html


def test_a_line_breaks_where_there_is_nothing() -> None:
    """Two lines, and a dot that is alone."""
    places = [(0, 1.0), (1, 2.0), (2, math.nan), (3, 1.5), (4, None), (5, 1.0), (6, 2.0)]
    html = drawn(Picture(title="", marks=[Mark(places)]))
    assert html.count("<polyline") == 3  # with the frame
    assert html.count("<circle") == 1


def test_a_logarithmic_axis_leaves_out_what_it_cannot_show() -> None:
    """Zero has no place; ten is in the middle of one and a hundred."""
    places = [(0, 1.0), (1, 10.0), (2, 100.0), (3, 0.0)]
    html = drawn(Picture(title="", marks=[Mark(places)], log=(False, True)))
    assert 'points="4,128 160,66 316,4"' in html


@pytest.mark.parametrize("count", [1, 60, 5000])
def test_a_picture_is_small(count: int) -> None:
    """However many lines there are, of however many points."""
    html = drawn(Picture(title="loss", marks=[Mark(LINE, "#0072b2", "6 3")] * count))
    assert len(html) < 12_000
    html = drawn(Picture(title="loss", marks=[Mark([place]) for place in LINE[:count]]))
    assert len(html) < 12_000


@pytest.mark.parametrize(
    "places", [[], [(0, math.nan)], [(math.inf, 1.0)], [(0, 1e308), (1, -1e308)], [(0, 5e-324)]]
)
def test_awkward_places(places: list[tuple[float, float]]) -> None:
    """Nothing to show is said; huge numbers keep their places."""
    html = drawn(Picture(title="loss", marks=[Mark(places)], log=(False, False)))
    assert faults_in(html) == []
    assert "nan" not in html


@pytest.mark.parametrize("text", HOSTILE)
def test_texts_are_escaped(text: str) -> None:
    """Nothing that a run is called becomes an element."""
    html = drawn(Picture(title=text, marks=[Mark(LINE)], across=text, note=text, ends=(text, text)))
    assert faults_in(html) == []


def test_charts_have_pictures() -> None:
    """Every chart of charts.py."""
    runs = sweep()
    lr, loss = "params.learning_rate", "metrics.loss"
    hostile = [make_run(n, t, metrics={t: n}, params={t: t}) for n, t in enumerate(HOSTILE[:2])]
    key = HOSTILE[0]
    for spec, shown in (
        (charts.scatter(runs, lr, loss), "0.0125 … learning_rate … 0.1"),
        (charts.scatter(runs, lr, loss, log_x=True, log_y=True), "learning_rate"),
        (charts.contour(runs, lr, "params.depth", loss), "interpolated between 7 runs"),
        (charts.box(runs, loss, "params.optimizer"), "adam … optimizer … sgd"),
        (charts.bar(runs, loss), "#8 brisk-otter"),
        (charts.parallel_coordinates(runs), "learning_rate | depth | optimizer"),
        (charts.bar(hostile, f"metrics.{key}"), "<\N{WORD JOINER}script>"),
    ):
        html = picture_of(spec, "a chart")
        assert faults_in(html) == []
        assert shown in text_of(html)
        assert len(html) < 12_000
