"""What is logged of a training, and that nothing of it can hurt the training."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pandas as pd
import pytest
from sklearn.base import ClassifierMixin, RegressorMixin
from sklearn.dummy import DummyRegressor
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.sklearn import autolog
from jupyter_mltrack.errors import InvalidParameterValue
from tests.autolog.fits.rows import CLASSES, X, Y
from tests.fresh import finish

pytestmark = pytest.mark.usefixtures("fresh")


def test_the_arguments_are_those_of_mlflow() -> None:
    """Names, order and defaults."""
    wanted = (
        "log_input_examples=False, log_model_signatures=True, log_models=True, log_datasets=True,"
        " disable=False, exclusive=False, disable_for_unsupported_versions=False, silent=False,"
        " max_tuning_runs=5, log_post_training_metrics=True, serialization_format='cloudpickle',"
        " registered_model_name=None, pos_label=None, extra_tags=None"
    )
    given = inspect.signature(autolog).parameters.values()
    assert ", ".join(f"{each.name}={each.default!r}" for each in given) == wanted


def test_no_such_number_of_children() -> None:
    """It is refused before anything changes."""
    with pytest.raises(InvalidParameterValue, match="max_tuning_runs is -1"):
        autolog(max_tuning_runs=-1)
    Ridge().fit(X, Y)
    assert mlflow.last_active_run() is None


def test_imported_after_autolog() -> None:
    """Switching it on imports nothing; what is imported later is watched, module by module."""
    script = """
    import sys
    import jupyter_mltrack
    from jupyter_mltrack.autolog import autolog
    autolog(log_models=False)
    assert not {"numpy", "sklearn", "pandas"} & set(sys.modules)
    from sklearn.dummy import DummyRegressor
    DummyRegressor().fit([[1.0], [2.0]], [1.0, 2.0])
    assert "sklearn.cluster" not in sys.modules
    from sklearn.cluster import KMeans
    KMeans(1).fit([[1.0], [2.0]])
    print(*jupyter_mltrack.search_runs()["tags.estimator_name"])
    """
    code, out, err = finish(script)
    assert (code, out.split()) == (0, ["KMeans", "DummyRegressor"]), err


def test_a_model_that_breaks_after_its_training(on: None, caplog: pytest.LogCaptureFixture) -> None:
    """Each part that fails is a warning, the rest is logged, ``fit`` returns its model."""

    class Breaks(LinearRegression):
        def fit(self, x: Any, y: Any) -> Any:
            super().fit(x, y)
            return self

        def predict(self, _: Any) -> Any:
            msg = "no more"
            raise RuntimeError(msg)

    model = Breaks()
    assert model.fit(X, Y) is model
    run = mlflow.last_active_run()
    assert run.info.status == "FINISHED"
    assert run.data.params["fit_intercept"] == "True"
    assert "the training metrics were not logged: RuntimeError: no more" in caplog.text


def test_params_that_cannot_be_read(on: None, caplog: pytest.LogCaptureFixture) -> None:
    """The training is done all the same."""

    class Secret(Ridge):
        def get_params(self, deep: bool = True) -> Any:
            if deep:
                msg = "no params"
                raise RuntimeError(msg)
            return super().get_params(deep)

    assert Secret().fit(X, Y).coef_.shape == (4,)
    assert "no params" in caplog.text


@pytest.mark.parametrize("error", [KeyboardInterrupt, ValueError])
def test_interrupted(on: None, error: type[BaseException]) -> None:
    """The user's exception, and a run that ended as the training did."""

    class Slow(Ridge):
        def fit(self, *_: Any) -> Any:
            raise error

    with pytest.raises(error):
        Slow().fit(X, Y)
    wanted = "KILLED" if error is KeyboardInterrupt else "FAILED"
    assert mlflow.last_active_run().info.status == wanted
    assert mlflow.active_run() is None


def test_a_training_that_works_in_place(on: None) -> None:
    """What is noted and measured is the data as they were."""
    mine, labels = X.astype("float64"), Y.copy()
    LinearRegression(copy_X=False).fit(mine, labels)
    spoiled = mlflow.last_active_run()
    LinearRegression().fit(X.astype("float64"), Y)
    clean = mlflow.last_active_run()
    assert not np.array_equal(mine, X)
    assert spoiled.data.metrics == pytest.approx(clean.data.metrics)
    digests = [run.inputs.dataset_inputs[0].dataset.digest for run in (spoiled, clean)]
    assert digests[0] == digests[1]


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (pd.DataFrame(X).astype(object), Y),
        (X[:2], Y[:2]),
        (X, np.full(len(X), 3.0)),
        (X.tolist(), Y),
        (range(5), [1.0, 2.0, 3.0, 4.0, 5.0]),
        ([[1.0]], [2.0]),
    ],
)
def test_odd_data(on: None, x: Any, y: Any, caplog: pytest.LogCaptureFixture) -> None:
    """It is trained with, and nobody is bothered."""
    assert DummyRegressor().fit(x, y).constant_ is not None
    assert mlflow.last_active_run().data.metrics["training_mean_squared_error"] >= 0
    assert not caplog.records


def test_a_model_is_logged_once_with_its_signature() -> None:
    """Beside the run's other files, and can be loaded by its path."""
    autolog(log_input_examples=True)
    model = LogisticRegression().fit(pd.DataFrame(X, columns=list("abcd")), CLASSES)
    run = mlflow.last_active_run()
    folder = f"{run.info.artifact_uri}/model"
    stored = mlflow.models.Model.load(folder)
    assert stored.signature.inputs.input_names() == list("abcd")
    assert stored.saved_input_example_info["type"] == "dataframe"
    from jupyter_mltrack.models.flavors.sklearn import load_model

    np.testing.assert_array_equal(load_model(folder).coef_, model.coef_)


def test_a_model_that_cannot_be_pickled(caplog: pytest.LogCaptureFixture) -> None:
    """Only the model is missing."""
    autolog(log_model_signatures=False)

    class Open(Ridge):
        def fit(self, x: Any, y: Any) -> Any:
            self.open_ = (each for each in "abc")
            return super().fit(x, y)

    Open().fit(X, Y)
    run = mlflow.last_active_run()
    assert run.data.metrics["training_r2_score"] > 0.9
    assert "the model 'model' was not logged" in caplog.text


def test_silence(caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    """By default nothing is printed, and ``silent`` mutes warnings too."""
    autolog(log_models=False)
    Ridge().fit(X, Y)
    assert (capsys.readouterr(), caplog.records) == (("", ""), [])
    autolog(log_models=False, silent=True, extra_tags={"bad@": "tag"})
    Ridge().fit(X, Y)
    assert not caplog.records


def test_a_cell_with_two_trainings(on: None) -> None:
    """In one run of the user each adds what is new."""
    with mlflow.start_run() as run:
        Ridge(alpha=2.0).fit(X, Y)
        LogisticRegression().fit(X, CLASSES)
    data = mlflow.get_run(run.info.run_id).data
    assert (data.params["alpha"], data.params["C"]) == ("2.0", "1.0")
    assert {"training_r2_score", "training_f1_score"} <= data.metrics.keys()


def test_children_belong_to_the_search(on: None) -> None:
    """They are in the experiment of their parent, also if that is not the active one."""
    mlflow.set_experiment("one")
    with mlflow.start_run() as run:
        mlflow.set_experiment("two")
        GridSearchCV(Ridge(), {"alpha": [1.0, 2.0]}, cv=2).fit(X, Y)
    found = mlflow.search_runs(search_all_experiments=True)
    assert set(found["experiment_id"]) == {run.info.experiment_id}
    assert len(found) == 3


def test_both_mixins_are_watched(on: None) -> None:
    """``score`` is theirs, not the estimators'."""
    assert ClassifierMixin.score.__wrapped__
    assert RegressorMixin.score.__wrapped__
