"""How good a model is: metrics, plots, comparison with a baseline, thresholds."""

from __future__ import annotations

from jupyter_mltrack.models.evaluation.artifacts import EvaluationArtifact
from jupyter_mltrack.models.evaluation.evaluating import evaluate
from jupyter_mltrack.models.evaluation.metrics import EvaluationMetric, MetricValue, make_metric
from jupyter_mltrack.models.evaluation.options import list_evaluators
from jupyter_mltrack.models.evaluation.result import EvaluationResult
from jupyter_mltrack.models.evaluation.validation import (
    MetricThreshold,
    ModelValidationFailedException,
    validate_evaluation_results,
)

__all__ = [
    "EvaluationArtifact",
    "EvaluationMetric",
    "EvaluationResult",
    "MetricThreshold",
    "MetricValue",
    "ModelValidationFailedException",
    "evaluate",
    "list_evaluators",
    "make_metric",
    "validate_evaluation_results",
]
