"""The Log tab: what the cell printed, and the traceback, as ``%%track`` keeps them."""

from __future__ import annotations

from typing import Any

from jupyter_mltrack.entities import FileInfo
from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.panels.page.files_tab import content
from jupyter_mltrack.panels.page.texts import ending, size_text
from jupyter_mltrack.tracking.client import TrackingClient

#: Files at the top of a run's artifacts that are a log, in this order; then all ``*.log``.
_NAMES = {
    "traceback.txt": "Traceback",
    "stdout.txt": "Printed output",
    "stderr.txt": "Standard error",
}
_MOST_LOGS = 8
_LARGEST = 10_000_000


def log_of(client: TrackingClient, run_id: str) -> dict[str, Any]:
    """Every log of a run: its title, the end of its text, and what is left out."""
    files = [info for info in client.list_artifacts(run_id) if _title(info)]
    order = list(_NAMES)
    files.sort(key=lambda info: order.index(info.path) if info.path in order else len(order))
    figures = [info for info in client.list_artifacts(run_id, "figures") if not info.is_dir]
    return {
        "logs": [_log(client, run_id, info) for info in files[:_MOST_LOGS]],
        "figures": len(figures),
    }


def traceback_of(client: TrackingClient, run_id: str) -> str:
    """The traceback of a failed run; empty if none was kept."""
    for info in client.list_artifacts(run_id):
        if info.path == "traceback.txt":
            return str(_log(client, run_id, info)["text"])
    return ""


def _title(info: FileInfo) -> str:
    return "" if info.is_dir else _NAMES.get(info.path, info.path * info.path.endswith(".log"))


def _log(client: TrackingClient, run_id: str, info: FileInfo) -> dict[str, Any]:
    log = {"path": info.path, "title": _title(info), "text": "", "note": ""}
    if (info.file_size or 0) > _LARGEST:
        size = size_text(info.file_size)
        return log | {"note": f"It has {size}: see the Artifacts tab for how to load it."}
    try:
        text = content(client, run_id, info.path).decode("utf-8", "replace")
    except MltrackException as error:  # changed, or gone meanwhile
        return log | {"note": str(error)}
    log["text"], is_cut = ending(text)
    return log | {"note": "The end; see the Artifacts tab for the whole." if is_cut else ""}
