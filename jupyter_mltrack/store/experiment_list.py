"""The list of experiments: each with the numbers of its runs, in one question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities.tags import DESCRIPTION
from jupyter_mltrack.search import EXPERIMENTS, parse_filter
from jupyter_mltrack.store.compiler import Compiler

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mltrack.store.store import Store

#: Into so many parts the time between an experiment's first and last run is cut.
PARTS = 24

# Of the metrics of an experiment one is shown: that which most runs have, not the machine's own.
_LISTED = """
WITH counted AS (
    SELECT e.experiment_id, r.start_time, r.status,
        min(r.start_time) OVER mine AS first, max(r.start_time) OVER mine AS last
    FROM chosen AS e JOIN base.runs AS r USING (experiment_id)
    WHERE r.lifecycle_stage = e.lifecycle_stage
    WINDOW mine AS (PARTITION BY e.experiment_id)
), parts AS (
    SELECT experiment_id, ($parts - 1) * (start_time - first) // greatest(1, last - first) AS part,
        count(*) AS runs, count(*) FILTER (status = 'RUNNING') AS running,
        count(*) FILTER (status = 'FAILED') AS failed, max(start_time) AS last
    FROM counted GROUP BY ALL
), totals AS (
    SELECT experiment_id, sum(runs)::BIGINT AS runs, sum(running)::BIGINT AS running,
        sum(failed)::BIGINT AS failed, max(last) AS last_run,
        map_from_entries(list({'key': part, 'value': runs})) AS activity
    FROM parts GROUP BY experiment_id
), points AS (
    SELECT experiment_id, unnest(map_entries(r.metrics)) AS m
    FROM chosen AS e JOIN base.runs AS r USING (experiment_id)
    WHERE r.lifecycle_stage = e.lifecycle_stage
), metrics AS (
    SELECT experiment_id, m.key AS key, count(*) AS runs,
        min(m.value) FILTER (isfinite(m.value)) AS low,
        max(m.value) FILTER (isfinite(m.value)) AS high
    FROM points WHERE NOT starts_with(m.key, 'system/') GROUP BY ALL
), firsts AS (
    SELECT experiment_id, arg_min({'key': key, 'low': low, 'high': high}, (-runs, key)) AS metric
    FROM metrics WHERE low IS NOT NULL GROUP BY experiment_id
)
SELECT chosen.*, coalesce(runs, 0) AS runs, coalesce(running, 0) AS running,
    coalesce(failed, 0) AS failed, last_run, activity, metric
FROM chosen LEFT JOIN totals USING (experiment_id) LEFT JOIN firsts USING (experiment_id)
ORDER BY coalesce(last_run, creation_time, 0) DESC, experiment_id
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedExperiment:
    """An experiment, and what its runs come to; of one in the bin, its runs in the bin.

    Attributes:
        description: Its note; "" if it has none.
        created: In ms since 1970; None for Default, until it is changed.
        last_run: When its last run began, ms; None without runs.
        activity: How many runs began in each of 24 equal parts of the time from its first run
            to its last; [] without runs.
        metric: Name, lowest and highest latest value of the metric that most runs have.
    """

    experiment_id: str
    name: str
    tags: Mapping[str, str]
    description: str
    is_deleted: bool
    created: int | None
    runs: int
    running: int
    failed: int
    last_run: int | None
    activity: list[int]
    metric: tuple[str, float, float] | None


def listed(store: Store, filter_string: str, *, deleted: bool = False) -> list[ListedExperiment]:
    """The experiments that match a filter, the one with the latest run first.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
    """
    stage = "deleted" if deleted else "active"
    compiler = Compiler({"stage": stage, "parts": PARTS})
    condition = compiler.where(parse_filter(filter_string, EXPERIMENTS))
    chosen = f"SELECT * FROM experiments WHERE lifecycle_stage = $stage AND {condition}"  # noqa: S608  (values are bound)
    query = f"WITH chosen AS MATERIALIZED ({chosen}), {_LISTED.lstrip().removeprefix('WITH ')}"
    return [_listed(row) for row in store.records(query, compiler.bound)]


def counted(store: Store) -> tuple[int, int]:
    """How many experiments there are, and how many are in the bin."""
    query = """
        SELECT count(*) FILTER (lifecycle_stage = 'active'),
            count(*) FILTER (lifecycle_stage <> 'active') FROM experiments"""
    active, deleted = store.rows(query)[0]
    return active, deleted


def state(store: Store) -> tuple[int, frozenset[str]]:
    """Another one whenever anybody logs, or a process that logged has ended; asks no database.

    Returns:
        How many bytes were logged, and the journals whose writers live: whoever is killed writes
        nothing any more, but its runs have ended.
    """
    volumes = store.shelf.volumes().values()
    living = frozenset(volume.name for volume in volumes if volume.alive)
    return sum(volume.size for volume in volumes), living


def _listed(row: dict[str, Any]) -> ListedExperiment:
    activity: dict[int, int] = row["activity"] or {}
    metric = row["metric"]
    return ListedExperiment(
        experiment_id=row["experiment_id"],
        name=row["name"],
        tags={key: text for key, text in row["tags"].items() if not key.startswith("mlflow.")},
        description=row["tags"].get(DESCRIPTION, ""),
        is_deleted=row["lifecycle_stage"] != "active",
        created=row["creation_time"],
        runs=row["runs"],
        running=row["running"],
        failed=row["failed"],
        last_run=row["last_run"],
        activity=[activity.get(part, 0) for part in range(PARTS)] if activity else [],
        metric=(metric["key"], metric["low"], metric["high"]) if metric else None,
    )
