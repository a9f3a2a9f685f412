"""Autolog for TensorFlow: ``tf.keras`` is Keras 3, and this is its autolog with MLflow's names."""

from __future__ import annotations

import importlib.util
import logging
from typing import Any

from jupyter_mltrack.autolog.checkpoints import CheckpointPlan
from jupyter_mltrack.autolog.keras import library
from jupyter_mltrack.autolog.switchboard import switchboard

_log = logging.getLogger("jupyter_mltrack")


def autolog(
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    saved_model_kwargs: dict[str, Any] | None = None,
    keras_model_kwargs: dict[str, Any] | None = None,
    extra_tags: dict[str, str] | None = None,
    log_every_epoch: bool = True,
    log_every_n_steps: int | None = None,
    checkpoint: bool = True,
    checkpoint_monitor: str = "val_loss",
    checkpoint_mode: str = "min",
    checkpoint_save_best_only: bool = True,
    checkpoint_save_weights_only: bool = False,
    checkpoint_save_freq: int | str = "epoch",
) -> None:
    """Log every ``fit`` of ``tf.keras``: params, metrics of each epoch, checkpoints, the model.

    Args:
        log_models: Log the trained model.
        log_datasets: Note the data as inputs of the run.
        disable: Log nothing any more.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with untested versions of Keras.
        silent: Warn of nothing.
        registered_model_name: Make the model a version of this registered model.
        log_input_examples: Accepted as MLflow does; no example is logged.
        log_model_signatures: Log a signature with the model.
        saved_model_kwargs: Accepted as MLflow does; models are kept in Keras's own format.
        keras_model_kwargs: Further arguments of ``keras.Model.save``.
        extra_tags: Further tags of the runs that are started.
        log_every_epoch: Log metrics at the end of each epoch.
        log_every_n_steps: Log metrics of every so many batches instead.
        checkpoint: Log checkpoints while it trains.
        checkpoint_monitor: The metric that says which one is the best.
        checkpoint_mode: ``min`` or ``max``: what is better.
        checkpoint_save_best_only: Keep only the best one.
        checkpoint_save_weights_only: Leave out the state of the optimizer.
        checkpoint_save_freq: ``epoch``, or a number of batches.

    Raises:
        InvalidParameterValue: if the best checkpoint is wanted and it is not said of what.

    Example:
        >>> mlflow.tensorflow.autolog()
        >>> model.fit(x, y, epochs=10, validation_data=(x_test, y_test))
    """
    arguments = dict(locals())
    CheckpointPlan.of(arguments)
    if not disable and not silent and importlib.util.find_spec("tensorflow") is None:
        _log.warning(
            "autolog: TensorFlow is not installed. What is logged is Keras 3 with its other"
            " backends; mlflow.keras.autolog() is made for that."
        )
    switchboard.switch(_TENSORFLOW, arguments)


_TENSORFLOW = library("tensorflow")
