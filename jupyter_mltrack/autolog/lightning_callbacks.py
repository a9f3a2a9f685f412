"""What is put among the callbacks of a ``Trainer`` of PyTorch Lightning.

Lightning comes as two packages, ``lightning`` and ``pytorch_lightning``, whose classes are not the
same: `made_for` makes a class of the package that the trainer is from.
"""

from __future__ import annotations

import functools
import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from jupyter_mltrack.autolog.checkpoints import CheckpointPlan, Checkpoints
from jupyter_mltrack.autolog.model_logging import first_rows
from jupyter_mltrack.autolog.session import RunLog
from jupyter_mltrack.autolog.trouble import attempt


def made_for(package: str, kind: type, *arguments: Any) -> Any:
    """A callback of a kind of this file, for a trainer of a package.

    Args:
        package: ``pytorch_lightning``, or ``lightning.pytorch``.
        kind: The class.
        *arguments: Those of the class. Another process gets the callback made anew of them.
    """
    return _class_for(package, kind)(*arguments)


@functools.cache
def _class_for(package: str, kind: type) -> type:
    base = importlib.import_module(package).Callback

    def __reduce__(self: Any) -> tuple[Any, ...]:  # noqa: N807  (pickle's name for it)
        return made_for, (package, kind, *self.arguments)

    return type(kind.__name__, (kind, base), {"__reduce__": __reduce__})


class Recorder:
    """Logs metrics of epochs and batches, the optimizer, and what a later test measures.

    Args:
        run: Where to log.
    """

    def __init__(self, run: RunLog) -> None:
        self.arguments = (run,)
        self._run = run
        self._of_batches: set[str] = set()
        self._of_epochs: set[str] = set()
        self._hook: Any = None
        #: The first rows of what the model was called with, and its answer; None if not seen.
        self.seen: tuple[Any, Any] | None = None

    def on_train_start(self, trainer: Any, module: Any) -> None:
        """Log the number of epochs and the first optimizer."""
        if not trainer.is_global_zero:
            return
        with attempt(self._run.configuration, "the optimizer was not logged"):
            params = {"epochs": trainer.max_epochs, **_optimizer_params(trainer)}
            self._run.log(params=params, tags={"Mode": "training"})
        configuration = self._run.configuration
        if configuration.log_models and configuration.log_model_signatures:
            with attempt(configuration, "the model has no signature"):
                self._hook = module.register_forward_hook(self._see)

    def on_train_batch_end(self, trainer: Any, module: Any, *rest: Any) -> None:
        """Log the metrics of a batch, if they are wanted."""
        del module, rest
        every = self._run.configuration.options["log_every_n_step"]
        if not every or not trainer.is_global_zero:
            return
        with attempt(self._run.configuration, "the metrics of a batch were not logged"):
            known = trainer.callback_metrics
            metrics = {
                name: value
                for name, value in known.items()
                if name not in self._of_epochs and f"{name}_step" not in known
            }
            self._of_batches.update(metrics)
            step = trainer.global_step
            if (step // (len(trainer.optimizers) or 1) + 1) % every == 0:
                self._log(trainer, metrics, step)

    def on_train_epoch_end(self, trainer: Any, module: Any) -> None:
        """Log the metrics of an epoch, without those that are logged of batches."""
        if not trainer.is_global_zero:
            return
        with attempt(self._run.configuration, "the metrics of an epoch were not logged"):
            known = trainer.callback_metrics.items()
            metrics = {name: value for name, value in known if name not in self._of_batches}
            self._of_epochs.update(metrics)
            epoch = module.current_epoch
            if (epoch + 1) % self._run.configuration.options["log_every_n_epoch"] == 0:
                self._log(trainer, metrics, epoch)

    def on_test_end(self, trainer: Any, module: Any) -> None:
        """Log what ``Trainer.test`` measured after the training."""
        del module
        if trainer.is_global_zero:
            with attempt(self._run.configuration, "the metrics of the test were not logged"):
                self._run.log(tags={"Mode": "testing"})
                self._log(trainer, trainer.callback_metrics, 0)

    def unhook(self) -> None:
        """Look at the model's answers no more."""
        if self._hook is not None:
            self._hook.remove()
            self._hook = None

    def _log(self, trainer: Any, metrics: Mapping[str, Any], step: int) -> None:
        if metrics and not trainer.sanity_checking:
            numbers = {name: float(value) for name, value in metrics.items()}
            self._run.log(metrics=numbers, step=step)

    def _see(self, module: Any, inputs: tuple[Any, ...], answer: Any) -> None:
        """Remember a few rows of the first batch; only plain tensors have a signature."""
        del module
        self.unhook()
        with attempt(self._run.configuration, "the model has no signature"):
            if len(inputs) == 1 and hasattr(inputs[0], "detach") and hasattr(answer, "detach"):
                self.seen = _rows(inputs[0]), _rows(answer)


class Checkpointer:
    """Logs checkpoints as files of the run.

    Args:
        run: Which run.
        plan: Which checkpoints.
    """

    def __init__(self, run: RunLog, plan: CheckpointPlan) -> None:
        self.arguments = (run, plan)
        self._run = run
        self._plan = plan
        self._checkpoints = Checkpoints(run, plan, ".pth")

    def on_train_batch_end(self, trainer: Any, *rest: Any) -> None:
        """Keep a checkpoint every so many batches."""
        del rest
        every, step = self._plan.save_freq, trainer.global_step
        if isinstance(every, int) and step > 0 and step % every == 0:
            self._offer(trainer)

    def on_train_epoch_end(self, trainer: Any, *rest: Any) -> None:
        """Keep a checkpoint of an epoch."""
        del rest
        if self._plan.save_freq == "epoch":
            self._offer(trainer)

    def _offer(self, trainer: Any) -> None:
        if not trainer.is_global_zero:
            return

        def save(file: Path) -> None:
            # Trainer.save_checkpoint waits for all processes, and only this one is here.
            content = trainer._checkpoint_connector.dump_checkpoint(  # noqa: SLF001
                self._plan.save_weights_only
            )
            trainer.strategy.save_checkpoint(content, str(file))

        with attempt(self._run.configuration, "a checkpoint was not logged"):
            metrics, epoch = trainer.callback_metrics, trainer.current_epoch
            self._checkpoints.offer(metrics, epoch, trainer.global_step, save)


def _optimizer_params(trainer: Any) -> dict[str, Any]:
    """Name and settings of the first optimizer, such as ``lr``."""
    if not trainer.optimizers:
        return {}
    optimizer = trainer.optimizers[0]
    optimizer = getattr(optimizer, "optimizer", optimizer)  # from under Lightning's own
    return {"optimizer_name": type(optimizer).__name__, **getattr(optimizer, "defaults", {})}


def _rows(tensor: Any) -> Any:
    return first_rows(tensor.detach().cpu().numpy())
