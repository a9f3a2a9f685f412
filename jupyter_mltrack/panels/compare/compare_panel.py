"""Several runs side by side: one selection, seen in six ways."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Literal

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.panels.box import Box, close_whole
from jupyter_mltrack.panels.compare.code_panel import CodePanel
from jupyter_mltrack.panels.compare.differences_panel import DifferencesPanel
from jupyter_mltrack.panels.compare.message import message
from jupyter_mltrack.panels.compare.view_switch import VIEWS, ViewSwitch
from jupyter_mltrack.panels.panel import Panel
from jupyter_mltrack.panels.parallel import ParallelPanel

if TYPE_CHECKING:
    import ipywidgets
    import pandas as pd

    from jupyter_mltrack.tracking import TrackingClient

#: Views other than the parallel coordinates show so many runs; curves fewer.
MOST_RUNS = 200
_MOST_CURVES = 100

_log = logging.getLogger(__name__)

View = Literal["parallel", "curves", "scatter", "params", "code", "data"]


class ComparePanel(Box):
    """Runs as parallel coordinates, curves, charts, differences of params, code and data.

    What is brushed in the parallel coordinates, or ticked in a table, is what the other views
    show. A view is made when it is opened.

    Args:
        client: Where the runs are.
        run_ids: The runs; of more than 10,000 the first.
        view: What to begin with.
        filter_string: A filter that finds exactly these runs, if there is one.

    Attributes:
        parallel: The parallel coordinates, which hold the selection.
        switch: The tabs.

    Raises:
        InvalidParameterValue: if there is no such view.
    """

    def __init__(
        self,
        client: TrackingClient,
        run_ids: Sequence[str],
        *,
        view: View = "parallel",
        filter_string: str | None = None,
    ) -> None:
        self._opened: dict[str, tuple[list[str], ipywidgets.Widget]] = {}
        if view not in VIEWS:
            msg = f"There is no view {view!r}: choose one of {', '.join(VIEWS)}."
            raise InvalidParameterValue(msg)
        self._client = client
        self.parallel = ParallelPanel(client, run_ids, filter_string=filter_string)
        self.switch = ViewSwitch(view, self._clear)
        self._is_ticking = False
        super().__init__()
        self.switch.observe(lambda _: self._show(), "view")
        self.parallel.observe(lambda _: self._selection_changed(), "selected_ids")
        self._show()

    @property
    def view(self) -> str:
        """The view that is shown; can be set."""
        return str(self.switch.view)

    @view.setter
    def view(self, name: View) -> None:
        self.switch.view = name

    @property
    def run_ids(self) -> list[str]:
        """All runs that are compared."""
        return self.parallel.run_ids

    @property
    def selected_ids(self) -> list[str]:
        """Ids of the runs that are inside all brushes, all runs without brushes."""
        return list(self.parallel.selected_ids)

    @property
    def selected(self) -> pd.DataFrame:
        """These runs as ``search_runs`` gives them, one row each."""
        return self.parallel.selected

    @property
    def query(self) -> str:
        """A filter that finds exactly these runs in their experiments."""
        return self.parallel.query

    def kept(self) -> Iterable[ipywidgets.Widget]:
        """The views that were opened."""
        return [self.parallel, *(widget for _, widget in self._opened.values())]

    def html(self) -> str:
        """The view that is shown, at rest; of charts the parallel coordinates."""
        return self._at_rest().html()

    def text(self) -> str:
        """The same as plain text."""
        return self._at_rest().text()

    def _at_rest(self) -> Panel:
        shown = self.children[-1]
        return shown if isinstance(shown, Panel) else self.parallel

    def _show(self) -> None:
        """Show the view of the tab, made anew if the selection changed since it was made."""
        self.arrange(self.switch, self._widget(self.view))
        self._tell()

    def _widget(self, view: str) -> ipywidgets.Widget:
        if view == "parallel":
            return self.parallel
        ids = self.selected_ids[: _most(view)]
        if view in self._opened:
            shown, widget = self._opened[view]
            if shown == ids:
                return widget
            del self._opened[view]
            close_whole(widget)
        try:
            widget = self._make(view, ids)
        except MltrackException as error:
            return message(str(error))
        except Exception as error:  # noqa: BLE001  (a view that fails must not be a blank)
            _log.debug("The view %r failed", view, exc_info=True)
            return message(f"{type(error).__name__}: {error}")
        self._opened[view] = (ids, widget)
        return widget

    def _make(self, view: str, ids: list[str]) -> ipywidgets.Widget:
        made: dict[str, Callable[[], ipywidgets.Widget]] = {
            "curves": lambda: _curves(self._client, ids),
            "scatter": lambda: _charts(self._client, ids),
            "params": lambda: self._differences(ids, "params"),
            "code": lambda: CodePanel(self._client, ids),
            "data": lambda: self._differences(ids, "data"),
        }
        return made[view]()

    def _differences(self, ids: list[str], about: Literal["params", "data"]) -> DifferencesPanel:
        panel = DifferencesPanel(self._client, ids, about=about)
        panel.observe(lambda _: self._tick(panel), "ticked")
        return panel

    def _tick(self, panel: DifferencesPanel) -> None:
        """Select the ticked runs; the table that they were ticked in stays as it is."""
        self._is_ticking = True
        try:
            self.parallel.choose(panel.ticked_ids)
        finally:
            self._is_ticking = False

    def _selection_changed(self) -> None:
        if self._is_ticking or self.view == "parallel":
            self._tell()
        else:
            self._show()

    def _clear(self) -> None:
        self.parallel.brushes = []
        self._show()

    def _tell(self) -> None:
        """Say how many runs are selected, and whether the view shows fewer."""
        every, some = len(self.run_ids), len(self.selected_ids)
        with self.switch.hold_sync():
            self.switch.can_clear = some < every and self.view != "parallel"
            said = [f"{some:,} of {every:,} runs are selected."] if self.switch.can_clear else []
            if self.view != "parallel" and some > (most := _most(self.view)):
                said.append(f"This view shows the first {most}: brush to choose others.")
            self.switch.note = " ".join(said)


def _most(view: str) -> int:
    return _MOST_CURVES if view == "curves" else MOST_RUNS


def _curves(client: TrackingClient, ids: Sequence[str]) -> ipywidgets.Widget:
    from jupyter_mltrack.panels.curves import CurvesPanel

    return CurvesPanel(client, ids)


def _charts(client: TrackingClient, ids: Sequence[str]) -> ipywidgets.Widget:
    from jupyter_mltrack.panels.compare.charts_view import ChartsView

    return ChartsView(client, ids)
