from __future__ import annotations

import math

import pytest

from jupyter_mltrack.panels.compare.differences_twin import differences_html, differences_text
from jupyter_mltrack.panels.compare.table_of_differences import heads, section
from tests.panels.examples import HOSTILE, hostile_run, sweep
from tests.panels.inert import faults_in, text_of


def test_equal_keys_are_folded() -> None:
    """What all runs have alike is apart from what differs; a missing key differs."""
    made = section("Parameters", [{"a": "1", "b": "x", "c": "z"}, {"a": "1", "b": "y"}])
    assert made["equal"] == [("a", "1")]
    assert [row["key"] for row in made["rows"]] == ["b", "c"]
    assert made["rows"][1]["texts"] == ["z", "–"]


def test_numbers_are_shaded_by_size() -> None:
    """From the lowest to the highest; NaN and what is missing have no shade."""
    made = section("Parameters", [{"n": "1"}, {"n": "3"}, {"n": "2"}, {}])
    assert made["rows"][0]["shades"] == [0.0, 1.0, 0.5, 0.0]
    assert made["rows"][0]["numeric"]
    huge = section("Metrics", [{"m": 1.7e308}, {"m": -1.7e308}, {"m": math.nan}], metrics=True)
    assert huge["rows"][0]["shades"] == [1.0, 0.0, 0.0]


def test_texts_are_shaded_if_they_are_not_the_commonest() -> None:
    """The odd one out is seen; if all differ, the first run is what others are compared with."""
    made = section("Parameters", [{"o": "sgd"}, {"o": "adam"}, {"o": "adam"}])
    assert [shade > 0 for shade in made["rows"][0]["shades"]] == [True, False, False]
    made = section("Parameters", [{"o": "a"}, {"o": "b"}, {"o": "c"}])
    assert [shade > 0 for shade in made["rows"][0]["shades"]] == [False, True, True]


def test_best_metrics_are_marked() -> None:
    """The lowest loss, the highest accuracy; of params nothing is best."""
    values = [{"loss": 0.2, "accuracy": 0.8}, {"loss": 0.1, "accuracy": 0.7}]
    rows = section("Metrics", values, metrics=True)["rows"]
    assert {row["key"]: row["best"] for row in rows} == {"accuracy": [0], "loss": [1]}
    assert section("Parameters", [{"loss": "1"}, {"loss": "2"}])["rows"][0]["best"] == []


def test_what_is_shortened_is_whole_on_hover() -> None:
    """A number of many digits, a long text; what is shown whole needs no hover."""
    [row] = section("Metrics", [{"m": 0.123456789}, {"m": 1.0}], metrics=True)["rows"]
    assert row["texts"] == ["0.1235", "1"]
    assert row["hovers"] == {"0": "0.123456789"}


def test_one_run_has_all_its_values_as_rows() -> None:
    """There is nothing that it could be equal to."""
    assert [row["key"] for row in section("Parameters", [{"a": "1"}])["rows"]] == ["a"]


def test_thousands_of_keys_are_cut() -> None:
    """The table says how many rows it leaves out."""
    records = [{f"p{n}": f"{n}{run}" for n in range(800)} for run in range(2)]
    made = section("Parameters", records)
    assert (len(made["rows"]), made["omitted"]) == (500, 300)
    html = differences_html(heads(sweep()[:2]), [made])
    assert len(html.encode()) <= 15_000
    assert "more rows" in text_of(html)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_stay_texts(text: str) -> None:
    """In the twin every text is text."""
    runs = [hostile_run(text, number) for number in range(3)]
    sections = [
        section("Parameters", [run.data.params for run in runs]),
        section("Metrics", [run.data.metrics for run in runs], metrics=True),
    ]
    html = differences_html(heads(runs), sections)
    assert not faults_in(html)
    assert len(html.encode()) <= 15_000
    assert "What differs among 3 runs" in differences_text(heads(runs), sections)
