"""The table of runs and what is opened from it: one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import ipywidgets as widgets

from jupyter_mltrack.entities import Run
from jupyter_mltrack.entities.states import ViewType
from jupyter_mltrack.panels.table.runs_table import RunsTable
from jupyter_mltrack.panels.table.state import TableState, clause
from jupyter_mltrack.search import RUNS, parse_order_by
from jupyter_mltrack.store import listed_rows
from jupyter_mltrack.tracking.client import TrackingClient

if TYPE_CHECKING:
    import pandas as pd

_MOST_RUNS = 1_000


class RunsPanel(widgets.VBox):  # type: ignore[misc]  # untyped
    """A table of runs to search, sort, group and compare.

    Tick rows, then use `selected` in the next cell.

    Args:
        client: Whose runs.
        experiment_ids: Of which experiments.
        filter_string: The first search.
        order_by: The order of the rows before a column is clicked.
        title: What stands above the table.
        limit: At most so many runs; None for all.
        state: What was chosen when this panel was open before; it goes before the arguments.
        remember: Called with what a user chose, whenever that changes.

    Attributes:
        table: The table, the first child; the second, if any, was opened from it.

    Raises:
        FilterSyntaxError: if ``filter_string`` or ``order_by`` do not parse.
    """

    def __init__(
        self,
        client: TrackingClient,
        experiment_ids: Sequence[str],
        *,
        filter_string: str = "",
        order_by: Sequence[str] = (),
        title: str = "Runs",
        limit: int | None = None,
        state: TableState | None = None,
        remember: Callable[[TableState], None] = lambda _: None,
    ) -> None:
        orders = tuple(parse_order_by(order_by, RUNS))
        self.client = client
        self._below: widgets.Widget | None = None
        self.table = RunsTable(
            client,
            experiment_ids,
            state=state or TableState(query=filter_string, orders=orders),
            title=title,
            limit=limit,
            show=self._show,
            remember=remember,
        )
        super().__init__([self.table])

    @property
    def title(self) -> str:
        """What stands above the table."""
        return self.table.title

    @property
    def query(self) -> str:
        """The filter of what is shown."""
        return self.table.query

    @property
    def selected_ids(self) -> list[str]:
        """The ids of the runs that are ticked, in the order in which they were."""
        return list(self.table.selected_ids)

    @property
    def selected(self) -> pd.DataFrame:
        """The runs that are ticked, one row each, with the columns of ``search_runs``."""
        return listed_rows.frame(self.client.store, self.selected_ids)

    @property
    def runs(self) -> list[Run]:
        """The runs that are shown, in their order, 1,000 at most."""
        wanted = self.table.wanted
        return list(
            self.client.search_runs(
                list(wanted.experiment_ids),
                wanted.filter_string,
                ViewType.DELETED_ONLY if wanted.stage == "deleted" else ViewType.ACTIVE_ONLY,
                min(_MOST_RUNS, wanted.limit or _MOST_RUNS),
                [clause(order) for order in wanted.orders],
            )
        )

    def search(self, filter_string: str) -> None:
        """Show the runs that match a filter; if it fails, the last result stays.

        Raises:
            FilterSyntaxError: if the filter does not parse.
        """
        self.table.search(filter_string)

    def _show(self, below: widgets.Widget | None) -> None:
        """Put a panel below the table, in place of the one that is there."""
        before, self._below = self._below, below
        self.children = [self.table] if below is None else [self.table, below]
        if before is not None:
            before.close()

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """The widgets, with the table at rest for viewers that have none."""
        found = super()._repr_mimebundle_(**kwargs)
        data, metadata = found if isinstance(found, tuple) else (found or {}, {})
        return data | {"text/html": self.table.html(), "text/plain": self.table.text()}, metadata

    def __repr__(self) -> str:
        return self.table.text()
