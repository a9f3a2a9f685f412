"""The calls of five MLflow tutorials, with this package under MLflow's name.

What they do with models is in test_models.py, what they do with the registry in test_registry.py;
projects and the server belong to later releases. The data are those that scikit-learn brings along.
"""

import logging
import pickle
from pathlib import Path

import pandas as pd
import pytest
from sklearn.datasets import load_diabetes, load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import Lasso, LogisticRegression
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    mean_squared_error,
    precision_score,
    r2_score,
)
from sklearn.model_selection import train_test_split

import jupyter_mltrack as mlflow
from jupyter_mltrack.entities import ViewType
from jupyter_mltrack.tracking import MlflowClient

pytestmark = pytest.mark.usefixtures("fresh")


@pytest.fixture
def iris() -> tuple[pd.DataFrame, pd.Series]:
    """Flowers and their kinds."""
    data = load_iris(as_frame=True)
    return data.data, data.target


@pytest.fixture
def halves() -> list[pd.DataFrame]:
    """Patients: training data, validation data, and what is to be predicted for each."""
    x, y = load_diabetes(return_X_y=True, as_frame=True)
    return list(train_test_split(x, y, test_size=0.3, random_state=0))


# 000 -----------------------------------------------------------------------------------------


def test_000_experiments_with_the_client() -> None:
    """Create by name, then tag and delete by that name."""
    client = mlflow.MlflowClient()
    client.create_experiment("Name")
    client.set_experiment_tag("Name", "k", "v")
    assert client.get_experiment("Name").tags == {"k": "v"}
    client.delete_experiment("Name")
    assert client.get_experiment("Name").lifecycle_stage == "deleted"


def test_000_experiments_with_the_module() -> None:
    """The tag is set with three arguments, before the experiment is the active one."""
    mlflow.create_experiment("My Experiment")
    mlflow.set_experiment_tag("My Experiment", "owner", "user1")
    mlflow.set_experiment("My Experiment")
    mlflow.start_run()
    mlflow.end_run()
    found = mlflow.get_experiment_by_name("My Experiment")
    assert found is not None
    assert found.tags == {"owner": "user1"}
    assert len(mlflow.search_runs(experiment_ids=[found.experiment_id])) == 1
    mlflow.delete_experiment("My Experiment")
    assert mlflow.get_experiment(found.experiment_id).lifecycle_stage == "deleted"


def test_000_a_bare_run(fresh: Path, iris: tuple[pd.DataFrame, pd.Series]) -> None:
    """start_run, log, end_run; then the info of the run."""
    x, y = iris
    Path("model.py").write_text("LogisticRegression()")
    mlflow.set_experiment("My Experiment")
    run = mlflow.start_run()
    lr = LogisticRegression(max_iter=500)
    lr.fit(x, y)
    score = lr.score(x, y)
    mlflow.log_metric("score", score)
    mlflow.log_param("n_jobs", 1)
    mlflow.log_artifact("model.py")
    mlflow.end_run()
    stored = mlflow.get_run(run.info.run_id)
    assert stored.data.metrics == {"score": score}
    assert stored.data.params == {"n_jobs": "1"}
    assert (Path(stored.info.artifact_uri) / "model.py").exists()
    assert (stored.info.status, stored.info.experiment_id) == ("FINISHED", "1")
    assert stored.info.start_time <= (stored.info.end_time or 0)


def test_000_search(iris: tuple[pd.DataFrame, pd.Series]) -> None:
    """By experiment id, and by name with a filter and an order."""
    x, y = iris
    with mlflow.start_run():
        mlflow.log_metric("score", 1)
    assert len(mlflow.search_runs(experiment_ids=["0"])) == 1
    mlflow.set_experiment("My Experiment")
    for c in (1e-4, 0.1, 1.0):
        with mlflow.start_run():
            guess = LogisticRegression(C=c, max_iter=500).fit(x, y).predict(x)
            mlflow.log_param("C", c)
            mlflow.log_metric("f1_score", f1_score(y, guess, average="macro"))
            precision = precision_score(y, guess, average="macro", zero_division=0)
            mlflow.log_metrics({"precision_score": precision})
    f1_score_filter = "metrics.f1_score > 0.8"
    found = mlflow.search_runs(
        experiment_names=["My Experiment"],
        filter_string=f1_score_filter,
        order_by=["metrics.precision_score DESC"],
    )
    assert found["params.C"].tolist() == ["1.0", "0.1"]
    assert found["metrics.precision_score"].is_monotonic_decreasing


# 001 -----------------------------------------------------------------------------------------


def test_001_getting_started(iris: tuple[pd.DataFrame, pd.Series]) -> None:
    """set_experiment in try/except, a run in a block, and the id of the run out of the frame."""
    x, y = iris
    clf = RandomForestClassifier(n_estimators=5, max_depth=7, random_state=0).fit(x, y)
    experiment_name = "my-experiment"
    try:
        mlflow.set_experiment(experiment_name)
    except:  # noqa: E722  (as in the tutorial)
        mlflow.create_experiment(experiment_name)
    with mlflow.start_run() as run:
        mlflow.log_param("learning_rate", 0.01)
        mlflow.log_metric("accuracy", accuracy_score(y, clf.predict(x)))
    experiment = mlflow.get_experiment_by_name(experiment_name)
    assert experiment is not None
    runs = mlflow.search_runs(experiment_ids=[experiment.experiment_id])
    assert isinstance(runs, pd.DataFrame)
    assert runs["run_id"][0] == run.info.run_id
    assert runs["params.learning_rate"][0] == "0.01"
    assert runs["metrics.accuracy"][0] > 0.9
    assert runs["status"][0] == "FINISHED"


# 002 -----------------------------------------------------------------------------------------


def test_002_a_tag_with_two_arguments_and_the_info_of_a_run() -> None:
    """The tag goes to the active experiment, here the default one."""
    mlflow.create_experiment("My experiment")
    mlflow.set_experiment_tag("scikit-learn", "lr")
    mlflow.set_experiment("My Experiment")
    run = mlflow.start_run()
    info = run.info
    assert mlflow.get_experiment("0").tags == {"scikit-learn": "lr"}
    assert info.status == "RUNNING"
    assert info.experiment_id == "2"  # names mind upper and lower case
    assert str(info).startswith("RunInfo(run_id=")


def test_002_search_in_several_experiments(halves: list[pd.DataFrame]) -> None:
    """A number may begin with its point; an experiment that is missing is skipped."""
    x_train, x_val, y_train, y_val = halves
    for name, alphas in (("Unicorn Sklearn Experiments", (0.1, 5)), ("Unicorn Other", (0.2,))):
        mlflow.set_experiment(name)
        for alpha in alphas:
            with mlflow.start_run():
                guess = Lasso(alpha).fit(x_train, y_train).predict(x_val)
                mlflow.log_metric("r2_score", r2_score(y_val, guess))
    r_squared_filter = "metrics.r2_score > .30"
    found = mlflow.search_runs(
        experiment_names=["Unicorn Sklearn Experiments", "Unicorn Other", "Unicorn Missing"],
        filter_string=r_squared_filter,
        order_by=["metrics.r2_score DESC"],
        max_results=10,
    )
    assert len(found) == 2
    assert set(found["experiment_id"]) == {"1", "2"}
    assert len(mlflow.search_runs(["1", "2"], "metrics.r2_score > .70")) == 0


# 003 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "file"),
    [
        ("sqlite:///mlflow.db", "mlflow.duckdb"),
        ("http://127.0.0.1:5000/", "mltrack.duckdb"),
    ],
)
def test_003_a_run_with_a_tracking_uri(
    fresh: Path,
    caplog: pytest.LogCaptureFixture,
    halves: list[pd.DataFrame],
    uri: str,
    file: str,
) -> None:
    """A tag, params whose names hold spaces, a metric; without a server."""
    x_train, x_val, y_train, y_val = halves
    with caplog.at_level(logging.WARNING):
        mlflow.set_tracking_uri(uri)
    mlflow.set_experiment("nyc-new-brand-experiment_first")
    with mlflow.start_run() as run:
        mlflow.set_tag("developer", "moshifa")
        mlflow.log_param("tain data path", "./data/green_tripdata_2021-01.parquet")
        mlflow.log_param("val data path", "./data/green_tripdata_2021-02.parquet")
        alpha = 0.01
        mlflow.log_param("alpha", alpha)
        y_pred = Lasso(alpha).fit(x_train, y_train).predict(x_val)
        mlflow.log_metric("rmse", mean_squared_error(y_val, y_pred) ** 0.5)
    stored = MlflowClient(tracking_uri=uri).get_run(run.info.run_id)
    assert stored.data.params["tain data path"].endswith("01.parquet")
    assert stored.data.params["alpha"] == "0.01"
    assert stored.data.tags["developer"] == "moshifa"
    assert (fresh / file).exists()
    assert file in caplog.text


def test_003_a_search_for_hyperparameters(halves: list[pd.DataFrame]) -> None:
    """One run for each trial; then the best of them with the client."""
    x_train, x_val, y_train, y_val = halves
    tracking_uri = "sqlite:///mlflow.db"
    mlflow.set_tracking_uri(tracking_uri)
    mlflow.set_experiment("nyc-taxi")

    def objective(params: dict[str, float | int | str]) -> float:
        with mlflow.start_run():
            mlflow.set_tag("model", "lasso")
            mlflow.log_params(params)
            model = Lasso(float(params["learning rate"])).fit(x_train, y_train)
            rmse = float(mean_squared_error(y_val, model.predict(x_val)) ** 0.5)
            mlflow.log_metric("rmse", rmse)
        return rmse

    trials = [{"learning rate": a, "seed": 42, "objective": "reg:linear"} for a in (9, 0.1, 1, 0.5)]
    results = [objective(params) for params in trials]
    client = MlflowClient(tracking_uri=tracking_uri)
    runs = client.search_runs(
        experiment_ids="1",
        filter_string=f"metrics.rmse < {max(results)}",
        run_view_type=ViewType.ACTIVE_ONLY,
        max_results=2,
        order_by=["metrics.rmse ASC"],
    )
    lines = [f"run id: {run.info.run_id}, rmse: {run.data.metrics['rmse']:.4f}" for run in runs]
    assert [run.data.metrics["rmse"] for run in runs] == sorted(results)[:2]
    assert lines[0].endswith(f"{min(results):.4f}")
    assert runs[0].data.params["seed"] == "42"


def test_003_an_artifact_beside_the_model(fresh: Path) -> None:
    """What a vectorizer learnt, in a folder of the run, and back again."""
    vectorizer = DictVectorizer().fit([{"PU": "a"}, {"PU": "b"}])
    with Path("vectorizer.pkl").open("wb") as file:
        pickle.dump(vectorizer, file)
    with mlflow.start_run() as run:
        mlflow.log_param("alpha", 0.01)
        mlflow.log_metric("rmse", 2.56)
        mlflow.log_artifact("vectorizer.pkl", artifact_path="extra_artifacts")
    path = MlflowClient().download_artifacts(run.info.run_id, "extra_artifacts/vectorizer.pkl")
    again = pickle.loads(Path(path).read_bytes())  # noqa: S301  (written above)
    assert again.feature_names_ == ["PU=a", "PU=b"]


# 004 -----------------------------------------------------------------------------------------


def test_004_step_by_step(fresh: Path) -> None:
    """Choose the store and the experiment, start a run, log metadata and a file."""
    mlflow.set_tracking_uri("sqlite:///mlflow.db")
    mlflow.set_experiment("EXPERIMENT_NAME")
    Path("notes.txt").write_text("notes")
    with mlflow.start_run():
        mlflow.set_tag("KEY", "VALUE")
        mlflow.log_param("KEY", "VALUE")
        mlflow.log_metric("KEY", 1)
        mlflow.log_artifact("notes.txt", artifact_path="PATH")
    run = mlflow.last_active_run()
    assert run is not None
    assert (run.data.tags["KEY"], run.data.params, run.data.metrics) == (
        "VALUE",
        {"KEY": "VALUE"},
        {"KEY": 1},
    )
    assert mlflow.artifacts.load_text(f"runs:/{run.info.run_id}/PATH/notes.txt") == "notes"
