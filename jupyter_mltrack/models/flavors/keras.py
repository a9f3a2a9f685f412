"""Keras 3: models in Keras's own ``.keras`` format, whatever the backend.

Layout and settings are those of MLflow's ``mlflow/keras``. What in such a file is data alone is
decided in `keras_archive`. Keras's ``safe_mode``, which refuses Python code in a file, stays on
unless the user switches it off for a model in ``load_model_kwargs``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors import keras_archive
from jupyter_mltrack.models.verbs import default_environment, verbs

_FOLDER = "data"
_FILE = "model.keras"
_MODULE_FILE = "keras_module.txt"


class Keras(Flavor):
    """Models of Keras 3."""

    name = "keras"
    argument = "model"
    packages = ("keras",)
    options: ClassVar[dict[str, Any]] = {"save_exported_model": False, "save_model_kwargs": None}

    def write(
        self,
        model: Any,
        folder: Path,
        *,
        save_exported_model: bool = False,
        save_model_kwargs: dict[str, Any] | None = None,
    ) -> Written:
        """Write ``data/model.keras``.

        Args:
            model: A ``keras.Model``.
            folder: Where to.
            save_exported_model: MLflow's other format, for TensorFlow; it is refused here.
            save_model_kwargs: Keyword arguments of the model's ``save``.

        Raises:
            InvalidParameterValue: if it is no model of Keras 3, or an exported one is asked for.
        """
        import keras

        if not isinstance(model, keras.Model):
            msg = f"model is a keras.Model of Keras 3, not {type(model).__name__!r}."
            raise InvalidParameterValue(msg)
        if save_exported_model:
            raise _exported()
        data = folder / _FOLDER
        data.mkdir()
        (data / _MODULE_FILE).write_text("keras", encoding="utf-8")
        model.save(data / _FILE, **(save_model_kwargs or {}))
        settings = {
            "data": _FOLDER,
            "keras_backend": keras.backend.backend(),
            "keras_version": keras.__version__,
            "save_exported_model": False,
        }
        return Written(settings=settings, packages=backend_packages())

    def read(
        self,
        folder: Path,
        settings: Settings,
        *,
        custom_objects: dict[str, Any] | None = None,
        load_model_kwargs: dict[str, Any] | None = None,
    ) -> Any:
        """The model.

        Args:
            folder: The model's folder.
            settings: What ``MLmodel`` says.
            custom_objects: The user's classes and functions by name.
            load_model_kwargs: Keyword arguments of ``keras.saving.load_model``.

        Raises:
            InvalidParameterValue: if it was exported for TensorFlow.
        """
        if settings.get("save_exported_model"):
            raise _exported()
        file = contained(folder, settings.get("data", "")) / _FILE
        return load(file, custom_objects, load_model_kwargs or {})

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The model's own ``predict`` on arrays."""
        del settings
        return ArrayPredict(model)

    def is_safe(self, folder: Path, settings: Settings) -> bool:
        """Whether the archive names layers and functions of Keras alone, and none that run code."""
        file = contained(folder, settings.get("data", "")) / _FILE
        return not settings.get("save_exported_model") and keras_archive.is_data(file)


@dataclass(frozen=True, slots=True)
class ArrayPredict:
    """A model of Keras as a function of tables and arrays.

    Args:
        model: A ``keras.Model``.
    """

    model: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the model's ``predict`` says.

        Args:
            data: A DataFrame, an array, or a list, tuple or dict of arrays for several inputs.
            params: They mean nothing here, as in MLflow.

        Returns:
            A DataFrame with the index of the given one, or what ``predict`` returned.

        Raises:
            InvalidParameterValue: if it is something else.
        """
        import numpy as np
        import pandas as pd

        del params
        if isinstance(data, pd.DataFrame):
            return pd.DataFrame(self._of(data.to_numpy()), index=data.index)
        if not isinstance(data, np.ndarray | list | tuple | dict):
            msg = (
                "A model of Keras predicts from a DataFrame, an array, or a list or dict of arrays,"
                f" not from {type(data).__name__!r}."
            )
            raise InvalidParameterValue(msg)
        return self._of(data)

    def _of(self, data: Any) -> Any:
        return self.model.predict(data, verbose=0)


def load(file: Path, custom_objects: dict[str, Any] | None, further: dict[str, Any]) -> Any:
    """The model in a ``.keras`` file, with Keras's ``safe_mode`` on unless ``further`` says not.

    Args:
        file: Where it is.
        custom_objects: The user's classes and functions by name.
        further: Other keyword arguments of ``keras.saving.load_model``.
    """
    import keras

    asked = {"custom_objects": custom_objects, "safe_mode": True} | further
    return keras.saving.load_model(str(file), **asked)


def backend_packages() -> tuple[str, ...]:
    """The distribution that Keras computes with now."""
    import keras

    backend = keras.backend.backend()
    return ({"numpy": "numpy", "torch": "torch"}.get(backend, backend),)


def _exported() -> InvalidParameterValue:
    return InvalidParameterValue(
        "Models that Keras exported for TensorFlow (save_exported_model=True) are not part of this"
        " release. Save the model without it: the .keras file holds all of it."
    )


FLAVOR = Keras()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
