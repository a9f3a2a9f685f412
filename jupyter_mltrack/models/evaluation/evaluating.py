"""`evaluate`: how good a model, or what it said, is on data whose answers are known."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation.candidate import Candidate, candidate
from jupyter_mltrack.models.evaluation.custom_artifacts import checked_makers
from jupyter_mltrack.models.evaluation.evaluation_data import EvaluationData, Roles, read_data
from jupyter_mltrack.models.evaluation.extra_metrics import checked_metrics, tell_unused
from jupyter_mltrack.models.evaluation.file_box import FileBox
from jupyter_mltrack.models.evaluation.judging import Question, judged, metrics_of
from jupyter_mltrack.models.evaluation.metrics import EvaluationMetric
from jupyter_mltrack.models.evaluation.options import ELSEWHERE, options_for
from jupyter_mltrack.models.evaluation.recording import Subject, known_model, store
from jupyter_mltrack.models.evaluation.result import EvaluationResult
from jupyter_mltrack.models.evaluation.result_table import GREATER_IS_BETTER
from jupyter_mltrack.models.evaluation.validation import (
    MetricThreshold,
    checked_thresholds,
    validate_metrics,
)
from jupyter_mltrack.tracking import active

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS = ("classifier", "regressor")
#: What the run says that the data is used for, unless there is a prefix for the metrics.
_CONTEXT = "eval"


def evaluate(
    model: Any = None,
    data: Any = None,
    *,
    model_type: str | None = None,
    targets: Any = None,
    predictions: str | None = None,
    dataset_path: str | None = None,
    feature_names: Sequence[str] | None = None,
    evaluators: str | list[str] | None = None,
    evaluator_config: Mapping[str, Any] | None = None,
    extra_metrics: Sequence[EvaluationMetric] | None = None,
    custom_metrics: Sequence[EvaluationMetric] | None = None,
    custom_artifacts: Sequence[Callable[..., Any]] | None = None,
    validation_thresholds: Mapping[str, MetricThreshold] | None = None,
    baseline_model: Any = None,
    env_manager: str | None = "local",
    model_config: dict[str, Any] | None = None,
    inference_params: dict[str, Any] | None = None,
    model_id: str | None = None,
) -> EvaluationResult:
    """Measure a model, draw its plots, and log all of it to the active run.

    Without an active run one is started, and ended. Nothing is logged before everything is
    computed, so arguments that cannot be used leave nothing behind.

    Args:
        model: The URI of a model, a `PyFuncModel`, a function of a DataFrame, or any model with
            ``predict``; None if the data has the predictions already.
        data: A DataFrame of pandas or Polars, an array, a list of rows, or a dataset of
            ``mlflow.data``, which names its targets and predictions itself.
        model_type: ``"classifier"`` or ``"regressor"``; None computes your own metrics alone.
        targets: The column with what is right, or the values.
        predictions: Without a model, the column with the predictions; with one, the column of its
            output that holds them.
        dataset_path: Where the data is stored, for the record.
        feature_names: The columns that the model gets; None is all others. Of an array, its names.
        evaluators: ``"default"``, ``"classifier"``, ``"regressor"``, ``"shap"``, or a list.
        evaluator_config: ``pos_label``, ``label_list``, ``average``, ``sample_weights``,
            ``metric_prefix``, ``log_model_explainability`` and more; see `Options`.
        extra_metrics: Your own metrics, from `make_metric`. One that fails is a warning.
        custom_metrics: The name of ``extra_metrics`` in MLflow 1.
        custom_artifacts: Functions ``(eval_df, builtin_metrics, artifacts_dir)`` that return a
            dict of names and figures, tables, arrays, plain data, or paths.
        validation_thresholds: What metrics have to reach.
        baseline_model: Another model to compare with on the same data.
        env_manager: ``"local"``: the model runs here.
        model_config: For loading the model, if it is a URI.
        inference_params: For ``predict`` of a logged model.
        model_id: The logged model that the predictions are of, if that cannot be seen.

    Returns:
        Metrics, files, tables and figures.

    Raises:
        InvalidParameterValue: if the arguments do not fit each other; the message says what to do.
        ModelValidationFailedException: if a threshold is not reached; all is logged by then.

    Example:
        >>> result = mlflow.evaluate(
        ...     "runs:/4f0c…/model", test, targets="species", model_type="classifier"
        ... )
        >>> result
    """
    extra = _one_of(extra_metrics, custom_metrics)
    thresholds = checked_thresholds(validation_thresholds or {})
    _check_kind(model_type, extra, env_manager)
    _check_comparison(thresholds, baseline_model)
    targets, predictions = (_mapped(name, evaluator_config) for name in (targets, predictions))
    said = predictions if model is None else None
    roles = Roles(targets=targets, predictions=said, features=feature_names, path=dataset_path)
    rows = read_data(data, roles)
    _check_answers(rows, model, model_type)
    options = options_for(model_type, evaluators, evaluator_config, len(rows))
    question = Question(
        model_type=model_type,
        data=rows,
        options=options,
        metrics=checked_metrics(extra, options.metric_prefix),
        makers=checked_makers(custom_artifacts),
        output=None if model is None else predictions,
    )
    tell_unused(options, question.metrics)
    under_test = None
    if model is not None:
        under_test = candidate(
            model, model_config=model_config, inference_params=inference_params, model_id=model_id
        )
    subject = _subject(question, under_test, model_id, dataset_path)
    with active.muted():  # what is evaluated here is logged here
        before = {} if baseline_model is None else metrics_of(candidate(baseline_model), question)
        result = _stored(under_test, question, subject, before)
    validate_metrics(thresholds, result.metrics, before)
    return result


def _stored(
    model: Candidate | None, question: Question, subject: Subject, baseline: dict[str, float]
) -> EvaluationResult:
    """Judge a model, and log what comes out."""
    prefix = question.options.metric_prefix
    with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
        box = FileBox(folder=Path(folder), prefix=prefix)
        judgement = judged(model, question, box)
        stored = store(subject, judgement, box, prefix)
    better = GREATER_IS_BETTER | {one.name: one.greater_is_better for one in question.metrics}
    return EvaluationResult(
        judgement.metrics,
        stored.artifacts,
        stored.run_id,
        baseline_model_metrics=baseline,
        figures=judgement.figures,
        greater_is_better={f"{prefix}{name}": greater for name, greater in better.items()},
    )


def _subject(
    question: Question, model: Candidate | None, model_id: str | None, path: str | None
) -> Subject:
    return Subject(
        dataset=question.data.dataset,
        context=question.options.metric_prefix or _CONTEXT,
        model_id=known_model(model_id, None if model is None else model.model_id),
        model_uuid=None if model is None else model.model_uuid,
        path=path,
    )


def _one_of(metrics: Any, older: Any) -> Any:
    """The extra metrics, under either of their names."""
    if metrics is not None and older is not None:
        msg = "`custom_metrics` is the older name of `extra_metrics`: give one of them."
        raise InvalidParameterValue(msg)
    return older if metrics is None else metrics


def _check_kind(model_type: str | None, extra: Any, env_manager: str | None) -> None:
    if model_type in ELSEWHERE:
        msg = (
            f"Models of type {model_type!r} are not judged here. Take model_type=None, and give"
            " your own metrics as `extra_metrics`."
        )
        raise InvalidParameterValue(msg)
    if model_type is not None and model_type not in _KINDS:
        msg = f"`model_type` is one of {', '.join(_KINDS)} or None, not {model_type!r}."
        raise InvalidParameterValue(msg)
    if model_type is None and not extra:
        msg = "Say what kind of model it is with `model_type`, or give `extra_metrics`."
        raise InvalidParameterValue(msg)
    if env_manager not in {None, "local"}:
        msg = f"Models are evaluated in this Python: leave out env_manager={env_manager!r}."
        raise InvalidParameterValue(msg)


def _check_comparison(thresholds: Mapping[str, MetricThreshold], baseline: Any) -> None:
    names = [name for name, threshold in thresholds.items() if threshold.compares]
    if names and baseline is None:
        msg = f"The threshold of {names[0]} is a change against a baseline: give `baseline_model`."
        raise InvalidParameterValue(msg)


def _check_answers(data: EvaluationData, model: Any, model_type: str | None) -> None:
    if data.targets is None and model_type is not None:
        msg = (
            f"The targets argument must be specified for {model_type} models: the name of the"
            " column with what is right. A dataset names it itself, as in"
            " mlflow.data.from_pandas(df, targets='...')."
        )
        raise InvalidParameterValue(msg)
    if model is None and data.predictions is None:
        msg = "There is nothing to evaluate: give a `model`, or the column of its `predictions`."
        raise InvalidParameterValue(msg)
    if model is not None and data.predictions is not None:
        msg = "The dataset has predictions already: leave out the model, or them."
        raise InvalidParameterValue(msg)


def _mapped(name: Any, config: Any) -> Any:
    """The column that ``col_mapping`` says a name stands for."""
    mapping = config.get("col_mapping") if isinstance(config, Mapping) else None
    return mapping.get(name, name) if mapping and isinstance(name, str) else name
