"""Models that users write themselves: a class with ``predict``, or a function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from jupyter_mltrack.models.pyfunc.checking import pyfunc
from jupyter_mltrack.models.pyfunc.hints import Call, call_of

__all__ = ["FunctionModel", "PythonModel", "PythonModelContext"]


class PythonModelContext:
    """What a model finds when it is loaded.

    Attributes:
        artifacts: Files that were logged with the model: paths on this machine by name.
        model_config: Its configuration, or None.
    """

    def __init__(
        self, artifacts: dict[str, str], model_config: dict[str, Any] | None = None
    ) -> None:
        self.artifacts = artifacts
        self.model_config = model_config


class PythonModel:
    """A model of any kind: derive from it and write ``predict``.

    A type hint such as ``list[str]`` or ``list[dict[str, float]]`` for the data becomes the
    signature, and data is checked against it at each call.

    Example:
        >>> class Doubler(mlflow.pyfunc.PythonModel):
        ...     def predict(self, context, model_input, params=None):
        ...         return model_input * 2
        >>> mlflow.pyfunc.log_model(name="doubler", python_model=Doubler())
    """

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        predict = cls.__dict__.get("predict")
        if callable(predict) and cls.__module__ != __name__:
            cls.predict = pyfunc(predict)  # type: ignore[method-assign]

    @property
    def predict_type_hints(self) -> Call:
        """What the hints of ``predict`` say: ``.input`` and ``.output``."""
        return call_of(self.predict)

    def load_context(self, context: PythonModelContext) -> None:
        """Prepare to predict; called once, when the model is loaded.

        Args:
            context: The files and the configuration that were logged with the model.
        """

    def predict(self, context: Any, model_input: Any, params: dict[str, Any] | None = None) -> Any:
        """The predictions. ``context`` and ``params`` may be left out of the definition.

        Args:
            context: As in `load_context`.
            model_input: The data, checked against the signature.
            params: The parameters of the signature.
        """
        raise NotImplementedError

    def predict_stream(
        self, context: Any, model_input: Any, params: dict[str, Any] | None = None
    ) -> Iterator[Any]:
        """The prediction for one input, piece by piece; only if the model can.

        Args:
            context: As in `load_context`.
            model_input: One input.
            params: The parameters of the signature.
        """
        raise NotImplementedError


class FunctionModel(PythonModel):
    """A function as a model; the attributes are those that MLflow's pickles have.

    Args:
        func: Takes the data.
        signature: Not used.
    """

    def __init__(self, func: Callable[[Any], Any], signature: Any = None) -> None:
        self.func = pyfunc(func)
        self.signature = signature

    @property
    def predict_type_hints(self) -> Call:
        """What the hints of the function say."""
        return call_of(self.func)

    def predict(self, model_input: Any, params: dict[str, Any] | None = None) -> Any:  # type: ignore[override]
        """What the function gives; it takes no parameters."""
        del params
        return self.func(model_input)
