"""The table of runs and what is opened from it: one below the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from jupyter_mltrack.entities import Run
from jupyter_mltrack.entities.states import ViewType
from jupyter_mltrack.panels.box import Box
from jupyter_mltrack.panels.table.runs_table import RunsTable
from jupyter_mltrack.panels.table.state import TableState, clause
from jupyter_mltrack.search import RUNS, parse_order_by
from jupyter_mltrack.store import columns
from jupyter_mltrack.tracking.client import TrackingClient

if TYPE_CHECKING:
    import ipywidgets
    import pandas as pd

_MOST_RUNS = 1_000


class RunsPanel(Box):
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
        return columns.frame(self.client.store, self.selected_ids)

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

    def html(self) -> str:
        """The table at rest."""
        return self.table.html()

    def text(self) -> str:
        """The table as plain text."""
        return self.table.text()

    def _show(self, below: ipywidgets.Widget | None) -> None:
        """Put a panel below the table, in place of the one that is there."""
        self.arrange(self.table, *([] if below is None else [below]))
