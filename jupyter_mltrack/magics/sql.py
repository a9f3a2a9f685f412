"""``%mlsql`` and ``%%mlsql``: ask the store in SQL, get a DataFrame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from IPython.core.error import UsageError
from IPython.core.magic_arguments import argument, magic_arguments

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.magics.schema import Schema
from jupyter_mltrack.store import sql
from jupyter_mltrack.tracking import fluent

if TYPE_CHECKING:
    import pandas as pd


@magic_arguments()
@argument("-o", "--out", metavar="NAME", help="Bind the DataFrame to this name, show nothing.")
@argument("--schema", metavar="VIEW", help="Show the columns of a view, or all views.")
@argument("query", nargs="*", help="The query; in a cell it follows on the next lines.")
def mlsql(self: object, line: str, cell: str | None = None) -> None:
    """Query the store's views with SQL and get a DataFrame.

    ``%mlsql`` alone lists the views, ``%mlsql --schema runs`` the columns of one. ``$name`` in
    the query is the value of that variable of the notebook: a number, a text, a date or a list.
    Nothing can be changed and no file be read.

        %mlsql SELECT run_name, metrics['rmse'] AS rmse FROM runs ORDER BY rmse LIMIT 5

        %%mlsql -o curve
        SELECT step, value FROM metric_history WHERE key = 'loss' AND run_id = $best
    """


def run(shell: Any, line: str, cell: str | None) -> pd.DataFrame | Schema | None:
    """Answer a query, or show what can be asked.

    Raises:
        UsageError: if DuckDB refuses the query, with DuckDB's reason; if a variable is missing.
    """
    name, query = _split(line, cell)
    try:
        if not query or query.split()[0] == "--schema":
            return _schema(query.split()[1:])
        frame = fluent.sql(query, _values(query, shell.user_ns))
    except MltrackException as error:
        raise UsageError(str(error)) from None
    if name is None:
        return frame
    shell.user_ns[name] = frame
    return None


def _schema(wanted: list[str]) -> Schema:
    """All views, or one of them."""
    found = sql.views(fluent.client().store)
    if not wanted:
        return Schema("", [(view, "", said) for view, (said, _) in found.items()])
    view = wanted[0]
    if view not in found:
        msg = f"There is no view {view!r}. Views: {', '.join(found)}."
        raise UsageError(msg)
    said, columns = found[view]
    return Schema(said, columns)


def _values(query: str, variables: dict[str, Any]) -> dict[str, Any] | None:
    """The notebook's variables that a query names."""
    names = sorted(sql.placeholders(query))
    for name in names:
        if name.isdecimal():
            msg = "%mlsql takes values by name: write $limit for the variable limit, not '?'."
            raise UsageError(msg)
        if name not in variables:
            msg = f"${name}: the notebook has no variable {name!r}."
            raise UsageError(msg)
    return {name: variables[name] for name in names} or None


def _split(line: str, cell: str | None) -> tuple[str | None, str]:
    """The name after ``-o`` and the query, whose quotes must stay as they are."""
    flag, *rest = line.split(maxsplit=2) or [""]
    name = None
    if flag in ("-o", "--out"):
        name, line = [*rest, "", ""][:2]
        if not name.isidentifier():
            msg = f"%mlsql -o takes a name for the DataFrame, not {name!r}."
            raise UsageError(msg)
        if not f"{line}{cell or ''}".strip():
            msg = f"%mlsql -o {name} needs a query. See %mlsql?"
            raise UsageError(msg)
    return name, f"{line}\n{cell or ''}".strip().rstrip(";").strip()
