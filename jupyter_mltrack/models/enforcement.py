"""What a model does before it predicts: data and parameters must fit its signature.

- A required column that is missing is an error, columns that the signature does not have are
  dropped, and the order is that of the signature. An optional column may be missing.
- A number may become wider, never narrower, and a float never an integer; see `types.casting`.
- What may be anything as a whole passes as it is.
- Tensors must have the very type and shape; see `tensor_enforcement`.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.frames import to_frame
from jupyter_mltrack.models.inference import ANYTHING
from jupyter_mltrack.models.tensor_enforcement import enforce_tensors
from jupyter_mltrack.models.types.casting import cast_column
from jupyter_mltrack.models.types.column import ColSpec
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.params import ParamSchema
from jupyter_mltrack.models.types.schema import Schema
from jupyter_mltrack.models.types.values import conformed

if TYPE_CHECKING:
    import pandas as pd


def enforce_schema(data: Any, schema: Schema) -> Any:
    """Data as a model with this schema takes it.

    Args:
        data: A DataFrame or Series of pandas or Polars, an array, a dict, a list, a sparse matrix,
            or a single value. It is not changed.
        schema: The inputs of the signature.

    Returns:
        A DataFrame for a schema of columns; an array, or a dict of arrays, for tensors; the data
        itself for the schema `ANYTHING`.

    Raises:
        InvalidParameterValue: if it does not fit; the message says where and what to do.

    Example:
        >>> enforce_schema({"age": [31, 64]}, Schema([ColSpec("double", "age")]))
            age
        0  31.0
        1  64.0
    """
    try:
        if schema.is_tensor_spec():
            return enforce_tensors(data, schema)
        if schema == ANYTHING:
            return data
        frame = to_frame(data, schema)
        return _named(frame, schema) if schema.has_input_names() else _in_order(frame, schema)
    except InvalidParameterValue as error:
        msg = (
            f"Failed to enforce schema of data '{_described(data)}' with schema '{schema}'. Error:"
            f" {error.message}"
        )
        raise InvalidParameterValue(msg, error_class="SCHEMA_ENFORCEMENT_FAILED") from error


def validate_schema(data: Any, expected_schema: Schema) -> None:
    """Check that data fits a schema.

    Raises:
        InvalidParameterValue: if it does not, as `enforce_schema`.
    """
    enforce_schema(data, expected_schema)


def enforce_params(params: Any, schema: ParamSchema | None) -> dict[str, Any]:
    """Parameters as a model takes them: the given ones, and defaults for the rest.

    Args:
        params: A dict, or None. Those that the signature does not have are left out, with a
            warning.
        schema: The parameters of the signature.

    Raises:
        InvalidParameterValue: if it is no dict, or a value has another type or shape.

    Example:
        >>> enforce_params({"n": 3}, infer_param_schema({"n": 1, "temperature": 0.5}))
        {'n': 3, 'temperature': 0.5}
    """
    if params is not None and not isinstance(params, dict):
        msg = f"params must be a dict of names and values, not of type {type(params).__name__}."
        raise InvalidParameterValue(msg)
    known = {} if schema is None else {each.name: each for each in schema}
    given = {str(name): value for name, value in (params or {}).items()}
    if unknown := [name for name in given if name not in known]:
        msg = f"The signature has no parameters {unknown}; they are ignored. It has {list(known)}."
        warnings.warn(msg, stacklevel=2)
    checked = {name: known[name].checked(value) for name, value in given.items() if name in known}
    return checked | {name: each.default for name, each in known.items() if name not in checked}


def _named(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    import pandas as pd

    if _fits_exactly(frame, schema):
        return frame.copy()
    if missing := [name for name in schema.required_input_names() if name not in frame.columns]:
        raise InvalidParameterValue(_missing(missing, list(frame.columns), schema))
    repeated = set(frame.columns[frame.columns.duplicated()])
    if twice := [each.name for each in schema if each.name in repeated]:
        msg = f"These columns are there twice, so it is not clear which to take: {twice}"
        raise InvalidParameterValue(msg)
    columns = {
        each.name: _enforced(frame[each.name], each)
        for each in schema
        if each.name in frame.columns
    }
    return pd.DataFrame(columns, index=frame.index)


def _fits_exactly(frame: pd.DataFrame, schema: Schema) -> bool:
    """Whether all columns are numbers of the very types, as nearly always in a server."""
    wanted = [each.type.to_numpy() for each in schema if isinstance(each.type, DataType)]
    return (
        all(dtype.kind in "bif" for dtype in wanted)
        and frame.dtypes.tolist() == wanted
        and frame.columns.tolist() == schema.input_names()
    )


def _in_order(frame: pd.DataFrame, schema: Schema) -> pd.DataFrame:
    import pandas as pd

    if frame.shape[1] < len(schema):
        msg = (
            f"Model is missing inputs: the signature has {len(schema)} columns, without names, and"
            f" the data has {frame.shape[1]}. Give all, in order."
        )
        raise InvalidParameterValue(msg)
    columns = {place: _enforced(frame.iloc[:, place], each) for place, each in enumerate(schema)}
    return pd.DataFrame(columns, index=frame.index).set_axis(frame.columns[: len(schema)], axis=1)


def _enforced(values: pd.Series[Any], spec: ColSpec) -> pd.Series[Any]:
    """One column in the type of the signature."""
    import pandas as pd

    if isinstance(spec.type, DataType):
        return cast_column(values, spec.type)
    try:
        cells = [conformed(value, spec.type, required=spec.required) for value in values]
    except InvalidParameterValue as error:
        msg = f"In the column {values.name!r}: {error.message}"
        raise InvalidParameterValue(msg) from error
    return pd.Series(cells, index=values.index, name=values.name, dtype=object)


def _missing(missing: list[Any], given: list[Any], schema: Schema) -> str:
    msg = f"Model is missing inputs {missing}."
    if given == list(range(len(given))):
        return f"{msg} The data has no names: give a DataFrame with the columns of the signature."
    known = set(schema.input_names())
    if extra := [name for name in given if name not in known]:
        return f"{msg} Note that there were extra inputs: {extra}"
    return f"{msg} Add them to the data."


def _described(data: Any) -> str:
    """The kind and the size of data; its values may be nobody's business."""
    name = type(data).__name__
    if hasattr(data, "shape"):
        return f"{name} of shape {data.shape}"
    return f"{name} of length {len(data)}" if hasattr(data, "__len__") else name
