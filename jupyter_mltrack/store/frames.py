"""Runs as a DataFrame: values travel from DuckDB in columns, never as one object per run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.search import Field

#: What a query for `whole` selects, in this order.
WHOLE = "run_id, experiment_id, status, artifact_uri, start_time, end_time, metrics, params, tags"
_INFO = ("run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time")
_TIMES = {"start_time", "end_time"}

# Keys get numbers in the order in which they are met: run by run, and in a run as they stand there.
_KEYS = """
CREATE OR REPLACE TEMP TABLE keys AS
SELECT key, row_number() OVER (ORDER BY first) - 1 AS number FROM (
    SELECT key, min((place, nth)) AS first FROM (
        SELECT rowid AS place, unnest(map_keys({group})) AS key,
            generate_subscripts(map_keys({group}), 1) AS nth
        FROM page)
    GROUP BY key)
"""
_POINTS = """
SELECT place, number, e.value AS value
FROM (SELECT rowid AS place, unnest(map_entries({group})) AS e FROM page)
JOIN keys ON key = e.key
"""


def whole(connection: DuckDBPyConnection, query: str, bound: dict[str, Any]) -> pd.DataFrame:
    """All that is known of the runs that a query for `WHOLE` finds, one row each.

    Columns: run_id, experiment_id, status, artifact_uri, start_time, end_time (UTC, NaT while
    running), then ``metrics.<key>`` (float64, NaN where missing), ``params.<key>`` and
    ``tags.<key>`` (str, None where missing), each group in the order in which keys are met.
    """
    import numpy as np
    import pandas as pd

    connection.execute(f"CREATE OR REPLACE TEMP TABLE page AS {query}", bound)
    infos = connection.execute(f"SELECT {', '.join(_INFO)} FROM page ORDER BY rowid")  # noqa: S608
    columns = _columns(infos, _INFO, _INFO)
    runs = len(columns["run_id"])
    for group, missing in (("metrics", float("nan")), ("params", None), ("tags", None)):
        connection.execute(_KEYS.format(group=group))
        keys = connection.execute("SELECT key FROM keys ORDER BY number").fetchall()
        kind = np.float64 if group == "metrics" else np.object_
        table = np.full((len(keys), runs), missing, dtype=kind)
        points = connection.execute(_POINTS.format(group=group)).fetchnumpy()
        table[points["number"], points["place"]] = points["value"]
        for (key,), values in zip(keys, table, strict=True):
            columns[f"{group}.{key}"] = pd.Series(values, dtype=kind)
    return pd.DataFrame(columns)


def chosen(
    result: DuckDBPyConnection, names: Sequence[str], fields: Sequence[Field]
) -> pd.DataFrame:
    """A result as columns with these names; ``fields`` say what is in each."""
    import pandas as pd

    keys = [field.key if field.entity == "attribute" else "" for field in fields]
    return pd.DataFrame(_columns(result, names, keys))


def _columns(
    result: DuckDBPyConnection, names: Sequence[str], keys: Sequence[str]
) -> dict[str, Any]:
    import pandas as pd

    kinds = [str(column[1]) for column in result.description or ()]
    rows = result.fetchall()
    columns: dict[str, Any] = {}
    for place, (name, key, kind) in enumerate(zip(names, keys, kinds, strict=True)):
        values = [row[place] for row in rows]
        if key in _TIMES:
            columns[name] = pd.to_datetime(values, unit="ms", utc=True, errors="coerce")
        elif kind == "DOUBLE":
            columns[name] = pd.Series(values, dtype="float64")
        elif kind == "INTEGER":
            columns[name] = pd.Series(values, dtype="Int64")
        else:
            columns[name] = pd.Series(values, dtype=object)
    return columns
