"""From a URI to the folder behind it."""

from __future__ import annotations

from pathlib import Path

from jupyter_mltrack.artifacts.folder import ArtifactFolder
from jupyter_mltrack.artifacts.local import LocalFolder
from jupyter_mltrack.artifacts.remote import RemoteFolder
from jupyter_mltrack.artifacts.uri import LocalUri, RemoteUri, parse
from jupyter_mltrack.errors import InvalidParameterValue


def open_folder(uri_or_path: str | Path) -> ArtifactFolder:
    """The artifact folder at a path, a ``file:`` URI or a URI that fsspec knows.

    Nothing is made before the first file comes.

    Raises:
        InvalidParameterValue: if it names no place, or one that cannot be reached from here.
    """
    match parse(uri_or_path):
        case LocalUri(path=path):
            return LocalFolder(path)
        case RemoteUri(uri=uri):
            return RemoteFolder(uri)
    msg = f"{uri_or_path!r} is a file of a run; use download_artifacts(artifact_uri=…) for it."
    raise InvalidParameterValue(msg)
