"""The run card while its run is open: a small widget, static HTML in the end."""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, cast
from uuid import uuid4

import traitlets
from IPython.core.getipython import get_ipython
from IPython.display import display, update_display

from jupyter_mltrack.panels.box import Box, close_whole
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.card.card import CardData, card_text
from jupyter_mltrack.panels.card.card_twin import RunCard, card_html
from jupyter_mltrack.panels.panel import Panel, Question

if TYPE_CHECKING:
    import ipywidgets

_log = logging.getLogger(__name__)


class Open(Question, frozen=True, tag_field="kind", tag="open"):
    """Show what the card is about below it."""


class RunCardWidget(Panel):
    """A card that is drawn anew whenever ``card`` changes; its clock ticks in the browser.

    Args:
        opening: Called when somebody presses the card's button.
        traits: Its ``card``.
    """

    _esm = browser_module("card/live_card.js")
    _css = style_sheet("card/live_card.css")
    questions = {Open: "open_below"}  # noqa: RUF012  (never changed)
    card = traitlets.Dict().tag(sync=True)

    def __init__(self, opening: Callable[[], None] | None = None, **traits: Any) -> None:
        super().__init__(**traits)
        self._opening = opening

    def open_below(self, _: Open) -> dict[str, Any]:
        """Open what the card is about."""
        if self._opening is not None:
            self._opening()
        return {}

    def html(self) -> str:
        """The card at rest."""
        return card_html(cast("CardData", self.card))

    def text(self) -> str:
        """The card as one line."""
        return card_text(cast("CardData", self.card))


class CardAndMore(Box):
    """A card, and below it what it opened; in a saved notebook the card is seen."""

    def html(self) -> str:
        """The card at rest."""
        return str(self.children[0].html())

    def text(self) -> str:
        """The card as one line."""
        return str(self.children[0].text())


class LiveCard:
    """The card below a cell, replaced in place as its run goes on.

    No method raises: a card that cannot be drawn must not stop the training.

    Args:
        data: What to show first, as `card_data` makes it.
        below: Makes the widget that the card's button opens below it.
    """

    def __init__(
        self, data: CardData, below: Callable[[], ipywidgets.Widget] | None = None
    ) -> None:
        self._data = data if below else _without_button(data)
        self._below = below
        self._display_id = uuid4().hex
        self._widget: RunCardWidget | None = None
        self._box: CardAndMore | None = None
        self._is_frozen = False
        self._is_plain = not has_rich_front_end()

    def show(self) -> None:
        """Display the card; where nothing but text is shown, print one line."""
        with _quietly("show"):
            if self._is_plain:
                _say(self._data)
                return
            self._widget = RunCardWidget(self._open, card=self._data)
            display(self._widget, display_id=self._display_id)  # type: ignore[no-untyped-call]

    def show_again(self) -> None:
        """Display it once more: the output of the cell was cleared."""
        with _quietly("show again"):
            shown = RunCard(self._data) if self._is_frozen else self._box or self._widget
            if shown is not None:
                display(shown, display_id=self._display_id)  # type: ignore[no-untyped-call]

    def update(self, data: CardData) -> None:
        """Show the run as it is now."""
        with _quietly("update"):
            self._take(data)
            if self._widget is not None and not self._is_frozen:
                self._widget.card = dict(self._data)

    def renew_twin(self) -> None:
        """Let a notebook that is saved now, while the run is open, show it as it is now."""
        with _quietly("renew its twin"):
            if self._widget is not None and not self._is_frozen:
                self._display(self._box or self._widget)

    def freeze(self, data: CardData) -> None:
        """Replace the widget by static HTML; the run has ended.

        What the card opened stays open. A press of its button that waited for the kernel is
        still heard, until `forget`.
        """
        with _quietly("freeze"):
            self._take(data)
            self._is_frozen = True
            if self._is_plain:
                _say(self._data)
            elif self._box is not None and self._widget is not None:
                self._widget.card = dict(_without_button(self._data))
                self._display(self._box)
            else:
                bundle = RunCard(self._data)._repr_mimebundle_()
                update_display(bundle, raw=True, display_id=self._display_id)  # type: ignore[no-untyped-call]

    def forget(self) -> bool:
        """Listen to the browser no longer, if all it shows is static.

        Returns:
            Whether the run has ended; the card of an open one goes on.
        """
        if not self._is_frozen:
            return False
        with _quietly("be forgotten"):
            if self._box is None and self._widget is not None:
                close_whole(self._widget)
        return True

    def _take(self, data: CardData) -> None:
        self._data = data if self._below and not self._box else _without_button(data)

    def _open(self) -> None:
        """Show what the card is about below it; once."""
        if self._below is None or self._widget is None or self._box is not None:
            return
        self._box = CardAndMore([self._widget, self._below()])
        self._take(self._data)
        self._widget.card = dict(self._data)
        self._display(self._box)

    def _display(self, shown: ipywidgets.Widget) -> None:
        update_display(shown, display_id=self._display_id)  # type: ignore[no-untyped-call]


def has_rich_front_end() -> bool:
    """Whether this is a kernel, whose front end shows more than text."""
    return getattr(get_ipython(), "kernel", None) is not None


def _without_button(data: CardData) -> CardData:
    return cast("CardData", {**data, "opens": ""})


def _say(data: CardData) -> None:
    sys.stdout.write(card_text(data) + "\n")


@contextmanager
def _quietly(what: str) -> Iterator[None]:
    """Turn any failure into a debug message."""
    try:
        yield
    except Exception:  # noqa: BLE001  (no failure here may stop a training)
        _log.debug("The run card could not %s", what, exc_info=True)
