"""The table of runs as a widget: search, sort, select."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from time import perf_counter
from typing import Any, cast

import anywidget
import traitlets

from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.table.runs_table import Table, runs_table
from jupyter_mltrack.panels.table.runs_twin import runs_html, runs_text

Fetch = Callable[[str, list[str]], list[Run]]

_LONGEST_FILTER = 10_000
_log = logging.getLogger(__name__)


class RunsPanel(anywidget.AnyWidget):
    """A table of runs with a search box in the filter language.

    Select rows with their boxes, then use `selected` in the next cell.

    Args:
        fetch: Finds runs by a filter and a list of ``order_by`` clauses; about 1,000 at most.
        filter_string: The first search.
        order_by: The order of the rows before a column is clicked.
        title: What stands above the table.

    Raises:
        FilterSyntaxError: if ``filter_string`` does not parse, as ``fetch`` says.
    """

    _esm = browser_module("table/runs_panel.js")
    _css = style_sheet("table/runs_panel.css")
    title = traitlets.Unicode().tag(sync=True)
    query = traitlets.Unicode().tag(sync=True)
    table = traitlets.Dict().tag(sync=True)
    selected_ids = traitlets.List(traitlets.Unicode()).tag(sync=True)

    def __init__(
        self,
        fetch: Fetch,
        *,
        filter_string: str = "",
        order_by: Iterable[str] = (),
        title: str = "Runs",
    ) -> None:
        self._fetch = fetch
        self._order_by = list(order_by)
        self._runs: list[Run] = []
        super().__init__(title=title)
        self.search(filter_string)
        self.on_msg(self._answer)

    @property
    def runs(self) -> list[Run]:
        """The runs that are shown, in the order in which they were found."""
        return list(self._runs)

    @property
    def selected(self) -> list[Run]:
        """The runs whose boxes are ticked, in the same order."""
        chosen = set(self.selected_ids)
        return [run for run in self._runs if run.info.run_id in chosen]

    def search(self, filter_string: str) -> None:
        """Show the runs that match a filter; if it fails, the last result stays.

        Raises:
            FilterSyntaxError: if the filter does not parse.
        """
        began = perf_counter()
        runs = self._fetch(filter_string, self._order_by)
        took = (perf_counter() - began) * 1000
        self._runs = list(runs)
        with self.hold_sync():
            self.query = filter_string
            self.table = dict(runs_table(self._runs, milliseconds=took, query=filter_string))
            self.selected_ids = list(self.selected_ids)  # validated against the new rows

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take from a browser what it may decide: the selection."""
        super().set_state({key: sync_data[key] for key in sync_data if key == "selected_ids"})

    @traitlets.validate("selected_ids")
    def _only_shown(self, proposal: dict[str, Any]) -> list[str]:
        chosen = set(proposal["value"])
        return [run.info.run_id for run in self._runs if run.info.run_id in chosen]

    def _answer(self, _: object, content: object, __: object) -> None:
        """Answer ``{id, kind, …}`` with ``{id, rows}`` or ``{id, error}``; ignore all else."""
        match content:
            case {"id": int(number), "kind": "search", "filter": str(text)}:
                self.send({"id": number, **self._searched(text)})
            case _:
                _log.debug("A browser sent a message that is none of ours")

    def _searched(self, text: str) -> dict[str, Any]:
        if len(text) > _LONGEST_FILTER:
            return {"error": f"A filter may have {_LONGEST_FILTER:,} characters at most."}
        try:
            self.search(text)
        except MltrackException as error:
            return {"error": str(error)}
        except Exception as error:  # noqa: BLE001  (whatever it is, the browser must hear of it)
            _log.debug("The search %r failed", text, exc_info=True)
            return {"error": f"{type(error).__name__}: {error}"}
        return {"rows": len(self._runs)}

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widget, with the table at rest for viewers that have no widgets."""
        data, metadata = super()._repr_mimebundle_(**kwargs) or ({}, {})
        html = runs_html(cast("Table", self.table), title=self.title)
        return data | {"text/html": html, "text/plain": repr(self)}, metadata

    def __repr__(self) -> str:
        return runs_text(cast("Table", self.table), title=self.title)
