"""What is looked at in a notebook: the card of a run, and the table of runs."""

from jupyter_mltrack.panels.card import (
    CardData,
    LiveCard,
    RunCard,
    RunCardWidget,
    card_data,
    card_html,
    card_text,
)
from jupyter_mltrack.panels.page import run
from jupyter_mltrack.panels.table import RunsPanel, runs

__all__ = [
    "CardData",
    "LiveCard",
    "RunCard",
    "RunCardWidget",
    "RunsPanel",
    "card_data",
    "card_html",
    "card_text",
    "run",
    "runs",
]
