"""Opens a run: ``mlt.run(run_id)``."""

from __future__ import annotations

from jupyter_mltrack.entities import Run, ViewType
from jupyter_mltrack.panels.card import card_data, shown_metrics
from jupyter_mltrack.panels.card_twin import RunCard
from jupyter_mltrack.tracking import fluent

_ERROR_TAG = "mltrack.error"


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
