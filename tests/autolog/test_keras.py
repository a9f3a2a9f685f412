"""Tests of autolog for Keras 3, also under the name of TensorFlow."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog import tensorflow
from jupyter_mltrack.autolog.keras import autolog
from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue
from tests.autolog.fits.keras_fits import keras, small_model
from tests.autolog.fits.rows import X, Y
from tests.autolog.parity import compared

pytestmark = [
    pytest.mark.usefixtures("fresh"),
    # Keras asks PyTorch for arrays as NumPy 1 did.
    pytest.mark.filterwarnings("ignore:__array__ implementation doesn't accept a copy keyword"),
]

#: What differs from MLflow, and why.
REASONS = {
    "tested_at_every_epoch": {
        "inputs.*": "without TensorFlow MLflow fails to describe a pair of arrays"
    }
}

SHORT = {"epochs": 2, "batch_size": 30, "verbose": 0, "shuffle": False}


def test_trainings_are_recorded_as_by_mlflow() -> None:
    """Params, metrics, tags, files, data and the signature are MLflow's, but for what is listed."""
    assert compared("keras", REASONS) == {}


def _run() -> Run:
    run = mlflow.last_active_run()
    assert run is not None
    return run


def _points(key: str) -> list[int]:
    history = mlflow.MlflowClient().get_metric_history(_run().info.run_id, key)
    return [point.step for point in history]


def _stopping(**options: Any) -> keras.callbacks.EarlyStopping:
    return keras.callbacks.EarlyStopping("loss", patience=1, mode="max", **options)


def test_early_stopping_is_logged() -> None:
    """Its settings, when it stopped, and the metrics of the epoch it went back to."""
    autolog(log_models=False)
    stop = _stopping(restore_best_weights=True)
    small_model().fit(X, Y, callbacks=[stop], **SHORT | {"epochs": 9})
    assert _run().data.params["patience"] == "1"
    assert _run().data.metrics["stopped_epoch"] == 1
    assert _run().data.metrics["restored_epoch"] == 0
    assert _points("loss") == [0, 1, 2]


class _Noting(keras.callbacks.Callback):
    """A callback of the user's that notes the epochs."""

    def __init__(self, name: str, notes: list[str]) -> None:
        super().__init__()
        self.name, self.notes = name, notes

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note it."""
        del logs
        self.notes.append(f"{self.name}{epoch}")


def test_callbacks_of_the_user_are_called_in_their_order() -> None:
    """Ours is not in their list."""
    autolog(log_models=False)
    notes: list[str] = []
    mine = [_Noting("a", notes), _Noting("b", notes)]
    small_model().fit(X, Y, callbacks=mine, **SHORT)
    assert notes == ["a0", "b0", "a1", "b1"]
    assert len(mine) == 2


def test_ctrl_c_leaves_the_points() -> None:
    """The run ends as KILLED, with the epochs before."""

    def interrupt(epoch: int, logs: Any) -> None:
        if epoch == 2:
            raise KeyboardInterrupt

    autolog(log_models=False)
    mine = keras.callbacks.LambdaCallback(on_epoch_begin=interrupt)
    with pytest.raises(KeyboardInterrupt):
        small_model().fit(X, Y, callbacks=[mine], **SHORT | {"epochs": 5})
    assert _run().info.status == "KILLED"
    assert _points("loss") == [0, 1]


def test_arguments_by_position_are_params() -> None:
    """MLflow logs the defaults of such arguments instead."""
    autolog(log_models=False)
    small_model().fit(X, Y, 30, 2, 0)
    assert _run().data.params["batch_size"] == "30"
    assert _run().data.params["epochs"] == "2"


def test_the_callback_alone_logs_to_the_active_run() -> None:
    """Without autolog; the run stays open."""
    from jupyter_mltrack.autolog.keras_callbacks import MlflowCallback

    with mlflow.start_run():
        small_model().fit(X, Y, callbacks=[MlflowCallback()], **SHORT)
        assert mlflow.active_run() is not None
    assert _points("loss") == [0, 1]
    assert _run().data.params["optimizer_name"] == "sgd"


def test_the_callback_beside_autolog_logs_once() -> None:
    """Each epoch has one point."""
    from jupyter_mltrack.autolog.keras_callbacks import MlflowCallback

    autolog(log_models=False)
    small_model().fit(X, Y, callbacks=[MlflowCallback()], **SHORT)
    assert _points("loss") == [0, 1]


@pytest.mark.parametrize("given", [(True, 3), (False, None)])
def test_the_callback_logs_by_epochs_or_by_steps(given: tuple[bool, int | None]) -> None:
    """Not by both, and not by neither."""
    from jupyter_mltrack.autolog.keras_callbacks import MlflowCallback

    with pytest.raises(InvalidParameterValue, match="log_every_n_steps"):
        MlflowCallback(*given)


@pytest.mark.filterwarnings("ignore:.*legacy:UserWarning")
def test_tensorflow_logs_checkpoints_of_the_best_epoch(caplog: pytest.LogCaptureFixture) -> None:
    """The names of params and files are MLflow's; that TensorFlow is missing is said."""
    tensorflow.autolog(log_models=False)
    small_model().fit(X, Y, validation_data=(X, Y), **SHORT)
    run = _run()
    files = {
        each.path for each in mlflow.MlflowClient().list_artifacts(run.info.run_id, "checkpoints")
    }
    assert files == {
        "checkpoints/latest_checkpoint.h5",
        "checkpoints/latest_checkpoint_metrics.json",
    }
    assert run.data.tags["mlflow.latest_checkpoint_artifact"] == "checkpoints/latest_checkpoint.h5"
    assert run.data.params["opt_name"] == "sgd"
    assert "TensorFlow is not installed" in caplog.text


def test_a_callback_list_is_left_alone(caplog: pytest.LogCaptureFixture) -> None:
    """The training goes on, and what is missing is said."""
    autolog(log_models=False)
    model = small_model()
    model.fit(
        X, Y, callbacks=keras.callbacks.CallbackList([], add_history=True, model=model), **SHORT
    )
    assert "the metrics are not logged" in caplog.text
    assert _run().data.params["epochs"] == "2"


def test_disable_leaves_the_library_as_it_was() -> None:
    """The very function is back, whichever of the two names was used."""
    before = keras.Model.fit
    autolog()
    tensorflow.autolog(silent=True)
    assert keras.Model.fit is not before
    tensorflow.autolog(disable=True)
    autolog(disable=True)
    assert keras.Model.fit is before


def test_the_logged_model_predicts() -> None:
    """As the trained one does."""
    autolog()
    model = small_model()
    model.fit(X, Y, **SHORT)
    loaded = mlflow.models.flavors.keras.load_model(f"runs:/{_run().info.run_id}/model")
    assert np.allclose(loaded.predict(X, verbose=0), model.predict(X, verbose=0))
