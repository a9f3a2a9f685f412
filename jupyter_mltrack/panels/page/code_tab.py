"""The Code tab: the run's own cell, the cells executed before it, and the commit."""

from __future__ import annotations

from typing import Any

from jupyter_mltrack.errors import ResourceDoesNotExist
from jupyter_mltrack.panels.page.texts import beginning, shown
from jupyter_mltrack.panels.wording import duration, one_line
from jupyter_mltrack.store import details
from jupyter_mltrack.store.details import CellLine
from jupyter_mltrack.tracking.client import TrackingClient

MOST_CELLS = 200
_PATCHES = (".diff", ".patch")
_GIT = "mlflow.source.git."


def code_of(client: TrackingClient, run_id: str) -> dict[str, Any]:
    """The code that a run came from.

    Raises:
        ResourceDoesNotExist: if there is no such run.
    """
    store = client.store
    with store.reading():
        tags = client.get_run(run_id).data.tags
        code = details.code_version(store, run_id)
        cells: list[CellLine] = []
        count = 0
        own = None
        if code.session and code.cell:
            cells, count = details.cells_until(store, code.session, code.cell, MOST_CELLS)
            own = details.cell_source(store, code.session, code.cell)
    own_text, is_cut = beginning(own or "")
    return {
        "own": own_text if own is not None else None,
        "own_cut": is_cut,
        "own_number": code.cell,
        "notebook": one_line(tags.get("mlflow.source.name", ""), 300),
        "is_notebook": tags.get("mlflow.source.type") == "NOTEBOOK",
        "cells": [_cell(cell) for cell in cells if cell.number != code.cell],
        "earlier": count - len(cells),
        "git": _git(tags),
        "patches": _patches(client, run_id),
    }


def source_of_cell(client: TrackingClient, run_id: str, number: int) -> dict[str, Any]:
    """The source of one cell of the run's session, up to the run's own.

    Raises:
        ResourceDoesNotExist: if there is no such cell.
    """
    with client.store.reading():
        code = details.code_version(client.store, run_id)
        found = None
        if code.session and code.cell and 0 < number <= code.cell:
            found = details.cell_source(client.store, code.session, number)
    if found is None:
        msg = f"The session of this run has no cell {number} before it."
        raise ResourceDoesNotExist(msg)
    text, is_cut = beginning(found)
    return {"source": text, "cut": is_cut}


def own_source(client: TrackingClient, run_id: str) -> str | None:
    """The source of the run's own cell, if it began in one."""
    with client.store.reading():
        code = details.code_version(client.store, run_id)
        if not (code.session and code.cell):
            return None
        found = details.cell_source(client.store, code.session, code.cell)
    return None if found is None else beginning(found)[0]


def _cell(cell: CellLine) -> dict[str, Any]:
    lines = [line for line in cell.beginning.splitlines() if line.strip()]
    return {
        "number": cell.number,
        "count": "" if cell.execution_count is None else f"[{cell.execution_count}]",
        "took": "" if cell.seconds is None else duration(cell.seconds),
        "failed": cell.ok is False,
        "line": one_line(shown(lines[0]), 100) if lines else "(empty)",
    }


def _git(tags: dict[str, str]) -> dict[str, str] | None:
    """Commit, branch, remote and whether files differed; None outside a checkout."""
    commit = tags.get(f"{_GIT}commit")
    if not commit:
        return None
    dirty = {"true": "with changes not committed", "false": "clean"}
    return {
        "commit": one_line(commit, 80),
        "branch": one_line(tags.get(f"{_GIT}branch", ""), 120),
        "state": dirty.get(tags.get(f"{_GIT}dirty", ""), ""),
        "remote": one_line(tags.get(f"{_GIT}repoURL", ""), 200),
    }


def _patches(client: TrackingClient, run_id: str) -> list[str]:
    """The diffs that were logged as files at the top."""
    files = client.list_artifacts(run_id)
    return [one.path for one in files if not one.is_dir and one.path.endswith(_PATCHES)][:10]
