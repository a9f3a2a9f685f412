"""Makes the folders beside it with the real MLflow, for tests to compare ours with.

In an environment of its own::

    pip install mlflow-skinny==3.17.2 numpy pandas scikit-learn scipy cloudpickle
    python tests/models/golden/make.py

and once more with ``mlflow-skinny==2.22.0 "pandas<3"``, which makes the folder ``older``.

Of each model folder the small texts are kept. Paths of the machine are taken out.
"""

import json
import os
import shutil
import sys
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse

HERE = Path(__file__).parent
EXAMPLE_FILES = {"MLmodel", "input_example.json", "loaded.json", "serving_input_example.json"}
ENVIRONMENT_FILES = {
    "MLmodel",
    "conda.yaml",
    "constraints.txt",
    "python_env.yaml",
    "requirements.txt",
}

#: Input examples by the name of their folder.
EXAMPLES: dict[str, Any] = {
    "table": pd.DataFrame({"a": [1.5, None], "b": ["x", "y"], "c": [1, 2], "d": [True, False]}),
    "table_of_types": pd.DataFrame(
        {
            "i": np.array([1, 2], np.int32),
            "f": np.array([0.5, 1.5], np.float32),
            "d": pd.to_datetime(["2026-01-02T03:04:05.000006", "2026-01-02T00:00:00.000001"]),
            "b": pd.Series([bytes(range(100)), b""], dtype=object),
            "l": pd.Series([[1, 2], [3]], dtype=object),
        }
    ),
    "table_without_names": pd.DataFrame([[1, 2], [3, 4]]),
    "table_with_params": (pd.DataFrame({"a": [1, 2]}), {"k": 3, "names": ["x"]}),
    "array": np.array([[1.5, np.nan], [0, 1]], np.float32),
    "array_with_params": (np.arange(4).reshape(2, 2), {"k": 0.5}),
    "array_of_times": np.array(["2026-01-02", "2026-01-03"], "datetime64[ns]"),
    "arrays": {"x": np.arange(2), "y": np.array([[0.5], [1.5]])},
    "dict": {"a": "x", "b": [1, 2], "c": {"d": 0.5}},
    "request": {"messages": [{"role": "user", "content": "hello"}]},
    "request_with_params": ({"messages": [{"role": "user", "content": "hi"}]}, {"k": 1}),
    "list": ["a", "b"],
    "list_of_dicts": [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}],
    "text": "hello",
    "number": 3,
    "bytes": b"\x00\xff",
    "time": datetime(2026, 1, 2, 3, 4, 5),  # noqa: DTZ001 - a time as MLflow knows it
    "sparse_rows": sparse.csr_matrix([[0.0, 3.5], [4.5, 0.0]]),
    "sparse_columns": sparse.csc_matrix([[0.0, 3.5], [4.5, 0.0]]),
}

#: What users may say of the environment, by the name of the folder.
ENVIRONMENTS: dict[str, dict[str, Any]] = {
    "pip": {
        "pip_requirements": ["scikit-learn>=1", "pandas ; python_version<'4'", "-c limits.txt"]
    },
    "extra_pip": {"extra_pip_requirements": ["pyyaml", "numpy>1"]},
    "own_conda": {
        "conda_env": {
            "name": "mine",
            "channels": ["defaults"],
            "dependencies": ["python=3.12", "pip", {"pip": ["scikit-learn"]}],
        }
    },
}


def described(example: Any) -> Any:
    """The class and the types of a loaded example, as JSON."""
    if isinstance(example, pd.DataFrame):
        return ["DataFrame", [str(name) for name in example.columns], [*map(str, example.dtypes)]]
    if isinstance(example, dict) and any(isinstance(one, np.ndarray) for one in example.values()):
        return ["dict", {name: described(array) for name, array in example.items()}]
    if hasattr(example, "dtype"):
        return [type(example).__name__, str(example.dtype), list(example.shape)]
    return [type(example).__name__]


def main() -> None:
    """Make all folders."""
    os.environ["MLFLOW_ALLOW_FILE_STORE"] = "true"  # its database needs more than mlflow-skinny
    import mlflow
    from sklearn.linear_model import LinearRegression

    class Constant(mlflow.pyfunc.PythonModel):  # type: ignore[misc]
        """Predicts the same for every example."""

        # MLflow makes schemas of type hints.
        def predict(self, context, model_input, params=None):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202, ARG002
            """One text."""
            return ["ok"]

    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        Path("limits.txt").write_text("joblib<9\n", encoding="utf-8")
        mlflow.set_tracking_uri(f"file://{folder}/mlruns")
        fitted = LinearRegression().fit(pd.DataFrame({"a": [0.0, 1.0]}), [0, 1])
        common = {"sk_model": fitted, "serialization_format": "cloudpickle"}
        if mlflow.__version__.startswith("2."):
            mlflow.sklearn.save_model(path="older", metadata={"by": ["me"]}, **common)
            keep(Path("older"))
            return
        for name, example in EXAMPLES.items():
            made = Path(f"example_{name}")
            options = {"python_model": Constant(), "pip_requirements": ["cloudpickle"]}
            mlflow.pyfunc.save_model(made, input_example=example, **options)
            model = mlflow.models.Model.load(made)
            loaded = described(model.load_input_example(made))
            (made / "loaded.json").write_text(json.dumps(loaded) + "\n", encoding="utf-8")
            keep(made)
        for name, options in ENVIRONMENTS.items():
            mlflow.sklearn.save_model(path=f"environment_{name}", **common, **options)
            keep(Path(f"environment_{name}"))
        mlflow.sklearn.save_model(path="sklearn_saved", metadata={"by": ["me"]}, **common)
        keep(Path("sklearn_saved"))
        with mlflow.start_run():
            table = pd.DataFrame({"a": [0.5]})
            info = mlflow.sklearn.log_model(name="m", input_example=table, **common)
        keep(Path(mlflow.artifacts.download_artifacts(info.model_uri)), "sklearn_logged")


def keep(made: Path, name: str | None = None) -> None:
    """Copy the small files of a model folder to where this script is."""
    target = HERE / (name or made.name)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir()
    kept = EXAMPLE_FILES if target.name.startswith("example") else ENVIRONMENT_FILES
    for file in made.iterdir():
        if file.name in kept:
            text = file.read_text(encoding="utf-8")
            text = text.replace(f"file://{Path.cwd()}", "mlruns").replace(str(Path.cwd()), "mlruns")
            (target / file.name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    sys.exit(main())
