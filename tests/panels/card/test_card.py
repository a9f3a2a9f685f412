import math

import pytest

from jupyter_mltrack.panels import RunCard, card_data, card_html, card_text
from tests.panels.examples import HOSTILE, hostile_run, make_run
from tests.panels.inert import faults_in, text_of

RUN = make_run(
    41,
    metrics={"loss": 0.1234567, "val_accuracy": 0.91},
    params={"lr": "0.01", "depth": "6", "new": "yes"},
)
BEFORE = make_run(40, params={"lr": "0.1", "depth": "6", "dropout": "0.2"})


def test_text_is_one_line() -> None:
    """Where there is no rich front end, one line says it all."""
    assert card_text(card_data(RUN, previous=BEFORE)) == (
        "#41 brisk-otter ✓ finished in 3 min 5 s · loss 0.1235 · val_accuracy 0.91"
        " · since #40: lr 0.1 → 0.01, new yes, − dropout"
    )


def test_html_says_the_same() -> None:
    """The card has title, state, metrics with all digits on hover, and what changed."""
    html = card_html(card_data(RUN, histories={"loss": [3, 2, 1]}, previous=BEFORE))
    text = text_of(html)
    assert "#41 brisk-otter ✓ finished in 3 min 5 s" in text
    assert "since #40 lr 0.1 → 0.01 + new yes − dropout" in text
    assert 'title="0.1234567"' in html
    assert html.count("<svg") == 1
    assert faults_in(html) == []


def test_open_run_says_since_when() -> None:
    """Its time is not known yet, and what is saved must not age."""
    card = card_data(make_run(status="RUNNING", seconds=None))
    assert card["seconds"] is None
    assert f"▶ running since {card['started_at']}" in card_text(card)


def test_four_metrics_are_shown_those_of_the_machine_last() -> None:
    """The others are counted."""
    names = ["system/cpu", "a", "b", "system/ram", "c", "d", "e"]
    card = card_data(make_run(metrics=dict.fromkeys(names, 1.0)))
    assert [metric["key"] for metric in card["metrics"]] == ["a", "b", "c", "d"]
    assert "+ 3 more" in text_of(card_html(card))


def test_without_an_earlier_run_the_params_are_shown() -> None:
    """The first run of an experiment has nothing to differ from."""
    assert "parameters: lr 0.01, depth 6" in card_text(card_data(RUN))
    assert "parameters lr 0.01" in text_of(card_html(card_data(RUN)))


def test_equal_params_are_said_to_be_equal() -> None:
    """That nothing changed is news too."""
    assert "same parameters as #41" in text_of(card_html(card_data(RUN, previous=RUN)))


@pytest.mark.parametrize(
    ("error", "shown"),
    [
        ("ValueError: no", "ValueError: no"),
        ("ValueError: first\nsecond", "ValueError: first"),
        ("Traceback (most recent call last):\n  File x\nKeyError: 'a'\n", "KeyError: 'a'"),
        ("Traceback (most recent call last):\n  File x\na.B: one\n  two", "a.B: one"),
        ("Traceback", "Traceback"),
        ("\n", None),
        (None, None),
    ],
)
def test_one_line_of_the_error_is_shown(error: str | None, shown: str | None) -> None:
    """Of a traceback it is the exception."""
    card = card_data(make_run(status="FAILED"), error=error)
    assert card["error"] == shown
    assert (shown or "✗ failed") in text_of(card_html(card))


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_are_inert(text: str) -> None:
    """Whatever a run is called or holds, the card is text, on one line."""
    card = card_data(hostile_run(text), previous=hostile_run(text + "x"), error=text)
    html = card_html(card)
    assert faults_in(html) == []
    assert "<script" not in html
    assert "\n" not in card_text(card)


def test_largest_card_is_small() -> None:
    """At most 15 kB, however much was logged."""
    run = hostile_run("\"'<&>💥" * 1000)
    many = {f"{key}{i}": math.pi * 10**i for i in range(99) for key in run.data.metrics}
    params = {f"{key}{i}": key for i in range(99) for key in run.data.params}
    big = make_run(10**12, "'" * 9999, run_id="'" * 9999, metrics=many, params=params)
    histories = {key: [math.sin(i * i) for i in range(9999)] for key in many}
    card = card_data(big, histories=histories, previous=run, error="<" * 9999)
    assert len(card_html(card).encode()) <= 15_000


def test_card_is_shown_by_any_front_end() -> None:
    """HTML for notebooks, a line for terminals."""
    card = RunCard(card_data(RUN))
    assert card._repr_mimebundle_() == {"text/html": card._repr_html_(), "text/plain": repr(card)}
