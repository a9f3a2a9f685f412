"""A sentence in place of a view."""

from __future__ import annotations

import ipywidgets

from jupyter_mltrack.panels.markup import element
from jupyter_mltrack.panels.palette import MUTED


def message(text: str) -> ipywidgets.HTML:
    """A text as a widget; it is escaped, and its lines stay."""
    style = f"color:{MUTED};white-space:pre-wrap;padding:8px 0"
    return ipywidgets.HTML(element("div", text, style=style))
