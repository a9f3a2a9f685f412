"""``evaluate`` while autolog is on."""

import pytest
from sklearn.datasets import load_iris
from sklearn.linear_model import LogisticRegression

import jupyter_mltrack as mlflow


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_the_run_of_the_training_stays_as_it_is() -> None:
    """What evaluate predicts and scores is in the run of the evaluation alone."""
    iris = load_iris(as_frame=True).frame
    features = iris.drop(columns="target")
    mlflow.sklearn.autolog(log_models=False)
    model = LogisticRegression(max_iter=20).fit(features, iris["target"])
    trained = mlflow.last_active_run().info.run_id
    before = mlflow.get_run(trained).data
    with mlflow.start_run() as run:
        mlflow.evaluate(model, iris, targets="target", model_type="classifier")
    assert mlflow.get_run(trained).data == before
    assert mlflow.get_run(run.info.run_id).data.metrics["example_count"] == 150
    model.score(features, iris["target"])
    assert mlflow.get_run(trained).data != before
