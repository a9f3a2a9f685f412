"""Log to the active run; without one, a run is started and stays active."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities import Dataset as DatasetEntity
from jupyter_mltrack.entities import DatasetInput, InputTag
from jupyter_mltrack.entities.run import Metric
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking import active
from jupyter_mltrack.tracking.fluent.runs import start_run
from jupyter_mltrack.tracking.fluent.stores import client
from jupyter_mltrack.tracking.records import Logged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mltrack.entities import LoggedModelInput
    from jupyter_mltrack.tracking.client import TrackingClient
    from jupyter_mltrack.tracking.datasets import Dataset


def target(run_id: str | None = None) -> tuple[TrackingClient, str]:
    """The client and the run that a call without further words is about."""
    if run_id is not None:
        return client(), run_id
    opened = active.current()
    if opened is not None:
        return opened.client, opened.run_id
    run = start_run()
    return client(), run.info.run_id


def log_metric(
    key: str,
    value: float,
    step: int | None = None,
    synchronous: bool | None = None,
    timestamp: int | None = None,
    run_id: str | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> Logged:
    """Log one point of a metric; see `TrackingClient.log_metric`.

    Args:
        key: Name of the metric.
        value: A number, or what can be made one.
        step: A whole number; default 0.
        synchronous: Accepted as MLflow does.
        timestamp: In ms since 1970; default is now.
        run_id: The run; default is the active one.
        model_id: The logged model that it measures; default is the active one, or else the one
            that the run made at this step.
        dataset: The dataset that it was measured on; the run then has it as an input.

    Example:
        >>> for epoch in range(10):
        ...     mlflow.log_metric("loss", 1 / (epoch + 1), step=epoch)
    """
    del synchronous
    user, run = target(run_id)
    model = model_id or active.model_for(run, step)
    if model is None and dataset is None:
        return user.log_metric(run, key, value, timestamp, step)
    name, digest = _measured_with(user, run, model, dataset)
    return user.log_metric(
        run, key, value, timestamp, step,
        dataset_name=name, dataset_digest=digest, model_id=model,
    )  # fmt: skip


def log_metrics(
    metrics: Mapping[str, float],
    step: int | None = None,
    synchronous: bool | None = None,
    run_id: str | None = None,
    timestamp: int | None = None,
    model_id: str | None = None,
    dataset: Any = None,
) -> Logged:
    """Log one point of several metrics, with one write; the arguments are those of `log_metric`."""
    del synchronous
    user, run = target(run_id)
    model = model_id or active.model_for(run, step)
    measured: tuple[str | None, ...] = (None, None)
    if model is not None or dataset is not None:
        measured = _measured_with(user, run, model, dataset)
    points = [
        Metric(key, value, timestamp, step, model, *measured)  # type: ignore[arg-type]
        for key, value in metrics.items()
    ]
    return user.log_batch(run, metrics=points)


def log_param(key: str, value: Any, synchronous: bool | None = None) -> Any:
    """Log a parameter and return its value; see `TrackingClient.log_param`."""
    del synchronous
    user, run = target()
    return user.log_param(run, key, value)


def log_params(
    params: Mapping[str, Any],
    synchronous: bool | None = None,
    run_id: str | None = None,
) -> Logged:
    """Log several parameters with one write: all, or none if one is refused."""
    del synchronous
    user, run = target(run_id)
    return user.log_params(run, params)


def set_tag(key: str, value: Any, synchronous: bool | None = None) -> Logged:
    """Set a tag, over an older value."""
    del synchronous
    user, run = target()
    return user.set_tag(run, key, value)


def set_tags(tags: Mapping[str, Any], synchronous: bool | None = None) -> Logged:
    """Set several tags with one write."""
    del synchronous
    user, run = target()
    return user.set_tags(run, tags)


def delete_tag(key: str) -> None:
    """Remove a tag of the active run."""
    user, run = target()
    user.delete_tag(run, key)


def log_input(
    dataset: Dataset | None = None,
    context: str | None = None,
    tags: Mapping[str, str] | None = None,
    model: LoggedModelInput | None = None,
) -> None:
    """Note that the active run reads this dataset; its digest is kept, not the data.

    Args:
        dataset: From ``mlflow.data.from_pandas(...)`` and the like.
        context: What for, such as ``"training"``.
        tags: More tags of this use.
        model: A logged model that the run uses, too.
    """
    log_inputs([dataset], [context], [tags], [model])


def log_inputs(
    datasets: Sequence[Dataset | None] | None = None,
    contexts: Sequence[str | None] | None = None,
    tags_list: Sequence[Mapping[str, str] | None] | None = None,
    models: Sequence[LoggedModelInput | None] | None = None,
) -> None:
    """Note that the active run reads these datasets, and uses these logged models.

    Raises:
        InvalidParameterValue: if there are not as many contexts, or tags, as datasets.
    """
    many = list(datasets or ())
    uses = contexts or [None] * len(many), tags_list or [None] * len(many)
    if {len(uses[0]), len(uses[1])} != {len(many)}:
        msg = "datasets, contexts and tags_list are lists of one length; None stands for nothing."
        raise InvalidParameterValue(msg)
    inputs = [
        _as_input(dataset, context, tags)
        for dataset, context, tags in zip(many, *uses, strict=True)
        if dataset is not None
    ]
    user, run = target()
    user.log_inputs(run, inputs, [model for model in models or () if model is not None])


def _measured_with(
    user: TrackingClient, run: str, model: str | None, dataset: Any
) -> tuple[str | None, str | None]:
    """Note that the run uses a model and a dataset; returns the dataset's name and digest."""
    if dataset is None:
        user.log_uses(run, model)
        return None, None
    used = _as_input(dataset, None, None)
    user.log_uses(run, model, used)
    return used.dataset.name, used.dataset.digest


def _as_input(
    dataset: Dataset | DatasetEntity, context: str | None, tags: Mapping[str, str] | None
) -> DatasetInput:
    """A dataset with what it is used for."""
    used = dict(tags or {})
    if context is not None:
        used["mlflow.data.context"] = context
    if not isinstance(dataset, DatasetEntity):
        dataset = dataset._to_mlflow_entity()  # noqa: SLF001  (MLflow's name for it)
    return DatasetInput(dataset, [InputTag(key, str(value)) for key, value in used.items()])


def flush_async_logging() -> None:
    """Nothing to do: every logging call is written when it returns."""


def flush_artifact_async_logging() -> None:
    """Nothing to do: every artifact is stored when its call returns."""
