"""CatBoost: models in the formats of CatBoost itself.

Layout and settings are those of MLflow's ``mlflow/catboost``.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors.own_predict import OwnPredict
from jupyter_mltrack.models.verbs import default_environment, verbs

_FILE = "model.cb"

#: The classes that MLflow knows by these names; a class of the user's is loaded as its parent.
_CLASSES = ("CatBoost", "CatBoostClassifier", "CatBoostRegressor", "CatBoostRanker")

#: What CatBoost can read as well as write: https://catboost.ai/docs/concepts/python-reference_catboost_load_model
_FORMATS = ("cbm", "json", "onnx", "coreml")


class CatBoostModels(Flavor):
    """Models of CatBoost: ``CatBoostClassifier`` and its like."""

    name = "catboost"
    argument = "cb_model"
    packages = ("catboost",)
    options: ClassVar[dict[str, Any]] = {"format": "cbm", "export_parameters": None, "pool": None}

    def write(
        self,
        model: Any,
        folder: Path,
        *,
        format: str = "cbm",
        export_parameters: dict[str, Any] | None = None,
        pool: Any = None,
    ) -> Written:
        """Write ``model.cb``.

        Args:
            model: A fitted ``CatBoost``, or one of its subclasses.
            folder: Where to.
            format: ``cbm``, ``json``, ``onnx`` or ``coreml``.
            export_parameters: CatBoost's parameters of the format.
            pool: The training data, which ``json`` needs for models with categories.

        Raises:
            InvalidParameterValue: if it is another model, is not fitted, or CatBoost could not read
                the format again.
        """
        import catboost

        if not isinstance(model, catboost.CatBoost) or not model.is_fitted():
            msg = f"cb_model is a fitted model of CatBoost, not {type(model).__name__!r}."
            raise InvalidParameterValue(msg)
        if format not in _FORMATS:
            msg = (
                f"CatBoost cannot load the format {format!r} again. Save the model as one of"
                f" {', '.join(_FORMATS)}, and log the other file as an artifact."
            )
            raise InvalidParameterValue(msg)
        model.save_model(str(folder / _FILE), format, export_parameters, pool)
        settings = {
            "catboost_version": catboost.__version__,
            "data": _FILE,
            "model_type": next(c.__name__ for c in type(model).__mro__ if c.__name__ in _CLASSES),
            "save_format": format,
        }
        return Written(settings=settings, pyfunc={"data": _FILE})

    def read(self, folder: Path, settings: Settings) -> Any:
        """The model, of the class that ``model_type`` names."""
        import catboost

        model_type = settings.get("model_type")
        if model_type not in _CLASSES:
            msg = f"The model_type {model_type!r} is not one of CatBoost: {', '.join(_CLASSES)}."
            raise InvalidParameterValue(msg)
        model = getattr(catboost, model_type)()
        file = contained(folder, settings.get("data", _FILE))
        return model.load_model(str(file), settings.get("save_format", "cbm"))

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The model's own ``predict``."""
        del settings
        return OwnPredict(model)


FLAVOR = CatBoostModels()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
