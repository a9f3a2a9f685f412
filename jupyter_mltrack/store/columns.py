"""The values of chosen runs in columns, as a chart of many runs needs them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.store import frames, queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from duckdb import DuckDBPyConnection
    from numpy.typing import NDArray

    from jupyter_mltrack.store.store import Store

_WANTED = "SELECT unnest($ids::VARCHAR[]) AS run_id, generate_subscripts($ids, 1) AS place"

# By `rowid`: the maps of all other rows are not read.
_THEIR_ROWS = f"SELECT known.rowid FROM base.runs AS known JOIN ({_WANTED}) USING (run_id)"  # noqa: S608

_CHOSEN = f"""
CREATE OR REPLACE TEMP TABLE chosen AS
SELECT row_number() OVER (ORDER BY place) - 1 AS place, r.run_id, r.experiment_id,
    coalesce(r.number, 0) AS number, coalesce(r.run_name, '') AS run_name, r.params, r.metrics
FROM (SELECT run_id, min(place) AS place FROM ({_WANTED}) GROUP BY run_id)
JOIN (
    SELECT run_id, experiment_id, number, tags['mlflow.runName'] AS run_name, params, metrics
    FROM base.runs
    WHERE experiment_id IS NOT NULL AND lifecycle_stage <> 'purged' AND rowid IN ({_THEIR_ROWS})
) AS r USING (run_id)
"""  # noqa: S608  (constant)

# Keys and texts get numbers, so that what travels for each run are numbers alone.
_METRIC_KEYS = """
CREATE OR REPLACE TEMP TABLE metric_keys AS
SELECT key, row_number() OVER (ORDER BY key) - 1 AS number
FROM (SELECT DISTINCT unnest(map_keys(metrics)) AS key FROM chosen)
"""
_METRICS = """
SELECT place, number, e.value AS value
FROM (SELECT place, unnest(map_entries(metrics)) AS e FROM chosen)
JOIN metric_keys ON key = e.key
"""
_TEXTS = """
CREATE OR REPLACE TEMP TABLE texts AS
SELECT key, value, row_number() OVER (PARTITION BY key ORDER BY number, value) - 1 AS code, number,
    dense_rank() OVER (ORDER BY key) - 1 AS key_number
FROM (SELECT DISTINCT e.key AS key, e.value AS value,
        nullif(try_cast(e.value AS DOUBLE), 'nan'::DOUBLE) AS number
    FROM (SELECT unnest(map_entries(params)) AS e FROM chosen))
"""
_PARAMS = """
SELECT place, key_number, code
FROM (SELECT place, unnest(map_entries(params)) AS e FROM chosen)
JOIN texts ON key = e.key AND texts.value = e.value
"""


@dataclass(frozen=True, slots=True)
class Texts:
    """The values of one param.

    Attributes:
        codes: For each run an index of ``texts``; -1 if it has no such param.
        texts: All different values: numbers by size, then other texts.
        numbers: What they are as numbers; None where they are none, or NaN.
    """

    codes: NDArray[np.int32]
    texts: list[str]
    numbers: list[float | None]


@dataclass(frozen=True, slots=True)
class Columns:
    """Chosen runs, one value each in every column, in the order in which they were chosen.

    Attributes:
        run_ids: Those that exist.
        experiment_ids: Of the same length, as are the next two.
        numbers: Within the experiment; 0 if there is none.
        names: As they are called.
        metrics: By key, the latest values as float64; NaN where there is none.
        params: By key.
    """

    run_ids: list[str]
    experiment_ids: list[str]
    numbers: list[int]
    names: list[str]
    metrics: dict[str, NDArray[np.float64]]
    params: dict[str, Texts]


def columns(store: Store, run_ids: Sequence[str]) -> Columns:
    """All metrics and params of some runs; an id that no run has is left out."""
    return store.answer(lambda connection: _columns(connection, list(run_ids)))


def frame(store: Store, run_ids: Sequence[str]) -> pd.DataFrame:
    """Some runs as `queries.runs_frame` has them, in this order."""
    query = f"""
        SELECT {frames.WHOLE}
        FROM ({queries.KNOWN_RUNS} AND r.rowid IN ({_THEIR_ROWS})) JOIN ({_WANTED}) USING (run_id)
        ORDER BY place"""  # noqa: S608  (all are constant)
    bound = {"artifacts": str(store.artifacts), "ids": list(run_ids)}
    return store.answer(lambda connection: frames.whole(connection, query, bound))


def _columns(connection: DuckDBPyConnection, run_ids: list[str]) -> Columns:
    connection.execute(_CHOSEN, {"ids": run_ids})
    rows = connection.execute(
        "SELECT run_id, experiment_id, number, run_name FROM chosen ORDER BY place"
    ).fetchall()
    ids, experiments, numbers, names = map(list, zip(*rows, strict=True)) if rows else ([],) * 4
    return Columns(
        ids,
        experiments,
        numbers,
        names,
        _metrics(connection, len(ids)),
        _params(connection, len(ids)),
    )


def _metrics(connection: DuckDBPyConnection, runs: int) -> dict[str, Any]:
    import numpy as np

    connection.execute(_METRIC_KEYS)
    keys = connection.execute("SELECT key FROM metric_keys ORDER BY number").fetchall()
    points = connection.execute(_METRICS).fetchnumpy()
    table = np.full((len(keys), runs), np.nan)
    table[points["number"], points["place"]] = np.ma.filled(points["value"], np.nan)
    return {key: values for (key,), values in zip(keys, table, strict=True)}


def _params(connection: DuckDBPyConnection, runs: int) -> dict[str, Texts]:
    import numpy as np

    connection.execute(_TEXTS)
    known = connection.execute(
        "SELECT key, list(value ORDER BY code), list(number ORDER BY code) FROM texts"
        " GROUP BY key ORDER BY key"
    ).fetchall()
    points = connection.execute(_PARAMS).fetchnumpy()
    table = np.full((len(known), runs), -1, dtype=np.int32)
    table[points["key_number"], points["place"]] = points["code"]
    return {
        key: Texts(codes, texts, numbers)
        for (key, texts, numbers), codes in zip(known, table, strict=True)
    }
