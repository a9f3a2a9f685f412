"""Early stopping with Keras: its settings as params, what came of it as metrics.

The names are those that MLflow's autolog for TensorFlow gives them.
"""

from __future__ import annotations

from typing import Any

from jupyter_mltrack.autolog.session import RunLog

#: Attributes of ``EarlyStopping`` that are params of a run.
_PARAMS = ("monitor", "min_delta", "patience", "baseline", "restore_best_weights")


def early_stopping(callbacks: Any) -> Any:
    """The first ``EarlyStopping`` among the callbacks of ``fit``; None if there is none."""
    import keras

    found = getattr(callbacks, "callbacks", callbacks)
    for each in keras.tree.flatten(found or []):
        if isinstance(each, keras.callbacks.EarlyStopping):
            return each
    return None


def stopping_params(stopping: Any) -> dict[str, Any]:
    """Its settings; nothing without one."""
    return {} if stopping is None else {name: getattr(stopping, name) for name in _PARAMS}


def log_stopping(run: RunLog, stopping: Any, history: Any) -> None:
    """Log when a training was stopped, and the metrics of the epoch that it went back to.

    Args:
        run: Where to log.
        stopping: The callback; None logs nothing, as one that did not stop the training.
        history: What ``fit`` returned.
    """
    if stopping is None or not stopping.model.stop_training:
        return
    run.log(metrics={"stopped_epoch": stopping.stopped_epoch})
    if not stopping.restore_best_weights or stopping.best_weights is None:
        return
    run.log(metrics={"restored_epoch": stopping.best_epoch})
    if stopping.best_epoch in history.epoch:
        place = history.epoch.index(stopping.best_epoch)
        best = {name: values[place] for name, values in history.history.items()}
        run.log(metrics=best, step=stopping.stopped_epoch + 1)
