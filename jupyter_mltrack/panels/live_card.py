"""The run card while its run is open: a small widget, static HTML in the end."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import anywidget
import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import display, update_display

from jupyter_mltrack.panels.browser_module import browser_module
from jupyter_mltrack.panels.card import CardData, card_text
from jupyter_mltrack.panels.card_twin import RunCard, card_html

_log = logging.getLogger(__name__)


class RunCardWidget(anywidget.AnyWidget):
    """A card that is drawn anew whenever ``card`` changes; its clock ticks in the browser."""

    _esm = browser_module("live_card.js")
    _css = Path(__file__).with_suffix(".css")
    card = traitlets.Dict().tag(sync=True)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take nothing from a browser: the card only shows."""

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, with the card at rest for viewers that have no widgets."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        card = cast("CardData", self.card)
        return data | {"text/html": card_html(card), "text/plain": card_text(card)}, metadata


class LiveCard:
    """The card below a tracked cell, replaced in place as its run goes on.

    No method raises: a card that cannot be drawn must not stop the training.

    Args:
        data: What to show first, as `card_data` makes it.
    """

    def __init__(self, data: CardData) -> None:
        self._data = data
        self._display_id = uuid4().hex
        self._widget: RunCardWidget | None = None
        self._is_plain = not has_rich_front_end()

    def show(self) -> None:
        """Display the card; where nothing but text is shown, print one line."""
        with _quietly("show"):
            if self._is_plain:
                _say(self._data)
                return
            self._widget = RunCardWidget(card=self._data)
            display(self._widget, display_id=self._display_id)  # type: ignore[no-untyped-call]

    def update(self, data: CardData) -> None:
        """Show the run as it is now."""
        with _quietly("update"):
            self._data = data
            if self._widget is not None:
                self._widget.card = dict(data)

    def freeze(self, data: CardData) -> None:
        """Replace the widget by static HTML; the run has ended."""
        with _quietly("freeze"):
            self._data = data
            if self._is_plain:
                _say(data)
                return
            widget, self._widget = self._widget, None
            bundle = RunCard(data)._repr_mimebundle_()
            update_display(bundle, raw=True, display_id=self._display_id)  # type: ignore[no-untyped-call]
            if widget is not None:
                widget.close()


def has_rich_front_end() -> bool:
    """Whether this is a kernel, whose front end shows more than text."""
    return getattr(get_ipython(), "kernel", None) is not None


def _say(data: CardData) -> None:
    sys.stdout.write(card_text(data) + "\n")


@contextmanager
def _quietly(what: str) -> Iterator[None]:
    """Turn any failure into a debug message."""
    try:
        yield
    except Exception:  # noqa: BLE001  (no failure here may stop a training)
        _log.debug("The run card could not %s", what, exc_info=True)
