"""The card of a run: a small widget while the run is open, static HTML afterwards."""

from jupyter_mltrack.panels.card.card import CardData, card_data, card_text
from jupyter_mltrack.panels.card.card_twin import RunCard, card_html
from jupyter_mltrack.panels.card.live_card import LiveCard, RunCardWidget

__all__ = [
    "CardData",
    "LiveCard",
    "RunCard",
    "RunCardWidget",
    "card_data",
    "card_html",
    "card_text",
]
