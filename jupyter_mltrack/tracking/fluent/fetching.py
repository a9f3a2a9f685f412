"""What users call as ``mlflow.artifacts.…``: files of runs by URI, or by run and path."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.artifacts import RunUri, open_folder, parse
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.tracking.fluent.stores import client

if TYPE_CHECKING:
    from jupyter_mltrack.entities import FileInfo


#: What `RunInfo.artifact_uri` is like, with a path below it.
_ARTIFACTS = re.compile(r"(?P<home>.*/(?P<run>[0-9a-f]{32})/artifacts)(?:/(?P<path>.*))?")


def download_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    dst_path: str | None = None,
    tracking_uri: str | None = None,
    registry_uri: str | None = None,
) -> str:
    """Bring a file or folder of a run here.

    Args:
        artifact_uri: ``runs:/<run_id>/<path>``, a path, or a remote URI; or else
        run_id: the run, with
        artifact_path: the path in it; "" is everything.
        dst_path: Where to; default is where it is, if that is a local folder.
        tracking_uri: Accepted as MLflow does.
        registry_uri: Accepted as MLflow does.

    Returns:
        The local path.
    """
    del tracking_uri, registry_uri
    run, path = _asked(artifact_uri, run_id, artifact_path)
    if run is not None:
        return client().download_artifacts(run, path, dst_path)
    folder, _, name = path.rstrip("/").rpartition("/")
    return str(open_folder(folder or ".").fetch(name, Path(dst_path) if dst_path else None))


def list_artifacts(
    artifact_uri: str | None = None,
    run_id: str | None = None,
    artifact_path: str | None = None,
    tracking_uri: str | None = None,
) -> list[FileInfo]:
    """The files directly below a folder of a run, sorted."""
    del tracking_uri
    run, path = _asked(artifact_uri, run_id, artifact_path)
    if run is not None:
        return client().list_artifacts(run, path or None)
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
        home = client().get_run(cut["run"]).info.artifact_uri
    except MltrackException:  # of another store
        return None, uri
    return (cut["run"], cut["path"] or "") if cut["home"] == home else (None, uri)
