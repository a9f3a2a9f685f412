"""Tests of autolog for XGBoost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import scipy.sparse as sp
import xgboost as xgb
from sklearn.model_selection import GridSearchCV

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog import sklearn as sklearn_autolog
from jupyter_mltrack.autolog.xgboost import autolog
from tests.autolog.fits.rows import NAMES, X, Y
from tests.autolog.fits.xgboost_fits import TREES
from tests.autolog.parity import compared
from tests.fresh import finish

pytestmark = pytest.mark.usefixtures("fresh")


def test_trainings_are_recorded_as_by_mlflow() -> None:
    """Params, metrics, tags, files, data and the signature are MLflow's."""
    assert compared("xgboost", {}) == {}


class _Noting(xgb.callback.TrainingCallback):
    """A callback of the user's that notes when it is called, and may do more."""

    def __init__(self, name: str, notes: list[str], act: Any = None) -> None:
        self.name, self.notes, self.act = name, notes, act

    def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
        """Note it."""
        del model, evals_log
        self.notes.append(f"{self.name}{epoch}")
        return bool(self.act(epoch)) if self.act else False


def _train(*callbacks: Any, rounds: int = 3, **options: Any) -> xgb.Booster:
    data = xgb.DMatrix(X, label=Y)
    return xgb.train(
        TREES, data, rounds, evals=[(data, "train")], verbose_eval=False,
        callbacks=list(callbacks), **options,
    )  # fmt: skip


def _points() -> list[int]:
    run = mlflow.last_active_run()
    assert run is not None
    return [
        point.step
        for point in mlflow.MlflowClient().get_metric_history(run.info.run_id, "train-rmse")
    ]


def test_callbacks_of_the_user_are_called_in_their_order() -> None:
    """Ours is not in their list, neither during the training nor after it."""
    autolog(importance_types=[], log_models=False)
    notes: list[str] = []
    _train(_Noting("a", notes), _Noting("b", notes), rounds=2)
    assert notes == ["a0", "b0", "a1", "b1"]
    assert _points() == [0, 1]


def test_a_callback_that_stops_the_training_hides_no_point() -> None:
    """The iteration at which it stops is logged."""
    autolog(importance_types=[], log_models=False)
    _train(_Noting("a", [], lambda epoch: epoch == 1), rounds=5)
    assert _points() == [0, 1]


def test_ctrl_c_leaves_the_points() -> None:
    """The run ends as KILLED, with all that was measured before."""

    def interrupt(epoch: int) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    autolog(importance_types=[], log_models=False)
    with pytest.raises(KeyboardInterrupt):
        _train(_Noting("a", [], interrupt), rounds=5)
    run = mlflow.last_active_run()
    assert run is not None
    assert run.info.status == "KILLED"
    assert _points() == [0, 1, 2]


def test_what_fails_inside_is_said_and_the_training_goes_on(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """There is no such kind of importance; everything else is logged."""
    autolog(importance_types=["beauty", "gain"], log_models=False)
    booster = _train()
    run = mlflow.last_active_run()
    assert run is not None
    files = [each.path for each in mlflow.MlflowClient().list_artifacts(run.info.run_id)]
    assert booster.num_boosted_rounds() == 3
    assert files == ["feature_importance_gain.json", "feature_importance_gain.png"]
    assert "the importances (beauty) were not logged" in caplog.text


def test_without_a_store_the_training_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The place for the store is taken by a file of something else."""
    (tmp_path / "taken").write_text("a file")
    mlflow.set_tracking_uri(tmp_path / "taken" / "store.duckdb")
    autolog(log_models=False)
    assert _train().num_boosted_rounds() == 3
    assert "feature_importance_weight.json was not logged" in caplog.text


def test_disable_leaves_the_library_as_it_was() -> None:
    """The very functions are back."""
    before = xgb.train, xgb.sklearn.train, vars(xgb.XGBModel)["fit"], vars(xgb.DMatrix)["__init__"]
    autolog()
    assert xgb.train is not before[0]
    autolog(disable=True)
    after = xgb.train, xgb.sklearn.train, vars(xgb.XGBModel)["fit"], vars(xgb.DMatrix)["__init__"]
    assert after == before


def test_a_search_over_parameters_is_one_training_of_scikit_learn() -> None:
    """What XGBoost learns inside is not mixed into the run of the search."""
    autolog(importance_types=[], log_models=False)
    sklearn_autolog.autolog(log_models=False, max_tuning_runs=0)
    model = xgb.XGBRegressor(n_estimators=2, n_jobs=1)
    GridSearchCV(model, {"max_depth": [1, 2]}, cv=2).fit(X, Y)
    runs = mlflow.search_runs()
    assert runs["tags.mlflow.autologging"].tolist() == ["sklearn"]
    assert "params.num_boost_round" not in runs


def test_a_matrix_made_before_autolog_gives_a_signature_too() -> None:
    """Its rows are asked of XGBoost, with the names of the columns."""
    data = xgb.DMatrix(X, label=Y, feature_names=NAMES)
    autolog(importance_types=[])
    xgb.train(TREES, data, 1)
    run = mlflow.last_active_run()
    assert run is not None
    model = mlflow.models.Model.load(Path(run.info.artifact_uri.removeprefix("file://")) / "model")
    assert model.signature is not None
    assert model.signature.inputs.input_names() == NAMES


def test_a_training_in_a_run_of_the_user_leaves_it_open() -> None:
    """Everything is logged to that run."""
    autolog(importance_types=[], log_models=False)
    with mlflow.start_run() as run:
        _train()
        assert mlflow.active_run() is not None
    assert run.now().data.params["num_boost_round"] == "3"
    assert _points() == [0, 1, 2]


def test_points_survive_a_kill() -> None:
    """Every iteration is on record when it is over: nothing waits for the end."""
    code, _, errors = finish(
        """
        import os, signal
        import numpy, xgboost
        from jupyter_mltrack.autolog.xgboost import autolog

        class Kill(xgboost.callback.TrainingCallback):
            def after_iteration(self, model, epoch, evals_log):
                if epoch == 3:
                    os.kill(os.getpid(), signal.SIGKILL)

        autolog(log_models=False)
        data = xgboost.DMatrix(numpy.eye(9), label=numpy.arange(9))
        xgboost.train({}, data, 9, evals=[(data, "train")], callbacks=[Kill()])
        """
    )
    assert code < 0, errors
    runs = mlflow.search_runs(output_format="list")
    history = mlflow.MlflowClient().get_metric_history(runs[0].info.run_id, "train-rmse")
    assert [point.step for point in history] == [0, 1, 2, 3]


def test_huge_sparse_data_are_not_made_an_array(caplog: pytest.LogCaptureFixture) -> None:
    """A description that takes all memory would end the training."""
    autolog(importance_types=[], log_models=False)
    rows = sp.csr_matrix(([1.0], ([0], [0])), shape=(20_000, 200_000))
    xgb.train(TREES, xgb.DMatrix(rows, label=[0.0] * 20_000), 1)
    run = mlflow.last_active_run()
    assert run is not None
    assert run.inputs.dataset_inputs == []
    assert "too many for a description" in caplog.text
