"""The schema that data has, as MLflow infers it.

- pandas and Polars: one column each; it is required if no value is missing.
- A NumPy array, a dict of arrays or a sparse matrix: tensors, the first length of which is -1.
- A dict: a column for each key; a list of dicts: a column for each key that occurs.
- A list: one column without a name; a single value likewise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import polars_tables, sparse
from jupyter_mltrack.models.types.data_type import DataType, data_type_of
from jupyter_mltrack.models.types.nested import AnyType, Object, ValueType
from jupyter_mltrack.models.types.params import LIST, ParamSchema, ParamSpec
from jupyter_mltrack.models.types.schema import ColSpec, Schema, TensorSpec
from jupyter_mltrack.models.types.tensor import bare_type
from jupyter_mltrack.models.types.values import is_missing
from jupyter_mltrack.models.value_types import type_of, type_of_all

if TYPE_CHECKING:
    import pandas as pd

#: The schema of data that may be anything.
ANYTHING = Schema([ColSpec(AnyType())])

_NUMBERS = (DataType.long, DataType.double)


def infer_schema(data: Any) -> Schema:
    """The schema of data.

    Args:
        data: A DataFrame or Series of pandas or Polars, a NumPy array, a dict of arrays, a sparse
            matrix of SciPy, a list, a dict, or a single value.

    Raises:
        InvalidParameterValue: if a signature has no type for something in it.

    Example:
        >>> infer_schema(pd.DataFrame({"age": [31.5, None]}))
        ['age': double (optional)]
    """
    return Schema(_reader(data)(data))


def open_schema(data: Any) -> Schema:
    """A schema for data of which `infer_schema` knows none.

    Columns that fit no type may be anything; so may the whole if it has no columns.
    """
    import pandas as pd

    if polars_tables.is_table(data):
        data = polars_tables.to_pandas(data)
    if isinstance(data, dict) and data and all(isinstance(name, str) for name in data):
        data = pd.DataFrame([data])
    if isinstance(data, list) and all(isinstance(row, dict) for row in data):
        data = pd.DataFrame(data)
    if not isinstance(data, pd.DataFrame) or data.columns.empty or data.columns.has_duplicates:
        return ANYTHING
    return Schema([_open_column(data[name]) for name in data.columns])


def infer_param_schema(parameters: Any) -> ParamSchema:
    """The types and shapes of parameters, with their values as defaults.

    Raises:
        InvalidParameterValue: if it is no dict, or a value can be no parameter.

    Example:
        >>> infer_param_schema({"temperature": 0.5, "stop": ["a", "b"]})
        ['temperature': double (default: 0.5), 'stop': string (default: ['a', 'b']) (shape: (-1,))]
    """
    if not isinstance(parameters, dict):
        msg = f"Parameters are a dict of names and values, not of type {type(parameters).__name__}."
        raise InvalidParameterValue(msg)
    return ParamSchema([_param(name, value) for name, value in parameters.items()])


def _reader(data: Any) -> Callable[[Any], list[Any]]:
    """What makes columns or tensors of this kind of data."""
    import numpy as np
    import pandas as pd

    table: tuple[tuple[bool, Callable[[Any], list[Any]]], ...] = (
        (polars_tables.is_table(data), polars_tables.columns),
        (isinstance(data, pd.DataFrame), _of_frame),
        (isinstance(data, pd.Series), lambda series: [_column(series)]),
        (isinstance(data, np.ndarray) or sparse.is_matrix(data), lambda array: [_tensor(array)]),
        (isinstance(data, dict), _of_dict),
        (isinstance(data, list), _of_list),
    )
    return next((read for fits, read in table if fits), _of_single)


def _of_frame(df: pd.DataFrame) -> list[ColSpec]:
    if df.columns.has_duplicates:
        twice = list(df.columns[df.columns.duplicated()])
        msg = f"These columns are there twice, rename them: {twice}"
        raise InvalidParameterValue(msg)
    return [_column(df.iloc[:, place]) for place in range(df.shape[1])]


def _column(values: pd.Series[Any]) -> ColSpec:
    """A column without a name is required, for only a named one can be optional."""
    required = values.name is None or not bool(values.isna().any())
    try:
        kind = _type_of_column(values)
    except InvalidParameterValue as error:
        msg = f"The column {values.name!r} fits no type of a signature: {error.message}"
        raise InvalidParameterValue(msg) from error
    name: Any = values.name
    return ColSpec(kind, name, required)


def _open_column(values: pd.Series[Any]) -> ColSpec:
    try:
        return _column(values)
    except InvalidParameterValue:
        name: Any = values.name
        return ColSpec(AnyType(), name, required=not bool(values.isna().any()))


def _type_of_column(values: pd.Series[Any]) -> ValueType:
    import pandas as pd

    found = values.infer_objects()
    if found.dtype.kind == "O":
        if found.empty or isinstance(found.dtype, pd.StringDtype):
            return DataType.string
        return type_of_all(found)
    kind = data_type_of(found.dtype)
    if kind is None:
        msg = f"there is none for {found.dtype}. Convert the column or leave it out."
        raise InvalidParameterValue(msg)
    return kind


def _tensor(array: Any, name: str | None = None) -> TensorSpec:
    if not array.ndim:
        msg = "A single number in an array has no length to vary. Take numpy.atleast_1d of it."
        raise InvalidParameterValue(msg)
    return TensorSpec(bare_type(array.dtype), (-1, *map(int, array.shape[1:])), name)


def _of_dict(data: dict[Any, Any]) -> list[Any]:
    import numpy as np

    if all(isinstance(value, np.ndarray) for value in data.values()):
        return [_tensor(array, name) for name, array in data.items()]
    if strange := [name for name in data if not isinstance(name, str)]:
        msg = f"The keys of a dict must be texts to be columns, and these are not: {strange}"
        raise InvalidParameterValue(msg)
    return [ColSpec(type_of(value), name, _is_there(value)) for name, value in data.items()]


def _of_list(data: list[Any]) -> list[ColSpec]:
    """An empty list counts as texts, as it did before lists of other types were known."""
    if not data:
        return [ColSpec(DataType.string)]
    if not all(isinstance(row, dict) for row in data):
        return [ColSpec(type_of_all(data))]
    names = dict.fromkeys(name for row in data for name in row)
    return [
        ColSpec(
            type_of_all(row[name] for row in data if name in row),
            name,
            all(row.get(name) is not None for row in data),
        )
        for name in names
    ]


def _of_single(data: Any) -> list[ColSpec]:
    try:
        return [ColSpec(type_of(data))]
    except InvalidParameterValue as error:
        msg = (
            f"No signature can be inferred from an object of type {type(data).__name__}. Give a"
            " DataFrame, a Series, a NumPy array, a dict, a list or a single value; of a Spark"
            " DataFrame its first rows: df.limit(10000).toPandas()."
        )
        raise InvalidParameterValue(msg) from error


def _is_there(value: Any) -> bool:
    return not any(map(is_missing, value)) if isinstance(value, list) else not is_missing(value)


def _param(name: str, value: Any) -> ParamSpec:
    import numpy as np

    if isinstance(value, list | np.ndarray):
        kind, shape = _type_of_items(value), LIST
    else:
        kind, shape = type_of(value), None
    if isinstance(kind, DataType) or (isinstance(kind, Object) and shape is None):
        return ParamSpec(name, kind, value, shape)
    msg = f"The parameter {name!r} must be a single value, a list of these, or a dict: {value!r}"
    raise InvalidParameterValue(msg)


def _type_of_items(values: Iterable[Any]) -> ValueType:
    """The type of the elements: integers among floats are floats; without any they are texts."""
    kinds = [type_of(value) for value in values]
    if not kinds:
        return DataType.string
    if DataType.double in kinds and all(kind in _NUMBERS for kind in kinds):
        return DataType.double
    return type_of_all(values)
