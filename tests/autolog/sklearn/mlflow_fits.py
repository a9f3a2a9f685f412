"""What MLflow's autolog records of the trainings in `fits.py`, written to `mlflow_fits.json`.

Run it again from the repository with the Python of an environment that has MLflow, scikit-learn
and matplotlib: ``PYTHONPATH=. python tests/autolog/sklearn/mlflow_fits.py``.
"""

from __future__ import annotations

import json
import tempfile
from importlib.metadata import version
from pathlib import Path

import mlflow
import mlflow.sklearn

from tests.autolog.sklearn.fits import FITS
from tests.autolog.sklearn.recorded import recorded, train

FILE = Path(__file__).with_suffix(".json")


def main() -> None:
    """Write the facts."""
    with tempfile.TemporaryDirectory() as folder:
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        client = mlflow.MlflowClient()
        facts = {}
        for name, fit in FITS.items():
            where = [client.create_experiment(name, f"file://{folder}/{name}")]
            mlflow.set_experiment(name)
            train(mlflow, fit)
            run_ids = [run.info.run_id for run in client.search_runs(where)]
            facts[name] = recorded(mlflow, run_ids, client.search_logged_models(where))
    made_by = {each: version(each) for each in ("mlflow", "scikit-learn", "numpy", "pandas")}
    text = json.dumps({"made_by": made_by, "fits": facts}, indent=1, sort_keys=True)
    FILE.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
