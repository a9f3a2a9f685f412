"""LightGBM: a Booster as LightGBM's own text, its scikit-learn classes as scikit-learn models are.

Layout and settings are those of MLflow's ``mlflow/lightgbm``. The text is data alone; what its
numbers point to is checked in `lightgbm_trees`, since LightGBM follows them unchecked.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.flavors.lightgbm_trees import check_trees
from jupyter_mltrack.models.flavors.own_predict import OwnPredict
from jupyter_mltrack.models.serialization import CLOUDPICKLE, SKOPS, read_model, write_model
from jupyter_mltrack.models.verbs import default_environment, verbs

_BOOSTER = "lightgbm.basic.Booster"
_BOOSTER_FILE = "model.lgb"

#: What MLflow lets skops make of LightGBM, beside what skops makes anyway.
_SKOPS_TRUSTED = (
    "collections.OrderedDict",
    _BOOSTER,
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
)

#: What else must be installed to read a format.
_NEEDS: dict[str, tuple[str, ...]] = {CLOUDPICKLE: ("cloudpickle",), SKOPS: ("skops",)}


class LightGBM(Flavor):
    """Models of LightGBM: ``Booster``, and ``LGBMClassifier`` and its like."""

    name = "lightgbm"
    argument = "lgb_model"
    packages = ("lightgbm",)
    options: ClassVar[dict[str, Any]] = {"serialization_format": None, "skops_trusted_types": None}

    def write(
        self,
        model: Any,
        folder: Path,
        *,
        serialization_format: str | None = None,
        skops_trusted_types: Sequence[str] | None = None,
    ) -> Written:
        """Write ``model.lgb`` for a Booster, else ``model.skops`` or ``model.pkl``.

        Args:
            model: A Booster, or a fitted model of the scikit-learn classes.
            folder: Where to.
            serialization_format: For the scikit-learn classes: ``"skops"``, ``"cloudpickle"`` or
                ``"pickle"``; None is cloudpickle, as importing skops takes seconds. MLflow notes
                it for a Booster too, where it means nothing.
            skops_trusted_types: Full names of classes in the model that skops does not know.

        Raises:
            InvalidParameterValue: if it is something else, not fitted, or of no such format.
        """
        import lightgbm

        is_booster = isinstance(model, lightgbm.Booster)
        _check(model, lightgbm)
        chosen = serialization_format or (SKOPS if is_booster else CLOUDPICKLE)
        trusted = sorted({*_SKOPS_TRUSTED, *(skops_trusted_types or ())})
        if is_booster:
            file = _BOOSTER_FILE
            model.save_model(str(folder / file))
        else:
            file = write_model(model, folder, chosen, trusted)
        settings = {
            "data": file,
            "lgb_version": lightgbm.__version__,
            "model_class": f"{type(model).__module__}.{type(model).__qualname__}",
            "serialization_format": chosen,
            "skops_trusted_types": trusted if chosen == SKOPS else None,
        }
        needs = () if is_booster else ("scikit-learn", *_NEEDS.get(chosen, ()))
        return Written(settings=settings, pyfunc={"data": file}, packages=needs)

    def read(self, folder: Path, settings: Settings) -> Any:
        """The model, of the class that was saved."""
        import lightgbm

        file = contained(folder, settings.get("data", ""))
        if _is_booster(settings):
            return lightgbm.Booster(model_file=str(file))
        model = read_model(
            file,
            settings.get("serialization_format", CLOUDPICKLE),  # before MLflow wrote it
            settings.get("skops_trusted_types"),
        )
        _check(model, lightgbm)
        return model

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The model's own ``predict``."""
        del settings
        return OwnPredict(model)

    def is_safe(self, folder: Path, settings: Settings) -> bool:
        """Whether it is a Booster in LightGBM's own text."""
        return _is_booster(settings) and contained(folder, settings.get("data", "")).is_file()

    def examine(self, model: Any, settings: Settings) -> None:
        """Check that every tree stays within itself and within the features."""
        del settings
        check_trees(model.model_to_string())


def _is_booster(settings: Settings) -> bool:
    """Whether the file is LightGBM's text, as it always was before MLflow noted the class."""
    return bool(settings.get("model_class", _BOOSTER) == _BOOSTER)


def _check(model: Any, lightgbm: Any) -> None:
    if isinstance(model, lightgbm.Booster):
        return
    if not isinstance(model, lightgbm.LGBMModel) or not model.__sklearn_is_fitted__():
        msg = (
            "lgb_model is a Booster or a fitted model of lightgbm.sklearn, not"
            f" {type(model).__name__!r}. Call fit() first."
        )
        raise InvalidParameterValue(msg)


FLAVOR = LightGBM()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
