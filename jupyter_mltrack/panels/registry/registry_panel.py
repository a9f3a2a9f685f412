"""The registry in a notebook: ``mlt.registry()``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.panels.box import Box
from jupyter_mltrack.panels.registry.instants import instant
from jupyter_mltrack.panels.registry.registry_view import RegistryView
from jupyter_mltrack.tracking import fluent

if TYPE_CHECKING:
    from ipywidgets import Widget


class RegistryPanel(Box):
    """The registered models of a store; runs and comparisons open below.

    Args:
        client: Of the store.
        filter_string: In the language of `search_registered_models`, or a part of a name.

    Attributes:
        view: The list of models, or the page of one.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
    """

    def __init__(self, client: MltrackClient, filter_string: str = "") -> None:
        self.view = RegistryView(client, filter_string, self._put_below)
        super().__init__([self.view])

    def html(self) -> str:
        """The registry at rest."""
        return self.view.html()

    def text(self) -> str:
        """The registry as plain text."""
        return self.view.text()

    def _put_below(self, below: Widget | None) -> None:
        self.arrange(self.view, *([] if below is None else [below]))


def registry(
    name: str | None = None, *, filter_string: str = "", at: str | None = None
) -> RegistryPanel:
    """The registered models: search, compare, move between stages, roll back, look back.

    Args:
        name: Open the page of this model; default is the list of all.
        filter_string: Which models the list shows, such as ``"name LIKE 'wine%'"``, or a part of
            a name.
        at: Open the page as of this date, such as ``"2026-05-03"`` or ``"yesterday"``.

    Raises:
        ResourceDoesNotExist: if there is no such model, or was none then.
        FilterSyntaxError: with a caret at what cannot be parsed.
        InvalidParameterValue: if ``at`` is no date.

    Example:
        >>> mlt.registry("wine")
    """
    panel = RegistryPanel(MltrackClient(fluent.get_tracking_uri()), filter_string)
    if name is not None:
        panel.view.show(name, None if at is None else instant(at))
    return panel
