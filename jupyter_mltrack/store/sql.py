"""SQL of users: one statement that reads, its values bound, its answer a DataFrame.

The connection is read-only and shut off from files, network, extensions and settings
(`confined.lock_down`). What is checked here is for clear words, not for safety.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mltrack.errors import InvalidParameterValue, StoreError
from jupyter_mltrack.store.confined import memory_share
from jupyter_mltrack.store.database import TOO_LARGE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from duckdb import DuckDBPyConnection, Statement

    from jupyter_mltrack.store.store import Store

T = TypeVar("T")

#: Statements that read; MULTI is a PIVOT, which finds out its columns first.
_READING = ("SELECT", "EXPLAIN", "MULTI")

#: Rows are fetched in pieces of so many vectors (of 2,048 rows), and memory is looked at between.
_PIECE = 250

#: Seconds between two looks whether somebody pressed Ctrl-C.
_HEARING = 0.05

_COLUMNS = """
SELECT c.table_name, v.comment, c.column_name, c.data_type, c.comment
FROM duckdb_columns() AS c JOIN duckdb_views() AS v
    ON v.view_oid = c.table_oid AND v.schema_name = c.schema_name
WHERE c.schema_name = 'main' AND NOT v.internal ORDER BY v.view_name, c.column_index
"""


def frame(
    store: Store, query: str, params: Sequence[Any] | Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """What a statement gives.

    Raises:
        InvalidParameterValue: if DuckDB refuses it, or it is not one statement that reads.
        StoreError: if the answer does not fit into a quarter of the memory.
        KeyboardInterrupt: as soon as the user interrupts it.
    """
    import duckdb

    def answer(connection: DuckDBPyConnection) -> pd.DataFrame:
        _check(connection, query)
        return _interruptibly(connection, lambda: _fetch(connection.execute(query, bound)))

    bound = _bound(params)
    try:
        return store.answer_shut_off(answer)
    except duckdb.CatalogException as error:
        msg = f"{error}\n\nViews: {', '.join(views(store))}."
        raise InvalidParameterValue(msg) from None
    except duckdb.Error as error:
        raise InvalidParameterValue(str(error)) from None


def placeholders(query: str) -> set[str]:
    """The names of the values that a statement asks for; numbers for those without a name.

    Raises:
        InvalidParameterValue: as `frame`.
    """
    import duckdb

    with duckdb.connect(":memory:") as connection:
        return set(_check(connection, query).named_parameters)


def views(store: Store) -> dict[str, tuple[str, list[tuple[str, str, str]]]]:
    """All views: by name the sentence of each, and name, type and sentence of its columns."""
    found: dict[str, tuple[str, list[tuple[str, str, str]]]] = {}
    for view, sentence, *column in store.rows(_COLUMNS):
        found.setdefault(view, (sentence, []))[1].append(tuple(column))
    return found


def _check(connection: DuckDBPyConnection, query: str) -> Statement:
    """The one statement that a query is, if it reads."""
    import duckdb

    try:
        found = connection.extract_statements(query)
    except duckdb.Error as error:
        raise InvalidParameterValue(str(error)) from None
    # For DuckDB 1 a PIVOT is a SELECT after the making of a type, which has no text.
    statements = [one for one in found if one.query or one.type.name != "CREATE"]
    if len(statements) != 1:
        msg = f"One statement at a time, please: here are {len(statements) or 'none'}."
        raise InvalidParameterValue(msg)
    kind = statements[0].type.name
    if kind not in _READING:
        msg = (
            f"SQL here only reads, it has no {kind}. Begin with SELECT, FROM, WITH, PIVOT,"
            " SUMMARIZE, DESCRIBE, SHOW or EXPLAIN; change runs with the functions of"
            " jupyter_mltrack."
        )
        raise InvalidParameterValue(msg)
    return statements[0]


def _interruptibly(connection: DuckDBPyConnection, work: Callable[[], T]) -> T:
    """Work in a thread: while DuckDB 2 works in the main thread, it does not hear Ctrl-C.

    Nor does a thread that waits without end, if somebody lets system calls go on after a signal
    (SA_RESTART), as Polars does when it is imported.
    """
    with ThreadPoolExecutor(1, thread_name_prefix="mltrack-sql") as pool:
        future = pool.submit(work)
        try:
            while not wait([future], timeout=_HEARING).done:
                pass
            return future.result()
        except KeyboardInterrupt:
            while not future.done():  # again, if it came before the query had begun
                connection.interrupt()
                wait([future], timeout=_HEARING)
            raise


def _fetch(result: DuckDBPyConnection) -> pd.DataFrame:
    """All rows, unless they would fill the memory."""
    import pandas as pd
    import psutil

    process = psutil.Process()
    most = process.memory_info().rss + memory_share()
    pieces = [result.fetch_df_chunk(_PIECE)]
    while len(pieces[-1]):
        if process.memory_info().rss > most:
            raise StoreError(TOO_LARGE)
        pieces.append(result.fetch_df_chunk(_PIECE))
    whole = pieces[:-1] or pieces
    return whole[0] if len(whole) == 1 else pd.concat(whole, ignore_index=True)


def _bound(params: Sequence[Any] | Mapping[str, Any] | None) -> Any:
    """Values that DuckDB knows: those of NumPy and pandas as Python's own."""
    if params is None:
        return None
    if isinstance(params, Mapping):
        return {name: _plain(value) for name, value in params.items()}
    if isinstance(params, (str, bytes)):
        msg = f"params is a list or a dict of values, not {params!r}."
        raise InvalidParameterValue(msg)
    return [_plain(value) for value in params]


def _plain(value: Any) -> Any:
    if getattr(getattr(value, "dtype", None), "kind", "") == "M":  # its own times are in ns
        return value.astype("datetime64[us]").tolist()
    if hasattr(value, "tolist"):
        return value.tolist()
    several = isinstance(value, (list, set, frozenset, tuple))
    return [_plain(one) for one in value] if several else value
