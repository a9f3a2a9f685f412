"""Where the files of runs are kept: contained paths, local folders, remote folders, URIs."""

from __future__ import annotations

from jupyter_mltrack.artifacts.contained import checked, contained
from jupyter_mltrack.artifacts.folder import ArtifactFolder, Noting, Stored
from jupyter_mltrack.artifacts.intact import check_intact
from jupyter_mltrack.artifacts.local import LocalFolder
from jupyter_mltrack.artifacts.opening import open_folder
from jupyter_mltrack.artifacts.remote import RemoteFolder
from jupyter_mltrack.artifacts.uri import LocalUri, RemoteUri, RunUri, parse

__all__ = [
    "ArtifactFolder",
    "LocalFolder",
    "LocalUri",
    "Noting",
    "RemoteFolder",
    "RemoteUri",
    "RunUri",
    "Stored",
    "check_intact",
    "checked",
    "contained",
    "open_folder",
    "parse",
]
