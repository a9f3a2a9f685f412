"""Evaluations that MLflow and we both do: data, models and arguments, the same on every machine.

The models are neighbours and least squares, whose predictions no release of scikit-learn changes.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from sklearn.datasets import load_breast_cancer, load_diabetes, load_iris
from sklearn.linear_model import LinearRegression, RidgeClassifier
from sklearn.neighbors import KNeighborsClassifier

Arguments = dict[str, Any]
WITHOUT_SHAP = {"log_model_explainability": False}


def two_classes(labels: tuple[Any, Any] = (0, 1)) -> pd.DataFrame:
    """120 rows with the columns a, b and c, and y with one of two labels."""
    data = load_breast_cancer()
    table = pd.DataFrame(data.data[:120, [0, 1, 4]], columns=["a", "b", "c"])
    return table.assign(y=[labels[target] for target in data.target[:120]])


def three_classes(labels: tuple[Any, Any, Any] = (0, 1, 2)) -> pd.DataFrame:
    """150 rows with the columns a and b, and y with one of three labels."""
    data = load_iris()
    table = pd.DataFrame(data.data[:, :2], columns=["a", "b"])
    return table.assign(y=[labels[target] for target in data.target])


def numbers() -> pd.DataFrame:
    """100 rows with the columns a, b and c, and y with a number."""
    data = load_diabetes()
    table = pd.DataFrame(data.data[:100, [2, 3, 8]], columns=["a", "b", "c"])
    return table.assign(y=data.target[:100])


def halves(table: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Every other row, and the rest; both with rows numbered from 0."""
    return table[::2].reset_index(drop=True), table[1::2].reset_index(drop=True)


def fitted(model: Any, table: pd.DataFrame) -> Any:
    """The model, fitted to all columns but y."""
    return model.fit(table.drop(columns="y"), table["y"])


def judged(kind: str, table: pd.DataFrame, model: Any, **config: Any) -> Arguments:
    """Arguments for a model that learns from one half of a table and is judged on the other."""
    train, test = halves(table)
    return {
        "model": fitted(model, train),
        "data": test,
        "targets": "y",
        "model_type": kind,
        "evaluator_config": WITHOUT_SHAP | config,
    }


def neighbours(table: pd.DataFrame, **config: Any) -> Arguments:
    """Arguments for a classifier that tells probabilities."""
    return judged("classifier", table, KNeighborsClassifier(7), **config)


def line(**config: Any) -> Arguments:
    """Arguments for a regressor."""
    return judged("regressor", numbers(), LinearRegression(), **config)


def static(arguments: Arguments) -> Arguments:
    """The same with the predictions in the data."""
    model, data = arguments["model"], arguments["data"]
    said = data.assign(said=model.predict(data.drop(columns="y")))
    return arguments | {"model": None, "data": said, "predictions": "said"}


def function(arguments: Arguments, predict: Callable[..., Any]) -> Arguments:
    """The same with a function for a model."""
    return arguments | {"model": predict}


def weights(arguments: Arguments) -> Arguments:
    """The same with rows that count from 1 to 5."""
    weighted = {"sample_weights": [1 + row % 5 for row in range(len(arguments["data"]))]}
    return arguments | {"evaluator_config": arguments["evaluator_config"] | weighted}


def as_array(arguments: Arguments) -> Arguments:
    """The same with arrays instead of a table."""
    data = arguments["data"]
    features = data.drop(columns="y").to_numpy()
    model = arguments["model"]
    return arguments | {
        "model": type(model)().fit(features, data["y"].to_numpy()),
        "data": features,
        "targets": data["y"].to_numpy(),
    }


def own_metrics(api: Any) -> list[Any]:
    """Metrics of every kind that a user can give."""

    def far(predictions: Any, targets: Any) -> float:
        return float((abs(predictions - targets) > 40).mean())

    def errors(predictions: Any, targets: Any) -> Any:
        return api.MetricValue(
            scores=[abs(a - b) for a, b in zip(predictions, targets, strict=True)]
        )

    def spread(eval_df: Any, builtin_metrics: Any) -> float:
        off = (eval_df["prediction"] - eval_df["target"]).std()
        return float(off / builtin_metrics["mean_on_target"])

    def weighed(predictions: Any, targets: Any, a: Any) -> float:
        return float(((predictions - targets) * a).sum())

    def twice(predictions: Any, metrics: Any, far: Any) -> Any:
        mean = metrics["mean_on_target"].aggregate_results["mean_on_target"]
        return api.MetricValue(
            aggregate_results={"it": 2 * far.aggregate_results["far"], "more": mean + 1}
        )

    def scaled(predictions: Any, factor: float) -> float:
        return float(predictions.mean() * factor)

    made = [
        api.make_metric(eval_fn=one, greater_is_better=False)
        for one in (far, errors, spread, weighed, twice, scaled)
    ]
    return [*made, api.make_metric(eval_fn=far, greater_is_better=False, name="near", version="v1")]


def own_files() -> list[Callable[..., Any]]:
    """Functions that return artifacts of every kind."""

    def plain(eval_df: Any, builtin_metrics: Any, artifacts_dir: Any) -> Any:
        path = Path(artifacts_dir) / "note.txt"
        path.write_text(f"{sorted(eval_df.columns)}")
        return {
            "head": eval_df.head(3),
            "array": eval_df["target"].to_numpy()[:3],
            "dict": {"rows": len(eval_df), "known": "r2_score" in builtin_metrics},
            "json_text": '{"a": [1, 2]}',
            "path_text": str(path),
            "path": path,
        }

    def drawn(eval_df: Any, builtin_metrics: Any, artifacts_dir: Any) -> Any:
        from matplotlib.figure import Figure

        figure = Figure()
        figure.add_subplot().scatter(eval_df["prediction"], eval_df["target"])
        return {"drawn": figure}

    def pickled(eval_df: Any, builtin_metrics: Any, artifacts_dir: Any) -> Any:
        return {"pickled": {1, 2, 3}}

    return [plain, drawn, pickled]


GOOD_BAD = ("bad", "good")
PLANTS = ("setosa", "versicolor", "virginica")

#: The cases by name; each makes its arguments, with metrics of ``api``.
CASES: dict[str, Callable[[Any], Arguments]] = {
    "binary": lambda _api: neighbours(two_classes()),
    "binary_of_texts": lambda _api: neighbours(two_classes(GOOD_BAD)),
    "binary_of_booleans": lambda _api: neighbours(two_classes((False, True))),
    "binary_positive_0": lambda _api: neighbours(two_classes(), pos_label=0, label_list=[0, 1]),
    "binary_positive_text": lambda _api: neighbours(two_classes(GOOD_BAD), pos_label="bad"),
    "binary_weighted": lambda _api: weights(neighbours(two_classes())),
    "binary_without_probabilities": lambda _api: judged(
        "classifier", two_classes(), RidgeClassifier()
    ),
    "binary_static": lambda _api: static(neighbours(two_classes())),
    "binary_function": lambda _api: function(
        neighbours(two_classes()), lambda table: (table["a"] < 15).astype(int)
    ),
    "binary_prefix": lambda _api: neighbours(two_classes(), metric_prefix="val_"),
    "multiclass": lambda _api: neighbours(three_classes()),
    "multiclass_of_texts": lambda _api: neighbours(three_classes(PLANTS)),
    "multiclass_macro": lambda _api: neighbours(three_classes(), average="macro"),
    "multiclass_micro": lambda _api: neighbours(three_classes(), average="micro"),
    "multiclass_weighted": lambda _api: weights(neighbours(three_classes())),
    "multiclass_static": lambda _api: static(neighbours(three_classes(PLANTS))),
    "multiclass_few_curves": lambda _api: neighbours(
        three_classes(), max_classes_for_multiclass_roc_pr=2
    ),
    "regressor": lambda _api: line(),
    "regressor_weighted": lambda _api: weights(line()),
    "regressor_static": lambda _api: static(line()),
    "regressor_function": lambda _api: function(line(), lambda table: 150 + 900 * table["a"]),
    "regressor_columns": lambda _api: (
        function(line(), lambda table: pd.DataFrame({"said": 150 + table["a"], "why": 1.0}))
        | {"predictions": "said"}
    ),
    "regressor_prefix": lambda _api: line(metric_prefix="test_"),
    "regressor_of_arrays": lambda _api: as_array(line()),
    "own_metrics": lambda api: line(factor=0.5) | {"extra_metrics": own_metrics(api)},
    "own_metrics_prefix": lambda api: (
        line(factor=0.5, metric_prefix="test_") | {"extra_metrics": own_metrics(api)}
    ),
    "own_metrics_alone": lambda api: (
        static(line()) | {"model_type": None, "extra_metrics": own_metrics(api)[:2]}
    ),
    "own_files": lambda _api: line() | {"custom_artifacts": own_files()},
}


def plain(value: Any) -> Any:
    """A value in JSON's own types."""
    if isinstance(value, pd.DataFrame):
        return {"columns": list(value.columns), "data": plain(value.to_numpy().tolist())}
    if isinstance(value, dict):
        return {key: plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    return value.item() if isinstance(value, np.generic) else value


def facts(result: Any, run: Any, files: list[str]) -> dict[str, Any]:
    """What is compared: metrics, files with their kinds, contents that are data, tables, tags."""
    kinds = {name: type(one).__name__ for name, one in result.artifacts.items()}
    data = ("Csv", "Json", "Numpy", "Text")
    return {
        "metrics": {name: plain(value) for name, value in result.metrics.items()},
        "run_metrics": sorted(run.data.metrics),
        "artifacts": {
            name: [kinds[name], Path(one.uri).name] for name, one in result.artifacts.items()
        },
        "contents": {
            name: plain(one.content)
            for name, one in result.artifacts.items()
            if kinds[name].startswith(data)
        },
        "files": sorted(files),
        "tables": {name: plain(table) for name, table in result.tables.items()},
        "contexts": [[tag.value for tag in one.tags] for one in run.inputs.dataset_inputs],
        "datasets": [[one.dataset.name, one.dataset.digest] for one in run.inputs.dataset_inputs],
    }
