"""Whole rows of the table of runs: of a few runs, or of groups of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from jupyter_mltrack.store import listing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.store.listing import Wanted
    from jupyter_mltrack.store.store import Store

_LONGEST_TEXT = 500  # characters of a param that travel; more is never shown

# By `rowid`: the maps of all other rows are not read.
_ROWS = f"""
SELECT r.run_id, r.number, r.tags['mlflow.runName'] AS run_name, r.user_id, r.status,
    r.start_time, r.end_time, r.duration, r.experiment_id,
    list_transform($metrics::VARCHAR[], lambda k: r.metrics[k]),
    list_transform($params::VARCHAR[], lambda k: left(r.params[k], {_LONGEST_TEXT})),
    list_transform($tags::VARCHAR[], lambda k: left(r.tags[k], {_LONGEST_TEXT}))
FROM base.runs AS r
WHERE r.experiment_id IS NOT NULL AND r.lifecycle_stage <> 'purged' AND r.rowid IN (
    SELECT rowid FROM base.runs WHERE list_contains($ids, run_id))
"""  # noqa: S608  (of a constant)
_DATA = """
SELECT run_id, left(array_to_string(list_sort(list(DISTINCT name || ' ' || digest)), ', '), 500)
FROM base.inputs WHERE list_contains($ids, run_id) GROUP BY run_id
"""
_CODE = """
SELECT r.run_id, any_value(c.sha256) FROM base.runs AS r
JOIN base.cells AS c ON c.j = r.birth.j AND c.number = r.birth.cell
WHERE r.rowid IN (SELECT rowid FROM base.runs WHERE list_contains($ids, run_id))
GROUP BY r.run_id
"""

# A curve of many points: the lowest and the highest of each of 36 parts, in their order.
_CURVES = """
WITH points AS (
    SELECT run_id, value, row_number() OVER runs - 1 AS n, count(*) OVER whole AS total
    FROM base.metric_history WHERE key = $key AND list_contains($ids, run_id)
    WINDOW runs AS (PARTITION BY run_id ORDER BY step, q), whole AS (PARTITION BY run_id)
), parts AS (
    SELECT run_id, CASE WHEN total <= 72 THEN n ELSE n * 36 // total END AS part,
        count(*) AS points,
        min(value) FILTER (isfinite(value)) AS low, max(value) FILTER (isfinite(value)) AS high,
        arg_min(n, value) FILTER (isfinite(value))
            <= arg_max(n, value) FILTER (isfinite(value)) AS rises
    FROM points GROUP BY run_id, part
)
SELECT run_id, flatten(list(CASE
    WHEN low IS NULL THEN ['nan'::DOUBLE] WHEN points = 1 THEN [low]
    WHEN rises THEN [low, high] ELSE [high, low] END ORDER BY part))
FROM parts GROUP BY run_id
"""

_GROUP_METRICS = """
SELECT value, key, avg(number), stddev_samp(number), count(*)
FROM (SELECT value, unnest(map_keys(metrics)) AS key, unnest(map_values(metrics)) AS number
      FROM base.runs JOIN found USING (run_id)
      WHERE list_contains($values, value) OR ($missing AND value IS NULL))
WHERE list_contains($metrics, key) AND isfinite(number)
GROUP BY value, key
"""
_GROUP_DURATIONS = """
SELECT value, avg(duration), stddev_samp(duration), count(*)
FROM base.runs JOIN found USING (run_id)
WHERE (list_contains($values, value) OR ($missing AND value IS NULL)) AND duration IS NOT NULL
GROUP BY value
"""


class Keys(NamedTuple):
    """Which values of a run are fetched."""

    metrics: Sequence[str] = ()
    params: Sequence[str] = ()
    tags: Sequence[str] = ()
    curves: Sequence[str] = ()
    data: bool = False
    code: bool = False


class ListedRun(NamedTuple):
    """One run with the values that were asked for, in the order of the keys; None is missing."""

    run_id: str
    number: int | None
    run_name: str | None
    user_id: str | None
    status: str
    start_time: int
    end_time: int | None
    duration: float | None
    experiment_id: str
    metrics: list[float | None]
    params: list[str | None]
    tags: list[str | None]
    curves: list[list[float]]
    data: str
    code: str


class GroupFigures(NamedTuple):
    """Mean, standard deviation (None of a single value) and number of runs of a group."""

    mean: float
    deviation: float | None
    runs: int


def rows(store: Store, ids: Sequence[str], keys: Keys) -> dict[str, ListedRun]:
    """Some runs by id; those that are gone are left out."""
    if not ids:
        return {}

    def fetch(connection: DuckDBPyConnection) -> dict[str, ListedRun]:
        named = {"ids": list(ids)}
        bound = named | {name: list(getattr(keys, name)) for name in ("metrics", "params", "tags")}
        found = connection.execute(_ROWS, bound).fetchall()
        data = dict(connection.execute(_DATA, named).fetchall()) if keys.data else {}
        code = dict(connection.execute(_CODE, named).fetchall()) if keys.code else {}
        curves = [
            dict(connection.execute(_CURVES, named | {"key": key}).fetchall())
            for key in keys.curves
        ]
        return {
            row[0]: ListedRun._make(
                (
                    *row,
                    [curve.get(row[0], []) for curve in curves],
                    data.get(row[0], ""),
                    code.get(row[0], ""),
                )
            )
            for row in found
        }

    return store.answer(fetch)


def group_figures(
    store: Store, wanted: Wanted, values: Sequence[str | None], metrics: Sequence[str]
) -> dict[str | None, dict[str | None, GroupFigures]]:
    """The metrics of whole groups: by value of the group and key; key None is the duration, in s.

    Only finite values count.
    """
    statement, bound = listing.statement(store, wanted)
    groups = {"values": [one for one in values if one is not None], "missing": None in values}

    def fetch(connection: DuckDBPyConnection) -> dict[str | None, dict[str | None, GroupFigures]]:
        connection.execute(statement, bound)
        figures: dict[str | None, dict[str | None, GroupFigures]] = {one: {} for one in values}
        named = groups | {"metrics": list(metrics)}
        for value, key, *figure in connection.execute(_GROUP_METRICS, named).fetchall():
            figures[value][key] = GroupFigures(*figure)
        for value, *figure in connection.execute(_GROUP_DURATIONS, groups).fetchall():
            figures[value][None] = GroupFigures(*figure)
        return figures

    return store.answer(fetch)
