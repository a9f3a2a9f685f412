"""Values of input examples in JSON, and back: MLflow's ways of writing what JSON lacks.

Bytes become base64 in lines of 76 characters, times ISO 8601, numbers of NumPy plain numbers, and
what a table or an array lacks null. The rules are those of ``mlflow/utils/proto_json_utils.py``
and ``mlflow/models/utils.py``.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from datetime import date, time
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def dumps(value: Any, indent: int | None = None) -> str:
    """The JSON of an input example.

    Raises:
        InvalidParameterValue: if it holds something that no rule covers, naming its type.
    """
    try:
        return json.dumps(value, default=_plain, indent=indent)
    except (TypeError, ValueError, RecursionError) as error:
        msg = (
            f"The input example cannot be written as JSON: {error}. Use tables, arrays, lists,"
            " dicts, texts, numbers, times and bytes."
        )
        raise InvalidParameterValue(msg) from error


def table_to_json(table: pd.DataFrame) -> dict[str, Any]:
    """Rows as lists, and the names of the columns unless they are 0, 1, 2 and so on."""
    import pandas as pd

    rows = table.astype(object).where(table.notna(), None).to_numpy().tolist()
    names: list[Any] = table.columns.tolist()
    if names == [*range(len(names))]:
        return {"data": rows}
    if isinstance(table.columns, pd.MultiIndex):
        names = [list(name) for name in names]
    return {"columns": names, "data": rows}


def table_from_json(data: Any, schema: Any = None) -> pd.DataFrame:
    """A table from what `table_to_json` made, its columns in the types of the signature.

    Args:
        data: Parsed JSON.
        schema: What the signature says of the input, or None.
    """
    import pandas as pd

    if not isinstance(data, Mapping) or not isinstance(data.get("data"), list):
        msg = "The input example is damaged: a table has 'data' and mostly 'columns'. Log it again."
        raise InvalidParameterValue(msg)
    names = data.get("columns")
    if names and all(isinstance(name, list) for name in names):
        names = pd.MultiIndex.from_tuples([tuple(name) for name in names])
    if len({len(row) for row in data["data"]} | ({len(names)} if names is not None else set())) > 1:
        msg = "The input example is damaged: its rows have not one length. Log it again."
        raise InvalidParameterValue(msg)
    table = pd.DataFrame(data["data"], columns=names)
    for place, kind in enumerate(_kinds_of_columns(table, schema)):
        if kind is not None:
            table.isetitem(place, _cast(table.iloc[:, place], kind))
    return table


def array_to_json(array: np.ndarray) -> Any:
    """Nested lists; a number that is missing is null."""
    if array.dtype.kind == "c":
        msg = "JSON has no complex numbers. Give real and imaginary parts as two arrays."
        raise InvalidParameterValue(msg)
    if array.dtype.kind == "f":
        import numpy as np

        return np.where(np.isnan(array), None, array).tolist()  # type: ignore[call-overload]
    return array.tolist()


def array_from_json(data: Any, schema: Any = None) -> Any:
    """An array, or a dict of them, in the types of the signature."""
    tensors = list(schema.inputs) if schema is not None and schema.is_tensor_spec() else []
    if isinstance(data, Mapping):
        types = {tensor.name: tensor.type for tensor in tensors}
        return {name: _array(values, types.get(name)) for name, values in data.items()}
    return _array(data, tensors[0].type if tensors else None)


def _array(data: Any, dtype: np.dtype[Any] | None) -> np.ndarray:
    import numpy as np

    if dtype is not None and dtype.kind == "S":
        return np.array(_each(data, base64.b64decode))
    if dtype is not None:
        return np.array(data, dtype=dtype)
    found = np.array(data)
    if found.dtype.kind == "O" and all(value is None or _is_number(value) for value in found.flat):
        return found.astype(float)
    return found


def _each(data: Any, change: Callable[[Any], Any]) -> Any:
    return [_each(part, change) for part in data] if isinstance(data, list) else change(data)


def _kinds_of_columns(table: pd.DataFrame, schema: Any) -> list[Any]:
    """For each column the type the signature gives it, or None."""
    if schema is None or schema.is_tensor_spec():
        return [None] * table.shape[1]
    if schema.has_input_names():
        kinds = dict(zip(schema.input_names(), schema.input_types(), strict=True))
        return [kinds.get(name) for name in table.columns]
    unnamed = list(schema.input_types())[: table.shape[1]]
    return unnamed + [None] * (table.shape[1] - len(unnamed))


def _cast(column: pd.Series[Any], kind: Any) -> Any:
    """A column in a type of the signature; as it was read if its values do not fit."""
    import pandas as pd

    if getattr(kind, "name", None) == "binary":
        return column.map(lambda text: base64.b64decode(text) if isinstance(text, str) else text)
    if not hasattr(kind, "to_pandas"):  # lists and objects are as JSON has them
        return column
    dtype = pd.api.types.pandas_dtype(kind.to_pandas())
    if dtype.kind == column.dtype.kind == "O" or (dtype.kind in "biu" and column.isna().any()):
        return column
    try:
        if dtype.kind == "M":  # with and without fractions of seconds
            column = pd.to_datetime(column, format="ISO8601")
        return column.astype(dtype)
    except (TypeError, ValueError):
        return column


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: Any) -> Any:
    """What JSON writes for a value it does not know."""
    if type(value).__name__ in {"NAType", "NaTType"}:
        return None
    if isinstance(value, bytes | bytearray):
        return base64.encodebytes(value).decode("ascii")
    if isinstance(value, date | time):
        return value.isoformat()
    if type(value).__module__ == "numpy" and hasattr(value, "tolist"):
        return value.tolist()
    if hasattr(value, "model_dump"):  # of pydantic
        return value.model_dump()
    msg = f"it holds a {type(value).__module__}.{type(value).__qualname__}"
    raise TypeError(msg)
