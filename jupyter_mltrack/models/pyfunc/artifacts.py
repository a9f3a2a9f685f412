"""Files that a Python model needs: copied into its folder, and found there again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.code_paths import copy_tree
from jupyter_mltrack.models.locating import located
from jupyter_mltrack.registry import fetching

#: The folder below the model's, as in MLflow.
ARTIFACTS_FOLDER = "artifacts"

Entries = dict[str, dict[str, str]]


def copy_artifacts(artifacts: dict[Any, Any] | None, folder: Path) -> Entries:
    """Copy files and folders into ``artifacts`` of a model's folder.

    Args:
        artifacts: A path or a URI by the name that the model uses for it.
        folder: The model's folder.

    Returns:
        For ``MLmodel``: ``{"path": "artifacts/weights.bin", "uri": "runs:/…"}`` by name.

    Raises:
        InvalidParameterValue: if it is no dict of texts, or something is not there.
    """
    entries: Entries = {}
    copied: dict[str, str] = {}
    for name, uri in (artifacts or {}).items():
        if not isinstance(name, str) or not isinstance(uri, str | Path):
            msg = f"artifacts is a dict of names and paths or URIs; {name!r}: {uri!r} is neither."
            raise InvalidParameterValue(msg)
        if str(uri) not in copied:
            copied[str(uri)] = _copied(str(uri), folder / ARTIFACTS_FOLDER)
        entries[name] = {"path": f"{ARTIFACTS_FOLDER}/{copied[str(uri)]}", "uri": str(uri)}
    return entries


def artifact_paths(entries: Any, folder: Path) -> dict[str, str]:
    """The files by name, where they are on this machine.

    Raises:
        InvalidParameterValue: if ``MLmodel`` says it in another way than MLflow.
        UnsafePath: if one would be outside the model's folder.
    """
    try:
        return {name: str(contained(folder, entry["path"])) for name, entry in entries.items()}
    except (AttributeError, KeyError, TypeError) as error:
        msg = f"The artifacts in MLmodel cannot be read: {error}. Log the model again."
        raise InvalidParameterValue(msg) from error


def _copied(uri: str, target: Path) -> str:
    """Copy one, and return its path below ``target``."""
    place = _local(uri)
    name, number = place.name, 0
    while (target / name).exists():  # two of one name lie in folders of their own
        name, number = f"{number}/{place.name}", number + 1
    copy_tree(place, target / name)
    return name


def _local(uri: str) -> Path:
    """Where it is on this machine, or was brought to."""
    path = Path(uri).expanduser()
    if path.exists():
        return path.resolve()
    if uri.startswith("models:/"):
        return located(uri)
    place = Path(fetching.download_artifacts(uri))
    if not place.exists():
        msg = f"There is nothing at {uri!r}, which artifacts names."
        raise InvalidParameterValue(msg)
    return place
