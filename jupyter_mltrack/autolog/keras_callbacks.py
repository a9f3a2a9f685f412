"""Callbacks of Keras 3: what `keras` and `tensorflow` put into ``fit``, and users may put there.

This file imports Keras.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Self

import keras

from jupyter_mltrack.autolog.checkpoints import CheckpointPlan, Checkpoints
from jupyter_mltrack.autolog.configuration import Configuration
from jupyter_mltrack.autolog.session import RunLog
from jupyter_mltrack.autolog.trouble import attempt
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.fluent.logging import target


class MlflowCallback(keras.callbacks.Callback):  # type: ignore[misc]  # Keras has no types
    """Logs a training to the active run, for those who do without autolog.

    Args:
        log_every_epoch: Log metrics at the end of each epoch.
        log_every_n_steps: Log metrics of every so many batches instead.
        model_id: Accepted as MLflow does.

    Raises:
        InvalidParameterValue: unless exactly one of the two is wanted.

    Example:
        >>> with mlflow.start_run():
        ...     model.fit(x, y, callbacks=[mlflow.keras.MlflowCallback()])
    """

    def __init__(
        self,
        log_every_epoch: bool = True,
        log_every_n_steps: int | None = None,
        model_id: str | None = None,
    ) -> None:
        del model_id
        super().__init__()
        if log_every_epoch == (log_every_n_steps is not None):
            msg = (
                "Metrics are logged every epoch or every so many steps: give log_every_n_steps"
                " together with log_every_epoch=False, or none of them."
            )
            raise InvalidParameterValue(msg)
        self.log_every_epoch = log_every_epoch
        self.log_every_n_steps = log_every_n_steps
        self._run: RunLog | None = None
        self._prefix = "optimizer_"

    @classmethod
    def watching(cls, run: RunLog, prefix: str) -> Self:
        """One that autolog uses.

        Args:
            run: Where to log.
            prefix: How the names of the optimizer's params begin.
        """
        options = run.configuration.options
        found = cls(options["log_every_epoch"], options["log_every_n_steps"])
        found._run, found._prefix = run, prefix
        return found

    def on_train_begin(self, logs: Any = None) -> None:
        """Log the optimizer's params, and the layers of the model as a text."""
        del logs
        with self._attempt():
            config = self.model.optimizer.get_config()
            self._log().log(params={f"{self._prefix}{key}": v for key, v in config.items()})
        with self._attempt():
            lines: list[str] = []
            self.model.summary(print_fn=lambda line, *_, **__: lines.append(line))
            self._log().log_text("\n".join(lines), "model_summary.txt")

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Log the metrics of an epoch."""
        if self.log_every_epoch and logs:
            with self._attempt():
                self._log().log(metrics=logs, step=epoch)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Log the metrics of a batch, if they are wanted."""
        del batch
        if self.log_every_n_steps is None or not logs:
            return
        with self._attempt():
            step = int(self.model.optimizer.iterations)
            if step % self.log_every_n_steps == 0:
                self._log().log(metrics=logs, step=step)

    def on_test_end(self, logs: Any = None) -> None:
        """Log the metrics of an evaluation, as ``validation_<metric>``."""
        if logs:
            with self._attempt():
                named = {f"validation_{name}": value for name, value in logs.items()}
                self._log().log(metrics=named)

    def _log(self) -> RunLog:
        """The run that autolog chose, or the active one."""
        if self._run is None:
            client, run_id = target()
            self._run = RunLog(client, run_id, Configuration(), is_new=False)
        return self._run

    def _attempt(self) -> Any:
        run = self._run
        configuration = Configuration() if run is None else run.configuration
        return attempt(configuration, "Keras's training is logged in part only")


class MlflowModelCheckpointCallback(keras.callbacks.Callback):  # type: ignore[misc]  # as above
    """Logs checkpoints of a model as files of the active run, ``checkpoints/…``.

    Args:
        monitor: The metric that says which one is the best.
        mode: ``min`` or ``max``: what is better.
        save_best_only: Keep only the best one.
        save_weights_only: Leave out the state of the optimizer.
        save_freq: ``epoch``, or a number of batches.

    Raises:
        InvalidParameterValue: if the best one is wanted and it is not said of what.

    Example:
        >>> best = mlflow.tensorflow.MlflowModelCheckpointCallback("val_accuracy", mode="max")
        >>> model.fit(x, y, validation_data=test, callbacks=[best])
    """

    def __init__(
        self,
        monitor: str | None = "val_loss",
        mode: str = "min",
        save_best_only: bool = True,
        save_weights_only: bool = False,
        save_freq: int | str = "epoch",
    ) -> None:
        super().__init__()
        self._plan = CheckpointPlan(
            monitor=monitor,
            mode=mode,
            save_best_only=save_best_only,
            save_weights_only=save_weights_only,
            save_freq=save_freq,
        )
        self._run: RunLog | None = None
        self._checkpoints: Checkpoints | None = None
        self._epoch = self._step = self._last_batch = self._last_saved = 0

    @classmethod
    def watching(cls, run: RunLog, plan: CheckpointPlan) -> Self:
        """One that autolog uses."""
        found = cls()
        found._run, found._plan = run, plan
        return found

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Remember where the training is."""
        del logs
        self._epoch = epoch

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """Keep a checkpoint every so many batches; some batches may come as one."""
        self._step += batch + 1 if batch <= self._last_batch else batch - self._last_batch
        self._last_batch = batch
        frequency = self._plan.save_freq
        if isinstance(frequency, int) and self._step - self._last_saved >= frequency:
            self._offer(logs or {})
            self._last_saved = self._step

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Keep a checkpoint of an epoch."""
        del epoch
        if self._plan.save_freq == "epoch":
            self._offer(logs or {})

    def _offer(self, metrics: Any) -> None:
        run = self._run
        configuration = Configuration() if run is None else run.configuration
        with attempt(configuration, "a checkpoint was not logged"):
            if self._checkpoints is None:
                if run is None:
                    client, run_id = target()
                    run = RunLog(client, run_id, configuration, is_new=False)
                self._checkpoints = Checkpoints(run, self._plan, ".h5")
            self._checkpoints.offer(metrics, self._epoch, self._step, self._save)

    def _save(self, file: Path) -> None:
        if self._plan.save_weights_only:
            self.model.save_weights(file, overwrite=True)
        else:
            self.model.save(file, overwrite=True)
