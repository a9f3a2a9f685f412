"""Arrays that must fit the tensors of a signature: element type and shape, exactly.

A column of pandas is taken for a tensor too: single values, or lists or arrays of one length that
are reshaped. The rules are those of MLflow's pyfunc models.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import polars_tables, sparse
from jupyter_mltrack.models.types.tensor import TensorSpec, bare_type

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from jupyter_mltrack.models.types.schema import Schema


def enforce_tensors(data: Any, schema: Schema) -> Any:
    """Data as the tensors of a schema: an array, or a dict of arrays if they have names.

    Raises:
        InvalidParameterValue: if a tensor is missing or has another type or shape.
    """
    import pandas as pd

    if polars_tables.is_table(data):
        data = polars_tables.to_pandas(data)
    if isinstance(data, pd.Series):
        data = data.to_frame()
    if not schema.has_input_names():
        return _the_tensor(data, schema.inputs[0])
    return _named(data, schema)


def _named(data: Any, schema: Schema) -> dict[str, Any]:
    import numpy as np
    import pandas as pd

    names = schema.input_names()
    if isinstance(data, np.ndarray) and len(names) == 1:
        data = {names[0]: data}
    if not isinstance(data, dict | pd.DataFrame):
        msg = (
            f"Model is missing inputs {names}. The signature has named tensors: give a dict of"
            f" arrays with these keys, not {type(data).__name__}."
        )
        raise InvalidParameterValue(msg)
    if missing := [name for name in names if name not in data]:
        extra = [name for name in data if name not in names]
        msg = f"Model is missing inputs {missing}. Note that there were extra inputs: {extra}"
        raise InvalidParameterValue(msg)
    if isinstance(data, pd.DataFrame):
        return {each.name: _from_column(data[each.name], each) for each in schema}
    return {each.name: _from_entry(data[each.name], each) for each in schema}


def _from_entry(value: Any, spec: TensorSpec) -> Any:
    import numpy as np

    if isinstance(value, np.ndarray):
        return _checked(value, spec)
    msg = f"The input {spec.name!r} must be an array, not {type(value).__name__}: numpy.asarray(…)"
    raise InvalidParameterValue(msg)


def _the_tensor(data: Any, spec: TensorSpec) -> Any:
    import numpy as np
    import pandas as pd

    if isinstance(data, np.ndarray) or sparse.is_matrix(data):
        return _checked(data, spec)
    if not isinstance(data, pd.DataFrame):
        msg = f"The signature wants one array, not {type(data).__name__}. Give numpy.asarray(…)."
        raise InvalidParameterValue(msg)
    if data.empty:
        msg = "The table is empty, so it makes no array. Give at least one row."
        raise InvalidParameterValue(msg)
    if data.shape[1] == 1:
        return _from_column(data.iloc[:, 0], spec)
    return _checked(data.to_numpy(), spec)


def _from_column(values: pd.Series[Any], spec: TensorSpec) -> np.ndarray:
    """A tensor whose first axis are the rows of a column."""
    import numpy as np

    if spec.shape[0] != -1 or -1 in spec.shape[1:]:
        msg = (
            f"A column can become a tensor only if the first length is -1 and the others are fixed;"
            f" the signature has {spec!r}. Give an array."
        )
        raise InvalidParameterValue(msg)
    if values.empty:
        msg = f"The column {values.name!r} is empty, so it makes no array. Give at least one row."
        raise InvalidParameterValue(msg)
    first = values.iloc[0]
    if np.isscalar(first):
        return _from_single_values(values, spec)
    if not isinstance(first, list | np.ndarray):
        msg = (
            f"The column {values.name!r} holds {type(first).__name__}; a tensor is made of single"
            " values, or of lists or arrays of these."
        )
        raise InvalidParameterValue(msg)
    return _cast(_stacked(values, spec), spec)


def _from_single_values(values: pd.Series[Any], spec: TensorSpec) -> np.ndarray:
    if spec.shape not in {(-1,), (-1, 1)}:
        msg = (
            f"The column {values.name!r} holds single values, which make the shape (-1,) or"
            f" (-1, 1), and the signature wants {spec.shape}."
        )
        raise InvalidParameterValue(msg)
    return _cast(values.to_numpy(), spec).reshape(spec.shape)


def _stacked(values: pd.Series[Any], spec: TensorSpec) -> np.ndarray:
    """The lists or arrays of a column in one array of the shape of the tensor."""
    import numpy as np

    try:
        stacked = np.stack([np.asarray(each) for each in values])
        return stacked.reshape((len(values), *spec.shape[1:]))
    except (TypeError, ValueError) as error:
        msg = (
            f"The values of the column {values.name!r} do not make the shape {spec.shape}: {error}."
            " Give lists or arrays of one length."
        )
        raise InvalidParameterValue(msg) from error


def _cast(values: np.ndarray, spec: TensorSpec) -> np.ndarray:
    """Values without an exact type of their own in that of the tensor, but no floats cut short."""
    try:
        if values.dtype != object:
            return values.astype(spec.type, casting="same_kind", copy=False)
        return values.astype(spec.type)
    except (TypeError, ValueError) as error:
        msg = f"The values do not fit into a tensor of {spec.type.name}: {error}. Convert them."
        raise InvalidParameterValue(msg) from error


def _checked(array: Any, spec: TensorSpec) -> Any:
    """An array, or a sparse matrix, if its type and its shape are those of the tensor."""
    import numpy as np

    if spec.type == np.dtype("O") and spec.shape == (-1,):
        return array
    if _is_ragged(array, spec):
        return array
    pairs = zip(spec.shape, array.shape, strict=False)
    if len(spec.shape) != len(array.shape) or any(want not in {-1, has} for want, has in pairs):
        msg = (
            f"Shape of input {array.shape} does not match expected shape {spec.shape}, in which -1"
            f" is any length{_of(spec)}. Reshape it."
        )
        raise InvalidParameterValue(msg)
    if bare_type(array.dtype) != spec.type:
        msg = (
            f"dtype of input {array.dtype} does not match expected dtype {spec.type}{_of(spec)}."
            f" Convert it first: .astype({spec.type.name!r})"
        )
        raise InvalidParameterValue(msg)
    return array


def _is_ragged(array: Any, spec: TensorSpec) -> bool:
    """Whether rows of different lengths, an array of objects, are what the signature allows."""
    return -1 in spec.shape[1:] and len(array.shape) == 1 and array.dtype.kind == "O"


def _of(spec: TensorSpec) -> str:
    return "" if spec.name is None else f" of {spec.name!r}"
