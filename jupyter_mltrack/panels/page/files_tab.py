"""The Artifacts tab: folders, previews and downloads of a run's files."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts import checked
from jupyter_mltrack.entities import FileInfo
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist
from jupyter_mltrack.panels.page.previews import Preview, preview
from jupyter_mltrack.panels.page.snippets import load_snippet
from jupyter_mltrack.panels.page.texts import size_text
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.tracking.client import TrackingClient

MOST_ENTRIES = 500
#: To compare a file with its digest all of it is read: a larger one would keep the user waiting.
LARGEST_LOOK = 200_000_000
LARGEST_DOWNLOAD = 100_000_000


def folder(client: TrackingClient, run_id: str, path: str) -> dict[str, Any]:
    """What is in a folder of a run: folders first, then files with their sizes.

    Raises:
        UnsafePath: if ``path`` would leave the run's folder.
    """
    found = client.list_artifacts(run_id, checked(path) if path else None)
    found.sort(key=lambda info: (not info.is_dir, info.path.lower()))
    entries = [
        {
            "path": info.path,
            "label": one_line(info.path.rpartition("/")[2], 120),
            "folder": info.is_dir,
            "size": size_text(info.file_size),
        }
        for info in found[:MOST_ENTRIES]
        if _can_travel(info.path)
    ]
    return {"path": path, "entries": entries, "more": len(found) - len(entries)}


def look(client: TrackingClient, run_id: str, path: str) -> Preview:
    """What is shown of a file, after a look whether it is what the run logged.

    Raises:
        ArtifactChanged: if it is not.
        ResourceDoesNotExist: if it is gone.
        UnsafePath: if ``path`` would leave the run's folder.
    """
    size = file_info(client, run_id, path).file_size or 0
    if size > LARGEST_LOOK:
        most = size_text(LARGEST_LOOK)
        note = f"No preview: it has {size_text(size)}, and only files up to {most} are looked into."
        return Preview(kind="none", loads_as=Path(path).suffix[1:], note=note)
    with _here(client, run_id, path) as file:
        return preview(file, path)


def content(client: TrackingClient, run_id: str, path: str) -> bytes:
    """All bytes of a file, as the run logged them.

    Raises:
        InvalidParameterValue: if it is too large to travel to a browser.
        ArtifactChanged: if it is not what the run logged.
    """
    size = file_info(client, run_id, path).file_size or 0
    if size > LARGEST_DOWNLOAD:
        msg = (
            f"{one_line(path, 80)} has {size_text(size)}; a notebook passes on at most"
            f" {size_text(LARGEST_DOWNLOAD)}. Copy it with the code below."
        )
        raise InvalidParameterValue(msg)
    with _here(client, run_id, path) as file:
        return file.read_bytes()


def file_info(client: TrackingClient, run_id: str, path: str) -> FileInfo:
    """One file of a run.

    Raises:
        ResourceDoesNotExist: if there is no such file, or it is a folder.
    """
    path = checked(path)
    parent = path.rpartition("/")[0]
    for info in client.list_artifacts(run_id, parent or None):
        if info.path == path and not info.is_dir:
            return info
    msg = f"{one_line(path, 80)} is not there any more: it was removed after it was logged."
    raise ResourceDoesNotExist(msg)


def file_facts(run_id: str, path: str, found: Preview) -> dict[str, Any]:
    """What the browser is told of a file, beside the bytes of a picture."""
    name = path.rpartition("/")[2]
    return {
        "path": path,
        "label": one_line(name, 120),
        "kind": found.kind,
        "note": found.note,
        "snippet": load_snippet(run_id, path, found.loads_as),
        **found.content,
    }


@contextmanager
def _here(client: TrackingClient, run_id: str, path: str) -> Iterator[Path]:
    """A file of a run on this machine, checked; what had to be fetched is removed afterwards."""
    if "://" not in client.get_run(run_id).info.artifact_uri:
        yield Path(client.download_artifacts(run_id, path))
        return
    with tempfile.TemporaryDirectory(prefix="mltrack-") as passing:
        yield Path(client.download_artifacts(run_id, path, passing))


def _can_travel(path: str) -> bool:
    """Whether a name is text: others, with broken bytes, cannot be asked for."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True
