"""Evaluations as MLflow does them, written to `mlflow_facts.json`.

Run it again with the Python of an environment that has mlflow, scikit-learn and matplotlib:
``python tests/models/evaluation/mlflow_facts.py``.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import warnings
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

FILE = Path(__file__).with_suffix(".json")


def outcome(mlflow: Any, arguments: dict[str, Any]) -> dict[str, Any]:
    """What comes of one case."""
    facts = import_module("cases").facts
    model = arguments["model"]
    if hasattr(model, "predict"):
        path = tempfile.mkdtemp()
        mlflow.sklearn.save_model(model, f"{path}/model", serialization_format="cloudpickle")
        arguments = arguments | {"model": mlflow.pyfunc.load_model(f"{path}/model")}
    with mlflow.start_run() as run:
        result = mlflow.models.evaluate(**arguments)
        client = mlflow.MlflowClient()
        files = [one.path for one in client.list_artifacts(run.info.run_id)]
        found: dict[str, Any] = facts(result, mlflow.get_run(run.info.run_id), files)
        return found


def main() -> None:
    """Ask MLflow."""
    os.chdir(tempfile.mkdtemp())
    warnings.simplefilter("ignore")
    mlflow = import_module("mlflow")
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    logging.disable()
    api = SimpleNamespace(
        make_metric=mlflow.models.make_metric,
        MetricValue=import_module("mlflow.metrics").MetricValue,
    )
    cases = import_module("cases").CASES
    found = {name: outcome(mlflow, make(api)) for name, make in cases.items()}
    made_by = {name: import_module(name).__version__ for name in ("mlflow", "sklearn", "pandas")}
    text = json.dumps({"made_by": made_by, "cases": found}, indent=1, ensure_ascii=False)
    FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
