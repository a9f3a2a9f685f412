"""scikit-learn: estimators and pipelines, pickled or in the format of skops.

Layout and settings are those of MLflow's ``mlflow/sklearn``.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import skops_files
from jupyter_mltrack.models.flavor import Flavor, Predictor, Settings, Written
from jupyter_mltrack.models.serialization import (
    CLOUDPICKLE,
    PICKLE,
    SKOPS,
    read_model,
    write_model,
)
from jupyter_mltrack.models.verbs import default_environment, verbs

_log = logging.getLogger("jupyter_mltrack")

SERIALIZATION_FORMAT_PICKLE = PICKLE
SERIALIZATION_FORMAT_CLOUDPICKLE = CLOUDPICKLE
SERIALIZATION_FORMAT_SKOPS = SKOPS

#: What else must be installed to read a format.
_NEEDS: dict[str, tuple[str, ...]] = {CLOUDPICKLE: ("cloudpickle",), SKOPS: ("skops",)}


class Sklearn(Flavor):
    """Models of scikit-learn, and others that follow its interface."""

    name = "sklearn"
    argument = "sk_model"
    packages = ("scikit-learn",)
    options: ClassVar[dict[str, Any]] = {
        "serialization_format": CLOUDPICKLE,
        "pyfunc_predict_fn": "predict",
        "skops_trusted_types": None,
    }

    def write(
        self,
        model: Any,
        folder: Path,
        *,
        serialization_format: str | None = CLOUDPICKLE,
        pyfunc_predict_fn: str = "predict",
        skops_trusted_types: Sequence[str] | None = None,
    ) -> Written:
        """Write ``model.pkl`` or ``model.skops``.

        Args:
            model: An estimator.
            folder: Where to.
            serialization_format: ``"cloudpickle"``, ``"pickle"``, or ``"skops"``, which others can
                load without trusting you if it holds nothing but what skops knows.
            pyfunc_predict_fn: The method that is called when the model is used as a function, such
                as ``"predict_proba"``.
            skops_trusted_types: Full names of classes in the model that skops does not know.

        Raises:
            InvalidParameterValue: if there is no such format, or it cannot hold the model.
        """
        import sklearn

        chosen = serialization_format or CLOUDPICKLE
        file = write_model(model, folder, chosen, skops_trusted_types)
        has_function = _has_method(model, pyfunc_predict_fn)
        if not has_function:
            _log.warning(
                "The %s has no method %s(), so the model is kept without the flavor"
                " python_function: load it with mlflow.sklearn.load_model().",
                type(model).__name__,
                pyfunc_predict_fn,
            )
        function = {"model_path": file, "predict_fn": pyfunc_predict_fn}
        return Written(
            settings={
                "pickled_model": file,
                "serialization_format": chosen,
                "sklearn_version": sklearn.__version__,
                "skops_trusted_types": None
                if skops_trusted_types is None
                else list(skops_trusted_types),
            },
            pyfunc=function if has_function else None,
            packages=_NEEDS.get(chosen, ()),
        )

    def read(self, folder: Path, settings: Settings) -> Any:
        """The estimator."""
        return read_model(
            contained(folder, settings.get("pickled_model", "")),
            settings.get("serialization_format", PICKLE),  # before MLflow wrote it
            settings.get("skops_trusted_types"),
        )

    def predictor(self, model: Any, settings: Settings) -> Predictor:
        """The method that ``MLmodel`` names, or ``predict``.

        Raises:
            InvalidParameterValue: if the model has no such method.
        """
        method = settings.get("predict_fn", "predict")
        if not _has_method(model, method):
            msg = f"MLmodel names the method {method!r}, which a {type(model).__name__} lacks."
            raise InvalidParameterValue(msg)
        return Method(model, method)

    def is_safe(self, folder: Path, settings: Settings) -> bool:
        """Whether it is a file of skops with nothing in it but what is known to be harmless."""
        return (
            settings.get("serialization_format") == SKOPS
            and not settings.get("skops_trusted_types")
            and skops_files.is_harmless(contained(folder, settings.get("pickled_model", "")))
        )


@dataclass(frozen=True, slots=True)
class Method:
    """A method of an estimator as a function.

    Args:
        model: The estimator.
        method: The name of one that takes the data alone.
    """

    model: Any
    method: str

    def predict(self, data: Any, params: dict[str, Any] | None = None) -> Any:
        """What the method says; ``params`` mean nothing to it, as in MLflow."""
        del params
        return getattr(self.model, self.method)(data)


def _has_method(model: Any, name: Any) -> bool:
    """Whether there is a method of this name that is for everybody."""
    if not isinstance(name, str) or name.startswith("_"):
        return False
    return callable(getattr(model, name, None))


FLAVOR = Sklearn()

save_model, log_model, load_model = verbs(FLAVOR)
get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
