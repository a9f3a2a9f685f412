"""Tests of autolog for LightGBM."""

from __future__ import annotations

from typing import Any

import lightgbm as lgb
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.lightgbm import autolog
from tests.autolog.fits.lightgbm_fits import TREES
from tests.autolog.fits.rows import X, Y
from tests.autolog.parity import compared

pytestmark = [
    pytest.mark.usefixtures("fresh"),
    pytest.mark.filterwarnings("ignore:The argument 'eval_set' is deprecated"),
]

#: What differs from MLflow, and why.
REASONS = {
    "sets_without_names": {
        "inputs.*": "MLflow takes no notice of valid_sets that are given by position"
    }
}


def test_trainings_are_recorded_as_by_mlflow() -> None:
    """Params, metrics, tags, files, data and the signature are MLflow's, but for what is listed."""
    assert compared("lightgbm", REASONS) == {}


def _train(*callbacks: Any, rounds: int = 3) -> lgb.Booster:
    data = lgb.Dataset(X, label=Y)
    return lgb.train(TREES, data, rounds, valid_sets=[data], callbacks=list(callbacks))


def _points() -> list[int]:
    run = mlflow.last_active_run()
    assert run is not None
    history = mlflow.MlflowClient().get_metric_history(run.info.run_id, "training-l2")
    return [point.step for point in history]


def test_callbacks_of_the_user_are_called_in_their_order() -> None:
    """Also those of LightGBM itself."""
    autolog(log_models=False)
    notes: list[str] = []
    evaluations: dict[str, Any] = {}
    _train(
        lambda env: notes.append(f"a{env.iteration}"),
        lambda env: notes.append(f"b{env.iteration}"),
        lgb.record_evaluation(evaluations),
        rounds=2,
    )
    assert notes == ["a0", "b0", "a1", "b1"]
    assert len(evaluations["training"]["l2"]) == 2
    assert _points() == [0, 1]


def test_ctrl_c_leaves_the_points() -> None:
    """The run ends as KILLED, with all that was measured before."""

    def interrupt(env: Any) -> None:
        if env.iteration == 2:
            raise KeyboardInterrupt

    autolog(log_models=False)
    with pytest.raises(KeyboardInterrupt):
        _train(interrupt, rounds=5)
    run = mlflow.last_active_run()
    assert run is not None
    assert run.info.status == "KILLED"
    assert _points() == [0, 1, 2]


def test_disable_leaves_the_library_as_it_was() -> None:
    """The very functions are back."""
    before = lgb.train, lgb.sklearn.train, vars(lgb.LGBMModel)["fit"]
    autolog()
    assert lgb.train is not before[0]
    autolog(disable=True)
    assert (lgb.train, lgb.sklearn.train, vars(lgb.LGBMModel)["fit"]) == before


def test_one_set_to_test_on_needs_no_list() -> None:
    """LightGBM takes it as it is, and so do we."""
    autolog(log_models=False)
    data = lgb.Dataset(X, label=Y)
    lgb.train(TREES, data, 2, valid_sets=data, valid_names="mine")
    run = mlflow.last_active_run()
    assert run is not None
    assert [each.dataset.name for each in run.inputs.dataset_inputs] == ["dataset", "mine"]
