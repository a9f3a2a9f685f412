"""One frame around the panels: ``mlt.ui()`` has a tab for each part of the tracker."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, Literal

import traitlets

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.panels.box import Box, close_whole
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.markup import element
from jupyter_mltrack.panels.panel import Panel, Question
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.tracking import fluent
from jupyter_mltrack.tracking.client import TrackingClient

if TYPE_CHECKING:
    import ipywidgets

Tab = Literal["experiments", "runs", "compare", "models", "registry"]
_NAMES = {
    "experiments": "Experiments",
    "runs": "Runs",
    "compare": "Compare",
    "models": "Models",
    "registry": "Registry",
}
_OF_ALL = {"experiments", "registry"}  # tabs that are not about some experiments
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


class Frame(Box):
    """Experiments, runs, comparison, models and registry of a store, a tab each.

    The panel of a tab is made when the tab is opened. Which experiment is the active one, and
    which models there are, is looked up each time.

    Args:
        client: Of the store.

    Attributes:
        tabs: The row of tabs.
    """

    def __init__(self, client: TrackingClient) -> None:
        self._client = client
        self._experiment_ids: list[str] = []
        self._is_chosen = False  # whether the experiment was opened here
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
            "registry": self._make_registry,
        }[tab]
        if not self._is_chosen and fluent.client() is self._client:
            self._be_about(fluent.searched_experiment_ids())
        is_made = tab in self._parts and tab != "models"  # those are read anew
        if not is_made and (made := make()) is not None:
            self._put(tab, made)
        self.tabs.tab = tab
        self.tabs.place = "" if tab in _OF_ALL else self._place()
        self._arrange()

    def show_runs(self, experiment_id: str) -> None:
        """Show the runs of an experiment, and make the other tabs about it."""
        self._is_chosen = True
        self._be_about([experiment_id])
        self.show("runs")

    def compare(self, panel: ipywidgets.Widget) -> None:
        """Show a comparison in its tab."""
        self._put("compare", panel)
        self.show("compare")

    def html(self) -> str:
        """The tab that is shown, at rest."""
        return self.tabs.html() + (self.panel.html() if self.panel is not None else "")

    def text(self) -> str:
        """The tab that is shown, as text."""
        shown = [self.panel.text()] if self.panel is not None else []
        return "\n".join([self.tabs.text(), *shown])

    def kept(self) -> Iterable[ipywidgets.Widget]:
        """The panels of all tabs."""
        return [*self._parts.values(), *self._below.values()]

    def _be_about(self, experiment_ids: list[str]) -> None:
        """Let the tabs be about other experiments, if they are."""
        if experiment_ids != self._experiment_ids:
            self._experiment_ids = experiment_ids
            for tab in ("runs", "models"):
                self._put(tab, None)
                if (below := self._below.pop(tab, None)) is not None:
                    close_whole(below)

    def _put(self, tab: str, panel: ipywidgets.Widget | None) -> None:
        """Make a panel that of a tab, in place of the one that is there."""
        before = self._parts.pop(tab, None)
        if panel is not None:
            self._parts[tab] = panel
        if before is not None:
            close_whole(before)

    def _arrange(self) -> None:
        tab = self.tabs.tab
        self.tabs.note = "" if tab in self._parts else _NOTES[tab]
        shown = [self.tabs, self._parts.get(tab), self._below.get(tab)]
        self.arrange(*(one for one in shown if one is not None))

    def _put_below(self, tab: str, shown: ipywidgets.Widget | None) -> None:
        """Put a panel below that of a tab, in place of the one that is there."""
        before = self._below.pop(tab, None)
        if shown is not None:
            self._below[tab] = shown
        self._arrange()
        if before is not None:
            close_whole(before)

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

    def _make_registry(self) -> Any:
        from jupyter_mltrack.panels.registry import RegistryPanel

        return RegistryPanel(MltrackClient(self._client.tracking_uri))


def ui() -> Frame:
    """Experiments, runs, comparison, models and registry of the store in use, in one frame.

    Example:
        >>> mlt.ui()
    """
    return Frame(fluent.client())
