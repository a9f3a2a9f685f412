"""The kinds of input examples: how each is recognised, put into JSON, and made from it again.

The kinds, and what each looks like, are those of MLflow's ``mlflow/models/utils.py``.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, time
from numbers import Number
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.example_json import (
    array_from_json,
    array_to_json,
    table_from_json,
    table_to_json,
)

#: What a dict has that is a request to a language model; a server takes it as it is.
_REQUEST_KEYS = ("messages", "prompt", "input")


@dataclass(frozen=True, slots=True, kw_only=True)
class Encoded:
    """An example without its parameters, as plain data.

    Attributes:
        info: What ``MLmodel`` says of this kind.
        content: What ``predict`` takes.
        serving: What a scoring server takes.
    """

    info: dict[str, Any]
    content: Any
    serving: Any


def encoded(data: Any) -> Encoded:
    """An example in the way of its kind.

    Raises:
        InvalidParameterValue: if it is of none; the message names the type.
    """
    for recognises, encode in _WRITERS:
        if recognises(data):
            return encode(data)
    kind = f"{type(data).__module__}.{type(data).__qualname__}"
    msg = (
        f"An input example of the type {kind} cannot be kept. Give a few rows as a pandas"
        " DataFrame or Series, a NumPy array, a dict of arrays, a sparse matrix of SciPy, or a"
        " list, dict, number, text, time or bytes."
    )
    raise InvalidParameterValue(msg)


def _encode_table(table: Any) -> Encoded:
    content = table_to_json(table)
    orient = "split" if "columns" in content else "values"
    return Encoded(
        info={"type": "dataframe", "pandas_orient": orient},
        content=content,
        serving={"dataframe_split": content},
    )


def _encode_arrays(arrays: Any) -> Encoded:
    is_dict = isinstance(arrays, Mapping)
    content = (
        {name: array_to_json(array) for name, array in arrays.items()}
        if is_dict
        else array_to_json(arrays)
    )
    return Encoded(info={"type": "ndarray"}, content=content, serving={"inputs": content})


def _encode_sparse(matrix: Any) -> Encoded:
    if matrix.format not in {"csr", "csc"}:
        matrix = matrix.tocsr()
    content = {
        "data": array_to_json(matrix.data),
        "indices": matrix.indices.tolist(),
        "indptr": matrix.indptr.tolist(),
        "shape": list(matrix.shape),
    }
    return Encoded(
        info={"type": f"sparse_matrix_{matrix.format}"},
        content=content,
        serving={"inputs": matrix.toarray().tolist()},
    )


def _encode_plain(data: Any) -> Encoded:
    if _holds_array(data):
        msg = (
            "An input example must not mix NumPy arrays with other values. Make every value of"
            " the dict an array, or call .tolist() on them."
        )
        raise InvalidParameterValue(msg)
    is_request = isinstance(data, dict) and any(key in data for key in _REQUEST_KEYS)
    return Encoded(
        info={"type": "json_object"},
        content=data,
        serving=data if is_request else {"inputs": data},
    )


def _read_sparse(content: Any, kind: str) -> Any:
    sparse = importlib.import_module("scipy.sparse")
    parts = tuple(content[name] for name in ("data", "indices", "indptr"))
    return getattr(sparse, kind)(parts, shape=tuple(content["shape"]))


def _is_of(library: str, name: str) -> Callable[[Any], bool]:
    """A test for a class of a library, which is not imported for it."""

    def recognises(value: Any) -> bool:
        module = sys.modules.get(library)
        return module is not None and isinstance(value, getattr(module, name))

    return recognises


_is_array = _is_of("numpy", "ndarray")


def _is_dict_of_arrays(value: Any) -> bool:
    return isinstance(value, Mapping) and bool(value) and all(map(_is_array, value.values()))


def _is_plain(value: Any) -> bool:
    return isinstance(value, dict | list | str | bytes | date | time | Number) or (
        _is_of("numpy", "generic")(value) or hasattr(value, "model_dump")
    )


def _holds_array(value: Any) -> bool:
    parts = value.values() if isinstance(value, dict) else value
    return _is_array(value) or (
        isinstance(value, dict | list) and any(_holds_array(part) for part in parts)
    )


#: How each kind is recognised and written; the first that fits.
_WRITERS: tuple[tuple[Callable[[Any], bool], Callable[[Any], Encoded]], ...] = (
    (_is_of("pandas", "DataFrame"), _encode_table),
    (_is_of("pandas", "Series"), lambda series: _encode_table(series.to_frame())),
    (_is_array, _encode_arrays),
    (_is_dict_of_arrays, _encode_arrays),
    (_is_of("scipy.sparse", "sparray"), _encode_sparse),
    (_is_of("scipy.sparse", "spmatrix"), _encode_sparse),
    (_is_plain, _encode_plain),
)

#: How each type that ``MLmodel`` may name is read.
READERS: dict[Any, Callable[[Any, Any], Any]] = {
    "dataframe": table_from_json,
    "json_object": lambda content, _: content,
    "ndarray": array_from_json,
    "sparse_matrix_csc": lambda content, _: _read_sparse(content, "csc_matrix"),
    "sparse_matrix_csr": lambda content, _: _read_sparse(content, "csr_matrix"),
}
