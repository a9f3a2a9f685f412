"""What a training recorded, as plain data that MLflow's module and ours give alike."""

from __future__ import annotations

import csv
import json
import logging
import warnings
from typing import Any

from tests.autolog.described import describe
from tests.autolog.sklearn.fits import Fit

PARENT = "mlflow.parentRunId"
#: Folders of logged models, which MLflow 3 does not list as artifacts of the run.
MODELS = ("model", "best_estimator")


def train(mlflow: Any, fit: Fit) -> None:
    """Do a training."""
    logging.getLogger("mlflow").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        mlflow.sklearn.autolog(**fit.options)
        try:
            fit.train(mlflow)
        finally:
            mlflow.sklearn.autolog(disable=True)


def recorded(mlflow: Any, run_ids: list[str], models: list[Any]) -> list[dict[str, Any]]:
    """What these runs recorded; a search before its points.

    Clocks are left out; of ``cv_results.csv`` the columns are kept.

    Args:
        mlflow: The module.
        run_ids: The runs of one training.
        models: Logged models, also of other runs.
    """
    runs = {run_id: _described(mlflow, mlflow.get_run(run_id)) for run_id in run_ids}
    for model in models:
        if model.source_run_id in runs:
            runs[model.source_run_id].setdefault("models", []).append(_model(mlflow, model))
    for run in runs.values():
        run.get("models", []).sort(key=lambda model: str(model["name"]))
    return sorted(runs.values(), key=_order)


def _described(mlflow: Any, run: Any) -> dict[str, Any]:
    found = describe(mlflow.MlflowClient(), run.info.run_id)
    if found["tags"].pop(PARENT, None):
        found["is_child"] = True
    found["metrics"] = {
        key: [] if key.endswith("_time") else points for key, points in found["metrics"].items()
    }
    found.pop("content", None)
    found["inputs"].sort(key=json.dumps)
    found["artifacts"] = [path for path in found["artifacts"] if not path.startswith(MODELS)]
    for path in found["artifacts"]:
        if path in _CONTENTS:
            text = mlflow.artifacts.load_text(f"{run.info.artifact_uri}/{path}")
            found[path] = _CONTENTS[path](text)
    return found


_CONTENTS = {
    "cv_results.csv": lambda text: next(csv.reader(text.splitlines())),
    "metric_info.json": json.loads,
}


def _model(mlflow: Any, model: Any) -> dict[str, Any]:
    """What is stored of a model."""
    stored = mlflow.models.Model.load(model.artifact_location.removeprefix("file://"))
    return {
        "name": model.name,
        "params": dict(sorted(model.params.items())),
        "flavors": sorted(stored.flavors),
        "serialization_format": stored.flavors["sklearn"]["serialization_format"],
        "signature": stored.signature.to_dict() if stored.signature else None,
        "example": stored.saved_input_example_info,
    }


def _order(run: dict[str, Any]) -> str:
    return json.dumps([run.get("is_child", False), run["params"], run["metrics"]], sort_keys=True)
