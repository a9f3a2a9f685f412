"""Files that a user keeps with a model, in MLflow's folder ``extra_files``."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.code_paths import copy_tree
from jupyter_mltrack.registry.fetching import download_artifacts

_KEY = "extra_files"


def copy_extra_files(extra_files: Sequence[str | Path] | None, folder: Path) -> dict[str, Any]:
    """Copy files into a model's folder, each under its own name.

    Args:
        extra_files: Paths, or URIs of artifacts.
        folder: The model's folder.

    Returns:
        What ``MLmodel`` says of them, under the name of the flavor.

    Raises:
        InvalidParameterValue: if it is no list, or something is not there.
    """
    if not extra_files:
        return {}
    if isinstance(extra_files, str | Path) or not isinstance(extra_files, Sequence):
        msg = f"extra_files is a list of paths or URIs, not a {type(extra_files).__name__}."
        raise InvalidParameterValue(msg)
    noted = []
    for each in extra_files:
        source = _fetched(str(each))
        path = f"{_KEY}/{source.name}"
        copy_tree(source, contained(folder, path))
        noted.append({"path": path})
    return {_KEY: noted}


def _fetched(uri: str) -> Path:
    """A file on this machine."""
    place = Path(uri)
    if "://" not in uri and not uri.startswith(("runs:", "file:")):
        if not place.exists():
            msg = f"There is nothing at {uri!r}, which extra_files names."
            raise InvalidParameterValue(msg)
        return place.resolve()
    return Path(download_artifacts(uri))
