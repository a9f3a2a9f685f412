"""Opens panels on the store in use: ``mlt.runs()`` and ``mlt.run(run_id)``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from jupyter_mltrack.entities import Run, ViewType
from jupyter_mltrack.panels.card import card_data, shown_metrics
from jupyter_mltrack.panels.card_twin import RunCard
from jupyter_mltrack.panels.runs_panel import RunsPanel
from jupyter_mltrack.tracking import fluent

_ERROR_TAG = "mltrack.error"


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


def run(run_id: str) -> RunCard:
    """The card of a run: its state, its metrics, and the params that the run before it had not.

    Raises:
        ResourceDoesNotExist: if there is no such run.

    Example:
        >>> mlt.run(mlt.last_active_run().info.run_id)
    """
    found = fluent.get_run(run_id)
    histories = {
        key: [point.value for point in fluent.client().get_metric_history(run_id, key)]
        for key in shown_metrics(found.data.metrics)
    }
    error = found.data.tags.get(_ERROR_TAG)
    return RunCard(card_data(found, histories=histories, previous=_run_before(found), error=error))


def _run_before(run: Run) -> Run | None:
    """The run of the same experiment that began before."""
    before = fluent.client().search_runs(
        [run.info.experiment_id],
        f"attributes.number < {run.info.number}",
        ViewType.ACTIVE_ONLY,
        1,
        ["attributes.number DESC"],
    )
    return before[0] if before else None


def _title(names: Sequence[str] | str | None, ids: Sequence[str] | str | None) -> str:
    """The names of the experiments."""
    shown = [names] if isinstance(names, str) else list(names or ())
    for one in [ids] if isinstance(ids, str) else ids or ():
        shown.append(fluent.get_experiment(one).name)
    return ", ".join(shown)
