"""The model under test: how to ask it, whatever it was given as."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from jupyter_mltrack.models.evaluation.evaluation_data import EvaluationData

_log = logging.getLogger("jupyter_mltrack")

#: Libraries whose models tell probabilities apart from labels; MLflow asks these directly too,
#: save LightGBM's.
_ASKED_DIRECTLY = frozenset(
    {"mlflow.catboost", "mlflow.lightgbm", "mlflow.sklearn", "mlflow.xgboost"}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A model as functions.

    Attributes:
        predict: Labels or numbers for features.
        predict_proba: Probabilities of the classes, if it tells them.
        score: Its own measure of quality, of features and targets.
        classes: The label of each column of probabilities, if it says so.
        takes_table: Whether it wants a table rather than an array.
        model_id: Its id in the store, if it is there.
        model_uuid: Its id in its ``MLmodel`` file.
    """

    predict: Callable[[Any], Any]
    predict_proba: Callable[[Any], Any] | None = None
    score: Callable[..., Any] | None = None
    classes: Sequence[Any] | None = None
    takes_table: bool = False
    model_id: str | None = None
    model_uuid: str | None = None

    def answers(self, data: EvaluationData) -> Any:
        """What it predicts for the features."""
        return self.predict(self._features(data))

    def probabilities(self, data: EvaluationData) -> Any:
        """Shape ``(rows, classes)``; None if it does not tell them."""
        if self.predict_proba is None:
            return None
        try:
            found = self.predict_proba(self._features(data))
        except Exception as error:  # noqa: BLE001  (whatever the library raises)
            _log.warning("The model's predict_proba failed, so its metrics lack: %s", error)
            return None
        return found.to_numpy() if hasattr(found, "to_numpy") else found

    def own_score(self, data: EvaluationData, weights: Any) -> float | None:
        """Its own measure; None if it has none, or that fails."""
        if self.score is None:
            return None
        weighted = {} if weights is None else {"sample_weight": weights}
        try:
            return float(self.score(self._features(data), data.targets, **weighted))
        except Exception as error:  # noqa: BLE001  (as above)
            _log.warning("The metric score is left out, as the model's own failed: %s", error)
            return None

    def _features(self, data: EvaluationData) -> Any:
        """The features, as a copy: a model may change what it gets."""
        return data.frame if self.takes_table else data.features.copy()


def candidate(
    model: Any,
    *,
    model_config: dict[str, Any] | None = None,
    inference_params: dict[str, Any] | None = None,
    model_id: str | None = None,
) -> Candidate:
    """A model to be asked.

    Args:
        model: Its URI, a `PyFuncModel`, a function of a table, or a model with ``predict``.
        model_config: For `pyfunc.load_model`, of a URI.
        inference_params: For ``predict`` of a `PyFuncModel`.
        model_id: Its id in the store, if you know better.

    Raises:
        InvalidParameterValue: if it is nothing of these, or is another model than ``model_id``.
    """
    if isinstance(model, str):
        from jupyter_mltrack.models.pyfunc import load_model

        model, model_config = load_model(model, model_config=model_config), None
    if hasattr(model, "metadata") and hasattr(model, "unwrap_python_model"):
        found = _of_pyfunc(model, model_config, inference_params, model_id)
    elif inference_params:
        msg = "`inference_params` are for a model that was logged: give its URI."
        raise InvalidParameterValue(msg)
    elif hasattr(model, "predict"):
        found = _of_library(model, model_id=model_id)
    elif callable(model):
        found = Candidate(predict=model, takes_table=True, model_id=model_id)
    else:
        msg = (
            "`model` is the URI of a model, a PyFuncModel, a function, a model with predict(), or"
            f" None with `predictions`; not {type(model).__name__}."
        )
        raise InvalidParameterValue(msg)
    if model_id not in {None, found.model_id}:
        msg = (
            f"`model_id` is {model_id!r}, but the model is {found.model_id!r}. Leave it out, or"
            " give the model that you mean."
        )
        raise InvalidParameterValue(msg)
    return found


def _of_pyfunc(
    model: Any,
    config: dict[str, Any] | None,
    params: dict[str, Any] | None,
    model_id: str | None,
) -> Candidate:
    if config:
        msg = "`model_config` is for a URI. Load the model with it: load_model(uri, model_config=)."
        raise InvalidParameterValue(msg)
    known, uuid = getattr(model, "model_id", None) or model_id, model.metadata.model_uuid
    loader = model.metadata.flavors.get("python_function", {}).get("loader_module")
    raw = _raw(model) if loader in _ASKED_DIRECTLY else None
    if params is None and _speaks_as_sklearn(raw):
        has_score = loader == "mlflow.sklearn"
        return _of_library(raw, has_score=has_score, model_id=known, model_uuid=uuid)

    def predict(features: Any) -> Any:
        return model.predict(features, params=params) if params else model.predict(features)

    return Candidate(predict=predict, model_id=known, model_uuid=uuid)


def _raw(model: Any) -> Any:
    """The library's own model; None if the function is all there is."""
    try:
        return model.get_raw_model()
    except NotImplementedError:
        return None


def _speaks_as_sklearn(raw: Any) -> bool:
    """Not so a booster of XGBoost or LightGBM, which has no ``fit``."""
    return hasattr(raw, "predict") and hasattr(raw, "fit")


def _of_library(
    model: Any,
    *,
    has_score: bool = True,
    model_id: str | None = None,
    model_uuid: str | None = None,
) -> Candidate:
    """A model with scikit-learn's methods, as many libraries have them."""
    classes = getattr(model, "classes_", None)
    one_axis = getattr(classes, "ndim", None) == 1
    return Candidate(
        predict=model.predict,
        predict_proba=getattr(model, "predict_proba", None),
        score=getattr(model, "score", None) if has_score else None,
        classes=classes.tolist() if classes is not None and one_axis else None,
        model_id=model_id,
        model_uuid=model_uuid,
    )
