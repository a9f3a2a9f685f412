"""One frame around the panels: ``mlt.ui()`` has tabs for experiments, runs, comparison, models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import ipywidgets
import traitlets

from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.markup import element
from jupyter_mltrack.panels.panel import Panel, Question
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.tracking import fluent
from jupyter_mltrack.tracking.client import TrackingClient

Tab = Literal["experiments", "runs", "compare", "models"]
_NAMES = {"experiments": "Experiments", "runs": "Runs", "compare": "Compare", "models": "Models"}
_NOTES = {
    "compare": "Nothing is compared yet: in the Runs tab tick some runs, then press Compare.",
    "runs": "There is no run yet: begin one with `with mlt.start_run():`, or %%track on a cell.",
}


class Choose(Question, frozen=True, tag_field="kind", tag="choose"):
    """Show a tab."""

    tab: Tab


class FrameTabs(Panel):
    """The row of tabs.

    Args:
        choosing: Called with the tab that somebody wants to see.

    Attributes:
        tab: The one that is shown.
        place: Which experiment the other tabs are about.
        note: What stands in the place of a tab that has nothing to show.
    """

    _esm = browser_module("frame.js")
    _css = style_sheet("frame.css")
    questions = {Choose: "choose"}  # noqa: RUF012  (never changed)
    names = traitlets.Dict(_NAMES).tag(sync=True)
    tab = traitlets.Unicode("experiments").tag(sync=True)
    place = traitlets.Unicode().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(self, choosing: Callable[[Tab], None]) -> None:
        self._choosing = choosing
        super().__init__()

    def choose(self, asked: Choose) -> dict[str, Any]:
        """Show a tab."""
        self._choosing(asked.tab)
        return {}

    def html(self) -> str:
        """The tabs at rest: the name of the one that is shown, and where it looks."""
        place = f" · {self.place}" if self.place else ""
        said = [element("div", self.note)] if self.note else []
        return element("div", element("b", self.names[self.tab]), place, *said)

    def text(self) -> str:
        """The same as text."""
        words = [self.names[self.tab], self.place, self.note]
        return " · ".join(word for word in words if word)


class Frame(ipywidgets.VBox):  # type: ignore[misc]  # ipywidgets ships no types
    """Experiments, runs, comparison and models of a store, a tab each.

    The panel of a tab is made when the tab is opened.

    Args:
        client: Of the store.

    Attributes:
        tabs: The row of tabs.
    """

    def __init__(self, client: TrackingClient) -> None:
        self._client = client
        self._experiment_ids = fluent.searched_experiment_ids()
        self._parts: dict[str, Any] = {}
        self._below: dict[str, ipywidgets.Widget] = {}
        self.tabs = FrameTabs(self.show)
        super().__init__()
        self.show("experiments")

    @property
    def panel(self) -> Any:
        """The panel of the tab that is shown; None if it has nothing to show."""
        return self._parts.get(self.tabs.tab)

    def show(self, tab: Tab) -> None:
        """Show a tab.

        Raises:
            KeyError: if there is no such tab.
        """
        make = {
            "experiments": self._make_experiments,
            "runs": self._make_runs,
            "compare": lambda: None,  # made of runs that are ticked
            "models": self._make_models,
        }[tab]
        if tab not in self._parts and (made := make()) is not None:
            self._parts[tab] = made
        self.tabs.tab = tab
        self.tabs.place = "" if tab == "experiments" else self._place()
        self._arrange()

    def show_runs(self, experiment_id: str) -> None:
        """Show the runs of an experiment, and make the other tabs about it."""
        if [experiment_id] != self._experiment_ids:
            self._experiment_ids = [experiment_id]
            for tab in ("runs", "models"):
                self._parts.pop(tab, None)
                self._below.pop(tab, None)
        self.show("runs")

    def compare(self, panel: ipywidgets.Widget) -> None:
        """Show a comparison in its tab."""
        self._parts["compare"] = panel
        self.show("compare")

    def html(self) -> str:
        """The tab that is shown, at rest."""
        return self.tabs.html() + (self.panel.html() if self.panel is not None else "")

    def text(self) -> str:
        """The tab that is shown, as text."""
        shown = [self.panel.text()] if self.panel is not None else []
        return "\n".join([self.tabs.text(), *shown])

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take nothing from a browser: it only arranges."""

    def _arrange(self) -> None:
        tab = self.tabs.tab
        self.tabs.note = "" if tab in self._parts else _NOTES[tab]
        shown = [self.tabs, self._parts.get(tab), self._below.get(tab)]
        self.children = [one for one in shown if one is not None]

    def _put_below(self, tab: str, shown: ipywidgets.Widget | None) -> None:
        """Put a panel below that of a tab, in place of the one that is there."""
        before = self._below.pop(tab, None)
        if shown is not None:
            self._below[tab] = shown
        self._arrange()
        if before is not None:
            before.close()

    def _place(self) -> str:
        names = [self._client.get_experiment(one).name for one in self._experiment_ids]
        return one_line(", ".join(names), 80)

    def _make_experiments(self) -> Any:
        from jupyter_mltrack.panels.experiments import ExperimentsTable

        return ExperimentsTable(self._client, opening=self.show_runs)

    def _make_runs(self) -> Any:
        from jupyter_mltrack.panels.compare import ComparePanel
        from jupyter_mltrack.panels.table.runs_table import RunsTable

        def show(opened: ipywidgets.Widget | None) -> None:
            if isinstance(opened, ComparePanel):
                self.compare(opened)
            else:
                self._put_below("runs", opened)

        ids = self._experiment_ids
        return RunsTable(self._client, ids, title=self._place(), show=show) if ids else None

    def _make_models(self) -> Any:
        from jupyter_mltrack.panels.logged_models import LoggedModels
        from jupyter_mltrack.panels.page import RunPage

        def opening(run_id: str) -> None:
            self._put_below("models", RunPage(self._client, run_id))

        return LoggedModels(self._client, self._experiment_ids, opening)

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """The widgets, with the tab at rest for viewers that have none."""
        found = super()._repr_mimebundle_(**kwargs)
        data, metadata = found if isinstance(found, tuple) else (found or {}, {})
        return data | {"text/html": self.html(), "text/plain": self.text()}, metadata

    def __repr__(self) -> str:
        return self.text()


def ui() -> Frame:
    """Experiments, runs, comparison and models of the store in use, in one frame.

    Example:
        >>> mlt.ui()
    """
    return Frame(fluent.client())
