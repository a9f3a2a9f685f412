"""What a model said, as one value for each row and, maybe, other columns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import polars_tables

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What a model said.

    Attributes:
        values: The predictions: an array, a Series, a list, or a table of probabilities.
        others: Other columns of its output, for extra metrics.
        name: What the predictions are called, if they were a column.
    """

    values: Any
    others: pd.DataFrame | None = None
    name: str | None = None


def answers_in(output: Any, name: str | None) -> Answers:
    """The predictions in the output of a model.

    Args:
        output: What ``predict`` returned.
        name: The column that holds the predictions; None if there is one alone.

    Raises:
        InvalidParameterValue: if there are several columns and none of that name.
    """
    import pandas as pd

    table = _as_table(output)
    if table is None:
        return Answers(values=output)
    columns = list(table.columns)
    chosen = name if name in columns else columns[0] if len(columns) == 1 else None
    if chosen is None and name is None and columns and _is_numeric(table):
        return Answers(values=table.to_numpy())
    if chosen is None:
        asked = f"none is called {name!r}" if name else "it is not said which"
        msg = (
            f"The output of the model has the columns {columns[:10]}, and {asked}. Name that of"
            " the predictions as `predictions`."
        )
        raise InvalidParameterValue(msg)
    others = table.drop(columns=[chosen]).reset_index(drop=True)
    values = pd.Series(table[chosen].to_numpy(), name=chosen)
    return Answers(values=values, others=others if len(others.columns) else None, name=chosen)


def _as_table(output: Any) -> pd.DataFrame | None:
    """The output as a table; None if it is no table."""
    import pandas as pd

    if polars_tables.is_table(output):
        return polars_tables.to_pandas(output)
    if isinstance(output, pd.DataFrame):
        return output
    rows = isinstance(output, list) and bool(output)
    if isinstance(output, Mapping) or (rows and all(isinstance(row, Mapping) for row in output)):
        return pd.DataFrame(output)
    return None


def _is_numeric(table: pd.DataFrame) -> bool:
    return all(dtype.kind == "f" for dtype in table.dtypes)
