"""Tables of a request in JSON: rows as lists, or rows as dicts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.serving.answer import Refused, bad_request
from jupyter_mltrack.models.serving.columns import typed_column, typed_tensor
from jupyter_mltrack.models.types.data_type import DataType

if TYPE_CHECKING:
    import pandas as pd

    from jupyter_mltrack.models.types.schema import Schema


def read_split(given: Any, schema: Schema | None) -> pd.DataFrame:
    """The table of ``dataframe_split``: ``data``, and mostly ``columns``, sometimes ``index``.

    Raises:
        Refused: if it is no table, or a column does not fit the signature.
    """
    if not isinstance(given, dict) or not set(given) <= {"columns", "data", "index"}:
        raise _no_table(
            reason="it has the keys 'columns', 'data', if need be 'index', and no others"
        )
    rows = given.get("data")
    if not isinstance(rows, list) or len({len(row) for row in rows if isinstance(row, list)}) > 1:
        raise _no_table(reason="'data' is a list of rows, all of one length")
    return _table(rows, given.get("columns"), given.get("index"), schema)


def read_records(given: Any, schema: Schema | None) -> pd.DataFrame:
    """The table of ``dataframe_records``: a list of dicts; what one lacks is missing there.

    Raises:
        Refused: if it is no table, or a column does not fit the signature.
    """
    if not isinstance(given, list) or not all(isinstance(row, dict) for row in given):
        raise _no_table(reason="it is a list of dicts, one for each row")
    there: dict[str, Any] = {}
    for row in given:
        there |= row
    if schema is None or not schema.has_input_names():
        rows = [[row.get(name) for name in there] for row in given]
        return _table(rows, list(there), None, schema) if schema else _frame(given)
    if not there.keys() >= set(schema.required_input_names()):
        return _frame(given)  # the signature says what is missing
    names = [name for name in schema.input_names() if name in there]
    rows = [[row.get(name) for name in names] for row in given]
    return _table(rows, names, None, schema)


def _table(rows: list[Any], names: Any, index: Any, schema: Schema | None) -> pd.DataFrame:
    if schema is not None and schema.is_tensor_spec() and not schema.has_input_names():
        rows = _of_tensor(rows, schema)
    if schema is None or schema.is_tensor_spec():
        return _frame(rows, columns=_names(names), index=index)
    quick = _quick(rows, names, index, schema)
    return _typed(rows, names, index, schema) if quick is None else quick


def _frame(data: Any, **options: Any) -> pd.DataFrame:
    """What pandas makes of it."""
    import pandas as pd

    try:
        return pd.DataFrame(data, **options)
    except Exception as error:  # also AssertionError, KeyError, NotImplementedError
        raise _no_table(reason=f"{type(error).__name__}: {error}"[:200]) from error


def _of_tensor(rows: list[Any], schema: Schema) -> Any:
    """Rows in the type of the tensor, unless there are lists in them, which make one later."""
    if any(isinstance(cell, list) for row in rows[:1] if isinstance(row, list) for cell in row):
        return rows
    return typed_tensor(rows, schema.inputs[0].type, "the table")


def _quick(rows: list[Any], names: Any, index: Any, schema: Schema) -> pd.DataFrame | None:
    """The table of a schema whose columns are all doubles; None if it is not so."""
    import numpy as np

    if any(each.type is not DataType.double for each in schema.inputs):
        return None
    if not schema.has_input_names() or names != schema.input_names():
        return None
    try:
        values = np.array(rows, dtype=np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    if values.ndim != _AXES or values.shape[1] != len(names):
        return None
    return _frame(values, columns=names, index=index, copy=False)


def _typed(rows: list[Any], names: Any, index: Any, schema: Schema) -> pd.DataFrame:
    """The table, each column in the type of the signature."""
    if not all(isinstance(row, list) for row in rows) or not _are_names(names):
        raise _no_table(reason="'data' is a list of lists, and 'columns' a list of names")
    width = len(names) if names is not None else max(map(len, rows), default=0)
    if any(len(row) != width for row in rows):
        raise _no_table(reason=f"every row has {width} values")
    kinds = _kinds(names, schema)
    if names is not None and len(set(map(str, names))) < width:
        return _frame(rows, columns=names, index=index)  # the signature refuses it
    columns: list[Sequence[Any]] = list(zip(*rows, strict=True)) or [()] * width
    made = {
        place: typed_column(list(values), kinds.get(place), _name(names, place))
        for place, values in enumerate(columns)
    }
    frame = _frame(made, index=index)
    return frame if names is None else frame.set_axis(names, axis=1)


def _kinds(names: Any, schema: Schema) -> dict[int, Any]:
    """The type of each place that has one."""
    if not schema.has_input_names() or names is None:
        return dict(enumerate(schema.input_types()))
    known = schema.input_types_dict()
    return {
        place: known[name]
        for place, name in enumerate(names)
        if isinstance(name, str) and name in known
    }


def _are_names(names: Any) -> bool:
    """Whether they are names of columns, or there are none."""
    return names is None or (
        isinstance(names, list) and all(isinstance(name, str | int) for name in names)
    )


def _name(names: Any, place: int) -> Any:
    return place if names is None else names[place]


def _names(names: Any) -> Any:
    """Names of columns; lists stand for names of several levels."""
    if isinstance(names, list) and names and all(isinstance(name, list) for name in names):
        return [tuple(name) for name in names]
    return names


def _no_table(*, reason: str) -> Refused:
    return bad_request(f"The request does not make a table: {reason}.")


_AXES = 2
