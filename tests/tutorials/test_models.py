"""What five MLflow tutorials do with models and autolog, with this package under MLflow's name."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import xgboost as xgb
from scipy.sparse import csr_matrix
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import mean_squared_error
from sklearn.model_selection import train_test_split

import jupyter_mltrack as mlflow
import jupyter_mltrack.pyfunc
import jupyter_mltrack.xgboost  # type: ignore[import-not-found]

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def autologging() -> Any:
    """Whatever is switched on is switched off again."""
    yield
    mlflow.autolog(disable=True)


def taxis() -> list[Any]:
    """Training data, validation data, and what is to be predicted for each."""
    x, y = load_diabetes(return_X_y=True, as_frame=True)
    return list(train_test_split(x, y, test_size=0.3, random_state=0))


def test_001_log_a_model_and_load_it_by_its_path() -> None:
    """A forest, logged with its name as second argument; then MLflow's path into its folders."""
    iris = load_iris()
    iris_train = pd.DataFrame(iris.data, columns=iris.feature_names)
    clf = RandomForestClassifier(max_depth=7, random_state=0)
    clf.fit(iris_train, iris.target)
    experiment_name = "my-experiment"
    mlflow.set_experiment(experiment_name)
    with mlflow.start_run():
        mlflow.log_metric("accuracy", 0.93)
        mlflow.sklearn.log_model(clf, "my_model")
    experiment = mlflow.get_experiment_by_name(experiment_name)
    runs = mlflow.search_runs(experiment_ids=[experiment.experiment_id])
    home = "mlruns/{}/{}/artifacts/my_model"
    model_uri = home.format(experiment.experiment_id, runs["run_id"][0])
    model = mlflow.pyfunc.load_model(model_uri)
    predictions = model.predict(iris_train[1:3])
    assert predictions.tolist() == clf.predict(iris_train[1:3]).tolist()
    by_run = mlflow.pyfunc.load_model("runs:/{}/my_model".format(runs["run_id"][0]))
    assert by_run.predict(iris_train).tolist() == clf.predict(iris_train).tolist()


def test_002_autolog_of_a_flavor(autologging: None) -> None:
    """One line before the training."""
    x, y = load_iris(return_X_y=True, as_frame=True)
    mlflow.sklearn.autolog()
    LogisticRegression(max_iter=500).fit(x, y)
    run = mlflow.last_active_run()
    assert run.data.params["max_iter"] == "500"
    assert run.data.metrics["training_accuracy_score"] > 0.9
    model = mlflow.sklearn.load_model(f"runs:/{run.info.run_id}/model")
    assert isinstance(model, LogisticRegression)


def test_003_hyperopt_and_xgboost() -> None:
    """One run for each trial, its params as hyperopt gives them."""
    from hyperopt import STATUS_OK, Trials, fmin, hp, tpe
    from hyperopt.pyll import scope

    x_train, x_val, y_train, y_val = taxis()
    train, valid = xgb.DMatrix(x_train, label=y_train), xgb.DMatrix(x_val, label=y_val)

    def objective(params: dict[str, Any]) -> dict[str, Any]:
        with mlflow.start_run():
            mlflow.set_tag("model", "xgboost")
            mlflow.log_params(params)
            booster = xgb.train(
                params=params,
                dtrain=train,
                num_boost_round=10,
                evals=[(valid, "validation")],
                early_stopping_rounds=5,
                verbose_eval=False,
            )
            rmse = mean_squared_error(y_val, booster.predict(valid)) ** 0.5
            mlflow.log_metric("rmse", rmse)
        return {"loss": rmse, "status": STATUS_OK}

    search_space = {
        "max_depth": scope.int(hp.quniform("max_depth", 4, 20, 1)),
        "learning_rate": hp.loguniform("learning_rate", -3, 0),
        "objective": "reg:squarederror",
        "seed": 42,
    }
    fmin(
        fn=objective,
        space=search_space,
        algo=tpe.suggest,
        max_evals=4,
        trials=Trials(),
        show_progressbar=False,
    )
    runs = mlflow.search_runs(order_by=["metrics.rmse ASC"])
    assert len(runs) == 4
    assert runs["metrics.rmse"].is_monotonic_increasing
    assert set(runs["params.seed"]) == {"42"}
    assert all(depth.isdigit() for depth in runs["params.max_depth"])


@pytest.mark.parametrize("how", [mlflow.autolog, mlflow.xgboost.autolog])
def test_003_what_autolog_keeps(autologging: None, how: Any) -> None:
    """Params, metrics, the model with its environment, tags; for all libraries, and for one."""
    x_train, x_val, y_train, y_val = taxis()
    how()
    with mlflow.start_run() as run:
        xgb.train(
            {"max_depth": 3},
            xgb.DMatrix(x_train, label=y_train),
            5,
            evals=[(xgb.DMatrix(x_val, label=y_val), "validation")],
            verbose_eval=False,
        )
    data = mlflow.get_run(run.info.run_id).data
    assert data.params["max_depth"] == "3"
    assert "validation-rmse" in data.metrics
    assert {"mlflow.user", "mlflow.source.name"} <= set(data.tags)
    found = mlflow.artifacts.list_artifacts(f"runs:/{run.info.run_id}/model")
    files = {Path(one.path).name for one in found}
    assert {"MLmodel", "conda.yaml", "requirements.txt", "model.ubj"} <= files


def test_003_a_model_in_every_shape() -> None:
    """As XGBoost's own Booster, and as a function of tables, arrays and sparse arrays."""
    x_train, x_val, y_train, _ = taxis()
    booster = xgb.train({"max_depth": 3}, xgb.DMatrix(x_train.to_numpy(), label=y_train), 5)
    with mlflow.start_run() as run:
        mlflow.xgboost.log_model(booster, artifact_path="models_mlflow")
    logged_model = f"runs:/{run.info.run_id}/models_mlflow"
    xgboost_model = mlflow.xgboost.load_model(logged_model)
    assert xgboost_model.get_fscore() == booster.get_fscore()
    model = mlflow.pyfunc.load_model(logged_model)
    array = x_val.to_numpy()
    expected = booster.predict(xgb.DMatrix(array))
    assert model.predict(array) == pytest.approx(expected)
    assert model.predict(csr_matrix(array)) == pytest.approx(expected)
    numbered = pd.DataFrame(array, columns=np.arange(array.shape[1]).astype(str))
    assert model.predict(numbered).shape == expected.shape
