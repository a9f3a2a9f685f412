"""Arrays of a request in JSON: ``instances``, which are rows, and ``inputs``, which are columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.serving.answer import bad_request
from jupyter_mltrack.models.serving.columns import typed_column, typed_tensor
from jupyter_mltrack.models.types.data_type import DataType

if TYPE_CHECKING:
    from jupyter_mltrack.models.types.schema import Schema


def read_instances(given: Any, schema: Schema | None) -> Any:
    """What a model gets of rows: an array, or a dict of arrays if the rows are dicts.

    Raises:
        Refused: if rows are not alike, or values do not fit the signature.
    """
    if not isinstance(given, list) or not given or not isinstance(given[0], dict):
        return read_inputs(given, schema)
    names = list(given[0])
    if not all(isinstance(row, dict) and row.keys() == given[0].keys() for row in given):
        msg = f"All rows of instances have the same keys as the first: {names[:20]}."
        raise bad_request(msg)
    return read_inputs({name: [row[name] for row in given] for name in names}, schema)


def read_inputs(given: Any, schema: Schema | None) -> Any:
    """What a model gets of columns or of an array.

    Raises:
        Refused: if values do not fit the signature.
    """
    if schema is None:
        return _untyped(given)
    if schema.is_tensor_spec():
        return _tensors(given, schema)
    return _columns(given, schema)


def _untyped(given: Any) -> Any:
    """Arrays, also of single values; dicts, and lists of dicts, of such."""
    import numpy as np

    if isinstance(given, dict):
        return {name: _untyped(value) for name, value in given.items()}
    if isinstance(given, list) and (not given or isinstance(given[0], dict)):
        return [_untyped(each) for each in given]
    try:
        return np.array(given)
    except (ValueError, OverflowError) as error:
        msg = f"The lists do not make an array: {str(error)[:200]}. Send lists of one length."
        raise bad_request(msg) from error


def _tensors(given: Any, schema: Schema) -> Any:
    """Arrays in the types of the signature."""
    if not schema.has_input_names():
        return typed_tensor(given, schema.inputs[0].type, "inputs")
    if not isinstance(given, dict):
        return _untyped(given)
    known = {each.name: each.type for each in schema}
    return {
        name: typed_tensor(value, known[name], name) if name in known else _untyped(value)
        for name, value in given.items()
    }


def _columns(given: Any, schema: Schema) -> Any:
    """Columns in the types of the signature."""
    if not isinstance(given, dict) or not schema.has_input_names():
        return given
    known = schema.input_types_dict()
    return {
        name: typed_column(value, known[name], name)
        if isinstance(value, list) and isinstance(known.get(name), DataType)
        else value
        for name, value in given.items()
    }
