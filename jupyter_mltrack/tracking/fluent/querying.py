"""Ask the store in SQL."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.tracking.fluent.stores import client

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd


def sql(query: str, params: Sequence[Any] | Mapping[str, Any] | None = None) -> pd.DataFrame:
    """Ask the store in SQL, over everything that was ever logged.

    The views (runs, params, metrics, metric_history, artifacts, logged_models, …) and 23 questions
    with their answers are in the package's ``store/SCHEMA.md``; ``%mlsql --schema`` lists the
    views in a notebook. The statement can only read, and reaches nothing but the store.

    Args:
        query: One statement in DuckDB's SQL.
        params: Values for its placeholders: a dict for ``$name``, a list for ``?``. A value may
            be a number, a text, a date or a list, also NumPy's and pandas' own.

    Returns:
        One row for each row. MAPs are dicts, times are UTC without a zone; whole numbers with
        gaps are float64, as always in pandas.

    Raises:
        InvalidParameterValue: with DuckDB's reason, if it refuses the statement.
        StoreError: if the answer does not fit into a quarter of the memory.

    Example:
        >>> mlt.sql("SELECT * FROM runs WHERE metrics['rmse'] < $most", {"most": 7})
    """
    return client().sql(query, params)
