"""Serving of models: the scoring server, and predictions for files without one."""

from __future__ import annotations

from jupyter_mltrack.models.serving.app import app
from jupyter_mltrack.models.serving.batch import predict, validate_serving_input
from jupyter_mltrack.models.serving.hosting import serve
from jupyter_mltrack.models.serving.plan import ServingPlan

__all__ = ["ServingPlan", "app", "predict", "serve", "validate_serving_input"]
