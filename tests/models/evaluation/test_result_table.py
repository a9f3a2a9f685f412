from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from jupyter_mltrack.models.evaluation.result_table import MOST_BYTES, as_html, as_text, number

METRICS = {"f1_score": 0.91234, "log_loss": 0.25, "example_count": 1500, "own": 1.0}
BEFORE = {"f1_score": 0.9, "log_loss": 0.2, "example_count": 1500, "own": 3.0}


def cells(html: str) -> list[list[str]]:
    """The texts of the table, row by row."""
    tree = ET.fromstring(html)  # noqa: S314  (our own text)
    return [["".join(cell.itertext()) for cell in row] for row in tree.iter("tr")]


def test_the_metrics_alone() -> None:
    """Two columns."""
    assert cells(as_html(METRICS, {}, ["a"], {}))[:2] == [
        ["Metric", "Value"],
        ["f1_score", "0.9123"],
    ]


def test_against_a_baseline() -> None:
    """What changed, and whether that is better; of an unknown metric only what changed."""
    assert cells(as_html(METRICS, BEFORE, [], {}))[1:] == [
        ["f1_score", "0.9123", "0.9", "▲ 0.01234 better"],
        ["log_loss", "0.25", "0.2", "▲ 0.05 worse"],
        ["example_count", "1,500", "1,500", "="],
        ["own", "1", "3", "▼ 2"],
    ]


def test_a_metric_of_the_user() -> None:
    """It says itself whether more is better."""
    assert cells(as_html(METRICS, BEFORE, [], {"own": False}))[-1][-1] == "▼ 2 better"


@pytest.mark.parametrize("count", [0, 1, 10_000])
@pytest.mark.parametrize(
    "name", ["m", "<script>alert(1)</script>" * 9, "\u202e\x00\ud800漢字 & ' \""]
)
def test_any_name_and_any_number_of_metrics(count: int, name: str) -> None:
    """The HTML is well-formed, small, and has no element of the data's."""
    metrics = {f"{name}{place}": place / 7 for place in range(count)}
    html = as_html(metrics, metrics, list(metrics), {})
    assert len(html.encode()) <= MOST_BYTES
    assert "<script" not in html
    assert len(cells(html)) > min(count, 20)


def test_what_does_not_fit_is_counted() -> None:
    """So nobody takes a part for the whole."""
    html = as_html({f"m{place}": 0.5 for place in range(10_000)}, {}, [], {})
    assert f"… and {10_000 - len(cells(html)) + 1} more" in html


def test_as_text() -> None:
    """Columns as wide as needed, and the names of the files."""
    assert as_text({"a": 0.5, "long": 12345}, {}, ["x", "y"]).splitlines() == [
        "EvaluationResult",
        "  a        0.5",
        "  long  12,345",
        "  artifacts: x, y",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0, "0"),
        (0.5, "0.5"),
        (2 / 3, "0.6667"),
        (1234.5678, "1,235"),
        (9_999_999, "9,999,999"),
        (1e9, "1.000e+09"),
        (0.000012345, "1.234e-05"),
        (-3.25, "-3.25"),
        (99.99996, "100"),
        (math.nan, "NaN"),
        (math.inf, "inf"),
        (None, "None"),
        (True, "True"),
        ("<b>", "<b>"),
    ],
)
def test_numbers(value: Any, text: str) -> None:
    """Four digits, and nothing breaks."""
    assert number(value) == text
