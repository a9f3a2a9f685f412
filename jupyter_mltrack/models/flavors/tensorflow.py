"""TensorFlow: the models of Keras that MLflow's ``mlflow.tensorflow`` keeps.

Layout and settings are those of MLflow's ``mlflow/tensorflow``. TensorFlow need not be installed:
Keras 3 writes and reads the file with whatever backend it has. Models of TensorFlow without Keras
(``tf.Module``, estimators) and files older than TensorFlow 2.16 are not part of this release.
"""

from __future__ import annotations

import pickle
import sys
from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors import keras_archive
from jupyter_mltrack.models.flavors.keras import ArrayPredict, backend_packages, load
from jupyter_mltrack.models.verbs import default_environment, verbs

_FOLDER = "data"
_FILE = "model.keras"

#: Pickles of the user's classes, the registered ones and those that were given.
_OBJECTS = ("global_custom_objects.cloudpickle", "custom_objects.cloudpickle")


class TensorFlow(Flavor):
    """Models of Keras, as MLflow keeps them with TensorFlow."""

    name = "tensorflow"
    argument = "model"
    packages = ("tensorflow",)
    options: ClassVar[dict[str, Any]] = {"custom_objects": None, "keras_model_kwargs": None}

    def write(
        self,
        model: Any,
        folder: Path,
        *,
        custom_objects: dict[str, Any] | None = None,
        keras_model_kwargs: dict[str, Any] | None = None,
    ) -> Written:
        """Write ``data/model.keras``.

        Args:
            model: A ``keras.Model``.
            folder: Where to.
            custom_objects: The user's classes and functions by name, to be pickled beside it.
            keras_model_kwargs: Keyword arguments of the model's ``save``.

        Raises:
            InvalidParameterValue: if it is no model of Keras 3.
        """
        import keras

        if not isinstance(model, keras.Model):
            msg = (
                f"model is a keras.Model of Keras 3, not {type(model).__name__!r}. Models of"
                " TensorFlow without Keras are not part of this release."
            )
            raise InvalidParameterValue(msg)
        data = folder / _FOLDER
        data.mkdir()
        for name, text in {"keras_module.txt": "keras", "save_format.txt": "tf"}.items():
            (data / name).write_text(text, encoding="utf-8")
        if custom_objects is not None:
            _pickle(custom_objects, data / _OBJECTS[1])
        model.save(data / _FILE, **(keras_model_kwargs or {}))
        settings = {
            "data": _FOLDER,
            "keras_version": _version(keras),
            "model_type": "keras",
            "save_format": "tf",
        }
        needs = () if custom_objects is None else ("cloudpickle",)
        packages = ("keras", *backend_packages(), *needs)
        return Written(settings=settings, pyfunc={"data": _FOLDER}, packages=packages)

    def read(
        self,
        folder: Path,
        settings: Settings,
        *,
        saved_model_kwargs: dict[str, Any] | None = None,
        keras_model_kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """The model.

        Args:
            folder: The model's folder; pickled classes in it are made, as it has passed the gate.
            settings: What ``MLmodel`` says.
            saved_model_kwargs: For other models than those of Keras; not used.
            keras_model_kwargs: Keyword arguments of ``keras.saving.load_model``.

        Raises:
            InvalidParameterValue: if it is no model of Keras, or an older file of one.
        """
        del saved_model_kwargs
        file = _file(folder, settings)
        if file is None:
            msg = (
                f"The model in {folder} is of TensorFlow without Keras, or in a format older than"
                " '.keras'. This release does not read it; MLflow with TensorFlow does."
            )
            raise InvalidParameterValue(msg)
        further = dict(keras_model_kwargs or {})
        objects = _unpickled(file.parent) | (further.pop("custom_objects", None) or {})
        return load(file, objects or None, further)

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The model's own ``predict`` on arrays."""
        del settings
        return ArrayPredict(model)

    def is_safe(self, folder: Path, settings: Settings) -> bool:
        """Whether there is nothing pickled, and the archive is data as `keras_archive` says."""
        file = _file(folder, settings)
        if file is None or any((file.parent / name).exists() for name in _OBJECTS):
            return False
        return keras_archive.is_data(file)


def _file(folder: Path, settings: Settings) -> Path | None:
    """The ``.keras`` file, if that is what the folder has."""
    if settings.get("model_type") != "keras":
        return None
    file = contained(folder, f"{settings.get('data', '')}/{_FILE}")
    return file if file.is_file() else None


def _version(keras: Any) -> str:
    """What MLflow calls the version of Keras: TensorFlow's, if that is in use."""
    return str(getattr(sys.modules.get("tensorflow"), "__version__", keras.__version__))


def _pickle(objects: dict[str, Any], file: Path) -> None:
    import cloudpickle

    file.write_bytes(cloudpickle.dumps(objects))


def _unpickled(data: Path) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for file in (data / name for name in _OBJECTS):
        if file.is_file():
            found |= pickle.loads(file.read_bytes())  # noqa: S301 - it has passed the gate
    return found


FLAVOR = TensorFlow()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
