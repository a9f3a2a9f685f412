"""What holds for every flavor: the folder is MLflow's, and the model comes back as it was."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models import pyfunc
from jupyter_mltrack.models.locating import located
from tests.models.flavors.examples import EXAMPLES, Example

pytestmark = [
    pytest.mark.usefixtures("fresh"),
    # Keras asks torch for arrays in a way that NumPy 2 finds old.
    pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning"),
    # Prophet calls pandas in a way that pandas 4 will not have.
    pytest.mark.filterwarnings("ignore:The (inplace|'convert_dates') keyword"),
    pytest.mark.filterwarnings("ignore:`torch.jit:DeprecationWarning"),
]

_SKOPS = [
    "collections.OrderedDict",
    "lightgbm.basic.Booster",
    "lightgbm.sklearn.LGBMClassifier",
    "lightgbm.sklearn.LGBMRegressor",
]
_TORCH: dict[str, Any] = {
    "function": {
        "config": {"device": None},
        "data": "data",
        "pickle_module_name": "mlflow.pytorch.pickle_module",
    },
    "settings": {"model_data": "data", "pytorch_version": version("torch")},
}

# What MLflow 3.17.2 writes for the same models: beside what every model has under
# `python_function`, under the flavor's name, and into the folder.
GOLDEN: dict[str, dict[str, Any]] = {
    "lightgbm_booster": {
        "function": {"data": "model.lgb"},
        "settings": {
            "data": "model.lgb",
            "lgb_version": version("lightgbm"),
            "model_class": "lightgbm.basic.Booster",
            "serialization_format": "skops",
            "skops_trusted_types": _SKOPS,
        },
        "files": ["model.lgb"],
    },
    "lightgbm_classifier": {
        "function": {"data": "model.pkl"},
        "settings": {
            "data": "model.pkl",
            "lgb_version": version("lightgbm"),
            "model_class": "lightgbm.sklearn.LGBMClassifier",
            "serialization_format": "cloudpickle",
            "skops_trusted_types": None,
        },
        "files": ["model.pkl"],
    },
    "catboost_classifier": {
        "function": {"data": "model.cb"},
        "settings": {
            "catboost_version": version("catboost"),
            "data": "model.cb",
            "model_type": "CatBoostClassifier",
            "save_format": "cbm",
        },
        "files": ["model.cb"],
    },
    "catboost_regressor": {
        "function": {"data": "model.cb"},
        "settings": {
            "catboost_version": version("catboost"),
            "data": "model.cb",
            "model_type": "CatBoostRegressor",
            "save_format": "json",
        },
        "files": ["model.cb"],
    },
    "statsmodels_ols": {
        "function": {"data": "model.statsmodels"},
        "settings": {
            "data": "model.statsmodels",
            "statsmodels_version": version("statsmodels"),
        },
        "files": ["model.statsmodels"],
    },
    "statsmodels_series": {
        "function": {"data": "model.statsmodels"},
        "settings": {
            "data": "model.statsmodels",
            "statsmodels_version": version("statsmodels"),
        },
        "files": ["model.statsmodels"],
    },
    "pytorch_module": {**_TORCH, "files": ["data/model.pth", "data/pickle_module_info.txt"]},
    "pytorch_script": {**_TORCH, "files": ["data/model.pth", "data/pickle_module_info.txt"]},
    "pytorch_graph": {**_TORCH, "files": ["data/model.pt2"]},
    "keras_sequential": {
        "function": {},
        "settings": {
            "data": "data",
            "keras_backend": "torch",
            "keras_version": version("keras"),
            "save_exported_model": False,
        },
        "files": ["data/keras_module.txt", "data/model.keras"],
    },
    "onnx_regression": {
        "function": {"data": "model.onnx"},
        "settings": {
            "data": "model.onnx",
            "onnx_session_options": None,
            "onnx_version": version("onnx"),
            "providers": ["CUDAExecutionProvider", "CPUExecutionProvider"],
        },
        "files": ["model.onnx", "model.onnx.data"],
    },
    "prophet_trend": {
        "function": {"data": "model.pr"},
        "settings": {
            "data": "model.pr",
            "model_type": "Prophet",
            "prophet_version": version("prophet"),
        },
        "files": ["model.pr"],
    },
    "pmdarima_arima": {
        "function": {"data": "model.pmd"},
        "settings": {
            "data": "model.pmd",
            "model_type": "ARIMA",
            "pmdarima_version": version("pmdarima"),
        },
        "files": ["model.pmd"],
    },
}

#: What every model has.
OF_EVERY_FUNCTION = {"env", "loader_module", "python_version"}
OF_EVERY_FOLDER = {
    "conda.yaml",
    "input_example.json",
    "mltrack_signature.json",
    "python_env.yaml",
    "requirements.txt",
    "serving_input_example.json",
}


@cache
def example(name: str) -> Example:
    """One of `EXAMPLES`, made once."""
    return EXAMPLES[name]()


def same(found: Any, expected: Any) -> bool:
    """Whether predictions are equal, as far as floats of 32 bits are."""
    if isinstance(expected, dict):
        return found.keys() == expected.keys() and all(
            same(found[key], expected[key]) for key in expected
        )
    if isinstance(expected, pd.DataFrame):
        return list(found) == list(expected) and all(same(found[c], expected[c]) for c in expected)
    return bool(np.allclose(np.asarray(found, float), np.asarray(expected, float), rtol=1e-5))


def verb(name: str, call: str) -> Any:
    """The function of users for an example: its ``save_model``, for instance."""
    return getattr(importlib.import_module(f"jupyter_mltrack.models.flavors.{name}"), call)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_logged_model_is_mlflows_and_predicts_the_same(name: str) -> None:
    """The settings are equal key by key, the files have MLflow's names, and a function is back."""
    this, golden = example(name), GOLDEN[name]
    info = verb(this.flavor, "log_model")(this.model, name="model", **this.options)
    assert info.flavors[this.flavor] == golden["settings"] | {"code": None}
    function = info.flavors["python_function"]
    assert function["loader_module"] == f"mlflow.{this.flavor}"
    assert {key: function[key] for key in function.keys() - OF_EVERY_FUNCTION} == golden["function"]
    folder = located(info.model_uri)
    found = {each.relative_to(folder).as_posix() for each in folder.rglob("*.*")}
    assert found - OF_EVERY_FOLDER == set(golden["files"])
    assert same(pyfunc.load_model(info.model_uri).predict(this.data), this.expected)


@pytest.mark.parametrize("flavor", sorted({example.split("_")[0] for example in EXAMPLES}))
def test_another_model_is_refused(flavor: str, tmp_path: Path) -> None:
    """The message says what is wanted and what was given; nothing is left behind."""
    with pytest.raises(InvalidParameterValue, match=r" is a.* not 'Other'"):
        verb(flavor, "save_model")(Other(), tmp_path / "model")
    assert list(tmp_path.iterdir()) == []


class Other:
    """What no library takes for its own."""
