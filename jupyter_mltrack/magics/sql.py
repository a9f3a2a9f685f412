"""``%mlsql`` and ``%%mlsql``: ask the store in SQL, get a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.tracking import fluent

if TYPE_CHECKING:
    import pandas as pd


@magic_arguments()
@argument("-o", "--out", metavar="NAME", help="Bind the DataFrame to this name, show nothing.")
@argument("query", nargs="*", help="The query; in a cell it follows on the next lines.")
def mlsql(self: object, line: str, cell: str | None = None) -> None:
    """Query the store's views with SQL and get a DataFrame.

    Views: runs, params, metrics, metric_history, tags, experiments, datasets, inputs, artifacts,
    cells, run_cells, environments, quarantine. Nothing can be changed and no file be read.

        %mlsql SELECT run_name, metrics['rmse'] AS rmse FROM runs ORDER BY rmse LIMIT 5

        %%mlsql -o curve
        SELECT step, value FROM metric_history WHERE key = 'loss'
    """


def run(shell: Any, line: str, cell: str | None) -> pd.DataFrame | None:
    """Answer a query.

    Raises:
        UsageError: if there is no query, or DuckDB refuses it, with DuckDB's reason.
    """
    import duckdb

    name, query = _split(line, cell)
    if not query:
        msg = "%mlsql needs a query, such as: %mlsql SELECT * FROM runs. See %mlsql?"
        raise UsageError(msg)
    try:
        frame = fluent.client().store.frame(query)
    except (duckdb.Error, MltrackException) as error:
        raise UsageError(str(error)) from None
    if name is None:
        return frame
    shell.user_ns[name] = frame
    return None


def _split(line: str, cell: str | None) -> tuple[str | None, str]:
    """The name after ``-o`` and the query, whose quotes must stay as they are."""
    flag, *rest = line.split(maxsplit=2) or [""]
    name = None
    if flag in ("-o", "--out"):
        name, line = [*rest, "", ""][:2]
        if not name.isidentifier():
            msg = f"%mlsql -o takes a name for the DataFrame, not {name!r}."
            raise UsageError(msg)
    return name, f"{line}\n{cell or ''}".strip().rstrip(";").strip()
