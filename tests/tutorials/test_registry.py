"""What five MLflow tutorials do with the registry, with this package under MLflow's name."""

from datetime import datetime

import pytest
import xgboost as xgb
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split

import jupyter_mltrack as mlflow
import jupyter_mltrack.pyfunc
import jupyter_mltrack.sklearn
import jupyter_mltrack.xgboost  # type: ignore[import-not-found]
from jupyter_mltrack.entities import ViewType
from jupyter_mltrack.tracking import MlflowClient

pytestmark = pytest.mark.usefixtures("fresh")


def test_001_register_and_load() -> None:
    """A model of the newest run, found with `search_runs`, then loaded by name and number."""
    iris = load_iris(as_frame=True)
    clf = RandomForestClassifier(n_estimators=5, max_depth=7, random_state=0)
    clf.fit(iris.data, iris.target)
    experiment = mlflow.set_experiment("my-experiment")
    with mlflow.start_run():
        mlflow.sklearn.log_model(clf, "my_model")
    runs = mlflow.search_runs(experiment_ids=[experiment.experiment_id])
    # Register a new model version
    model_uri = "runs:/{}/my_model".format(runs["run_id"][0])
    model_version = mlflow.register_model(model_uri, "MyModel")
    assert (model_version.name, model_version.version) == ("MyModel", 1)
    # Load a model from MLflow
    model_uri = "models:/MyModel/1"
    model = mlflow.pyfunc.load_model(model_uri)
    assert model.predict(iris.data).tolist() == clf.predict(iris.data).tolist()


def test_002_create_search_and_deploy() -> None:
    """Through the stages that tutorials know, and a search that finds what is where."""
    client = MlflowClient()
    client.create_registered_model("Unicorn", {"team": "a"}, "Ridge")
    mlflow.sklearn.save_model({"a": 1}, "saved")
    for _ in range(2):
        mlflow.register_model("saved", "Unicorn")
    client.transition_model_version_stage("Unicorn", 1, "Production")
    client.transition_model_version_stage(
        "Unicorn", 2, "Production", archive_existing_versions=True
    )
    stages = {one.version: one.current_stage for one in mlflow.search_model_versions()}
    assert stages == {1: "Archived", 2: "Production"}
    (model,) = mlflow.search_registered_models(filter_string="name LIKE 'Uni%'")
    assert [one.version for one in model.latest_versions if one.current_stage == "Production"] == [
        2
    ]
    assert mlflow.sklearn.load_model("models:/Unicorn/Production") == {"a": 1}


def test_003_promote_with_the_client() -> None:
    """The best run's model is registered, moved to Staging by an int, and described."""
    tracking_uri = "sqlite:///mlflow.db"
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment("nyc-taxi")
    x_train, x_val, y_train, y_val = train_test_split(
        *load_diabetes(return_X_y=True), test_size=0.3, random_state=0
    )
    for depth in (2, 3):
        with mlflow.start_run():
            booster = xgb.train({"max_depth": depth}, xgb.DMatrix(x_train, label=y_train), 5)
            guess = booster.predict(xgb.DMatrix(x_val))
            mlflow.log_metric("rmse", float(((guess - y_val) ** 2).mean() ** 0.5))
            mlflow.xgboost.log_model(booster, artifact_path="models")
    client = MlflowClient(tracking_uri=tracking_uri)
    runs = client.search_runs(
        experiment_ids="1",
        filter_string="metrics.rmse < 700",
        run_view_type=ViewType.ACTIVE_ONLY,
        max_results=5,
        order_by=["metrics.rmse ASC"],
    )
    for run in runs:
        model_uri = f"runs:/{run.info.run_id}/models"
        mlflow.register_model(model_uri=model_uri, name="nyc-taxi-regressor")
    model_name, model_version, new_stage = "nyc-taxi-regressor", 2, "Staging"
    client.transition_model_version_stage(
        name=model_name, version=model_version, stage=new_stage, archive_existing_versions=False
    )
    date = datetime.today().date()  # noqa: DTZ002  (as in the tutorial)
    client.update_model_version(
        name=model_name,
        version=model_version,
        description=f"The model version {model_version} was transitioned to {new_stage} on {date}",
    )
    latest_versions = client.get_latest_versions(name=model_name)
    lines = [f"version: {one.version}, stage: {one.current_stage}" for one in latest_versions]
    assert sorted(lines) == ["version: 1, stage: None", "version: 2, stage: Staging"]
    described = client.get_model_version(model_name, 2).description
    assert described == f"The model version 2 was transitioned to Staging on {date}"
    staged = mlflow.xgboost.load_model(f"models:/{model_name}/Staging")
    assert staged.get_fscore() == mlflow.xgboost.load_model(model_uri).get_fscore()


def test_003_waiting_for_a_version() -> None:
    """As the pages of MLflow show it: the status by its name."""
    from jupyter_mltrack.entities.model_registry.model_version_status import ModelVersionStatus

    mlflow.sklearn.save_model({"a": 1}, "saved")
    details = mlflow.register_model("saved", "sk-learn")
    client = MlflowClient()
    model_version_details = client.get_model_version(name=details.name, version=details.version)
    status = ModelVersionStatus.from_string(model_version_details.status)
    assert ModelVersionStatus.to_string(status) == "READY"
    assert status == ModelVersionStatus.READY


def test_004_stages_of_ones_own() -> None:
    """Which the tutorial promises and MLflow refuses."""
    client = MlflowClient()
    client.set_registry_stages(["None", "Development", "Validation", "Production", "Archived"])
    mlflow.sklearn.save_model({"a": 1}, "saved")
    mlflow.register_model("saved", "EXAMPLE")
    moved = client.transition_model_version_stage("EXAMPLE", 1, "Validation")
    assert moved.current_stage == "Validation"
    assert mlflow.sklearn.load_model("models:/EXAMPLE/Validation") == {"a": 1}
