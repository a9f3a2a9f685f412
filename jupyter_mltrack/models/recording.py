"""From a model to the store: its folder is written aside, then put in whole, then noted.

What the caller did wrong is raised before the store knows of the model. What the machine does
wrong ends with a model that is FAILED and one warning: it does not stop the training.
"""

from __future__ import annotations

import errno
import json
import logging
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import settings
from jupyter_mltrack.entities.logged_model import LoggedModelOutput, LoggedModelStatus
from jupyter_mltrack.errors import InvalidParameterValue, StoreError
from jupyter_mltrack.models.flavor import Flavor
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.model_info import ModelInfo
from jupyter_mltrack.models.registering import check_can_register, registered_version
from jupyter_mltrack.models.saving import Wanted, describe, write_files
from jupyter_mltrack.tracking import active
from jupyter_mltrack.tracking.fluent.experiments import active_experiment_id
from jupyter_mltrack.tracking.fluent.stores import client
from jupyter_mltrack.tracking.run_files import tag_list

if TYPE_CHECKING:
    from jupyter_mltrack.entities import Run
    from jupyter_mltrack.entities.logged_model import LoggedModel
    from jupyter_mltrack.tracking.client import TrackingClient

_log = logging.getLogger("jupyter_mltrack")

#: The tag in which MLflow 2 lists the models of a run, and how long it may become there.
HISTORY = "mlflow.log-model.history"
MAX_HISTORY = 5_000

#: What an operating system says when the disk or its permissions are the trouble.
_DISK = frozenset(
    {errno.EACCES, errno.EDQUOT, errno.EFBIG, errno.EIO, errno.ENOSPC, errno.EPERM, errno.EROFS}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What users may say of a model that they log, beside how its folder is made.

    Attributes:
        name: What to call it.
        artifact_path: The same as MLflow 2 called it; it may be a path with ``/``.
        run_id: The run that made it; None is the active one, or none.
        model_id: A logged model that is there already, to put the files in.
        registered_model_name: The registered model that it becomes a version of.
        params: Its parameters beside those of the run.
        tags: Its tags.
        model_type: What its kind is called.
        step: The step of the run at which it was made.
    """

    name: str | None = None
    artifact_path: str | None = None
    run_id: str | None = None
    model_id: str | None = None
    registered_model_name: str | None = None
    params: Mapping[str, Any] | None = None
    tags: Mapping[str, Any] | None = None
    model_type: str | None = None
    step: int = 0


def record(flavor: Flavor, model: Any, entry: Entry, meta: Model, wanted: Wanted) -> ModelInfo:
    """Log a model.

    Raises:
        InvalidParameterValue: if the model cannot be kept as asked, or registered under that name;
            then nothing is stored.
    """
    check_can_register(entry.registered_model_name)
    user, run = _destination(entry)
    if entry.model_id is not None:
        user.get_logged_model(entry.model_id)  # raises if there is none
    meta.run_id = None if run is None else run.info.run_id
    with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
        trouble = _written(flavor, model, Path(folder), meta, wanted)
        logged = _born(user, entry, run)
        meta.model_id = meta.model_uuid = logged.model_id
        meta.artifact_path = _path_in_run(logged, run)
        if trouble is None:
            logged, trouble = _stored(user, logged, Path(folder), meta)
    if trouble is not None:
        logged = user.finalize_logged_model(
            logged.model_id, LoggedModelStatus.FAILED, status_message=str(trouble)
        )
        _refused(trouble, logged)
        return meta.get_model_info(logged)
    if run is not None:
        user.log_outputs(run.info.run_id, [LoggedModelOutput(logged.model_id, entry.step)])
        user.set_tag(run.info.run_id, HISTORY, _history(run, meta))
    info = meta.get_model_info(logged)
    if entry.registered_model_name is None:
        return info
    number = registered_version(user.tracking_uri, entry.registered_model_name, logged)
    return replace(info, registered_model_version=number)


def _destination(entry: Entry) -> tuple[TrackingClient, Run | None]:
    """Whom to tell, and the run that the model is of as it is now."""
    if entry.run_id is not None:
        user = client()
        return user, user.get_run(entry.run_id)
    opened = active.current()
    if opened is None:
        return client(), None
    return opened.client, opened.client.get_run(opened.run_id)


def _written(
    flavor: Flavor, model: Any, folder: Path, meta: Model, wanted: Wanted
) -> Exception | None:
    """Write the model's files aside; returns the trouble that the machine makes."""
    try:
        write_files(flavor, model, folder, meta, wanted)
    except OSError as error:
        if error.errno in _DISK:
            return error
        raise
    except StoreError as error:
        return error
    return None


def _born(user: TrackingClient, entry: Entry, run: Run | None) -> LoggedModel:
    """The model in the store, PENDING."""
    if entry.model_id is not None:
        return user.get_logged_model(entry.model_id)
    if entry.name is not None and entry.artifact_path not in {None, entry.name}:
        msg = "Give name or artifact_path, not both: they mean the same."
        raise InvalidParameterValue(msg)
    older = {} if entry.name is not None else {"artifact_path": entry.artifact_path}
    return user.create_logged_model(
        active_experiment_id() if run is None else run.info.experiment_id,
        entry.name,
        None if run is None else run.info.run_id,
        entry.tags,
        {**(entry.params or {}), **({} if run is None else run.data.params)},
        entry.model_type,
        **older,
    )


def _stored(
    user: TrackingClient, logged: LoggedModel, folder: Path, meta: Model
) -> tuple[LoggedModel, Exception | None]:
    """Put the files into the store; returns the model as it is now, and what the disk refused."""
    try:
        describe(folder, meta)
        user.log_model_artifacts(logged.model_id, folder)
    except (OSError, StoreError) as error:
        return logged, error
    except BaseException as error:
        user.finalize_logged_model(
            logged.model_id, LoggedModelStatus.FAILED, status_message=repr(error)
        )
        raise
    return user.finalize_logged_model(logged.model_id, LoggedModelStatus.READY), None


def _refused(trouble: Exception, logged: LoggedModel) -> None:
    if settings.strict():
        raise trouble
    _log.warning(
        "The model %r (%s) was not stored: %s. Your code goes on; the model is marked FAILED.",
        logged.name,
        logged.model_id,
        str(trouble).rstrip("."),
    )


def _path_in_run(logged: LoggedModel, run: Run | None) -> str:
    """Where the model is among the files of its run, or its name."""
    if run is None:
        return logged.name
    _, _, path = logged.artifact_location.partition(f"/{run.info.run_id}/artifacts/")
    return path or logged.name


def _history(run: Run, meta: Model) -> str:
    """The list of the run's models with this one, as MLflow 2 wrote it; the oldest make way."""
    of_model = meta.to_dict()
    names = ("artifact_path", "model_uuid", "run_id", "utc_time_created")
    entry = {name: of_model[name] for name in names} | {
        "flavors": {
            name: {key: value for key, value in settings.items() if key != "config"}
            for name, settings in meta.flavors.items()
        }
    }
    entries = [*tag_list(run, HISTORY), entry]
    while len(text := json.dumps(entries, default=str)) > MAX_HISTORY and len(entries) > 1:
        del entries[0]
    return text
