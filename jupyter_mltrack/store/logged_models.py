"""Models among the files of runs: folders that hold a file called MLmodel.

Those of logged models that are not whole, or deleted, are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mltrack.store.store import Store

_MODELS = """
SELECT run_id, number, run_name, regexp_replace(path, '/?MLmodel$', '') AS folder,
    epoch_ms(logged_at) AS logged
FROM artifacts JOIN runs USING (run_id)
WHERE list_contains($experiments, experiment_id) AND lifecycle_stage = 'active'
    AND (path = 'MLmodel' OR ends_with(path, '/MLmodel'))
    AND NOT EXISTS (
        FROM logged_models AS m
        WHERE m.run_id = artifacts.run_id AND artifacts.path = m.folder || '/MLmodel'
            AND (m.status <> 'READY' OR m.lifecycle_stage <> 'active'))
ORDER BY logged_at DESC, run_id, folder LIMIT $most
"""


class ListedModel(NamedTuple):
    """A model that a run kept; ``logged`` in ms since 1970, ``folder`` among its artifacts."""

    run_id: str
    number: int
    run_name: str | None
    folder: str
    logged: int


def logged_models(
    store: Store, experiment_ids: Sequence[str], most: int = 200
) -> list[ListedModel]:
    """The models that runs of these experiments kept, the newest first."""
    bound = {"experiments": list(experiment_ids), "most": most}
    return [ListedModel(*row) for row in store.rows(_MODELS, bound)]
