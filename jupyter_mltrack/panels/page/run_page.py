"""The page of a run: header and tabs, and below them its curves or a figure."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from jupyter_mltrack.panels.box import Box
from jupyter_mltrack.panels.page.run_view import RunView
from jupyter_mltrack.tracking.client import TrackingClient


class RunPage(Box):
    """All about one run, live while it is running.

    Args:
        client: Of the store the run is in.
        run_id: Which run.

    Attributes:
        view: The header and the tabs; what is below them shows with its tab only.

    Raises:
        ResourceDoesNotExist: if there is no such run.

    Example:
        >>> RunPage(MltrackClient(), run.info.run_id)
    """

    def __init__(self, client: TrackingClient, run_id: str) -> None:
        self._parts: dict[str, Any] = {}
        self.view = RunView(client, run_id, self._put_below)
        super().__init__([self.view])
        self.add_class("jp-mltrack-page-box")

    @property
    def run_id(self) -> str:
        """The run that is shown now."""
        return self.view.run_id

    def html(self) -> str:
        """The page at rest: HTML of at most 15 kB, no script, every text escaped."""
        return self.view.html()

    def text(self) -> str:
        """The page as plain text."""
        return self.view.text()

    def _put_below(self, name: str, make: Callable[[], Any] | None) -> None:
        """Make a part and show it below the tabs; None takes it away."""
        if make is None:
            self._parts.pop(name, None)
        elif name not in self._parts:
            self._parts[name] = part = make()
            part.add_class(f"jp-mltrack-page-below-{name}")
        self.arrange(self.view, *self._parts.values())
