"""What users call as ``mlflow.artifacts.…``: files of runs and of models, registered ones too.

By URI, or by run and path.
"""

from __future__ import annotations

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.artifacts import RunUri, open_folder, parse
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    MltrackException,
    ResourceDoesNotExist,
)
from jupyter_mltrack.registry import uris
from jupyter_mltrack.registry.client import RegistryClient

if TYPE_CHECKING:
    from jupyter_mltrack.entities import FileInfo


#: What `RunInfo.artifact_uri` is like, with a path below it.
_ARTIFACTS = re.compile(r"(?P<home>.*/(?P<run>[0-9a-f]{32})/artifacts)(?:/(?P<path>.*))?")

#: ``models:/<model_id>`` with a path below it.
_MODEL = re.compile(r"models:/+(?P<model>m-[0-9a-f]{32})(?:/+(?P<path>.*?))?/*", re.DOTALL)


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Bring a file or folder of a run or of a model here.

    Args:
        artifact_uri: ``runs:/<run_id>/<path>``, ``models:/<model_id>/<path>``,
            ``models:/<name>/<version>/<path>`` (or a stage, ``@<alias>``, ``@<date>``), a path, or
            a remote URI; a path of a run that begins with the name of a model means the newest one
            that is READY; or else
        run_id: the run, with
        artifact_path: the path in it; "" is everything.
        dst_path: Where to; default is where it is, if that is a local folder.
        tracking_uri: Accepted as MLflow does.
        registry_uri: Accepted as MLflow does.

    Returns:
        The local path.

    Raises:
        ResourceDoesNotExist: if there is nothing.
        ArtifactChanged, RegisteredFilesChanged: if files are not those that were stored.
    """
    del tracking_uri, registry_uri
    user = RegistryClient()
    if (asked := _registered(artifact_uri, run_id)) is not None:
        version = user.get_model_version_by_uri(str(artifact_uri))
        return str(user.download_model_version(version, asked.path, dst_path))
    if (model := _named_model(artifact_uri, run_id)) is not None:
        return user.download_logged_model(*model, dst_path)
    run, path = _asked(artifact_uri, run_id, artifact_path)
    if _is_of_run(artifact_uri) and (model := user.model_around(str(run), path)):
        with suppress(ResourceDoesNotExist):  # then it is another file of the run
            return user.download_logged_model(*model, dst_path)
    if run is not None:
        return user.download_artifacts(run, path, dst_path)
    folder, _, name = path.rstrip("/").rpartition("/")
    return str(open_folder(folder or ".").fetch(name, Path(dst_path) if dst_path else None))


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """The files directly below a folder of a run or of a model, sorted."""
    del tracking_uri
    user = RegistryClient()
    if (asked := _registered(artifact_uri, run_id)) is not None:
        version = user.get_model_version_by_uri(str(artifact_uri))
        return open_folder(user.model_version_folder(version)).list(asked.path)
    model = _named_model(artifact_uri, run_id)
    if model is not None:
        return user.list_logged_model_artifacts(*model)
    run, path = _asked(artifact_uri, run_id, artifact_path)
    if _is_of_run(artifact_uri) and (found := user.list_model_around(str(run), path)):
        return found
    if run is not None:
        return user.list_artifacts(run, path or None)
    return open_folder(path).list("")


def load_text(artifact_uri: str) -> str:
    """The text of a file."""
    return Path(download_artifacts(artifact_uri)).read_text("utf-8")


def load_dict(artifact_uri: str) -> Any:
    """The content of a JSON file."""
    return json.loads(load_text(artifact_uri))


def load_image(artifact_uri: str) -> Any:
    """An image file as a PIL image."""
    from PIL import Image

    return Image.open(download_artifacts(artifact_uri))


def _named_model(uri: str | None, run_id: str | None) -> tuple[str, str] | None:
    """The id of the logged model that a URI names, and the path in it."""
    found = _MODEL.fullmatch(str(uri)) if run_id is None else None
    return (found["model"], found["path"] or "") if found else None


def _registered(uri: str | None, run_id: str | None) -> uris.RegisteredUri | None:
    """What a URI of a registered model asks for."""
    return uris.parse(uri) if isinstance(uri, str) and run_id is None else None


def _is_of_run(uri: str | None) -> bool:
    """Whether a URI leads into a run, where the name of a model means the newest of that name."""
    return isinstance(uri, str) and uri.lower().startswith("runs:")


def _asked(uri: str | None, run_id: str | None, path: str | None) -> tuple[str | None, str]:
    """The run and the path in it, or None and a path or URI of its own."""
    if (uri is None) == (run_id is None):
        msg = "Exactly one of `artifact_uri` and `run_id` must be specified."
        raise InvalidParameterValue(msg)
    if uri is None:
        return run_id, path or ""
    found = parse(uri)
    return (found.run_id, found.path) if isinstance(found, RunUri) else _inside(uri)


def _local(uri: str) -> str:
    """A path on this machine in the one spelling that artifact URIs have; others as they are."""
    path = uri.removeprefix("file://")
    return uri if "://" in path else os.path.abspath(path)  # noqa: PTH100  (links stay)


def _inside(uri: str) -> tuple[str | None, str]:
    """The run whose artifact folder a path or URI leads into, and the rest of it; or itself."""
    cut = _ARTIFACTS.fullmatch(_local(str(uri)))
    if cut is None:
        return None, uri
    try:
        home = RegistryClient().get_run(cut["run"]).info.artifact_uri
    except MltrackException:  # of another store
        return None, uri
    return (cut["run"], cut["path"] or "") if cut["home"] == home else (None, uri)
