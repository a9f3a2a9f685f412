"""What differs from library to library: how a model becomes files, and files a model.

A flavor is one file in `flavors/` with one subclass of `Flavor`; everything else about saving,
logging and loading is written once, in `verbs.py`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Protocol

#: What ``MLmodel`` says under the name of a flavor: plain data.
Settings = dict[str, Any]


class Predictor(Protocol):
    """A model as a function; what comes in has been through the signature."""

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The predictions for ``data``: a DataFrame, array, dict, list or sparse matrix."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What `Flavor.write` left in the model's folder.

    Attributes:
        settings: For ``MLmodel``, under the flavor's own name; ``code`` is added by the caller.
        pyfunc: For ``MLmodel``, under ``python_function``, such as ``{"model_path": "model.pkl"}``;
            None if the model cannot be used as a function. ``loader_module`` is ``mlflow.<name>``
            unless it is said here; ``env``, ``code`` and ``python_version`` are added.
        packages: Distributions that this very model needs beside `Flavor.packages`.
    """

    settings: Settings
    pyfunc: Settings | None = field(default_factory=dict)
    packages: tuple[str, ...] = ()


class Flavor(ABC):
    """How the models of one library are written and read.

    A flavor names its own options in `write` and `read`, as keyword arguments.

    Attributes:
        name: Its key in ``MLmodel``, and the module that users call: ``mlflow.<name>``.
        argument: What MLflow calls the model in ``save_model`` and ``log_model``.
        packages: The distributions that every model of it needs.
        options: Keyword arguments of ``save_model`` that only this flavor has, with defaults.
    """

    name: ClassVar[str]
    argument: ClassVar[str]
    packages: ClassVar[tuple[str, ...]]
    options: ClassVar[dict[str, Any]] = {}

    @abstractmethod
    def write(self, model: Any, folder: Path, *_: Any, **options: Any) -> Written:
        """Write ``model`` into ``folder``, which exists, with the flavor's own `options`.

        Raises:
            InvalidParameterValue: if this is no model of the library, or an option is unknown.
        """

    @abstractmethod
    def read(self, folder: Path, settings: Settings, *_: Any, **options: Any) -> Any:
        """The model in ``folder``, as the library knows it.

        Args:
            folder: The model's folder; it has passed the gate (`trust.py`).
            settings: What ``MLmodel`` says under `name`.
            **options: Keyword arguments that users give to ``load_model`` of this flavor.
        """

    @abstractmethod
    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The function that pyfunc calls, of a model that `read` gave or `write` took.

        Args:
            model: The model.
            settings: What ``MLmodel`` says under `name`, over what it says under
                ``python_function`` (`OpenedModel.function_settings`).
        """

    def is_safe(self, folder: Path, settings: Settings) -> bool:
        """Whether `read` executes nothing that the files say: a format of data alone.

        A native parser may still crash on a damaged file; the gate tries it in another process.
        """
        del folder, settings
        return False

    def examine(self, model: Any, settings: Settings) -> None:
        """Look at every part of ``model`` that a prediction might follow out of its bounds.

        The gate calls it in its trial process, after `read`, for models that are `is_safe`; what
        raises or crashes there is refused.
        """
        del model, settings
