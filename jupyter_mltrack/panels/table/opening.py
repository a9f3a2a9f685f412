"""Opens the table of runs: ``mlt.runs()``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jupyter_mltrack.entities import Run
from jupyter_mltrack.panels.table.runs_panel import RunsPanel
from jupyter_mltrack.tracking import fluent


def runs(
    filter_string: str = "",
    *,
    experiment_names: Sequence[str] | str | None = None,
    experiment_ids: Sequence[str] | str | None = None,
    order_by: Sequence[str] | None = None,
    max_results: int = 1000,
) -> RunsPanel:
    """The table of the runs of one or more experiments, to search, sort and select.

    Args:
        filter_string: Such as ``"metrics.rmse < 7 AND params.model = 'ridge'"``.
        experiment_names: Where to look, by name.
        experiment_ids: Where to look, by id; default is the experiment that is active now.
        order_by: Such as ``["metrics.rmse ASC"]``; default is the newest first.
        max_results: At most so many.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.

    Example:
        >>> panel = mlt.runs("metrics.rmse < 7")
        >>> panel.selected  # in a later cell: the runs that were ticked
    """
    if not experiment_names and not experiment_ids:
        experiment_ids = fluent.searched_experiment_ids()

    def fetch(text: str, order: list[str]) -> list[Run]:
        found = fluent.search_runs(
            experiment_ids,
            text,
            max_results=max_results,
            order_by=order,
            output_format="list",
            experiment_names=experiment_names,
        )
        return cast("list[Run]", found)

    return RunsPanel(
        fetch,
        filter_string=filter_string,
        order_by=order_by or (),
        title=_title(experiment_names, experiment_ids),
    )


def _title(names: Sequence[str] | str | None, ids: Sequence[str] | str | None) -> str:
    """The names of the experiments."""
    shown = [names] if isinstance(names, str) else list(names or ())
    for one in [ids] if isinstance(ids, str) else ids or ():
        shown.append(fluent.get_experiment(one).name)
    return ", ".join(shown)
