"""The histories of many runs' metrics, each as a few buckets: as much as a picture can show.

A series that is short is given whole. A longer one is cut into equal parts of its x range, and
of each part its lowest, highest and mean value are given: no peak is lost, whatever the length.
What is not finite is never mixed with what is: it stands between the finite values as NaN, where
a line breaks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from jupyter_mltrack.store.store import Store

#: What runs along the x axis: the step, seconds since 1970, or seconds since the run's start.
Axis = Literal["step", "time", "relative"]

#: How an axis is computed of a point ``h`` and its run ``r``.
_AXES: dict[Axis, str] = {
    "step": "h.step::DOUBLE",
    "time": """h."timestamp" / 1000.0""",
    "relative": """(h."timestamp" - r.start_time) / 1000.0""",
}

_BUCKETS = """
WITH shown AS MATERIALIZED (
    SELECT r.run_id, r.start_time, list_position($runs, r.run_id)::INTEGER - 1 AS run
    FROM base.runs AS r
    WHERE list_contains($runs, r.run_id) AND r.lifecycle_stage <> 'purged'
), wanted AS MATERIALIZED (
    SELECT unnest($keys) AS name, generate_subscripts($keys, 1)::INTEGER - 1 AS key
), points AS MATERIALIZED (
    SELECT r.run, w.key, {axis} AS x, h.value, isfinite(h.value) AS ok, h."timestamp" AS ts, h.q
    FROM base.metric_history AS h
        JOIN shown AS r ON r.run_id = h.run_id JOIN wanted AS w ON w.name = h.key
    WHERE x BETWEEN coalesce($low, '-inf'::DOUBLE) AND coalesce($high, 'inf'::DOUBLE)
), series AS MATERIALIZED (
    SELECT run, key, count(*) <= $buckets AS whole, min(x) AS low, max(x) - min(x) AS width
    FROM points GROUP BY run, key
), parts AS (
    SELECT run, key, TRUE AS whole, x, ts, q, if(ok, value, 'nan'::DOUBLE) AS lowest,
        lowest AS highest, lowest AS mean
    FROM points JOIN series USING (run, key) WHERE whole
    UNION ALL
    SELECT run, key, FALSE,
        CASE nth WHEN 0 THEN min(x) WHEN $buckets - 1 THEN max(x) ELSE avg(x) END AS x, 0, 0,
        if(ok, min(value), 'nan'::DOUBLE), if(ok, max(value), 'nan'::DOUBLE),
        if(ok, {mean}, 'nan'::DOUBLE)
    FROM (
        SELECT *, least(floor((x - low) / if(width > 0, width, 1) * $buckets), $buckets - 1) AS nth
        FROM points JOIN series USING (run, key) WHERE NOT whole)
    GROUP BY run, key, ok, nth
)
SELECT run, key, whole, x, lowest, highest, mean FROM parts ORDER BY key, run, x, ts, q
"""

# A sum of huge numbers is infinite; the middle of the extremes is not.
_MEAN = "if(isfinite(avg(value)), avg(value), min(value) / 2 + max(value) / 2)"

_KEYS = """
SELECT key, count(*)::INTEGER AS runs, max(count) AS points
FROM metrics WHERE list_contains($runs, run_id) GROUP BY key ORDER BY key
"""

_PROGRESS = """
SELECT run_id, status, coalesce(list_sum(list_transform(map_values(stats), lambda s: s.count)), 0)
FROM base.runs WHERE list_contains($runs, run_id) AND lifecycle_stage <> 'purged'
"""

_HEADS = """
SELECT run_id, coalesce(run_name, ''), number, status, start_time,
    map_keys(params), map_values(params), map_keys(tags), map_values(tags),
    map_keys(metrics), map_values(metrics)
FROM runs WHERE list_contains($runs, run_id)
"""


class Series(NamedTuple):
    """One run's history of one metric: rows ``first`` up to ``first + size`` of `Curves`.

    Attributes:
        run: The index of the run among those asked for.
        key: The index of the metric among those asked for.
        whole: Whether each row is a point that was logged; else each is a bucket of points.
    """

    run: int
    key: int
    first: int
    size: int
    whole: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Curves:
    """Many series in columns of equal length, float64, in the order of x within a series.

    Attributes:
        series: Which rows belong to what; runs without a point have none.
        x: Where a point is; of a bucket the mean place, but the ends of a series are exact.
        lowest: The lowest value of a bucket; NaN where a line breaks, and so are the next two.
        highest: The highest.
        mean: The mean.
    """

    series: list[Series]
    x: NDArray[np.float64]
    lowest: NDArray[np.float64]
    highest: NDArray[np.float64]
    mean: NDArray[np.float64]


class MetricKey(NamedTuple):
    """A metric, how many runs have it, and the most points that one of them has."""

    key: str
    runs: int
    points: int


class RunHead(NamedTuple):
    """What is said of a run beside its curves; ``metrics`` are the latest values."""

    run_id: str
    name: str
    number: int
    status: str
    start_time: int
    params: dict[str, str]
    tags: dict[str, str]
    metrics: dict[str, float]


class Progress(NamedTuple):
    """How far a run is: its status, and how many points it has logged in all."""

    status: str
    points: int


def curves(
    store: Store,
    run_ids: Sequence[str],
    keys: Sequence[str],
    *,
    axis: Axis = "step",
    low: float | None = None,
    high: float | None = None,
    buckets: int = 200,
) -> Curves:
    """Histories of metrics, at most ``buckets`` parts of each series.

    A part in which some values are finite and some are not takes two rows.

    Args:
        store: The store.
        run_ids: Which runs.
        keys: Which metrics.
        axis: What x is.
        low: Only points from this x on.
        high: Only points up to this x.
        buckets: A longer series is cut into so many parts of equal width.
    """
    query = _BUCKETS.format(axis=_AXES[axis], mean=_MEAN)
    bound = {
        "runs": list(run_ids),
        "keys": list(keys),
        "low": low,
        "high": high,
        "buckets": max(1, buckets),
    }
    columns = store.answer(lambda connection: _columns(connection, query, bound))
    return Curves(
        series=_series(columns["run"], columns["key"], columns["whole"]),
        **{name: columns[name] for name in ("x", "lowest", "highest", "mean")},
    )


def metric_keys(store: Store, run_ids: Sequence[str]) -> list[MetricKey]:
    """The metrics that these runs have, by name."""
    return [MetricKey(*row) for row in store.rows(_KEYS, {"runs": list(run_ids)})]


def run_heads(store: Store, run_ids: Sequence[str]) -> dict[str, RunHead]:
    """What these runs are, by id; unknown ones are left out."""
    found = {}
    for run_id, name, number, status, start, *maps in store.rows(_HEADS, {"runs": list(run_ids)}):
        params, tags, metrics = (
            dict(zip(*maps[nth : nth + 2], strict=True)) for nth in range(0, len(maps), 2)
        )
        found[run_id] = RunHead(run_id, name, number or 0, status, start, params, tags, metrics)
    return found


def progress(store: Store, run_ids: Sequence[str]) -> dict[str, Progress]:
    """How far these runs are, by id; quick to ask, to see whether there are new points."""
    rows = store.rows(_PROGRESS, {"runs": list(run_ids)})
    return {run_id: Progress(status, int(points)) for run_id, status, points in rows}


def _columns(
    connection: DuckDBPyConnection, query: str, bound: dict[str, Any]
) -> dict[str, NDArray[Any]]:
    columns: dict[str, Any] = connection.execute(query, bound).fetchnumpy()
    return columns


def _series(
    runs: NDArray[np.int32], keys: NDArray[np.int32], wholes: NDArray[np.bool_]
) -> list[Series]:
    """Where each series begins and ends in columns that are sorted by key and run."""
    import numpy as np

    if not len(runs):
        return []
    changes = np.flatnonzero((np.diff(runs) != 0) | (np.diff(keys) != 0)) + 1
    firsts = [0, *changes.tolist()]
    ends = [*changes.tolist(), len(runs)]
    return [
        Series(int(runs[first]), int(keys[first]), first, end - first, bool(wholes[first]))
        for first, end in zip(firsts, ends, strict=True)
    ]
