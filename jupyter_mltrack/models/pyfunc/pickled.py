"""A Python model in a pickle that MLflow reads, too, and MLflow's pickles read without MLflow.

Classes and functions of a notebook are pickled by value, with cloudpickle. What is ours in them
(the class they derive from, checks of type hints, the package itself) is named as in MLflow: each
reader finds its own. Reading executes what is in the file, so only what the gate let in is read.
"""

from __future__ import annotations

import importlib
import pickle
import pkgutil
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO, cast

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.pyfunc.checking import is_checking, pyfunc
from jupyter_mltrack.models.pyfunc.mlflow_names import (
    is_mlflow,
    module_as_mlflow,
    name_in_mlflow,
    names_for_code,
    resolved,
)

#: How MLflow may have compressed the file (``python_model_compression``): the module that opens.
_COMPRESSED = {"bzip2": "bz2", "gzip": "gzip", "lzma": "lzma"}


def dump(model: Any, file: Path) -> None:
    """Pickle a Python model.

    Raises:
        InvalidParameterValue: if something in it cannot be pickled.
        MltrackException: if cloudpickle is not installed.
    """
    pickler = _pickler()
    try:
        with file.open("wb") as stream:
            pickler(stream).dump(model)
    except (pickle.PicklingError, TypeError, AttributeError, RecursionError, ValueError) as error:
        msg = (
            f"The model cannot be pickled: {error}. Leave out of its attributes what belongs to"
            " this process (files, locks, connections) and make it in load_context; or give the"
            " path of a .py file as python_model."
        )
        raise InvalidParameterValue(msg, error_class="MODEL_SERIALIZATION_FAILED") from error


def load(file: Path, compression: str | None = None) -> Any:
    """The model in a pickle of ours or of MLflow. It executes what is in the file.

    Args:
        file: It has passed the gate.
        compression: What ``MLmodel`` says of it: None, ``gzip``, ``bzip2`` or ``lzma``.

    Raises:
        MltrackException: if cloudpickle is not installed, or the file cannot be read; the error
            of what is missing is its cause.
    """
    cloudpickle()
    with _opened(file, compression) as stream:
        try:
            return _Unpickler(stream).load()
        except MltrackException:
            raise
        except ImportError as error:
            msg = (
                f"The model needs {error.name}, which is not installed here. Install what its"
                f" requirements.txt lists: %pip install -r {file.parent / 'requirements.txt'}"
            )
            raise MltrackException(msg) from error


def cloudpickle() -> Any:
    """The library.

    Raises:
        MltrackException: if it is not installed.
    """
    try:
        return importlib.import_module("cloudpickle")
    except ImportError as error:
        msg = "Python models need cloudpickle. Run `%pip install cloudpickle` first."
        raise MltrackException(msg) from error


def _pickler() -> Callable[[BinaryIO], Any]:
    class Pickler(cloudpickle().Pickler):  # type: ignore[misc]
        """Cloudpickle's, with MLflow's names for what is ours."""

        def reducer_override(self, obj: Any) -> Any:
            """How a class, function, module or object is written."""
            if is_checking(obj):
                return pyfunc, (obj.__wrapped__,)
            is_named = isinstance(obj, type | types.FunctionType | types.ModuleType)
            if is_named and (name := name_in_mlflow(obj)):
                return pkgutil.resolve_name, (name,)
            return super().reducer_override(obj)

    return cast("Callable[[BinaryIO], Any]", Pickler)


class _Unpickler(pickle.Unpickler):
    """Finds ours where a pickle names MLflow's."""

    def find_class(self, module: str, name: str, /) -> Any:
        """The thing of that name."""
        if f"{module}:{name}" in _INSTEAD:
            return _INSTEAD[f"{module}:{name}"]
        return (
            resolved(f"{module}:{name}") if is_mlflow(module) else super().find_class(module, name)
        )


def _imported(name: str) -> Any:
    """A module by name, as cloudpickle notes modules that a function uses."""
    return module_as_mlflow(name) if is_mlflow(name) else importlib.import_module(name)


def _function(
    code: types.CodeType, global_names: dict[str, Any], name: Any, defaults: Any, closure: Any
) -> types.FunctionType:
    """A function whose ``import mlflow`` finds us, as cloudpickle notes functions."""
    global_names["__builtins__"] = names_for_code()
    return types.FunctionType(code, global_names, name, defaults, closure)


#: What stands in a pickle, and what is taken instead: each takes names of MLflow.
_INSTEAD: dict[str, Callable[..., Any]] = {
    "cloudpickle.cloudpickle:_make_function": _function,
    "cloudpickle.cloudpickle:subimport": _imported,
    "pkgutil:resolve_name": resolved,
}


def _opened(file: Path, compression: str | None) -> BinaryIO:
    if not compression:
        return file.open("rb")
    if compression not in _COMPRESSED:
        msg = f"The model is compressed with {compression!r}; known are {', '.join(_COMPRESSED)}."
        raise InvalidParameterValue(msg)
    return cast("BinaryIO", importlib.import_module(_COMPRESSED[compression]).open(file, "rb"))
