"""What all panels that hold other panels share."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import ipywidgets

from jupyter_mltrack.panels.at_rest import AtRest


class Box(AtRest, ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Panels one below the other; only the kernel arranges them.

    A subclass overrides `html` and `text`, and `kept` if it shows its parts one at a time.

    Args:
        children: What it shows.
    """

    children: tuple[ipywidgets.Widget, ...]

    def __init__(self, children: Sequence[ipywidgets.Widget] = ()) -> None:
        super().__init__(children)

    def kept(self) -> Iterable[ipywidgets.Widget]:
        """What is not shown now and may be shown later."""
        return ()

    def arrange(self, *shown: ipywidgets.Widget) -> None:
        """Show these; what was shown and is not kept is closed."""
        before = self.children
        self.children = shown
        stays = {id(one) for one in (*shown, *self.kept())}
        for one in before:
            if id(one) not in stays:
                close_whole(one)

    def close(self) -> None:
        """Take the panel, all it shows and all it keeps out of the browser."""
        if self.comm is None:  # closed before, or never made
            return
        for one in (*self.children, *self.kept()):
            close_whole(one)
        super().close()
        self.layout.close()

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take nothing from a browser."""


def close_whole(widget: ipywidgets.Widget) -> None:
    """Take a widget out of the browser, with its children, its layout and its style."""
    if widget.comm is None:
        return
    if not isinstance(widget, Box):
        for child in getattr(widget, "children", ()):
            close_whole(child)
    parts = [getattr(widget, name, None) for name in ("layout", "style")]
    widget.close()
    for part in parts:
        if isinstance(part, ipywidgets.Widget):
            part.close()
