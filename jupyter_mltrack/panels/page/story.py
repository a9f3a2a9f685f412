"""All that the page of a run reads of the store at once: the run, its kin and the run before it."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mltrack.entities import Run
from jupyter_mltrack.store import details, queries
from jupyter_mltrack.store.details import CodeVersion, Kin, MetricSummary
from jupyter_mltrack.tracking.client import TrackingClient

#: So many runs inside the run are shown, and so many metrics have a curve.
MOST_CHILDREN, MOST_CURVES = 50, 40

_MOST_CHARTS = 6
_PARENT = "mlflow.parentRunId"


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A run and what it is compared with.

    Attributes:
        run: The run.
        experiment: The name of its experiment.
        before: The run before it, if there is one.
        parent: The run it is nested in, if it is.
        children: The first runs inside it.
        child_count: How many there are.
        metrics: Its metrics.
        curves: Values of metrics in their order, thinned.
        code: Which code it came from.
        code_before: Which code the run before it came from.
    """

    run: Run
    experiment: str
    before: Run | None
    parent: Run | None
    children: list[Kin]
    child_count: int
    metrics: list[MetricSummary]
    curves: dict[str, list[float]]
    code: CodeVersion
    code_before: CodeVersion | None


def read_story(client: TrackingClient, run_id: str) -> Story:
    """Read it in one look at the store.

    Raises:
        ResourceDoesNotExist: if there is no such run.
    """
    store = client.store
    with store.reading():
        run = client.get_run(run_id)
        experiment = queries.experiment(store, run.info.experiment_id)
        parent_id = run.data.tags.get(_PARENT)
        before_id = details.run_before(store, run.info, parent_id)
        kin, count = details.children(store, run_id, MOST_CHILDREN)
        metrics = details.metric_summaries(store, run_id)
        return Story(
            run=run,
            experiment=experiment.name if experiment else f"experiment {run.info.experiment_id}",
            before=client.get_run(before_id) if before_id else None,
            parent=_run_or_none(client, parent_id),
            children=kin,
            child_count=count,
            metrics=metrics,
            curves=details.metric_curves(store, run_id, _with_curve(metrics)),
            code=details.code_version(store, run_id),
            code_before=details.code_version(store, before_id) if before_id else None,
        )


def is_of_machine(key: str) -> bool:
    """Whether a metric is of the machine, not of the training."""
    return key.startswith("system/")


def first_curves(story: Story) -> list[str]:
    """The metrics that are drawn at first: six of the training and six of the machine."""
    keys = [metric.key for metric in story.metrics]
    own = [key for key in keys if not is_of_machine(key)]
    return own[:_MOST_CHARTS] + [key for key in keys if is_of_machine(key)][:_MOST_CHARTS]


def _with_curve(metrics: list[MetricSummary]) -> list[str]:
    keys = [metric.key for metric in metrics if metric.points > 1]
    return sorted(keys, key=is_of_machine)[:MOST_CURVES]


def _run_or_none(client: TrackingClient, run_id: str | None) -> Run | None:
    """A run that a tag names: it may be of another store, or gone."""
    found = details.ids_beginning(client.store, run_id, 2) if run_id else []
    return client.get_run(run_id) if run_id and run_id in found else None
