"""A Python model as a function: called with the arguments that its ``predict`` takes."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from typing import Any

from jupyter_mltrack.models.pyfunc.checking import rows
from jupyter_mltrack.models.pyfunc.hints import call_of
from jupyter_mltrack.models.pyfunc.model import FunctionModel, PythonModelContext


class PythonModelPredictor:
    """A Python model with its context, ready to predict. Many threads may use it.

    Args:
        python_model: An object with ``predict``, or a function.
        context: Its files and its configuration.

    Attributes:
        python_model: The object; a function is wrapped in a `FunctionModel`.
        context: The same.
    """

    def __init__(self, python_model: Any, context: PythonModelContext) -> None:
        is_model = hasattr(python_model, "predict")
        self.python_model = python_model if is_model else FunctionModel(python_model)
        self.context = context
        self._calls = {
            name: call_of(getattr(self.python_model, name))
            for name in ("predict", "predict_stream")
            if hasattr(self.python_model, name)
        }

    def prepare(self) -> None:
        """Let the model load what it needs.

        Raises:
            Exception: what ``load_context`` raises, with a note where it comes from.
        """
        load_context = getattr(self.python_model, "load_context", None)
        if load_context is None:
            return
        try:
            load_context(context=self.context)
        except Exception as error:
            error.add_note(f"This is from load_context of {type(self.python_model).__qualname__}.")
            raise

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What ``predict`` of the model gives."""
        return self._called("predict", data, params)

    def predict_stream(self, data: Any, params: dict[str, Any] | None = None) -> Iterator[Any]:
        """What ``predict_stream`` of the model gives."""
        found: Iterator[Any] = self._called("predict_stream", data, params)
        return found

    def get_raw_model(self) -> Any:
        """The model itself."""
        return self.python_model

    def _called(self, name: str, data: Any, params: dict[str, Any] | None) -> Any:
        function, call = getattr(self.python_model, name), self._calls[name]
        if not getattr(function, "_is_pyfunc", False):
            data = rows(data, call.input)  # models of MLflow before 2.20 check nothing themselves
        before = (self.context,) if call.takes_context else ()
        if call.takes_params:
            return function(*before, data, params=params)
        if params:
            msg = f"predict of this model has no parameter `params`, so {params} is ignored."
            warnings.warn(msg, stacklevel=4)
        return function(*before, data)
