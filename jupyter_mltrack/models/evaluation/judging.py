"""The judgement: everything that an evaluation computes, before anything of it is stored."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.evaluation import (
    matplotlib_classifier,
    matplotlib_regressor,
    matplotlib_style,
    shap_explanation,
    sklearn_metrics,
)
from jupyter_mltrack.models.evaluation.answers import Answers, answers_in
from jupyter_mltrack.models.evaluation.artifacts import (
    CsvEvaluationArtifact,
    ImageEvaluationArtifact,
)
from jupyter_mltrack.models.evaluation.classified import classified
from jupyter_mltrack.models.evaluation.custom_artifacts import Maker, add_custom_artifacts
from jupyter_mltrack.models.evaluation.eval_table import eval_table
from jupyter_mltrack.models.evaluation.extra_metrics import Offered, Values, extra_values
from jupyter_mltrack.models.evaluation.metrics import EvaluationMetric, MetricValue, scalars
from jupyter_mltrack.models.evaluation.regressed import regressed

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

    from jupyter_mltrack.models.evaluation.candidate import Candidate
    from jupyter_mltrack.models.evaluation.evaluation_data import EvaluationData
    from jupyter_mltrack.models.evaluation.file_box import FileBox
    from jupyter_mltrack.models.evaluation.options import Options

_log = logging.getLogger("jupyter_mltrack")

Drawings = Mapping[str, "Callable[[], Figure]"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What is asked of a model.

    Attributes:
        model_type: ``classifier``, ``regressor`` or None.
        data: What it is judged on.
        options: How.
        metrics: Metrics of the user's.
        makers: Functions of the user's that make files.
        output: The column of its output that holds the predictions.
    """

    model_type: str | None
    data: EvaluationData
    options: Options
    metrics: Sequence[EvaluationMetric] = ()
    makers: Sequence[Maker] = ()
    output: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What came out; its files are in the box.

    Attributes:
        metrics: The metrics by their names in the run.
        figures: The plots by the names of their files.
        table: The rows with the scores of each, if a metric has such scores.
    """

    metrics: dict[str, float]
    figures: dict[str, Figure] = field(default_factory=dict)
    table: pd.DataFrame | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What is built in for one kind of model.

    Attributes:
        said: One prediction for each row, as users see it.
        metrics: The metrics.
        drawings: The plots that can be drawn.
        tables: Tables to be kept.
    """

    said: pd.Series[Any]
    metrics: dict[str, float]
    drawings: Drawings = field(default_factory=dict)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)


def metrics_of(model: Candidate | None, question: Question) -> dict[str, float]:
    """The metrics of a model alone: no plots, no files."""
    values = _asked(model, question)[-1]
    return _named(values, question.options.metric_prefix)


def judged(model: Candidate | None, question: Question, box: FileBox) -> Judgement:
    """Everything about a model.

    Args:
        model: The model; None if its predictions are in the data.
        question: What is asked of it.
        box: Where its files go.

    Raises:
        InvalidParameterValue: if the predictions and the targets cannot be compared.
    """
    offered, found, values = _asked(model, question)
    for name, table in found.tables.items():
        box.add(name, CsvEvaluationArtifact, _csv(table))
    figures = _drawn(found.drawings, box)
    if model is not None:
        figures |= _drawn(shap_explanation.drawings(model, question.data, question.options), box)
    add_custom_artifacts(question.makers, offered, scalars(values), box)
    prefix = question.options.metric_prefix
    scored = eval_table(question.data, found.said, values, prefix=prefix, output=question.output)
    return Judgement(metrics=_named(values, prefix), figures=figures, table=scored)


def _asked(model: Candidate | None, question: Question) -> tuple[Offered, _Found, Values]:
    """Ask the model, and compute the metrics of what it says."""
    data = question.data
    output = data.predictions if model is None else model.answers(data)
    answers = answers_in(output, question.output)
    found = _BUILT_IN[question.model_type](model, answers, question)
    offered = _offered(answers, found.said, question)
    values: Values = {
        name: MetricValue(aggregate_results={name: value}) for name, value in found.metrics.items()
    }
    return offered, found, values | extra_values(question.metrics, offered, values)


def _classifier(model: Candidate | None, answers: Answers, question: Question) -> _Found:
    import pandas as pd

    data, options = question.data, question.options
    case = classified(
        data.targets,  # type: ignore[arg-type]  # is there: evaluate() has looked
        answers.values,
        probabilities=None if model is None else model.probabilities(data),
        classes=None if model is None else model.classes,
        label_list=options.label_list,
        positive=options.pos_label,
        weights=options.sample_weights,
    )
    tables: dict[str, pd.DataFrame] = {}
    if case.is_binary:
        metrics = sklearn_metrics.binary(case)
    else:
        metrics = sklearn_metrics.multiclass(case, options.average)
        ranked = len(case.labels) <= options.max_classes_for_multiclass_roc_pr
        tables = {"per_class_metrics": sklearn_metrics.per_class(case, ranked=ranked)}
    return _Found(
        said=pd.Series([case.labels[place] for place in case.predictions]),
        metrics=_own_score(model, question) | metrics,
        drawings=matplotlib_classifier.drawings(case, options),
        tables=tables,
    )


def _regressor(model: Candidate | None, answers: Answers, question: Question) -> _Found:
    import pandas as pd

    weights = question.options.sample_weights
    case = regressed(question.data.targets, answers.values, weights)
    return _Found(
        said=pd.Series(case.predictions),
        metrics=_own_score(model, question) | sklearn_metrics.regression(case),
        drawings=matplotlib_regressor.drawings(case),
    )


def _neither(model: Candidate | None, answers: Answers, question: Question) -> _Found:
    """Only what the user computes."""
    import pandas as pd

    del model
    said = pd.Series(list(answers.values))
    if len(said) != len(question.data):
        msg = f"The model gave {len(said)} predictions for {len(question.data)} rows."
        raise InvalidParameterValue(msg)
    return _Found(said=said, metrics={})


_BUILT_IN: dict[str | None, Callable[[Candidate | None, Answers, Question], _Found]] = {
    "classifier": _classifier,
    "regressor": _regressor,
    None: _neither,
}


def _own_score(model: Candidate | None, question: Question) -> dict[str, float]:
    weights = question.options.sample_weights
    score = None if model is None else model.own_score(question.data, weights)
    return {} if score is None else {"score": score}


def _offered(answers: Answers, said: pd.Series[Any], question: Question) -> Offered:
    import pandas as pd

    data = question.data
    return Offered(
        predictions=said,
        targets=None if data.targets is None else pd.Series(data.targets),
        inputs=data.frame.reset_index(drop=True),
        outputs=answers.others,
        predictions_name=answers.name or data.predictions_name,
        targets_name=data.targets_name,
        options=question.options,
    )


def _drawn(drawings: Drawings, box: FileBox) -> dict[str, Figure]:
    """The plots, each in the box too; one that cannot be drawn is a warning."""
    if drawings and not matplotlib_style.is_there():
        _log.warning("Plots need Matplotlib: run `pip install matplotlib`. The metrics are there.")
        return {}
    figures = {}
    for name, draw in drawings.items():
        try:
            figure = draw()
            box.add(name, ImageEvaluationArtifact, _picture(figure))
        except Exception as error:  # noqa: BLE001  (a plot is never worth the metrics)
            _log.warning("The plot %s is left out: %s", name, error)
        else:
            figures[name] = figure
    return figures


def _picture(figure: Figure) -> Callable[[Any], None]:
    return lambda path: matplotlib_style.save(figure, path)


def _csv(table: pd.DataFrame) -> Callable[[Any], None]:
    return lambda path: CsvEvaluationArtifact.write(table, path)


def _named(values: Values, prefix: str) -> dict[str, float]:
    """The numbers by their names in the run; aggregations have the prefix too, as in MLflow."""
    prefixed: Values = {}
    for name, value in values.items():
        numbers = (value.aggregate_results or {}).items()
        found = {f"{prefix}{aggregation}": number for aggregation, number in numbers}
        prefixed[f"{prefix}{name}"] = MetricValue(aggregate_results=found)
    return scalars(prefixed)
