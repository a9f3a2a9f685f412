"""Where a model's folder is on this machine, whatever kind of URI names it.

Files that the store knows are compared with what was logged or registered; files from elsewhere are
as they are, and the gate (`trust.py`) looks at them next.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from jupyter_mltrack.artifacts import LocalUri, RunUri, open_folder, parse
from jupyter_mltrack.entities.logged_model import LoggedModel, LoggedModelStatus
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    ResourceDoesNotExist,
)
from jupyter_mltrack.registry.client import RegistryClient
from jupyter_mltrack.tracking.fluent.stores import client


def located(uri: str | Path, dst_path: str | Path | None = None) -> Path:
    """The folder of the model at a URI, on this machine.

    Args:
        uri: ``runs:/<run_id>/<path>``, ``models:/m-<id>``, ``models:/<name>/<version>`` and its
            like (see `registry.uris`), a path, ``file:``, or a URI that fsspec knows. A path need
            not exist if it is where MLflow would keep files of a run here.
        dst_path: A folder to bring the files to, made if missing. Without it local files stay
            where they are, and others come to a temporary folder.

    Raises:
        ResourceDoesNotExist: if there is nothing.
        InvalidState: if the model was never stored completely.
        ArtifactChanged: if a file is not what was logged.
        RegisteredFilesChanged: if the files of a version are not those that were registered.
    """
    destination = None if dst_path is None else Path(dst_path)
    if isinstance(uri, str) and uri.startswith("models:"):
        return _of_models_uri(uri, destination)
    place = parse(uri)
    if isinstance(place, RunUri):
        return _of_run(place.run_id, place.path, destination)
    if isinstance(place, LocalUri):
        return _of_path(place.path, destination)
    return open_folder(uri).fetch("", destination)


def _of_models_uri(uri: str, destination: Path | None) -> Path:
    for pattern, resolve in RESOLVERS:
        if found := pattern.fullmatch(uri):
            return resolve(found, destination)
    msg = (
        f"{uri!r} names no model; write 'models:/m-<id>', or 'models:/<name>/<version>',"
        " 'models:/<name>/<stage>' or 'models:/<name>@<alias>' for registered ones, and"
        " '@2026-05-03' behind these for what they meant on that day."
    )
    raise InvalidParameterValue(msg)


def _logged(found: re.Match[str], destination: Path | None) -> Path:
    return _fetched(client().get_logged_model(found["model"]), destination)


def _registered(found: re.Match[str], destination: Path | None) -> Path:
    user = RegistryClient()
    version = user.get_model_version_by_uri(found[0])
    return user.download_model_version(version, dst_path=destination)


#: What follows ``models:/``, and who finds it; the first that fits.
RESOLVERS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str], Path | None], Path]], ...] = (
    (re.compile(r"models:/+(?P<model>m-[0-9a-f]{32})/*"), _logged),
    (re.compile(r"models:/+[^/@]+(/+[^/@]+|@[^/@]+)(@[^/@]+)?/*"), _registered),
)


def _of_run(run_id: str, path: str, destination: Path | None) -> Path:
    """The newest model of this name in a run, or else the folder among its files."""
    found = client().logged_model_at(run_id, path) if path else None
    return _of_files(run_id, path, destination) if found is None else _fetched(found, destination)


def _of_path(path: Path, destination: Path | None) -> Path:
    """A folder on this machine, checked if it is one of the store; see `located`."""
    match RegistryClient().owner_of_path(path):
        case LoggedModel() as model:
            return _fetched(model, destination)
        case RunUri(run_id=run_id, path=below):
            find = _of_files if path.exists() else _of_run
            return find(run_id, below, destination)
    if not path.is_dir():
        msg = f"There is no model's folder at {str(path)!r}."
        raise ResourceDoesNotExist(msg)
    return path if destination is None else open_folder(path).fetch("", destination)


def _of_files(run_id: str, path: str, destination: Path | None) -> Path:
    """A folder among the files of a run."""
    target = None if destination is None else str(destination)
    return Path(client().download_artifacts(run_id, path, target))


def _fetched(model: LoggedModel, destination: Path | None) -> Path:
    if model.status in {LoggedModelStatus.PENDING, LoggedModelStatus.FAILED}:
        msg = (
            f"The model {model.name!r} ({model.model_id}) is {model.status}: its files were never"
            f" stored completely{f' ({model.status_message})' if model.status_message else ''}. Log"
            " it again."
        )
        raise InvalidState(msg)
    target = None if destination is None else str(destination)
    return Path(client().download_logged_model(model.model_id, "", target))
