"""Models: their signature, their folder, and what they need to run."""

from __future__ import annotations

from jupyter_mltrack.models.enforcement import validate_schema
from jupyter_mltrack.models.input_example import convert_input_example_to_serving_input
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.model_info import ModelInfo
from jupyter_mltrack.models.signature import ModelSignature, infer_signature

__all__ = [
    "Model",
    "ModelInfo",
    "ModelSignature",
    "convert_input_example_to_serving_input",
    "infer_signature",
    "validate_schema",
]
