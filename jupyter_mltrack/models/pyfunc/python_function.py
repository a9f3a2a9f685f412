"""The flavor ``python_function``: how a Python model becomes files, and files a Python model.

The keys are those of MLflow's ``mlflow/pyfunc/model.py`` and ``mlflow/pyfunc/__init__.py``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.code_paths import copy_tree
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.pyfunc import pickled
from jupyter_mltrack.models.pyfunc.artifacts import artifact_paths, copy_artifacts
from jupyter_mltrack.models.pyfunc.from_code import run_code
from jupyter_mltrack.models.pyfunc.like_example import like_example
from jupyter_mltrack.models.pyfunc.model import FunctionModel, PythonModel, PythonModelContext
from jupyter_mltrack.models.pyfunc.predictor import PythonModelPredictor
from jupyter_mltrack.models.whole_file import write_whole

#: Its key in ``MLmodel``.
NAME = "python_function"

#: What ``MLmodel`` says under ``loader_module`` of models that are pickled, and of code.
PICKLED, FROM_CODE = "mlflow.pyfunc.model", "mlflow.pyfunc.loaders.code_model"

_PICKLE_FILE = "python_model.pkl"
_DATA_FOLDER = "data"


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What a model is made of; either ``loader_module``, or the model that is given beside it.

    Attributes:
        loader_module: The module whose ``_load_pyfunc`` loads the model.
        data_path: What that gets: a file or a folder.
        code: The name and the text of a Python file that makes the model; None to pickle it.
        artifacts: Files the model needs: paths or URIs by name.
        model_config: Its configuration.
        streamable: Whether it has ``predict_stream``; None to look.
        example: The form in which the model wants tables: its input example; None for tables.
    """

    loader_module: str | None = None
    data_path: str | Path | None = None
    code: tuple[str, str] | None = None
    artifacts: dict[str, Any] = field(default_factory=dict)
    model_config: dict[str, Any] | None = None
    streamable: bool | None = None
    example: Any = None


class PythonFunction(Flavor):
    """Python models, and models of any module that has ``_load_pyfunc``.

    Args:
        source: What the model is made of, for the one call of ``save_model`` it is made for.
    """

    name = NAME
    argument = "python_model"
    packages = ("cloudpickle",)

    def __init__(self, source: Source | None = None) -> None:
        self._source = source or Source()
        self._context = PythonModelContext({}, self._source.model_config)

    def write(self, model: Any, folder: Path, **options: Any) -> Written:
        """Write a Python model, or what its ``loader_module`` loads.

        Raises:
            InvalidParameterValue: if it cannot be pickled, or an artifact is not there.
            TypeError: for an argument that there is not.
        """
        if options:
            msg = f"save_model() and log_model() of pyfunc have no arguments {sorted(options)}."
            raise TypeError(msg)
        made = self._loaded_by(folder) if self._source.loader_module else self._made(model, folder)
        config = {"config": self._source.model_config} if self._source.model_config else {}
        return Written(settings={}, pyfunc={**made, **config})

    def read(self, folder: Path, settings: Settings, **options: Any) -> PythonModelPredictor:
        """The Python model in a folder, with its context loaded.

        Args:
            folder: It has passed the gate.
            settings: What ``MLmodel`` says under ``python_function``.
            **options: ``model_config``: the configuration, if it was changed on loading.

        Raises:
            InvalidParameterValue: if ``MLmodel`` does not say where the model is.
            MltrackException: if it cannot be read; or what ``load_context`` raises.
        """
        config = options.get("model_config", settings.get("config"))
        context = PythonModelContext(artifact_paths(settings.get("artifacts", {}), folder), config)
        predictor = PythonModelPredictor(_read(folder, settings, config), context)
        predictor.prepare()
        return predictor

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The model as a function: what `read` gave, or what is being saved, prepared now."""
        del settings
        if isinstance(model, PythonModelPredictor):
            return model
        predictor = PythonModelPredictor(_as_object(model), self._context)
        predictor.prepare()
        return _LikeExample(predictor, self._source.example)

    def _made(self, model: Any, folder: Path) -> Settings:
        """Write a Python model with its artifacts."""
        source = self._source
        entries = copy_artifacts(source.artifacts, folder)
        self._context = PythonModelContext(artifact_paths(entries, folder), source.model_config)
        settings: Settings = {
            "cloudpickle_version": pickled.cloudpickle().__version__,
            "streamable": _streams(model) if source.streamable is None else source.streamable,
            **({"artifacts": entries} if entries else {}),
        }
        if source.code:
            name, text = source.code
            write_whole(folder / name, text)
            return {**settings, "loader_module": FROM_CODE, "model_code_path": name}
        pickled.dump(_as_object(model), folder / _PICKLE_FILE)
        return {**settings, "loader_module": PICKLED, "python_model": _PICKLE_FILE}

    def _loaded_by(self, folder: Path) -> Settings:
        """Copy the data of a model that a module loads."""
        source = self._source
        settings: Settings = {
            "loader_module": source.loader_module,
            "streamable": bool(source.streamable),
        }
        if source.data_path is None:
            return settings
        data = Path(source.data_path)
        if not data.exists():
            msg = f"There is nothing at {str(data)!r}, which data_path names."
            raise InvalidParameterValue(msg)
        name = f"{_DATA_FOLDER}/{data.resolve().name}" if data.is_file() else _DATA_FOLDER
        copy_tree(data, folder / name)
        return {**settings, "data": name}


class _LikeExample:
    """A model that gets tables in the form of the example, if its hint says so."""

    def __init__(self, predictor: PythonModelPredictor, example: Any) -> None:
        self._predictor = predictor
        self._example = example

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        return self._predictor.predict(like_example(data, self._example), params)


def _read(folder: Path, settings: Settings, config: dict[str, Any] | None) -> Any:
    if settings.get("model_code_path"):
        # MLflow notes where the file was on its author's machine; it lies beside MLmodel.
        name = re.split(r"[\\/]", str(settings["model_code_path"]))[-1]
        return run_code(contained(folder, name), config)
    if not settings.get("python_model"):
        msg = "MLmodel does not say which file holds the python_model. Log the model again."
        raise InvalidParameterValue(msg)
    file = contained(folder, settings["python_model"])
    return pickled.load(file, settings.get("python_model_compression"))


def _as_object(model: Any) -> Any:
    return model if hasattr(model, "predict") else FunctionModel(model)


def _streams(model: Any) -> bool:
    """Whether its class has a ``predict_stream`` of its own."""
    found = getattr(type(model), "predict_stream", None)
    return found is not None and found is not PythonModel.predict_stream
