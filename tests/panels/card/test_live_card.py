import json
from collections.abc import Iterator
from typing import Any

import ipywidgets
import pytest
from IPython.core.interactiveshell import InteractiveShell

from jupyter_mltrack.panels import LiveCard, RunCardWidget, card_data
from tests.panels.examples import make_run

OPEN = card_data(make_run(41, status="RUNNING", seconds=None, metrics={"loss": 0.5}))
ENDED = card_data(make_run(41, metrics={"loss": 0.25}))


class Screen:
    """Keeps what is displayed, as a front end would show it: by display id."""

    def __init__(self) -> None:
        self.shown: dict[str, dict[str, Any]] = {}

    def publish(self, data: dict[str, Any], *_: Any, transient: Any = None, **__: Any) -> None:
        """What IPython calls with each output."""
        self.shown[(transient or {}).get("display_id", "")] = data


@pytest.fixture
def screen() -> Iterator[Screen]:
    """A shell that has a kernel and a front end."""
    screen = Screen()
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance()
    shell.kernel = object()
    shell.display_pub = screen
    yield screen
    InteractiveShell.clear_instance()


def test_card_is_replaced_in_place(screen: Screen) -> None:
    """First a widget with its twin, in the end the twin alone, under one display id."""
    live = LiveCard(OPEN)
    live.show()
    (first,) = screen.shown.values()
    assert "application/vnd.jupyter.widget-view+json" in first
    assert "▶ running" in first["text/html"]
    live.freeze(ENDED)
    (last,) = screen.shown.values()
    assert set(last) == {"text/html", "text/plain"}
    assert "✓ finished" in last["text/html"]


def test_update_reaches_the_widget(screen: Screen) -> None:
    """Until it is frozen; an update that comes later is dropped."""
    live = LiveCard(OPEN)
    live.show()
    widget = live._widget
    assert widget is not None
    live.update(ENDED)
    assert widget.card == ENDED | {"opens": ""}  # it was not told what to open
    live.freeze(ENDED)
    live.update(OPEN)
    assert widget.card == ENDED | {"opens": ""}
    live.forget()
    assert widget.comm is None


def test_what_the_button_opens_stays(screen: Screen) -> None:
    """Below the card, also after the run has ended; a notebook that is saved has the card."""
    live = LiveCard(OPEN, lambda: ipywidgets.HTML("the page"))
    live.show()
    press = {"id": 1, "kind": "open"}
    live._widget._handle_custom_msg(press, [])
    live._widget._handle_custom_msg(press, [])
    assert len(live._box.children) == 2
    live.freeze(ENDED)
    (last,) = screen.shown.values()
    assert "application/vnd.jupyter.widget-view+json" in last
    assert "✓ finished" in last["text/html"]
    assert live._widget.card["opens"] == ""


def test_a_press_that_waited_is_heard(screen: Screen) -> None:
    """The kernel was busy until the run had ended."""
    live = LiveCard(OPEN, lambda: ipywidgets.HTML("the page"))
    live.show()
    live.freeze(ENDED)
    live._widget._handle_custom_msg({"id": 1, "kind": "open"}, [])
    (last,) = screen.shown.values()
    assert "application/vnd.jupyter.widget-view+json" in last


def test_the_card_of_an_open_run_is_not_forgotten(screen: Screen) -> None:
    """Another cell has begun a run; this one goes on."""
    live = LiveCard(OPEN)
    live.show()
    assert not live.forget()
    assert live._widget.comm is not None
    live.freeze(ENDED)
    assert live.forget()
    assert live._widget.comm is None


def test_plain_front_end_gets_lines(capsys: pytest.CaptureFixture[str]) -> None:
    """One when the run starts, one when it has ended."""
    InteractiveShell.clear_instance()
    live = LiveCard(OPEN)
    live.show()
    live.update(OPEN)
    live.freeze(ENDED)
    first, second = capsys.readouterr().out.splitlines()
    assert first.startswith("#41 brisk-otter ▶ running since")
    assert second.startswith("#41 brisk-otter ✓ finished in 3 min 5 s · loss 0.25")


def test_nothing_raises(screen: Screen, caplog: pytest.LogCaptureFixture) -> None:
    """A card that cannot be drawn is a debug message, not the end of a training."""
    broken: Any = {"title": "no card"}
    caplog.set_level("DEBUG")
    live = LiveCard(broken)
    live.show()
    live.update(broken)
    live.freeze(broken)
    assert "The run card could not freeze" in caplog.text


def test_browser_cannot_change_a_card() -> None:
    """What a page sends is not taken over."""
    widget = RunCardWidget(card=dict(OPEN))
    widget._handle_msg({"content": {"data": {"method": "update", "state": {"card": {}}}}})
    assert widget.card == OPEN
    widget.close()


def test_card_is_json() -> None:
    """It can be sent, NaN and all."""
    run = make_run(metrics={"a": float("nan"), "b": float("-inf")})
    card = card_data(run, histories={"a": [float("nan"), 1, 2]})
    assert json.loads(json.dumps(card, allow_nan=False)) == card
