"""The table of runs as a widget: a browser asks for windows of it, Python knows what is in them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar, Literal, NamedTuple

import traitlets

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, StoreError
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.panel import Panel, Question
from jupyter_mltrack.panels.table import actions, as_code, changes, twin, wire
from jupyter_mltrack.panels.table import questions as ask
from jupyter_mltrack.panels.table.columns import Columns
from jupyter_mltrack.panels.table.head import Head, completions, head
from jupyter_mltrack.panels.table.layout import Layout
from jupyter_mltrack.panels.table.state import TableState, group_field
from jupyter_mltrack.panels.table.windows import Figures, Row, Windows
from jupyter_mltrack.panels.wording import duration
from jupyter_mltrack.store import columns, listing, suggestions
from jupyter_mltrack.store.listing import Listing, Wanted
from jupyter_mltrack.tracking.client import TrackingClient

if TYPE_CHECKING:
    from ipywidgets import Widget

#: The rows that come with the first paint.
FIRST_ROWS = 18
_BIG = 1_000  # rows; who opens a saved notebook of more sees the first few
_MOST_BYTES_OF_BIG = 6_000
_ROOM_FOR_MORE = 12_000  # bytes of a twin that can still take rows
_LONGEST_FILTER = 10_000
_MOST_COMPARED = 200
_REST = 10  # a look for news that took a second is followed by ten without one

Answer = Mapping[str, Any]


class View(NamedTuple):
    """What a table shows now; replaced as a whole when anything changes."""

    wanted: Wanted
    listing: Listing
    columns: Columns
    layout: Layout
    windows: Windows


class RunsTable(Panel):
    """The table itself; what is opened from it is shown by `RunsPanel`.

    Args:
        client: Whose runs.
        experiment_ids: Of which experiments.
        state: What was chosen before.
        title: What stands above the table.
        limit: At most so many runs; None for all.
        show: Called with a panel to put below the table, None to remove it.
        remember: Called with what a user chose, whenever that changes.

    Raises:
        FilterSyntaxError: if the filter does not parse.
    """

    _esm = browser_module("table/runs_table.js")
    _css = style_sheet("table/runs_table.css")
    title = traitlets.Unicode().tag(sync=True)
    query = traitlets.Unicode().tag(sync=True)
    head = traitlets.Dict().tag(sync=True, to_json=lambda head, _: wire.sent_head(head))
    page = traitlets.Dict().tag(sync=True, to_json=lambda page, _: wire.sent_page(page))
    selected_ids = traitlets.List(traitlets.Unicode()).tag(sync=True)

    from_browser = frozenset({"selected_ids"})
    questions: ClassVar[Mapping[type[Question], str]] = {
        ask.Rows: "_rows",
        ask.Search: "_search",
        ask.Sort: "_change",
        ask.Columns: "_change",
        ask.OneColumn: "_change",
        ask.Group: "_change",
        ask.Expand: "_change",
        ask.ExpandAll: "_expand_all",
        ask.Pin: "_change",
        ask.Baseline: "_change",
        ask.Deleted: "_change",
        ask.Tag: "_tag",
        ask.Delete: "_delete",
        ask.Restore: "_restore",
        ask.Open: "_open",
        ask.Compare: "_compare",
        ask.Diff: "_diff",
        ask.Register: "_register",
        ask.Close: "_close_below",
        ask.Export: "_export",
        ask.Code: "_code",
        ask.News: "_news",
        ask.Ids: "_ids",
    }

    def __init__(
        self,
        client: TrackingClient,
        experiment_ids: Sequence[str],
        *,
        state: TableState | None = None,
        title: str = "Runs",
        limit: int | None = None,
        show: Callable[[Widget | None], None] = lambda _: None,
        remember: Callable[[TableState], None] = lambda _: None,
    ) -> None:
        self.client = client
        self._experiment_ids = list(experiment_ids)
        self._experiments = {one: client.get_experiment(one).name for one in experiment_ids}
        self._limit = limit
        self._show = show
        self._remember = remember
        self._changing = threading.RLock()
        self._generation = 0
        self._names: tuple[str, ...] = ()
        self._allowed: frozenset[str] = frozenset()
        self._state = state or TableState()
        self._view: View | None = None
        self._seen: object = None
        self._read_at = self._next_look = 0.0
        self._milliseconds = 0.0
        self._note = ""
        self._is_old = False
        super().__init__(title=title)
        self.apply(self._state)

    # What is shown ------------------------------------------------------------------------------

    @property
    def state(self) -> TableState:
        """What the user has chosen."""
        return replace(self._state, selected=tuple(self.selected_ids))

    @property
    def view(self) -> View:
        """What is shown now."""
        if self._view is None:
            msg = "The table has not read the store yet."
            raise StoreError(msg)
        return self._view

    @property
    def wanted(self) -> Wanted:
        """Which runs are shown, and in which order."""
        return self.view.wanted

    @property
    def ids(self) -> list[str]:
        """All runs that were found, in their order."""
        return list(self.view.listing.ids)

    def search(self, filter_string: str) -> None:
        """Show the runs that match a filter; if it fails, the last result stays.

        Raises:
            FilterSyntaxError: if the filter does not parse.
        """
        if len(filter_string) > _LONGEST_FILTER:
            msg = f"A filter may have {_LONGEST_FILTER:,} characters at most."
            raise InvalidParameterValue(msg)
        self.apply(replace(self.state, query=filter_string))

    def refresh(self) -> None:
        """Read the store again, all choices kept."""
        self.apply(self.state, anew=True)

    def apply(self, state: TableState, *, anew: bool = False) -> None:
        """Show the runs as a user wants to see them; if it fails, all stays as it was."""
        with self.client.store.reading(), self._changing:
            began = time.perf_counter()
            seen = self._signature()
            wanted = Wanted(
                experiment_ids=self._experiment_ids,
                filter_string=state.query,
                orders=state.orders,
                stage="deleted" if state.deleted else "active",
                group=group_field(state.group),
                limit=self._limit,
            )
            before = None if anew or self._seen != seen else self._view
            if before is not None and before.wanted == wanted:
                found = before.listing
            else:
                found = listing.find(self.client.store, wanted, _reusable(before, wanted))
                self._milliseconds = (time.perf_counter() - began) * 1000
            view = self._seen_as(state, wanted, found)
            rows = view.windows.rows(view.layout.slots(0, FIRST_ROWS))
            self._view, self._state, self._is_old = view, state, False
            self._note = "" if found.ids else _why_none(self.client, state.query)
            self._seen, self._read_at = seen, time.monotonic()
            self._names = completions(self.client.store, wanted, found, self._names)
            self._tell(rows)

    def _seen_as(self, state: TableState, wanted: Wanted, found: Listing) -> View:
        several = len(self._experiment_ids) > 1
        columns = Columns(found, state, several=several)
        windows = Windows(
            store=self.client.store,
            wanted=wanted,
            columns=columns,
            baseline=state.baseline,
            experiments=self._experiments,
            figures=_known_figures(self._view, found, columns),
        )
        return View(wanted, found, columns, Layout(found, state), windows)

    def _tell(self, rows: list[Row]) -> None:
        """Send head and first page; the selection is validated against the new runs."""
        self._generation += 1
        pinned = (*self._state.pins, *([self._state.baseline] if self._state.baseline else ()))
        self._allowed = frozenset((*self.view.listing.ids, *pinned))
        with self.hold_sync():
            self.query = self._state.query
            self.head = dict(self._head())
            self.page = {"generation": self._generation, "first": 0, "rows": rows}
            self.selected_ids = list(self._state.selected)
        self._remember(self.state)

    def _head(self) -> Head:
        return head(
            generation=self._generation,
            listing=self.view.listing,
            columns=self.view.columns,
            layout=self.view.layout,
            state=self._state,
            names=self._names,
            milliseconds=self._milliseconds,
            note=self._note,
        )

    @traitlets.validate("selected_ids")
    def _only_shown(self, proposal: dict[str, Any]) -> list[str]:
        return [one for one in dict.fromkeys(proposal["value"]) if one in self._allowed]

    @traitlets.observe("selected_ids")
    def _keep_selection(self, _: object) -> None:
        if self._view is not None:
            self._remember(self.state)

    # Questions about what is shown --------------------------------------------------------------

    def _rows(self, asked: ask.Rows) -> Answer:
        with self._changing:
            view, generation = self.view, self._generation
        rows = view.windows.rows(view.layout.slots(asked.first, asked.count))
        sent = wire.sent_rows(rows, whole=asked.whole)
        return {"generation": generation, "first": asked.first, "rows": sent}

    def _search(self, asked: ask.Search) -> Answer:
        self.search(asked.filter)
        return {}

    def _change(self, asked: changes.Change) -> Answer:
        shown = [column["id"] for column in self.view.columns.shown]
        self.apply(changes.changed(self.state, asked, shown))
        return {}

    def _expand_all(self, asked: ask.ExpandAll) -> Answer:
        is_open = self.view.layout.openable() if asked.open else frozenset()
        self.apply(replace(self.state, open=is_open))
        return {}

    def _ids(self, _: ask.Ids) -> Answer:
        return {"ids": self.view.listing.ids[: ask.MOST_RUNS]}

    def _code(self, asked: ask.Code) -> Answer:
        if asked.language == "python":
            return {"text": as_code.python(self.wanted)}
        keys = self.view.columns.keys()
        return {"text": as_code.sql(self.wanted, keys.metrics, keys.params)}

    def _news(self, _: ask.News) -> Answer:
        began = time.monotonic()
        if began < self._next_look:
            return {"changed": False}
        try:
            if self._signature() == self._seen and not self._is_old:
                return {"changed": False}
            self.refresh()
        except Exception as trouble:  # noqa: BLE001  (whatever it is, the last rows stay)
            self._say_old(trouble)
        self._next_look = time.monotonic() + _REST * (time.monotonic() - began)
        return {"changed": True}

    def _say_old(self, trouble: Exception) -> None:
        """Say that the rows are those that were read last, and why."""
        age = duration(time.monotonic() - self._read_at)
        self._is_old = True
        self._note = f"The store cannot be read now; this is what was read {age} ago. {trouble}"
        self.head = {**self.head, "note": self._note}

    def _signature(self) -> object:
        """Changes when any process logs or dies; costs a look into a folder."""
        volumes = self.client.store.shelf.volumes().values()
        return [(volume.name, volume.size, volume.alive) for volume in volumes]

    # Questions that do something ----------------------------------------------------------------

    def _tag(self, asked: ask.Tag) -> Answer:
        actions.tag(self.client, asked.runs, asked.key, asked.value)
        self.refresh()
        return {}

    def _delete(self, asked: ask.Delete) -> Answer:
        actions.delete(self.client, asked.runs)
        self.refresh()
        return {"undo": True}

    def _restore(self, asked: ask.Restore) -> Answer:
        actions.restore(self.client, asked.runs)
        self.refresh()
        return {}

    def _export(self, asked: ask.Export) -> Answer:
        frame = columns.frame(self.client.store, asked.runs or self.view.listing.ids)
        path = actions.export(frame, asked.format)
        return {"path": str(path), "rows": len(frame)}

    def _open(self, asked: ask.Open) -> Answer:
        from jupyter_mltrack.panels.page import RunPage

        self._show(RunPage(self.client, asked.run))
        return {}

    def _compare(self, asked: ask.Compare) -> Answer:
        return self._compared(asked.runs or self.view.listing.ids[:_MOST_COMPARED], "parallel")

    def _diff(self, asked: ask.Diff) -> Answer:
        return self._compared(asked.runs, "params")

    def _compared(self, runs: Sequence[str], view: Literal["parallel", "params"]) -> Answer:
        from jupyter_mltrack.panels.compare import ComparePanel

        self._show(ComparePanel(self.client, list(runs), view=view))
        return {}

    def _register(self, asked: ask.Register) -> Answer:
        from jupyter_mltrack.panels.registry.register_form import RegisterForm

        if len(asked.runs) != 1:
            msg = "Tick one run: its model becomes a version."
            raise InvalidParameterValue(msg)
        self._show(RegisterForm(self.client, asked.runs[0], lambda: self._show(None)))
        return {}

    def _close_below(self, _: ask.Close) -> Answer:
        self._show(None)
        return {}

    # At rest ------------------------------------------------------------------------------------

    def html(self) -> str:
        """The table at rest: as many rows as fit in 15 kB, in 6 kB of a big table."""
        if self.head["rows"] > _BIG:
            return twin.runs_html(
                self.head, self.page, title=self.title, most_bytes=_MOST_BYTES_OF_BIG
            )
        html = twin.runs_html(self.head, self.page, title=self.title)
        if len(html) > _ROOM_FOR_MORE or len(self.page["rows"]) == self.head["rows"]:
            return html
        with suppress(MltrackException):
            rows = self.view.windows.rows(self.view.layout.slots(0, ask.MOST_ROWS))
            html = twin.runs_html(self.head, {"rows": rows}, title=self.title)
        return html

    def text(self) -> str:
        """The first rows as plain text."""
        return twin.runs_text(self.head, self.page, title=self.title)


def _why_none(client: TrackingClient, query: str) -> str:
    """What may be wrong with a search that finds nothing."""
    return " ".join(suggestions.unknown_keys(client.store, query))


def _reusable(before: View | None, wanted: Wanted) -> Listing | None:
    """What is known of the same runs in another order or in other groups."""
    if before is None or before.wanted.limit is not None:
        return None
    same = replace(before.wanted, orders=wanted.orders, group=wanted.group)
    return before.listing if same == wanted else None


def _known_figures(
    before: View | None, found: Listing, columns: Columns
) -> dict[str | None, Figures]:
    """The means of groups, if neither the runs nor the metrics that are shown have changed."""
    if before is None or before.listing is not found:
        return {}
    same = before.columns.keys().metrics == columns.keys().metrics
    return before.windows.figures if same else {}
