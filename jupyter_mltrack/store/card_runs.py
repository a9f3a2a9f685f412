"""What the card of a run asks the store: the run before it, and its curves."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mltrack.store import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jupyter_mltrack.entities import Run
    from jupyter_mltrack.store.store import Store

# The same cell first; children are compared with their siblings, others with no child.
_PREVIOUS = """
SELECT run_id FROM runs
WHERE experiment_id = $experiment AND lifecycle_stage = 'active' AND number < $number
    AND parent_run_id IS NOT DISTINCT FROM $parent
ORDER BY coalesce(tags['mltrack.cell_id'] = $cell, false) DESC, number DESC LIMIT 1
"""

# Of a long history the lowest and the highest value of each of 100 parts, in their order.
_CURVES = """
WITH places AS (
    SELECT key, value, q,
        (100 * (row_number() OVER (PARTITION BY key ORDER BY q) - 1))
            // greatest(100, count(*) OVER (PARTITION BY key)) AS part
    FROM metric_history WHERE run_id = $run AND list_contains($keys, key)
), parts AS (
    SELECT key, part, count(*) AS points, min(value) AS low, max(value) AS high,
        arg_min(q, value) <= arg_max(q, value) AS rises
    FROM places GROUP BY key, part
)
SELECT key, flatten(list(CASE WHEN points = 1 THEN [low] WHEN rises THEN [low, high]
    ELSE [high, low] END ORDER BY part))
FROM parts GROUP BY key
"""


def previous(store: Store, run: Run) -> Run | None:
    """The run before this one of the same cell, or else of the same experiment."""
    bound = {
        "experiment": run.info.experiment_id,
        "number": run.info.number,
        "parent": run.data.tags.get("mlflow.parentRunId"),
        "cell": run.data.tags.get("mltrack.cell_id"),
    }
    with store.reading():
        found = store.rows(_PREVIOUS, bound)
        return queries.run(store, found[0][0]) if found else None


def curves(store: Store, run_id: str, keys: Sequence[str]) -> dict[str, list[float]]:
    """The histories of metrics, each of at most 200 values that keep its shape, by key."""
    return dict(store.rows(_CURVES, {"run": run_id, "keys": list(keys)})) if keys else {}
