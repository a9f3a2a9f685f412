"""What MLflow's autolog records of the trainings in `fits/`, written to `mlflow_fits/`.

Run it again from the repository with the Python of an environment that has MLflow and the
libraries: ``PYTHONPATH=. python tests/autolog/mlflow_fits.py [library ...]``.
"""

from __future__ import annotations

import json
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

import mlflow

from tests.autolog.described import describe
from tests.autolog.fits.fit import Fit

FOLDER = Path(__file__).with_suffix("")

#: The flavors, with the module whose version the numbers depend on.
LIBRARIES = {
    "xgboost": "xgboost",
    "lightgbm": "lightgbm",
    "statsmodels": "statsmodels",
    "keras": "keras",
    "pytorch": "pytorch_lightning",
}


def recorded(library: Any, fit: Fit) -> dict[str, Any]:
    """The run of one training, and the signature of its model."""
    library.autolog(**fit.options)
    fit.train()
    library.autolog(disable=True)
    run_id = mlflow.last_active_run().info.run_id
    seen = describe(mlflow.MlflowClient(), run_id)
    if fit.options.get("log_models", True):
        info = mlflow.models.get_model_info(f"runs:/{run_id}/model")
        seen["signature"] = info.signature.to_dict() if info.signature else None
    return seen


def write(name: str) -> None:
    """Run the trainings of a library and write what was recorded."""
    fits = import_module(f"tests.autolog.fits.{name}_fits").FITS  # chooses Keras's backend
    library = import_module(f"mlflow.{name}")
    facts = {
        "mlflow": mlflow.__version__,
        "version": import_module(LIBRARIES[name]).__version__,
        "fits": {one: recorded(library, fit) for one, fit in fits.items()},
    }
    FOLDER.mkdir(exist_ok=True)
    text = json.dumps(facts, indent=1, sort_keys=True)
    (FOLDER / f"{name}.json").write_text(text + "\n", encoding="utf-8")


def main() -> None:
    """Write the facts of the libraries that are named, or of all."""
    with tempfile.TemporaryDirectory() as folder:
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        mlflow.create_experiment("fits", artifact_location=f"file://{folder}/artifacts")
        mlflow.set_experiment("fits")
        for name in sys.argv[1:] or LIBRARIES:
            write(name)


if __name__ == "__main__":
    main()
