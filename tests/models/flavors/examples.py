"""One small model of each flavor, with an input for it and what it says to that.

Each function imports its own library only, so it also runs where others are not installed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

os.environ.setdefault("KERAS_BACKEND", "torch")


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A model and what it predicts.

    Attributes:
        flavor: The name of its flavor.
        model: The model, trained.
        data: An input, as pyfunc takes it.
        expected: What a model loaded as a function says to it.
        options: Keyword arguments of ``save_model`` and ``log_model``.
    """

    flavor: str
    model: Any
    data: Any
    expected: Any
    options: dict[str, Any]


TABLE = pd.DataFrame(
    {"a": np.linspace(0, 1, 40), "b": np.linspace(1, 0, 40) ** 2, "c": np.arange(40) % 3}
)
LABELS = (TABLE["a"] > 0.5).astype(int)
ARRAY = TABLE.to_numpy(dtype=np.float32)


def lightgbm_booster() -> Example:
    """A Booster with a column of categories."""
    import lightgbm

    data = lightgbm.Dataset(TABLE, LABELS | (TABLE["c"] == 1), categorical_feature=["c"])
    params = {
        "objective": "binary",
        "verbosity": -1,
        "num_threads": 1,
        "min_data_in_leaf": 2,
        "min_data_per_group": 2,
    }
    model = lightgbm.train(params, data, 4)
    return _example("lightgbm", model, TABLE, model.predict(TABLE))


def lightgbm_classifier() -> Example:
    """A model of the scikit-learn classes, which predicts labels."""
    import lightgbm

    model = lightgbm.LGBMClassifier(n_estimators=4, verbosity=-1, min_child_samples=2, n_jobs=1)
    model.fit(TABLE, LABELS)
    return _example("lightgbm", model, TABLE, model.predict(TABLE))


def catboost_classifier() -> Example:
    """A model of CatBoost, which predicts labels."""
    import catboost

    model = catboost.CatBoostClassifier(
        iterations=4, verbose=0, allow_writing_files=False, thread_count=1
    )
    model.fit(TABLE, LABELS)
    return _example("catboost", model, TABLE, model.predict(TABLE))


def catboost_regressor() -> Example:
    """A model of CatBoost as JSON."""
    import catboost

    model = catboost.CatBoostRegressor(
        iterations=4, verbose=0, allow_writing_files=False, thread_count=1
    )
    model.fit(TABLE, TABLE["b"])
    return _example("catboost", model, TABLE, model.predict(TABLE), format="json")


def statsmodels_ols() -> Example:
    """Least squares."""
    import statsmodels.api as sm

    model = sm.OLS(TABLE["b"], TABLE[["a", "c"]]).fit()
    return _example("statsmodels", model, TABLE[["a", "c"]], model.predict(TABLE[["a", "c"]]))


def statsmodels_series() -> Example:
    """A model of a time series, asked for some periods."""
    from statsmodels.tsa.ar_model import AutoReg

    model = AutoReg(np.sin(np.arange(60)) + np.arange(60) / 60, lags=2).fit()
    data = pd.DataFrame({"start": [55], "end": [65]})
    return _example("statsmodels", model, data, model.predict(55, 65))


def pytorch_module() -> Example:
    """A module, pickled whole."""
    model = _network()
    return _example("pytorch", model, ARRAY, _out_of(model, ARRAY), serialization_format="pickle")


def pytorch_script() -> Example:
    """TorchScript of a module."""
    import warnings

    import torch

    model = _network()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of TorchScript as a whole
        script = torch.jit.trace(model, torch.from_numpy(ARRAY))
    return _example("pytorch", script, ARRAY, _out_of(model, ARRAY), serialization_format="pickle")


def pytorch_graph() -> Example:
    """A module that is exported."""
    model = _network()
    return _example(
        "pytorch",
        model,
        ARRAY,
        _out_of(model, ARRAY),
        serialization_format="pt2",
        input_example=ARRAY[:2],
    )


def keras_sequential() -> Example:
    """A compiled model with a few common layers."""
    import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential(
        [
            keras.Input((3,)),
            keras.layers.Dense(4, activation="relu"),
            keras.layers.Dropout(0.5),
            keras.layers.Dense(1),
        ]
    )
    model.compile(optimizer="adam", loss="mse", metrics=["mae"])
    model.fit(ARRAY, ARRAY[:, :1], epochs=1, batch_size=40, verbose=0)
    return _example("keras", model, ARRAY, model.predict(ARRAY, verbose=0))


def onnx_regression() -> Example:
    """A linear model with weights in a file of their own."""
    import onnx
    from onnx import TensorProto, helper, numpy_helper

    rng = np.random.default_rng(1)
    weights = rng.normal(size=(3, 400)).astype(np.float32)
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "w"], ["y"])],
        "linear",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 400])],
        [numpy_helper.from_array(weights, "w")],
    )
    opset = [helper.make_opsetid("", 17)]
    model = helper.make_model(graph, opset_imports=opset, ir_version=9)
    onnx.checker.check_model(model)
    return _example("onnx", model, ARRAY, {"y": ARRAY @ weights})


def prophet_trend() -> Example:
    """A trend without seasons."""
    from prophet import Prophet

    days = pd.DataFrame({"ds": pd.date_range("2024-01-01", periods=60), "y": np.arange(60.0)})
    model = Prophet(
        weekly_seasonality=False,
        yearly_seasonality=False,
        daily_seasonality=False,
        uncertainty_samples=0,
    ).fit(days)
    data = days[["ds"]].tail(3).reset_index(drop=True)
    return _example("prophet", model, data, model.predict(data))


def pmdarima_arima() -> Example:
    """A model of a time series, asked for three more periods."""
    import pmdarima

    model = pmdarima.ARIMA((1, 0, 0)).fit(np.sin(np.arange(60)))
    expected = pd.DataFrame({"yhat": model.predict(3)})
    return _example("pmdarima", model, pd.DataFrame({"n_periods": [3]}), expected)


#: All of them, by name; MLflow's environment may lack a library.
EXAMPLES: dict[str, Callable[[], Example]] = {
    make.__name__: make
    for make in (
        lightgbm_booster,
        lightgbm_classifier,
        catboost_classifier,
        catboost_regressor,
        statsmodels_ols,
        statsmodels_series,
        pytorch_module,
        pytorch_script,
        pytorch_graph,
        keras_sequential,
        onnx_regression,
        prophet_trend,
        pmdarima_arima,
    )
}


def _example(flavor: str, model: Any, data: Any, expected: Any, **options: Any) -> Example:
    return Example(flavor=flavor, model=model, data=data, expected=expected, options=options)


def _network() -> Any:
    import torch

    torch.manual_seed(1)
    layers = torch.nn.Linear(3, 4), torch.nn.ReLU(), torch.nn.Dropout(0.5), torch.nn.Linear(4, 1)
    return torch.nn.Sequential(*layers).eval()


def _out_of(model: Any, data: Any) -> Any:
    import torch

    with torch.no_grad():
        return model(torch.from_numpy(data)).numpy()
