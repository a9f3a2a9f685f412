"""The row of tabs above a comparison: which view is shown, and which runs are selected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.panel import Panel, Question

#: Every view by its name, with what its tab says.
VIEWS = {
    "parallel": "Parallel coordinates",
    "curves": "Curves",
    "scatter": "Charts",
    "params": "Parameters & metrics",
    "code": "Code",
    "data": "Tags & data",
}


class ShowAll(Question, frozen=True, tag_field="kind", tag="all"):
    """Take all brushes away."""


class Heard(Question, frozen=True, tag_field="kind", tag="heard"):
    """Whether the choice arrived; a browser that waits can say that the kernel is busy."""


class ViewSwitch(Panel):
    """Tabs, and how many runs are selected.

    Args:
        view: The one to begin with.
        clear: Is called to select all runs.

    Attributes:
        view: The view that is shown; a browser may choose another one.
        note: How many runs are selected, or drawn.
        can_clear: Whether some runs are left out by a selection.
    """

    _esm = browser_module("compare/view_switch.js")
    _css = style_sheet("compare/view_switch.css")
    questions = {ShowAll: "_show_all", Heard: "_answer_heard"}  # noqa: RUF012  (as the base class has it)
    from_browser = frozenset({"view"})
    views = traitlets.Dict(VIEWS).tag(sync=True)
    view = traitlets.Enum(list(VIEWS), default_value="parallel").tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)
    can_clear = traitlets.Bool().tag(sync=True)

    def __init__(self, view: str, clear: Callable[[], None]) -> None:
        self._clear = clear
        super().__init__(view=view)

    def html(self) -> str:
        """Nothing: tabs at rest lead nowhere."""
        return ""

    def text(self) -> str:
        """What the tab that is shown says."""
        return VIEWS[self.view]

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take the name of a view from a browser; ignore others."""
        super().set_state({"view": sync_data["view"]} if _is_view(sync_data.get("view")) else {})

    def _show_all(self, _: ShowAll) -> dict[str, Any]:
        self._clear()
        return {}

    def _answer_heard(self, _: Heard) -> dict[str, Any]:
        return {}


def _is_view(name: object) -> bool:
    return isinstance(name, str) and name in VIEWS
