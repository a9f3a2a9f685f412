"""Tests of autolog for PyTorch Lightning."""

from __future__ import annotations

import logging
import pickle
from typing import Any

import lightning
import pytest
import pytorch_lightning as pl

import jupyter_mltrack as mlflow
from jupyter_mltrack.autolog.pytorch import autolog
from jupyter_mltrack.entities import Run
from jupyter_mltrack.errors import InvalidParameterValue
from tests.autolog.fits.pytorch_fits import Line, rows, trainer
from tests.autolog.parity import compared

pytestmark = [
    pytest.mark.usefixtures("fresh"),
    pytest.mark.filterwarnings("ignore"),  # Lightning warns of much: workers, loggers, batches
]


@pytest.fixture(autouse=True, scope="module")
def _quiet() -> None:
    """Lightning says nothing."""
    for name in ("lightning.pytorch", "pytorch_lightning"):
        logging.getLogger(name).setLevel(logging.ERROR)


def test_trainings_are_recorded_as_by_mlflow() -> None:
    """Params, metrics, tags, checkpoints, other files and the signature are MLflow's."""
    assert compared("pytorch", {}) == {}


def _run() -> Run:
    run = mlflow.last_active_run()
    assert run is not None
    return run


class _Noting(pl.Callback):
    """A callback of the user's."""

    def __init__(self, act: Any = None) -> None:
        self.notes: list[int] = []
        self.act = act

    def on_train_epoch_end(self, trainer: Any, pl_module: Any) -> None:
        """Note the epoch."""
        del pl_module
        self.notes.append(trainer.current_epoch)
        if self.act:
            self.act(trainer.current_epoch)


def test_callbacks_of_the_user_are_called() -> None:
    """Each epoch, with ours among the callbacks of the trainer."""
    autolog(log_models=False)
    mine = _Noting()
    trainer(callbacks=[mine], enable_checkpointing=False).fit(Line(), rows())
    assert mine.notes == [0, 1]


def test_a_second_fit_is_logged_to_its_own_run() -> None:
    """Callbacks of the first do not stay behind."""
    autolog(log_models=False)
    mine = trainer(enable_checkpointing=False)
    mine.fit(Line(), rows())
    first = _run().info.run_id
    mine.fit_loop.max_epochs = 3
    mine.fit(Line(), rows())
    history = mlflow.MlflowClient().get_metric_history
    assert _run().info.run_id != first
    assert [point.step for point in history(first, "loss")] == [0, 1]
    assert [point.step for point in history(_run().info.run_id, "loss")] == [2]


def test_an_error_leaves_the_points() -> None:
    """The run has FAILED, and what was measured before is there."""

    def fail(epoch: int) -> None:
        if epoch == 1:
            raise ZeroDivisionError

    autolog(log_models=False)
    mine = trainer(callbacks=[_Noting(fail)], enable_checkpointing=False, max_epochs=5)
    with pytest.raises(ZeroDivisionError):
        mine.fit(Line(), rows())
    assert _run().info.status == "FAILED"
    assert _run().data.metrics["loss"] > 0


def test_both_packages_are_watched() -> None:
    """The trainer of ``lightning`` is another class than that of ``pytorch_lightning``."""
    before = vars(pl.Trainer)["fit"], vars(lightning.Trainer)["fit"]
    autolog()
    assert vars(pl.Trainer)["fit"] is not before[0]
    assert vars(lightning.Trainer)["fit"] is not before[1]
    autolog(disable=True)
    assert (vars(pl.Trainer)["fit"], vars(lightning.Trainer)["fit"]) == before


def test_ours_go_to_other_processes() -> None:
    """A trainer that starts processes pickles its callbacks."""
    autolog(log_models=False)
    mine = trainer(enable_checkpointing=False)
    mine.fit(Line(), rows())
    copies = pickle.loads(pickle.dumps(mine.callbacks))  # noqa: S301  (our own)
    assert [type(copy) for copy in copies] == [type(each) for each in mine.callbacks]


def test_the_best_checkpoint_needs_a_direction() -> None:
    """Then nothing is switched on."""
    before = vars(pl.Trainer)["fit"]
    with pytest.raises(InvalidParameterValue, match="'min' or 'max'"):
        autolog(checkpoint_mode="best")
    assert vars(pl.Trainer)["fit"] is before
