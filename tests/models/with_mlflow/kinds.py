"""A small model of each library, for both sides; imported by ours and by MLflow's process.

A kind is a function that trains it. Classes and functions are made within, so that they travel by
value: neither side can import this file for the other.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

TABLE = pd.DataFrame(np.random.default_rng(0).random((60, 3)), columns=["a", "b", "c"])
LABELS = (TABLE["a"] + TABLE["b"] > 1).astype(int)


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """A model and how it is saved.

    Attributes:
        flavor: Whose ``save_model``.
        model: The model.
        argument: The name under which it is given.
        options: Further keyword arguments.
        data: What it predicts from.
    """

    flavor: str
    model: Any
    argument: str
    options: dict[str, Any] = field(default_factory=dict)
    data: Any = field(default_factory=lambda: TABLE)


def sklearn_pipeline() -> Kind:
    """With a signature, from an example."""
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = make_pipeline(StandardScaler(), LogisticRegression()).fit(TABLE, LABELS)
    return Kind(
        flavor="sklearn", model=model, argument="sk_model",
        options={"input_example": TABLE.head(2), "serialization_format": "cloudpickle"},
    )  # fmt: skip


def sklearn_forest() -> Kind:
    """Probabilities, from a pickle."""
    from sklearn.ensemble import RandomForestClassifier

    model = RandomForestClassifier(3, random_state=0).fit(TABLE, LABELS)
    return Kind(
        flavor="sklearn", model=model, argument="sk_model",
        options={"serialization_format": "pickle", "pyfunc_predict_fn": "predict_proba"},
    )  # fmt: skip


def sklearn_skops() -> Kind:
    """In the format that needs no trust."""
    from sklearn.linear_model import Ridge

    return Kind(
        flavor="sklearn", model=Ridge().fit(TABLE, LABELS), argument="sk_model",
        options={"serialization_format": "skops"},
    )  # fmt: skip


def xgboost_booster() -> Kind:
    """A Booster, which wants the names of the columns."""
    import xgboost

    model = xgboost.train({"max_depth": 2, "nthread": 1}, xgboost.DMatrix(TABLE, LABELS), 3)
    return Kind(
        flavor="xgboost", model=model, argument="xgb_model",
        options={"input_example": TABLE.head(2), "model_format": "json"},
    )  # fmt: skip


def xgboost_classifier() -> Kind:
    """A model of the scikit-learn classes."""
    import xgboost

    model = xgboost.XGBClassifier(n_estimators=3, n_jobs=1).fit(TABLE, LABELS)
    return Kind(flavor="xgboost", model=model, argument="xgb_model")


def lightgbm_booster() -> Kind:
    """A Booster as text."""
    import lightgbm

    params = {"objective": "binary", "verbosity": -1, "min_data_in_leaf": 2, "num_threads": 1}
    model = lightgbm.train(params, lightgbm.Dataset(TABLE, LABELS), 3)
    return Kind(flavor="lightgbm", model=model, argument="lgb_model")


def pytorch_module() -> Kind:
    """A module, from arrays of float32."""
    import torch

    torch.manual_seed(0)
    model = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Linear(4, 1))
    return Kind(
        flavor="pytorch", model=model.eval(), argument="pytorch_model",
        options={"serialization_format": "pickle"}, data=np.array(TABLE, np.float32),
    )  # fmt: skip


def pyfunc_function() -> Kind:
    """A function as the model."""

    def predict(model_input: list[str]) -> list[str]:
        return [text.upper() for text in model_input]

    return Kind(
        flavor="pyfunc", model=predict, argument="python_model",
        options={"input_example": ["x"]}, data=["a", "b"],
    )  # fmt: skip


def pyfunc_class(python_model: type = object) -> Kind:
    """An object of a class made of ``PythonModel``."""

    class Adding(python_model):  # type: ignore[misc]
        """Adds a number that it is told when it is made."""

        def __init__(self, number: float) -> None:
            self.number = number

        def predict(self, context: Any, model_input: Any, params: Any = None) -> Any:
            """Everything in the table, and the number."""
            del context, params
            return model_input + self.number

    return Kind(
        flavor="pyfunc", model=Adding(0.5), argument="python_model",
        options={"input_example": TABLE.head(2)},
    )  # fmt: skip


#: All kinds, by name.
KINDS: dict[str, Callable[..., Kind]] = {
    make.__name__: make
    for make in (
        sklearn_pipeline,
        sklearn_forest,
        sklearn_skops,
        xgboost_booster,
        xgboost_classifier,
        lightgbm_booster,
        pytorch_module,
        pyfunc_function,
        pyfunc_class,
    )
}


def made(name: str, python_model: type) -> Kind:
    """A kind; ``python_model`` is the side's own class of that name."""
    return KINDS[name](python_model) if name == "pyfunc_class" else KINDS[name]()


def plain(predictions: Any) -> Any:
    """Predictions as JSON can say them."""
    if isinstance(predictions, pd.DataFrame | pd.Series):
        predictions = predictions.to_numpy()
    return predictions.tolist() if isinstance(predictions, np.ndarray) else predictions
