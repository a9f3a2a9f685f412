"""The active run: start, end, resume."""

from __future__ import annotations

import atexit
import logging
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

from jupyter_mltrack import settings
from jupyter_mltrack.entities import LifecycleStage, Run, RunStatus
from jupyter_mltrack.entities.tags import DESCRIPTION
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    ResourceDoesNotExist,
    RunAlreadyActive,
)
from jupyter_mltrack.tracking import active, births, notebook
from jupyter_mltrack.tracking.active import OpenRun
from jupyter_mltrack.tracking.fluent.experiments import active_experiment_id
from jupyter_mltrack.tracking.fluent.stores import client
from jupyter_mltrack.tracking.runs import PARENT
from jupyter_mltrack.tracking.sampler import SystemMetricsSampler

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from jupyter_mltrack.tracking.client import TrackingClient

_log = logging.getLogger("jupyter_mltrack")


class ActiveRun(Run):
    """A run that is open; as a context manager it ends with the block.

    The status is FINISHED, FAILED after an exception, KILLED after Ctrl-C.
    """

    def __init__(self, run: Run, opened: OpenRun) -> None:
        super().__init__(run.info, run.data, run.inputs, run.outputs)
        self._opened = opened

    def now(self) -> Run:
        """The run as it is now, with all that it logged; ``self`` is as it was at its start."""
        found: Run = self._opened.client.get_run(self.info.run_id)
        return found

    def __enter__(self) -> Self:
        """Stay open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        value: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """End the run, and runs opened inside that were left open."""
        opened = active.stack()
        if self._opened in opened:
            status = status_after(kind, value)
            for run in reversed(opened[opened.index(self._opened) :]):
                close(run, status)

    def __reduce__(self) -> tuple[Any, ...]:
        """In another process it is a `Run`: only this one can end it."""
        return Run, (self.info, self.data, self.inputs, self.outputs)


def start_run(
    run_id: str | None = None,
    experiment_id: str | None = None,
    run_name: str | None = None,
    nested: bool = False,
    parent_run_id: str | None = None,
    tags: Mapping[str, Any] | None = None,
    description: str | None = None,
    log_system_metrics: bool | None = None,
    **older: Any,
) -> ActiveRun:
    """Start a run, or go on with one, and make it the active run.

    Args:
        run_id: Go on with this run; it is RUNNING again.
        experiment_id: Where a new run belongs (id or name); default is the active experiment.
        run_name: Its name; default is a random one.
        nested: Start it inside the active run.
        parent_run_id: Start it inside this run.
        tags: Its first tags.
        description: What it is about.
        log_system_metrics: Sample CPU, memory, disk and network while it runs.
        **older: ``run_uuid``, the name of ``run_id`` in MLflow 1.

    Raises:
        RunAlreadyActive: if a run is open and ``nested`` is not set.
    """
    run_id = run_id or older.pop("run_uuid", None)
    if older:
        msg = f"start_run() has no argument {next(iter(older))!r}."
        raise TypeError(msg)
    nested = nested or _inside_tracked_cell()
    _make_way(nested=nested)
    if run_id is None and not active.stack():
        run_id = settings.take_run_id()
    more = _with_description(dict(tags or {}), description)
    user = client()
    if run_id is not None:
        run = _resume(user, run_id, experiment_id, run_name, more)
    else:
        enclosing = active.current() if nested else None
        parent = parent_run_id or (enclosing.run_id if enclosing else None)
        run = _begin(user, experiment_id, run_name, parent, more)
    return _open(user, run, log_system_metrics)


def end_run(status: str = "FINISHED") -> None:
    """End the active run, if there is one.

    Args:
        status: FINISHED, FAILED or KILLED.

    Raises:
        InvalidParameterValue: if there is no such status; then the run stays open.
    """
    RunStatus.from_string(status)
    opened = active.stack()
    if opened:
        close(opened[-1], status)
    else:
        settings.take_run_id()


def active_run() -> ActiveRun | None:
    """The run that is logged to now, as it was when it started; None if there is none."""
    opened = active.current()
    return ActiveRun(opened.run, opened) if opened is not None else None


def last_active_run() -> Run | None:
    """The active run, or else the last one of this process, as it is now."""
    last = active.last_run()
    opened = active.current()
    if opened is not None:
        last = (opened.client, opened.run_id)
    return last[0].get_run(last[1]) if last is not None else None


def get_run(run_id: str) -> Run:
    """A run with all that it logged so far."""
    return client().get_run(run_id)


def get_parent_run(run_id: str) -> Run | None:
    """The run that this one is nested in; None if it is not."""
    return client().get_parent_run(run_id)


def delete_run(run_id: str) -> None:
    """Put a run in the bin."""
    client().delete_run(run_id)


def restore_run(run_id: str) -> None:
    """Take a run out of the bin."""
    client().restore_run(run_id)


def status_after(kind: type[BaseException] | None, value: BaseException | None) -> str:
    """The status of a run whose block ended with this exception, or with none."""
    if kind is None or (isinstance(value, SystemExit) and value.code in (None, 0)):
        return "FINISHED"
    # Ctrl-C reaches a coroutine as the cancellation of its task.
    cancelled = getattr(sys.modules.get("asyncio"), "CancelledError", KeyboardInterrupt)
    return "KILLED" if issubclass(kind, (KeyboardInterrupt, cancelled)) else "FAILED"


def close(opened: OpenRun, status: str) -> None:
    """End an open run, with everything that hangs on it."""
    active.remove(opened)
    try:
        for call in opened.at_end:
            call()
    finally:
        with suppress(ResourceDoesNotExist):  # deleted and removed by gc() meanwhile
            opened.client.set_terminated(opened.run_id, status)
        for tell in opened.when_ended:
            tell(status)


def _inside_tracked_cell() -> bool:
    """Whether the active run is a cell's: what starts inside it is its child."""
    opened = active.stack()
    return bool(opened) and opened[0].takes_children and not opened[0].orphaned


def _make_way(*, nested: bool) -> None:
    """End a run that a failed cell left open; refuse if a run is open for another reason."""
    while (opened := active.stack()) and not nested:
        last = opened[-1]
        if not last.orphaned:
            msg = (
                f"Run with UUID {last.run_id} ({last.title}) is already active. To start a new run,"
                " first end the current run with mlflow.end_run(). To start a nested run, call"
                " start_run with nested=True"
            )
            raise RunAlreadyActive(msg)
        close(last, "FAILED")
        _log.warning("%s was left open by a cell that failed; it is ended as FAILED.", last.title)


def _begin(
    user: TrackingClient,
    experiment_id: str | None,
    name: str | None,
    parent: str | None,
    tags: dict[str, Any],
) -> Run:
    if parent is not None:
        user.check_open(parent)
        tags[PARENT] = parent
    experiment = experiment_id if experiment_id is not None else active_experiment_id()
    return user.create_run(experiment, None, births.tags() | tags, name)


def _resume(
    user: TrackingClient,
    run_id: str,
    experiment_id: str | None,
    name: str | None,
    tags: dict[str, Any],
) -> Run:
    with user.store.reading():
        _check_resumable(user, user.get_run(run_id), experiment_id)
        user.update_run(run_id, "RUNNING", name)
        user.set_tags(run_id, tags)
    return user.get_run(run_id)


def _check_resumable(user: TrackingClient, run: Run, experiment_id: str | None) -> None:
    run_id, belongs = run.info.run_id, run.info.experiment_id
    if run.info.lifecycle_stage != LifecycleStage.ACTIVE:
        msg = (
            f"Cannot start run with ID {run_id} because it is in the deleted state."
            " Bring it back with restore_run()."
        )
        raise InvalidState(msg, "INVALID_PARAMETER_VALUE")
    if experiment_id is None:
        wanted = active.chosen_experiment(user.store.path)
    else:
        wanted = user.get_experiment(experiment_id).experiment_id
    if wanted not in (None, belongs):
        msg = (
            f"Cannot start run with ID {run_id} in experiment {wanted}: it belongs to experiment"
            f" {belongs}. Call set_experiment(experiment_id={belongs!r}) first."
        )
        raise InvalidParameterValue(msg)


def _with_description(tags: dict[str, Any], description: str | None) -> dict[str, Any]:
    """Tags, with the one that holds the description."""
    if description is None:
        return tags
    if DESCRIPTION in tags:
        msg = f"The description is also in tags, as {DESCRIPTION!r}. Give it once."
        raise InvalidParameterValue(msg)
    return tags | {DESCRIPTION: description}


def _open(user: TrackingClient, run: Run, system_metrics: bool | None) -> ActiveRun:
    notebook.session().watch()
    cell = notebook.session().current
    opened = OpenRun(
        run_id=run.info.run_id,
        client=user,
        run=run,
        title=f"#{run.info.number} {run.info.run_name}",
        cell=cell.number if cell else 0,
    )
    if system_metrics is None:
        system_metrics = active.sampling.on
    if settings.system_metrics() if system_metrics is None else system_metrics:
        opened.at_end.append(_sample(opened).stop)
    active.push(opened)
    for made in run.outputs.model_outputs:
        active.note_output(opened.run_id, made.step, made.model_id)
    atexit.unregister(_end_what_is_left)
    atexit.register(_end_what_is_left)
    notebook.show_card(opened)
    return ActiveRun(run, opened)


def _sample(opened: OpenRun) -> SystemMetricsSampler:
    """Begin to sample system metrics for a run."""
    how = active.sampling

    def log(key: str, value: float, step: int) -> None:
        name = key if how.node is None else key.replace("system/", f"system/{how.node}/", 1)
        opened.client.log_metric(opened.run_id, name, value, step=step)

    sampler = SystemMetricsSampler(log, interval=how.interval, samples_before_logging=how.samples)
    sampler.start()
    return sampler


def _end_what_is_left() -> None:
    """At exit: a script's open runs end as the script did; a kernel's were killed with it."""
    interactive = hasattr(sys, "ps1") or notebook.shell() is not None
    last = None if interactive else getattr(sys, "last_value", None)
    status = "KILLED" if notebook.in_kernel() else status_after(last and type(last), last)
    for opened in reversed(active.unended()):
        close(opened, status)
