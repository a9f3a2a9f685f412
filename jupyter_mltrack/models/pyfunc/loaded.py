"""A loaded model of any library: one ``predict`` for all of them."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Iterator
from typing import Any

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.models.enforcement import enforce_params, enforce_schema
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.pyfunc.like_example import like_example, single

_NAME = "python_function"


class PyFuncModel:
    """A model as a function, with its description. Made by `load_model`; threads may share it.

    Args:
        model_meta: What ``MLmodel`` says.
        model_impl: What predicts.
        predict_fn: The name of its method.
        predict_stream_fn: The name of the method that gives a prediction piece by piece, or None.
        model_id: The id of the model in the store.

    Raises:
        MltrackException: if ``model_impl`` has no such method.

    Attributes:
        input_example: The example that was logged with the model, or None.
    """

    def __init__(
        self,
        model_meta: Model,
        model_impl: Any,
        predict_fn: str = "predict",
        predict_stream_fn: str | None = None,
        model_id: str | None = None,
    ) -> None:
        self._meta = model_meta
        self._impl = model_impl
        self._predict = _method(model_impl, predict_fn)
        self._stream = _method(model_impl, predict_stream_fn) if predict_stream_fn else None
        self._model_id = model_id
        self.input_example: Any = None

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The predictions for data that fits the signature.

        Args:
            data: A DataFrame or Series of pandas or Polars, an array, a dict of arrays, a list, a
                list of dicts, a sparse matrix, or a single value.
            params: Parameters of the signature; the others keep their defaults.

        Returns:
            What the model gives: an array, a DataFrame, a Series, or a list.

        Raises:
            InvalidParameterValue: if the data or a parameter does not fit; the message says where.
            Exception: what the model raises.

        Example:
            >>> model = mlflow.pyfunc.load_model("runs:/4f0c…/model")
            >>> model.predict(pd.DataFrame({"age": [31.0], "city": ["Oslo"]}))
        """
        given = enforce_params(params, self._meta.get_params_schema())
        if not self._meta.is_signature_from_type_hint:  # else the function checks by itself
            data = self._enforced(data)
        if self._meta.type_hint_from_example:
            data = like_example(data, self.input_example)
        return self._predict(data, given)

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """The prediction for one input, piece by piece.

        Args:
            data: One input: a dict, a text, a number, or a list or table of one.
            params: Parameters of the signature.

        Raises:
            MltrackException: if the model cannot; check ``streamable`` in its ``MLmodel``.
            InvalidParameterValue: if the data does not fit, or is more than one input.
        """
        if self._stream is None:
            msg = "This model does not support predict_stream. Call predict, or log it streamable."
            raise MltrackException(msg)
        given = enforce_params(params, self._meta.get_params_schema())
        found: Iterator[Any] = self._stream(single(self._enforced(data)), given)
        return found

    def unwrap_python_model(self) -> Any:
        """The object that was logged as ``python_model``, with all its methods.

        Raises:
            MltrackException: if this is the model of a library.
        """
        found = getattr(self._impl, "python_model", None)
        if found is None:
            msg = "This is no PythonModel: take get_raw_model(), or load_model of its flavor."
            raise MltrackException(msg)
        return found

    def get_raw_model(self) -> Any:
        """The model as its library knows it.

        Raises:
            NotImplementedError: if its loader gives nothing but the function.
        """
        if hasattr(self._impl, "get_raw_model"):
            return self._impl.get_raw_model()
        msg = "`get_raw_model` is not implemented by the underlying model"
        raise NotImplementedError(msg)

    @property
    def metadata(self) -> Model:
        """What ``MLmodel`` says: ``.signature``, ``.flavors``, ``.metadata`` and more."""
        return self._meta

    @property
    def model_id(self) -> str | None:
        """The id of the model in the store: ``m-`` and 32 hexadecimal digits."""
        return self._model_id

    @property
    def model_config(self) -> dict[str, Any]:
        """The configuration that was logged with the model."""
        return self._function().get("config") or {}

    @property
    def loader_module(self) -> str | None:
        """The module that loads the model, by MLflow's name: ``mlflow.sklearn``, say."""
        return self._function().get("loader_module")

    def __eq__(self, other: object) -> bool:
        return isinstance(other, PyFuncModel) and self._meta == other._meta

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        facts = {
            "artifact_path": self._meta.artifact_path,
            "flavor": self.loader_module,
            "run_id": self._meta.run_id,
        }
        lines = [f"  {name}: {fact}" for name, fact in facts.items() if fact is not None]
        return "\n".join(["mlflow.pyfunc.loaded_model:", *lines, ""])

    def _function(self) -> dict[str, Any]:
        found: dict[str, Any] = self._meta.flavors.get(_NAME, {})
        return found

    def _enforced(self, data: Any) -> Any:
        schema = self._meta.get_input_schema()
        return data if schema is None else enforce_schema(data, schema)


def _method(implementation: Any, name: str) -> Callable[[Any, dict[str, Any]], Any]:
    """A method that takes data and params; params are left out if it knows none."""
    found = getattr(implementation, name, None)
    if not callable(found):
        msg = f"Model implementation is missing required {name} method."
        raise MltrackException(msg)
    try:
        parameter = inspect.signature(found).parameters.get("params")
    except ValueError:  # a function in C that does not tell
        parameter = None
    if parameter is not None and parameter.kind is not inspect.Parameter.VAR_KEYWORD:
        return lambda data, params: found(data, params=params)

    def without_params(data: Any, params: dict[str, Any]) -> Any:
        if params:
            msg = f"{name} of this model takes no params, so {params} is ignored."
            warnings.warn(msg, stacklevel=3)
        return found(data)

    return without_params
