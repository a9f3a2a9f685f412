"""XGBoost: ``Booster`` and its scikit-learn classes, in XGBoost's own formats.

Layout and settings are those of MLflow's ``mlflow/xgboost``. The formats are data alone; what
their numbers point to is checked in `xgboost_trees`, since XGBoost follows them unchecked.
"""

from __future__ import annotations

import importlib
import inspect
import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors.xgboost_trees import check_trees
from jupyter_mltrack.models.verbs import default_environment, verbs

_log = logging.getLogger("jupyter_mltrack")

_BOOSTER = "xgboost.core.Booster"

#: The classes that ``MLmodel`` may name; it may come from anybody.
CLASSES = frozenset(
    {
        _BOOSTER,
        "xgboost.sklearn.XGBClassifier",
        "xgboost.sklearn.XGBModel",
        "xgboost.sklearn.XGBRFClassifier",
        "xgboost.sklearn.XGBRFRegressor",
        "xgboost.sklearn.XGBRanker",
        "xgboost.sklearn.XGBRegressor",
    }
)

_FORMATS = ("ubj", "json")

#: What MLflow's older releases called them; XGBoost writes the newer one for it too.
_OLDER_FORMATS = {"xgb": "ubj"}


class XGBoost(Flavor):
    """Models of XGBoost: ``Booster``, and ``XGBClassifier`` and its like."""

    name = "xgboost"
    argument = "xgb_model"
    packages = ("xgboost",)
    options: ClassVar[dict[str, Any]] = {"model_format": "ubj"}

    def write(self, model: Any, folder: Path, *, model_format: str = "ubj") -> Written:
        """Write ``model.<format>``.

        Args:
            model: A trained Booster, or a fitted model of the scikit-learn classes.
            folder: Where to.
            model_format: ``"ubj"`` or ``"json"``.

        Raises:
            InvalidParameterValue: if it is something else, not fitted, or of no such format.
        """
        import xgboost

        model_class = _class_of(model)
        model_format = _OLDER_FORMATS.get(model_format, model_format)
        if model_format not in _FORMATS:
            msg = f"XGBoost has no format {model_format!r}; choose 'ubj' or 'json'."
            raise InvalidParameterValue(msg)
        file = f"model.{model_format}"
        try:
            model.save_model(str(folder / file))
        except (xgboost.core.XGBoostError, ValueError, TypeError) as error:
            msg = f"The {type(model).__name__} cannot be saved: {error}. Is it trained?"
            raise InvalidParameterValue(msg) from error
        settings = {
            "data": file,
            "model_class": model_class,
            "model_format": model_format,
            "xgb_version": xgboost.__version__,
        }
        needs = () if model_class == _BOOSTER else ("scikit-learn",)
        return Written(settings=settings, pyfunc={"data": file}, packages=needs)

    def read(self, folder: Path, settings: Settings) -> Any:
        """A model of the class that was saved."""
        model = _class_named(settings.get("model_class", _BOOSTER))()
        model.load_model(str(contained(folder, settings.get("data", ""))))
        return model

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The model's own ``predict``, of a Booster on a ``DMatrix``."""
        del settings
        return Trees(model)

    def is_safe(self, folder: Path, settings: Settings) -> bool:
        """Whether the file is there and the class is one of XGBoost's."""
        is_known = settings.get("model_class", _BOOSTER) in CLASSES
        return is_known and contained(folder, settings.get("data", "")).is_file()

    def examine(self, model: Any, settings: Settings) -> None:
        """Check that every tree stays within itself and within the features."""
        del settings
        check_trees(model.get_booster() if hasattr(model, "get_booster") else model)


@dataclass(frozen=True, slots=True)
class Trees:
    """A model of XGBoost as a function.

    Args:
        model: A Booster or a model of the scikit-learn classes.
    """

    model: Any

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """The predictions.

        Args:
            data: A DataFrame, whose columns must be called as in training; or an array.
            params: Keyword arguments of XGBoost's ``predict``, such as ``{"pred_leaf": True}``;
                others are left out, with a warning.
        """
        import xgboost

        known = _accepted(self.model.predict, params or {})
        if isinstance(self.model, xgboost.Booster):
            return self.model.predict(xgboost.DMatrix(data), **known)
        return self.model.predict(data, **known)


def _accepted(function: Callable[..., Any], params: dict[str, Any]) -> dict[str, Any]:
    names = inspect.signature(function).parameters
    if unknown := sorted(params.keys() - names.keys()):
        _log.warning("XGBoost's predict() takes no params %s; they are ignored.", unknown)
    return {name: value for name, value in params.items() if name in names}


def _class_of(model: Any) -> str:
    """The class to note: the nearest of XGBoost's own, if the user's class is made of one."""
    for cls in type(model).__mro__:
        name = f"{cls.__module__}.{cls.__qualname__}"
        if name in CLASSES:
            return name
    msg = f"xgb_model is a Booster or a model of xgboost.sklearn, not {type(model).__name__!r}."
    raise InvalidParameterValue(msg)


def _class_named(name: Any) -> Any:
    """A class of XGBoost.

    Raises:
        InvalidParameterValue: if it is none of `CLASSES`.
    """
    if name not in CLASSES:
        msg = (
            f"MLmodel names the class {str(name)[:80]!r}, which is none of XGBoost's that this"
            f" release knows: {', '.join(sorted(CLASSES))}."
        )
        raise InvalidParameterValue(msg)
    module, _, found = str(name).rpartition(".")
    return getattr(importlib.import_module(module), found)


FLAVOR = XGBoost()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
