"""Models: written and read as MLflow does, loaded safely, evaluated, served."""

from __future__ import annotations

from jupyter_mltrack.models.changing import (
    get_model_info,
    infer_pip_requirements,
    set_signature,
    update_model_requirements,
)
from jupyter_mltrack.models.enforcement import validate_schema
from jupyter_mltrack.models.evaluation import (
    EvaluationArtifact,
    EvaluationMetric,
    EvaluationResult,
    MetricThreshold,
    evaluate,
    list_evaluators,
    make_metric,
    validate_evaluation_results,
)
from jupyter_mltrack.models.input_example import convert_input_example_to_serving_input
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.model_info import ModelInfo
from jupyter_mltrack.models.pyfunc.from_code import set_model
from jupyter_mltrack.models.pyfunc.model_config import ModelConfig
from jupyter_mltrack.models.serving import predict, validate_serving_input
from jupyter_mltrack.models.signature import ModelSignature, infer_signature

__all__ = [
    "EvaluationArtifact",
    "EvaluationMetric",
    "EvaluationResult",
    "MetricThreshold",
    "Model",
    "ModelConfig",
    "ModelInfo",
    "ModelSignature",
    "convert_input_example_to_serving_input",
    "evaluate",
    "get_model_info",
    "infer_pip_requirements",
    "infer_signature",
    "list_evaluators",
    "make_metric",
    "predict",
    "set_model",
    "set_signature",
    "update_model_requirements",
    "validate_evaluation_results",
    "validate_schema",
    "validate_serving_input",
]
