"""What is compared between a few runs besides their values: code, data and environment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mltrack.entities import ViewType
from jupyter_mltrack.store import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mltrack.entities import Run
    from jupyter_mltrack.store.store import Store

_EXPERIMENTS = """
SELECT DISTINCT experiment_id FROM runs WHERE list_contains($ids, run_id)
"""

_CODE = """
SELECT run_id, source_name, source_type, git_commit, git_branch, git_dirty
FROM code WHERE list_contains($ids, run_id)
"""

# Of a cell that was executed several times before the run, the latest execution counts.
_CELLS = """
SELECT number, cell_id, sha256, coalesce(source, '') AS source, notebook, is_own
FROM run_cells WHERE run_id = $run
QUALIFY cell_id IS NULL OR row_number() OVER (PARTITION BY cell_id ORDER BY number DESC) = 1
ORDER BY number DESC LIMIT $limit
"""

_INPUTS = """
SELECT DISTINCT run_id, name, digest, coalesce(context, '') AS context
FROM inputs WHERE list_contains($ids, run_id) ORDER BY ALL
"""

_ENVIRONMENTS = """
SELECT run_id, python, platform, packages FROM environments WHERE list_contains($ids, run_id)
"""


class Cell(NamedTuple):
    """A notebook cell as a run found it.

    Attributes:
        number: Its place in the session, from 1.
        cell_id: The notebook's id of it; None if the front end sends none.
        sha256: Of its source.
        source: Its text.
        notebook: The path of the notebook, if it is known.
        is_own: Whether the run began in it.
    """

    number: int
    cell_id: str | None
    sha256: str
    source: str
    notebook: str | None
    is_own: bool


def runs(store: Store, run_ids: Sequence[str]) -> list[Run]:
    """Some runs, deleted ones too, in the order of their ids; those that do not exist left out."""
    wanted = list(dict.fromkeys(run_ids))
    if not wanted:
        return []
    quoted = ", ".join("'" + run.replace("'", "''") + "'" for run in wanted)
    with store.reading():
        experiments = [row[0] for row in store.rows(_EXPERIMENTS, {"ids": wanted})]
        search = queries.RunSearch(
            experiment_ids=experiments,
            filter_string=f"run_id IN ({quoted})",
            view=ViewType.ALL,
            limit=len(wanted),
        )
        found = {run.info.run_id: run for run in queries.runs(store, search)}
    return [found[run] for run in wanted if run in found]


def code(store: Store, run_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """Where the code of each run came from: ``source_name``, ``git_commit``, … by run."""
    records = store.records(_CODE, {"ids": list(run_ids)})
    return {record.pop("run_id"): record for record in records}


def cells(store: Store, run_id: str, limit: int) -> list[Cell]:
    """The last ``limit`` cells that were executed up to a run's own, in this order."""
    rows = store.rows(_CELLS, {"run": run_id, "limit": limit})
    return [Cell(*row) for row in reversed(rows)]


def datasets(store: Store, run_ids: Sequence[str]) -> dict[str, dict[str, str]]:
    """By run: the name of each dataset, with what it was used for, and its digests."""
    found: dict[str, dict[str, str]] = {}
    for run, name, digest, context in store.rows(_INPUTS, {"ids": list(run_ids)}):
        mine = found.setdefault(run, {})
        label = f"{name} ({context})" if context else name
        mine[label] = f"{mine[label]}, {digest}" if label in mine else digest or ""
    return found


def environments(store: Store, run_ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    """By run: ``python``, ``platform``, and ``packages``, a dict of versions."""
    records = store.records(_ENVIRONMENTS, {"ids": list(run_ids)})
    return {record.pop("run_id"): record for record in records}
