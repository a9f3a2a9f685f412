"""What users give as a Python model, made ready to be written: checked, and with its signature."""

from __future__ import annotations

import inspect
import logging
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.inference import infer_param_schema
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.pyfunc.checking import checked, rows
from jupyter_mltrack.models.pyfunc.from_code import code_of, run_code
from jupyter_mltrack.models.pyfunc.hints import (
    Call,
    call_of,
    input_schema,
    is_from_example,
    output_schema,
)
from jupyter_mltrack.models.pyfunc.python_function import PythonFunction, Source
from jupyter_mltrack.models.signature import ModelSignature

_log = logging.getLogger("jupyter_mltrack")


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A Python model that can be written.

    Attributes:
        model: The object with ``predict``, or the function; None if a module loads it.
        flavor: What writes it.
        meta: The description to complete; it has the signature that type hints give.
    """

    model: Any
    flavor: PythonFunction
    meta: Model

    def signature_besides(self, given: Any) -> Any:
        """The signature that a user gave, unless type hints say another: then that of the hints."""
        hinted = self.meta.signature
        if hinted is None or given is None or given == hinted:
            return given if hinted is None else None
        _log.warning(
            "The type hints of predict give another signature than the one given, and are taken,"
            " because predict checks by them:\n%s",
            hinted,
        )
        return None


def prepared(
    python_model: Any, source: Source, example: Any = None, meta: Model | None = None
) -> Prepared:
    """A Python model made ready; the code of a file is run.

    Args:
        python_model: An object, a function, the path of a file, or None with a loader module.
        source: What it is made of.
        example: The input example, or a tuple of it and params.
        meta: The description to start from.

    Raises:
        InvalidParameterValue: if arguments do not go together, or the model is none.
    """
    _check(python_model, source)
    if isinstance(python_model, str | Path):
        name, text = code_of(python_model)
        source = replace(source, code=(name, text))
        python_model = run_code(Path(python_model), source.model_config, text)
    meta = meta or Model()
    if python_model is not None:
        _check_callable(python_model)
        call = call_of(getattr(python_model, "predict", python_model))
        data, params = _split(example)
        _take_hints(call, meta, data, params)
        source = replace(source, example=data if meta.type_hint_from_example else None)
    return Prepared(model=python_model, flavor=PythonFunction(source), meta=meta)


def _check(python_model: Any, source: Source) -> None:
    if python_model is None and source.loader_module is None:
        msg = (
            "Give python_model (an instance of a PythonModel, a function, or the path of a .py or"
            " .ipynb file), or the loader_module that loads the model."
        )
        raise InvalidParameterValue(msg)
    by_module = source.loader_module is not None or source.data_path is not None
    if by_module and (python_model is not None or source.artifacts):
        msg = (
            "loader_module and data_path are for models that a module loads; they do not go with"
            " python_model and artifacts. Give one pair."
        )
        raise InvalidParameterValue(msg)


def _check_callable(model: Any) -> None:
    if isinstance(model, type):
        msg = f"python_model is the class {model.__name__}: give an instance, {model.__name__}()."
        raise InvalidParameterValue(msg)
    if callable(getattr(model, "predict", None)):
        return
    if not callable(model):
        msg = (
            "python_model must be a PythonModel instance, a function, or the path of a file that"
            f" calls set_model; not a {type(model).__name__}."
        )
        raise InvalidParameterValue(msg)
    if _arguments(model) != 1:
        msg = "A function as python_model takes exactly one argument: the data."
        raise InvalidParameterValue(msg)


def _arguments(function: Any) -> int | None:
    """How many arguments a function has; None for functions in C that do not tell."""
    try:
        return len(inspect.signature(function).parameters)
    except ValueError:
        return None


def _take_hints(call: Call, meta: Model, data: Any, params: dict[str, Any] | None) -> None:
    """Put the signature that type hints give into the description."""
    if is_from_example(call.input):
        meta.type_hint_from_example = isinstance(data, list) or hasattr(data, "iloc")
        return
    inputs = input_schema(call.input)
    if inputs is None:
        return
    if data is not None:
        _check_example(data, call.input)
    meta.signature = ModelSignature(
        inputs, output_schema(call.output), infer_param_schema(params) if params else None
    )
    meta.is_signature_from_type_hint = True


def _check_example(data: Any, hint: Any) -> None:
    try:
        checked(rows(data, hint), hint)
    except MltrackException as error:
        msg = f"The input example does not fit the type hint: {error.message}"
        raise InvalidParameterValue(msg) from error


def _split(example: Any) -> tuple[Any, dict[str, Any] | None]:
    """The example, and the parameters if it came with them."""
    match example:
        case (data, dict() as params) if isinstance(example, tuple):
            return data, params
    return example, None
