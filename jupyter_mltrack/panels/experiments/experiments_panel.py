"""The list of experiments, and the runs of the one that is open below it."""

from __future__ import annotations

from jupyter_mltrack.panels.box import Box
from jupyter_mltrack.panels.experiments.experiments_table import ExperimentsTable
from jupyter_mltrack.store.experiment_list import ListedExperiment
from jupyter_mltrack.tracking import fluent
from jupyter_mltrack.tracking.client import TrackingClient


class ExperimentsPanel(Box):
    """The experiments of a store; the runs of one open below the list.

    Args:
        client: Of the store.
        filter_string: In the language of `search_experiments`.

    Attributes:
        table: The list.
        opened: The id of the experiment whose runs are shown; None if none are.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
    """

    def __init__(self, client: TrackingClient, filter_string: str = "") -> None:
        self._client = client
        self.opened: str | None = None
        self.table = ExperimentsTable(client, filter_string, self.open_runs)
        super().__init__([self.table])

    @property
    def query(self) -> str:
        """The filter."""
        return str(self.table.query)

    @property
    def experiments(self) -> list[ListedExperiment]:
        """The experiments that match, in the order shown."""
        return self.table.found

    def search(self, filter_string: str) -> None:
        """Show what matches a filter.

        Raises:
            FilterSyntaxError: with a caret at the mistake; what was shown stays.
        """
        self.table.search(filter_string)

    def open_runs(self, experiment_id: str) -> None:
        """Show the runs of an experiment below the list."""
        from jupyter_mltrack.panels.table import RunsPanel

        self.opened = experiment_id
        name = self._client.get_experiment(experiment_id).name
        self.arrange(self.table, RunsPanel(self._client, [experiment_id], title=name))

    def html(self) -> str:
        """The list at rest."""
        return self.table.html()

    def text(self) -> str:
        """The list as plain text."""
        return self.table.text()


def experiments(filter_string: str = "") -> ExperimentsPanel:
    """The list of experiments: search, make, change, and open the runs of one.

    Args:
        filter_string: Such as ``"name LIKE 'wine%' AND tags.team = 'a'"``.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.

    Example:
        >>> panel = mlt.experiments("name LIKE 'wine%'")
    """
    return ExperimentsPanel(fluent.client(), filter_string)
