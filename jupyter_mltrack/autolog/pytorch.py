"""Autolog for PyTorch Lightning: ``Trainer.fit``, of ``lightning`` and ``pytorch_lightning``."""

from __future__ import annotations

import importlib
import importlib.util
import sys
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.checkpoints import CheckpointPlan
from jupyter_mltrack.autolog.library import Library, Patch
from jupyter_mltrack.autolog.lightning_callbacks import Checkpointer, Recorder, made_for
from jupyter_mltrack.autolog.model_logging import log_model
from jupyter_mltrack.autolog.session import RunLog
from jupyter_mltrack.autolog.switchboard import switchboard

#: The module that is imported, and the package below or at it that has the classes.
_PACKAGES = {"lightning": "lightning.pytorch", "pytorch_lightning": "pytorch_lightning"}

#: Attributes of ``EarlyStopping`` that are params of a run.
_STOPPING = ("monitor", "mode", "patience", "min_delta", "stopped_epoch")


def autolog(
    log_every_n_epoch: int = 1,
    log_every_n_step: int | None = None,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
    checkpoint: bool = True,
    checkpoint_monitor: str = "val_loss",
    checkpoint_mode: str = "min",
    checkpoint_save_best_only: bool = True,
    checkpoint_save_weights_only: bool = False,
    checkpoint_save_freq: int | str = "epoch",
    log_model_signatures: bool = True,
) -> None:
    """Log every training with PyTorch Lightning: metrics, optimizer, checkpoints, the model.

    Args:
        log_every_n_epoch: Log metrics of every so many epochs.
        log_every_n_step: Log metrics of every so many batches too.
        log_models: Log the trained model.
        log_datasets: Accepted as MLflow does; no data are noted.
        disable: Log nothing any more.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with untested versions of Lightning.
        silent: Warn of nothing.
        registered_model_name: Make the model a version of this registered model.
        extra_tags: Further tags of the runs that are started.
        checkpoint: Log checkpoints while it trains.
        checkpoint_monitor: The metric that says which one is the best.
        checkpoint_mode: ``min`` or ``max``: what is better.
        checkpoint_save_best_only: Keep only the best one.
        checkpoint_save_weights_only: Leave out the state of the optimizer.
        checkpoint_save_freq: ``epoch``, or a number of batches.
        log_model_signatures: Log a signature with the model.

    Raises:
        InvalidParameterValue: if the best checkpoint is wanted and it is not said of what.

    Example:
        >>> mlflow.pytorch.autolog()
        >>> lightning.Trainer(max_epochs=10).fit(model, loader)
    """
    arguments = dict(locals())
    CheckpointPlan.of(arguments)
    for library in _LIBRARIES:  # one flavor that waits for two modules
        switchboard.switch(library, arguments)


def _patches() -> Iterator[Patch]:
    """The trainers of the packages that are imported, and later that of the other one."""
    for module in _PACKAGES:
        if module in sys.modules:
            yield _patch(module)
        else:
            _expect(module)


def _expect(module: str) -> None:
    def arrived() -> None:
        switchboard.add("pytorch", iter([_patch(module)]))

    switchboard.arrivals.expect(module, "pytorch", arrived)


def _patch(module: str) -> Patch:
    package = _PACKAGES[module]

    def watcher(call: Call) -> Generator[None, Any, None]:
        return _fit(call, package)

    trainer = importlib.import_module(package).Trainer
    return Patch(owner=trainer, name="fit", watcher=watcher)


def _distribution() -> str:
    is_there = importlib.util.find_spec("lightning") is not None
    return "lightning" if is_there else "pytorch-lightning"


_LIBRARIES = tuple(
    Library(
        flavor="pytorch",
        module=module,
        distribution=_distribution(),
        versions=("2.0", "2.6"),
        patches=_patches,
    )
    for module in _PACKAGES
)


def _fit(call: Call, package: str) -> Generator[None, Any, None]:
    """Watch ``fit`` of a trainer."""
    trainer, run = call.instance, call.session
    log = RunLog(run.client, run.run_id, call.configuration, is_new=run.is_new)
    stopping = _early_stopping(trainer, package)
    if stopping is not None:
        with call.attempt("the settings of the early stopping were not logged"):
            log.log(params={name: getattr(stopping, name) for name in _STOPPING})
    recorder = made_for(package, Recorder, log)
    with call.attempt("the metrics are not logged"):
        _give_callbacks(call, recorder, package, log)
    try:
        yield
    finally:
        recorder.unhook()
    if stopping is not None and stopping.stopped_epoch:
        with call.attempt("the early stopping was not logged"):
            log.log(metrics=_stopped(stopping))
    with call.attempt("the summary was not logged"):
        summary = importlib.import_module(f"{package}.utilities.model_summary").ModelSummary
        log.log_text(str(summary(trainer.lightning_module, max_depth=-1)), "model_summary.txt")
    _log_model(call, recorder)
    if call.configuration.log_models and stopping is not None:
        with call.attempt("the checkpoint of the best epoch was not logged"):
            best = getattr(trainer.checkpoint_callback, "best_model_path", "")
            if best:
                log.log_file(Path(best), "restored_model_checkpoint")


def _give_callbacks(call: Call, recorder: Any, package: str, log: RunLog) -> None:
    """Put ours behind those of the user, in the place of ours of an earlier ``fit``.

    They stay there, so that a test with the same trainer is logged to the same run.
    """
    trainer = call.instance
    kept = [each for each in trainer.callbacks if not isinstance(each, Recorder | Checkpointer)]
    plan = CheckpointPlan.of(call.configuration.options)
    ours = [recorder] if plan is None else [recorder, made_for(package, Checkpointer, log, plan)]
    trainer.callbacks = kept + ours


def _early_stopping(trainer: Any, package: str) -> Any:
    kind = importlib.import_module(f"{package}.callbacks").EarlyStopping
    return next((each for each in trainer.callbacks if isinstance(each, kind)), None)


def _stopped(stopping: Any) -> dict[str, float]:
    """What came of early stopping."""
    return {
        "stopped_epoch": stopping.stopped_epoch,
        "restored_epoch": stopping.stopped_epoch - max(1, stopping.patience),
        "best_score": float(stopping.best_score),
        "wait_count": stopping.wait_count,
    }


def _log_model(call: Call, recorder: Any) -> None:
    seen = recorder.seen
    log_model(
        call,
        "pytorch",
        call.instance.lightning_module,
        sample=None if seen is None else lambda: seen[0],
        predict=lambda _: seen[1],
        serialization_format="pickle",
    )
