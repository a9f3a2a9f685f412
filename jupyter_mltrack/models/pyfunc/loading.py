"""``pyfunc.load_model``: any model as a function, whichever library it was made with."""

from __future__ import annotations

import importlib
import logging
import warnings
from pathlib import Path
from typing import Any, Literal

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue, MltrackException, ResourceDoesNotExist
from jupyter_mltrack.models.environment_files import model_dependencies
from jupyter_mltrack.models.flavor import Flavor, Settings
from jupyter_mltrack.models.flavors import flavor_of_loader
from jupyter_mltrack.models.locating import located
from jupyter_mltrack.models.opening import OpenedModel, open_model
from jupyter_mltrack.models.pyfunc.loaded import PyFuncModel
from jupyter_mltrack.models.pyfunc.mlflow_names import is_mlflow
from jupyter_mltrack.models.pyfunc.model_config import changed_config
from jupyter_mltrack.models.pyfunc.python_function import FROM_CODE, NAME, PICKLED, PythonFunction

_log = logging.getLogger("jupyter_mltrack")

Config = str | Path | dict[str, Any] | None


def load_model(
    model_uri: str,
    suppress_warnings: bool = False,
    dst_path: str | None = None,
    model_config: Config = None,
) -> PyFuncModel:
    """Load a model as a function.

    Args:
        model_uri: ``runs:/<run_id>/<path>``, ``models:/…``, a path, or a remote URI.
        suppress_warnings: Whether to say nothing of what was ignored in ``model_config``.
        dst_path: A folder to bring its files to.
        model_config: Values to change in the configuration it was logged with: a dict, or the
            path of a YAML file.

    Raises:
        ResourceDoesNotExist: if there is no model, or its library is not known here.
        ModelNotTrusted: if loading would run what you neither logged nor trusted; `trust` it.
        InvalidParameterValue: if the model has no function.

    Example:
        >>> model = mlflow.pyfunc.load_model("runs:/4f0c…/model")
        >>> model.predict(df)
    """
    opened = open_model(model_uri, dst_path)
    if not suppress_warnings:
        return load_opened(opened, model_config)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return load_opened(opened, model_config)


def load_pyfunc(model_uri: str, suppress_warnings: bool = False) -> PyFuncModel:
    """`load_model` under the name of MLflow 1.

    Args:
        model_uri: As in `load_model`.
        suppress_warnings: As in `load_model`.
    """
    return load_model(model_uri, suppress_warnings)


def load_opened(opened: OpenedModel, model_config: Config = None) -> PyFuncModel:
    """The function of a model that the gate has let in.

    Args:
        opened: The model.
        model_config: As in `load_model`.
    """
    settings = opened.settings(NAME)
    config = changed_config(settings.get("config"), model_config)
    streams = settings.get("predict_stream_fn", "predict_stream")
    implementation, predict = _implementation(opened, settings, config)
    model = PyFuncModel(
        opened.model,
        implementation,
        predict,
        streams if settings.get("streamable") else None,
        opened.model.model_id,
    )
    try:
        model.input_example = opened.model.load_input_example(opened.folder)
    except (MltrackException, OSError):
        _log.debug("The input example of %s cannot be read.", opened.uri, exc_info=True)
    return model


def get_model_dependencies(model_uri: str, format: Literal["pip", "conda"] = "pip") -> str:
    """The file that says what to install to load a model; nothing of the model is loaded.

    Args:
        model_uri: As in `load_model`.
        format: ``pip`` for a ``requirements.txt``, ``conda`` for a ``conda.yaml``.

    Returns:
        Its path.

    Raises:
        ResourceDoesNotExist: if there is no model, or it does not say.
        InvalidParameterValue: for another format.

    Example:
        >>> path = mlflow.pyfunc.get_model_dependencies("runs:/4f0c…/model")
        >>> %pip install -r {path}
    """
    return str(model_dependencies(located(model_uri), format))


class _LibraryModel:
    """A model of a library: its function, and itself."""

    def __init__(self, flavor: Flavor, model: Any, settings: Settings) -> None:
        self.predict = flavor.predictor(model, settings).predict
        self._model = model

    def get_raw_model(self) -> Any:
        return self._model


def _implementation(
    opened: OpenedModel, settings: Settings, config: dict[str, Any] | None
) -> tuple[Any, str]:
    """What predicts, and the name of its method."""
    loader = settings.get("loader_module")
    if loader in {PICKLED, FROM_CODE}:
        predictor = PythonFunction().read(opened.folder, settings, model_config=config)
        return predictor, settings.get("predict_fn", "predict")
    flavor = flavor_of_loader(loader)
    if flavor is not None and flavor.name in opened.model.flavors:
        model = flavor.read(opened.folder, opened.settings(flavor.name))
        of_flavor = opened.function_settings(flavor.name)
        if config:
            of_flavor["config"] = config
        return _LibraryModel(flavor, model, of_flavor), "predict"
    return _by_module(opened, settings, loader, config), settings.get("predict_fn", "predict")


def _by_module(
    opened: OpenedModel, settings: Settings, loader: Any, config: dict[str, Any] | None
) -> Any:
    """What ``_load_pyfunc`` of any other module gives."""
    data = settings.get("data")
    place = contained(opened.folder, data) if data else opened.folder
    try:
        load = getattr(importlib.import_module(str(loader)), "_load_pyfunc", None)
    except ModuleNotFoundError as error:
        raise _not_found(opened, str(loader), error) from error
    if load is None:
        msg = f"The module {loader!r}, which MLmodel names as loader, has no _load_pyfunc."
        raise InvalidParameterValue(msg)
    return load(str(place), config) if config else load(str(place))


def _not_found(
    opened: OpenedModel, loader: str, error: ModuleNotFoundError
) -> ResourceDoesNotExist:
    if is_mlflow(loader):
        hint = "This release does not know its library; install MLflow beside it."
    else:
        hint = "Install what its requirements.txt lists, or log it with code_paths."
    return ResourceDoesNotExist(
        f"The model {opened.uri} is loaded by {loader!r}, and {error.name!r} is not here. {hint}"
    )
