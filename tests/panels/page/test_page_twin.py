import pytest

import jupyter_mltrack as mlt
from tests.panels.examples import HOSTILE
from tests.panels.inert import faults_in, text_of
from tests.panels.page.asking import Asked
from tests.panels.page.examples import train

QUOTES = "'" * 58
pytestmark = pytest.mark.usefixtures("wine")


def test_twin_has_the_essentials() -> None:
    """The card, what changed, the first params and metrics, the files."""
    train(0.2, 4, steps=5)
    page = Asked(train(0.1, 6, steps=5)).page
    bundle, _ = page._repr_mimebundle_()
    html = bundle["text/html"]
    words = text_of(html)
    for expected in ("since #1", "experiment wine", "data same", "optimizer", "people.parquet ("):
        assert expected in words
    assert faults_in(html) == []
    assert "<polyline" in html
    assert bundle["text/plain"] == repr(page)
    assert "since #1: rate 0.2 → 0.1" in repr(page)
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_twin_is_small_and_inert_whatever_is_in_it() -> None:
    """Every text is hostile and long."""
    with mlt.start_run(run_name=HOSTILE[0] * 9, description=HOSTILE[1] * 50):
        for number in range(200):
            text = HOSTILE[number % len(HOSTILE)] * 20
            mlt.log_param(f"{'long ' * 40}{number}", text)
            mlt.set_tag(f"t{number}", text)
            mlt.log_metric(f"{'metric ' * 30}{number}", 1e-300 * number)
        mlt.set_tag("mltrack.error", HOSTILE[2] * 100)
        for number in range(40):
            mlt.log_text("x", f"{number}{'<img src=x onerror=a>' * 9}")
    html = Asked().page.html()
    assert len(html.encode()) <= 15_000
    assert faults_in(html) == []


def test_twin_counts_bytes() -> None:
    """Of what it writes: an apostrophe takes six."""
    with mlt.start_run(run_name="'" * 60):
        for number in range(40):
            mlt.log_param(f"{number:02} {'a' * 36}", "'" * 200)
            mlt.log_metric(f"m{number}", number)
        for number in range(30):
            mlt.log_text("x", f"{number:02}{QUOTES}.txt")
    assert 5_000 < len(Asked().page.html().encode()) <= 15_000


def test_first_run_compares_with_nothing() -> None:
    """It shows what it has."""
    with mlt.start_run():
        mlt.log_param("rate", 0.1)
    page = Asked().page
    assert "parameters: rate 0.1" in repr(page)
    assert "None" not in text_of(page.html())
