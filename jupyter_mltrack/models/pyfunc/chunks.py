"""Chunks of Arrow, as DuckDB hands them to a function: made into what a model takes, and back."""

from __future__ import annotations

import importlib
from collections.abc import Callable, Sequence
from inspect import Parameter, Signature
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import Array, Map, Object
from jupyter_mltrack.models.types.schema import Schema
from jupyter_mltrack.models.types.tensor import TensorSpec

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: What pandas keeps as objects, so that nothing is guessed.
_OBJECTS = {DataType.string, DataType.binary}
#: Whole numbers that may be missing.
_NULLABLE = {DataType.integer: "Int32", DataType.long: "Int64", DataType.boolean: "boolean"}


def scorer(predict: Callable[[Any], Any], schema: Schema, result_type: Any) -> Callable[..., Any]:
    """A function of chunks that gives the predictions as one.

    Rows in which something is NULL that the signature requires are not given to the model; their
    prediction is NULL.

    Args:
        predict: Takes what fits the schema.
        schema: One argument for each of its inputs.
        result_type: The type of Arrow that comes out.
    """
    pa = pyarrow()
    pc = importlib.import_module("pyarrow.compute")

    def score(*columns: Any) -> Any:
        arrays = [_whole(pa, column) for column in columns]
        needed = [array for array, spec in zip(arrays, schema, strict=True) if spec.required]
        gaps = [pc.is_null(array) for array in needed if array.null_count]
        if not gaps:
            return _result(pa, predict(_data(arrays, schema)), len(arrays[0]), result_type)
        rows = pc.indices_nonzero(pc.invert(_any(pc, gaps)))
        if not len(rows):
            return pa.nulls(len(arrays[0]), result_type)
        full = [array.take(rows) for array in arrays]
        made = _result(pa, predict(_data(full, schema)), len(rows), result_type)
        return made.take(pc.index_in(pa.array(range(len(arrays[0])), rows.type), rows))

    # DuckDB asks how many arguments there are.
    places = [f"input_{place}" for place in range(len(schema))]
    score.__signature__ = Signature(  # type: ignore[attr-defined]
        [Parameter(each, Parameter.POSITIONAL_ONLY) for each in places]
    )
    return score


def pyarrow() -> Any:
    """The library.

    Raises:
        MltrackException: if it is not installed.
    """
    try:
        return importlib.import_module("pyarrow")
    except ImportError as error:
        msg = (
            "DuckDB hands chunks of a table to a model through pyarrow. Run `%pip install pyarrow`"
            " first."
        )
        raise MltrackException(msg) from error


def _whole(pa: Any, column: Any) -> Any:
    """A chunk as one array; DuckDB gives a list of pieces."""
    return column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column


def _any(pc: Any, masks: Sequence[Any]) -> Any:
    found = masks[0]
    for mask in masks[1:]:
        found = pc.or_(found, mask)
    return found


def _data(arrays: Sequence[Any], schema: Schema) -> Any:
    """A table for a schema of columns; an array, or a dict of arrays, for tensors."""
    if not schema.is_tensor_spec():
        import pandas as pd

        names = schema.input_names()
        pairs = zip(arrays, schema, strict=True)
        columns = [_series(array, spec.type) for array, spec in pairs]
        return pd.DataFrame(dict(zip(names, columns, strict=True)))
    tensors = [_tensor(array, spec) for array, spec in zip(arrays, schema, strict=True)]
    if not schema.has_input_names():
        return tensors[0]
    return dict(zip(schema.input_names(), tensors, strict=True))


def _series(array: Any, kind: Any) -> pd.Series[Any]:
    import pandas as pd

    if kind in _NULLABLE and array.null_count:
        return pd.Series(array.to_pylist(), dtype=_NULLABLE[kind])
    if kind in _OBJECTS or not isinstance(kind, DataType):
        cells = [_cell(value, kind) for value in array.to_pylist()]
        return pd.Series(cells, dtype=object)
    found: pd.Series[Any] = array.to_pandas()
    return found


def _cell(value: Any, kind: Any) -> Any:
    """A value of Arrow in Python; what is a map there is a list of pairs."""
    if value is None or isinstance(kind, DataType):
        return value
    if isinstance(kind, Map):
        return {key: _cell(each, kind.value_type) for key, each in value}
    if isinstance(kind, Array):
        return [_cell(each, kind.dtype) for each in value]
    if isinstance(kind, Object):
        return {each.name: _cell(value[each.name], each.dtype) for each in kind.properties}
    return value


def _tensor(array: Any, spec: TensorSpec) -> np.ndarray[Any, Any]:
    import numpy as np

    shape = (len(array), *spec.shape[1:])
    if len(spec.shape) == 1:
        return np.asarray(array.to_numpy(zero_copy_only=False), dtype=spec.type)
    try:
        return np.asarray(array.to_pylist(), dtype=spec.type).reshape(shape)
    except (ValueError, TypeError) as error:
        msg = f"The lists do not make a tensor of shape {spec.shape}: {error}"
        raise InvalidParameterValue(msg) from error


def _result(pa: Any, predictions: Any, count: int, kind: Any) -> Any:
    """Predictions as an array of Arrow."""
    if pa.types.is_struct(kind):
        made = _struct(pa, predictions, kind)
    else:
        made = _array(pa, predictions, kind)
    if len(made) != count:
        msg = f"The model gave {len(made)} predictions for {count} rows; in SQL each row has one."
        raise InvalidParameterValue(msg)
    return made


def _struct(pa: Any, predictions: Any, kind: Any) -> Any:
    import pandas as pd

    rows = isinstance(predictions, list)
    table = predictions if isinstance(predictions, pd.DataFrame) else pd.DataFrame(predictions)
    if rows and kind.num_fields and not set(kind.names) & set(map(str, table.columns)):
        table = pd.DataFrame(predictions, columns=kind.names)
    by_name = {str(name): table[name] for name in table.columns}
    if missing := [name for name in kind.names if name not in by_name]:
        msg = f"The predictions lack {missing}, which the signature names; they have {[*by_name]}."
        raise InvalidParameterValue(msg)
    arrays = [_array(pa, by_name[each.name], each.type) for each in kind]
    return pa.StructArray.from_arrays(arrays, fields=list(kind))


def _array(pa: Any, predictions: Any, kind: Any) -> Any:
    """One value for each row; NaN is a number where there are fractions, and missing elsewhere."""
    values = _values(predictions, is_list=pa.types.is_list(kind))
    return pa.array(values, type=kind, from_pandas=not pa.types.is_floating(kind))


def _values(predictions: Any, *, is_list: bool) -> Any:
    """One value for each row, as `pyarrow.array` takes them."""
    import numpy as np

    found = predictions
    if hasattr(found, "iloc") and found.ndim > 1:
        found = found.iloc[:, 0] if found.shape[1] == 1 and not is_list else found.to_numpy()
    if hasattr(found, "to_numpy") and isinstance(found.dtype, np.dtype):
        found = found.to_numpy()
    if isinstance(found, np.ndarray) and found.ndim > 1:
        return found.tolist() if is_list else found.reshape(len(found), -1)[:, 0]
    return found
