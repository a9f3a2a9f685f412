"""Tests of autolog for CatBoost; MLflow has none to compare with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import catboost
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.catboost import autolog
from jupyter_mltrack.entities import Run
from tests.autolog.fits.rows import CLASSES, NAMES, X, Y

pytestmark = pytest.mark.usefixtures("fresh")

QUIET = {"verbose": False, "allow_writing_files": False, "thread_count": 1, "random_seed": 1}


@pytest.fixture
def _logged() -> Iterator[None]:
    autolog(log_models=False)
    yield
    autolog(disable=True)


def _run() -> Run:
    run = mlflow.last_active_run()
    assert run is not None
    return run


def _points(key: str) -> list[int]:
    history = mlflow.MlflowClient().get_metric_history(_run().info.run_id, key)
    return [point.step for point in history]


@pytest.mark.usefixtures("_logged")
def test_metrics_of_every_iteration_and_set() -> None:
    """They have the names of the sets; the best iteration comes again at the end."""
    model = catboost.CatBoostRegressor(iterations=4, custom_metric="MAE", **QUIET)
    model.fit(X[:40], Y[:40], eval_set=(X[40:], Y[40:]))
    assert _points("learn-RMSE") == [0, 1, 2, 3, 4]
    assert _points("validation-MAE") == [0, 1, 2, 3, 4]
    assert _run().data.metrics["best_iteration"] == model.get_best_iteration()
    assert _run().data.metrics["stopped_iteration"] == 3


@pytest.mark.usefixtures("_logged")
def test_params_are_what_was_said_and_what_catboost_chose() -> None:
    """Such as the learning rate, which depends on the data."""
    model = catboost.CatBoostClassifier(iterations=2, depth=2, **QUIET)
    model.fit(X, CLASSES, early_stopping_rounds=5, eval_set=(X, CLASSES))
    params = _run().data.params
    assert (params["iterations"], params["depth"]) == ("2", "2")
    assert params["early_stopping_rounds"] == "5"
    assert float(params["learning_rate"]) == model.get_all_params()["learning_rate"]


@pytest.mark.usefixtures("_logged")
def test_importances_are_named_after_the_columns() -> None:
    """A JSON file and a picture."""
    pool = catboost.Pool(X, Y, feature_names=NAMES)
    model = catboost.CatBoost({"iterations": 2, **QUIET}).fit(pool)
    file = f"runs:/{_run().info.run_id}/feature_importance_PredictionValuesChange.json"
    assert mlflow.artifacts.load_dict(file) == pytest.approx(
        dict(zip(NAMES, model.get_feature_importance(), strict=True))
    )


@pytest.mark.usefixtures("_logged")
def test_data_are_noted() -> None:
    """Those it learns from, and those it is tested on."""
    model = catboost.CatBoostRegressor(iterations=1, **QUIET)
    model.fit(X[:40], Y[:40], eval_set=[(X[40:], Y[40:])])
    found = {each.tags[0].value: each.dataset for each in _run().inputs.dataset_inputs}
    assert '"features_shape": [40, 4]' in str(found["train"].profile)
    assert '"targets_shape": [20]' in str(found["eval"].profile)


@pytest.mark.usefixtures("_logged")
def test_callbacks_of_the_user_are_called() -> None:
    """One that stops the training hides no point."""

    class Stop:
        def after_iteration(self, info: Any) -> bool:
            return bool(info.iteration < 2)

    catboost.CatBoostRegressor(iterations=9, **QUIET).fit(X, Y, callbacks=[Stop()])
    assert _points("learn-RMSE") == [0, 1]


@pytest.mark.usefixtures("_logged")
def test_a_metric_with_settings_in_its_name() -> None:
    """Signs that a metric cannot have become underscores."""
    model = catboost.CatBoostClassifier(iterations=1, custom_metric="F:beta=0.5", **QUIET)
    model.fit(X, CLASSES)
    assert "learn-F:beta_0.5" in _run().data.metrics


def test_the_model_is_logged_with_a_signature() -> None:
    """It predicts what the model predicts."""
    autolog()
    model = catboost.CatBoostRegressor(iterations=2, **QUIET).fit(X, Y)
    uri = f"runs:/{_run().info.run_id}/model"
    loaded = mlflow.models.flavors.catboost.load_model(uri)
    assert loaded.predict(X[:3]).tolist() == model.predict(X[:3]).tolist()


def test_disable_leaves_the_library_as_it_was() -> None:
    """The very functions are back."""
    before = vars(catboost.CatBoost)["fit"]
    autolog()
    assert vars(catboost.CatBoost)["fit"] is not before
    autolog(disable=True)
    assert vars(catboost.CatBoost)["fit"] is before
