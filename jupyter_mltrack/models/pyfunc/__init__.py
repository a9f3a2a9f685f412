"""Models as functions: loaded from any library, or written by the user; scored in SQL and Spark."""

from __future__ import annotations

from jupyter_mltrack.models.pyfunc.checking import pyfunc
from jupyter_mltrack.models.pyfunc.duckdb_udf import ScoringFunction, duckdb_udf
from jupyter_mltrack.models.pyfunc.from_code import set_model
from jupyter_mltrack.models.pyfunc.hints import TypeFromExample
from jupyter_mltrack.models.pyfunc.loaded import PyFuncModel
from jupyter_mltrack.models.pyfunc.loading import get_model_dependencies, load_model, load_pyfunc
from jupyter_mltrack.models.pyfunc.model import PythonModel, PythonModelContext
from jupyter_mltrack.models.pyfunc.model_config import ModelConfig
from jupyter_mltrack.models.pyfunc.saving import (
    add_to_model,
    get_default_conda_env,
    get_default_pip_requirements,
    log_model,
    save_model,
)
from jupyter_mltrack.models.pyfunc.spark_udf import spark_udf

__all__ = [
    "ModelConfig",
    "PyFuncModel",
    "PythonModel",
    "PythonModelContext",
    "ScoringFunction",
    "TypeFromExample",
    "add_to_model",
    "duckdb_udf",
    "get_default_conda_env",
    "get_default_pip_requirements",
    "get_model_dependencies",
    "load_model",
    "load_pyfunc",
    "log_model",
    "pyfunc",
    "save_model",
    "set_model",
    "spark_udf",
]
