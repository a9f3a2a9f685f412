"""The options of an evaluation: which evaluators, and the keys of ``evaluator_config``.

Keys and defaults are MLflow's. A key that is none of them is an argument for extra metrics.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking import limits

if TYPE_CHECKING:
    import numpy as np

#: The evaluators by name, and what kinds of models each is for; ``default`` is any of them.
EVALUATORS: dict[str, frozenset[str | None]] = {
    "default": frozenset({"classifier", "regressor", None}),
    "classifier": frozenset({"classifier"}),
    "regressor": frozenset({"regressor"}),
    "shap": frozenset({"classifier", "regressor"}),
}
#: MLflow's kinds of models that need a language model to be judged.
ELSEWHERE = frozenset({"question-answering", "retriever", "text", "text-summarization"})

_AVERAGES = ("weighted", "macro", "micro")
#: Keys that MLflow knows and that change nothing here.
_ACCEPTED = frozenset({"eval_results_mode", "explainability_kernel_link", "ignore_exceptions"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What ``evaluator_config`` may say.

    Attributes:
        pos_label: The positive one of two labels.
        label_list: All labels of a classifier.
        average: How metrics of several classes become one.
        sample_weights: What each row counts.
        metric_prefix: In front of the names of metrics and files.
        max_classes_for_multiclass_roc_pr: Curves are drawn for at most so many classes.
        calibration_n_bins: Bins of the calibration curve.
        calibration_classifier_name: What the calibration curve calls the model.
        col_mapping: For extra metrics: what a parameter stands for.
        log_model_explainability: Whether SHAP values are drawn; None does so if SHAP is there.
        log_explainer: Whether the explainer is logged too.
        explainability_algorithm: Of SHAP; None lets SHAP choose.
        explainability_nsamples: At most so many rows are explained.
        others: The other keys.
    """

    pos_label: Any = None
    label_list: Sequence[Any] | None = None
    average: str | None = "weighted"
    sample_weights: np.ndarray | None = None
    metric_prefix: str = ""
    max_classes_for_multiclass_roc_pr: int = 10
    calibration_n_bins: int = 10
    calibration_classifier_name: str | None = None
    col_mapping: Mapping[str, Any] = field(default_factory=dict)
    log_model_explainability: bool | None = None
    log_explainer: bool = False
    explainability_algorithm: str | None = None
    explainability_nsamples: int = 2000
    others: Mapping[str, Any] = field(default_factory=dict)

    def as_arguments(self) -> dict[str, Any]:
        """All keys with their values, for extra metrics whose parameters are named so."""
        own = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "others"}
        return {name: value for name, value in own.items() if value is not None} | {**self.others}


def list_evaluators() -> list[str]:
    """The names that ``evaluators`` of `evaluate` may have."""
    return list(EVALUATORS)


def options_for(model_type: str | None, evaluators: Any, config: Any, rows: int) -> Options:
    """The options of this evaluation.

    Args:
        model_type: ``classifier``, ``regressor`` or None.
        evaluators: The name of an evaluator, a list of them, or None for all that fit.
        config: The options, or a dict of options for each evaluator.
        rows: How many rows the data has.

    Raises:
        InvalidParameterValue: if an evaluator is unknown or does not fit the kind of model, or an
            option has a value that it cannot have.
    """
    names = _named(evaluators, model_type)
    given = _merged(config, names, listed=isinstance(evaluators, list))
    if "shap" not in names:
        given["log_model_explainability"] = False
    return _checked(given, rows)


def _named(evaluators: Any, model_type: str | None) -> list[str]:
    if evaluators is None:
        return list(EVALUATORS)
    names = [evaluators] if isinstance(evaluators, str) else evaluators
    if not isinstance(names, list) or not names:
        msg = f"`evaluators` is a name or a list of names: {', '.join(EVALUATORS)}."
        raise InvalidParameterValue(msg)
    if unknown := [name for name in names if name not in EVALUATORS]:
        msg = f"There is no evaluator {unknown[0]!r}. There are {', '.join(EVALUATORS)}."
        raise InvalidParameterValue(msg)
    if not any(model_type in EVALUATORS[name] for name in names if name != "shap"):
        msg = f"None of the evaluators {names} can evaluate a model of type {model_type!r}."
        raise InvalidParameterValue(msg)
    return ["shap", *names] if "default" in names else list(names)


def _merged(config: Any, names: list[str], *, listed: bool) -> dict[str, Any]:
    """One dict of options: those of ``default`` give way to those of an evaluator's own."""
    if config is None:
        return {}
    if not isinstance(config, Mapping):
        msg = f"`evaluator_config` is a dict of options, not {type(config).__name__}."
        raise InvalidParameterValue(msg)
    nested = {key: config[key] for key in config if key in EVALUATORS}
    if any(not isinstance(own, Mapping) for own in nested.values()) or (
        listed and len(nested) < len(config)
    ):
        msg = (
            "With a list of evaluators, `evaluator_config` has a dict of options for each of them:"
            f" {{'{names[-1]}': {{...}}}}."
        )
        raise InvalidParameterValue(msg)
    merged = {key: config[key] for key in config if key not in nested}
    for name in EVALUATORS:
        merged |= dict(nested.get(name, {}))
    return merged


def _checked(given: dict[str, Any], rows: int) -> Options:
    known = {one.name for one in fields(Options)} - {"others"}
    own = {name: value for name, value in given.items() if name in known and value is not None}
    others = {name: given[name] for name in given.keys() - known - _ACCEPTED}
    if not isinstance(own.get("metric_prefix", ""), str):
        msg = f"'metric_prefix' is a text, not {type(own['metric_prefix']).__name__}."
        raise InvalidParameterValue(msg)
    if prefix := own.get("metric_prefix"):
        limits.key("metric", f"{prefix}score")
    if own.get("average", "weighted") not in _AVERAGES:
        msg = f"'average' is one of {', '.join(_AVERAGES)}, not {own['average']!r}."
        raise InvalidParameterValue(msg)
    _check_counts(own)
    _check_calibration(own)
    if own.get("label_list") is not None:
        own["label_list"] = _as_list(own["label_list"], "label_list")
    if "sample_weights" in own:
        own["sample_weights"] = _weights(own["sample_weights"], rows)
    return Options(**own, others=others)


def _check_counts(own: dict[str, Any]) -> None:
    for name in (
        "calibration_n_bins",
        "explainability_nsamples",
        "max_classes_for_multiclass_roc_pr",
    ):
        value = own.get(name, 1)
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            msg = f"{name!r} is a whole number above 0, not {value!r}."
            raise InvalidParameterValue(msg)


def _check_calibration(own: dict[str, Any]) -> None:
    name = own.get("calibration_classifier_name", "")
    if not isinstance(name, str):
        msg = f"'calibration_classifier_name' is a text, not {type(name).__name__}."
        raise InvalidParameterValue(msg)


def _as_list(values: Any, name: str) -> list[Any]:
    listed = values.tolist() if hasattr(values, "tolist") else values
    if isinstance(listed, str | bytes) or not isinstance(listed, Sequence):
        msg = f"{name!r} is a list, not {type(values).__name__}."
        raise InvalidParameterValue(msg)
    return list(listed)


def _weights(values: Any, rows: int) -> np.ndarray:
    import numpy as np

    try:
        weights = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        msg = f"'sample_weights' are numbers: {error}."
        raise InvalidParameterValue(msg) from error
    if weights.shape != (rows,):
        msg = f"'sample_weights' has one number for each of the {rows} rows, not {weights.shape}."
        raise InvalidParameterValue(msg)
    if not np.isfinite(weights).all() or (weights < 0).any() or not weights.sum():
        msg = "'sample_weights' are numbers from 0 upwards, not all of them 0."
        raise InvalidParameterValue(msg)
    return weights
