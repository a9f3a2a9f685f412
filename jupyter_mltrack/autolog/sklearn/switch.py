"""``sklearn.autolog()``: log the trainings of scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from jupyter_mltrack.autolog.library import Library, Patch
from jupyter_mltrack.autolog.sklearn.estimators import Classes, judge_patches
from jupyter_mltrack.autolog.sklearn.post_training import metric_patches
from jupyter_mltrack.autolog.sklearn.workers import Workers
from jupyter_mltrack.autolog.switchboard import switchboard
from jupyter_mltrack.errors import InvalidParameterValue

_classes = Classes()
_workers = Workers()


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    max_tuning_runs: int | None = 5,
    log_post_training_metrics: bool = True,
    serialization_format: str = "cloudpickle",
    registered_model_name: str | None = None,
    pos_label: str | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log every training with scikit-learn: params, metrics, pictures, data, the model.

    ``fit``, ``fit_predict`` and ``fit_transform`` of models and pipelines are logged to the active
    run, or to a run of their own. Preparation of data outside a pipeline is not, and neither is
    what cross-validation functions fit. A search over parameters gets a child run for each of its
    best points. Pictures need matplotlib.

    Args:
        log_input_examples: Log the first rows with the model.
        log_model_signatures: Log the types of what goes in and out with the model.
        log_models: Log the model.
        log_datasets: Note training data, and data that logged models predict from.
        disable: Log nothing any more, and leave scikit-learn as it was.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with an untested scikit-learn.
        silent: Warn of nothing.
        max_tuning_runs: So many child runs of a search; None for all points.
        log_post_training_metrics: Log what is computed from predictions of logged models.
        serialization_format: How models are stored: ``cloudpickle``, ``pickle`` or ``skops``.
        registered_model_name: Make each model a version of this registered model.
        pos_label: Precision, recall and F1 are those of this class, of two.
        extra_tags: Further tags of runs that are started.

    Raises:
        InvalidParameterValue: if ``max_tuning_runs`` is negative; then nothing changes.

    Example:
        >>> mlflow.sklearn.autolog()
        >>> LogisticRegression().fit(x, y)
    """
    arguments = dict(locals())
    if max_tuning_runs is not None and max_tuning_runs < 0:
        msg = f"max_tuning_runs is {max_tuning_runs}; give a number from 0, or None for all."
        raise InvalidParameterValue(msg)
    switchboard.switch(SKLEARN, arguments)


#: What is watched in parts of scikit-learn that ``import sklearn`` does not import.
_PARTS: dict[str, Callable[[], Iterator[Patch]]] = {
    "sklearn.metrics": metric_patches,
    "sklearn.model_selection": judge_patches,
}


def _patches() -> Iterator[Patch]:
    _workers.mark()
    for module, patches in _PARTS.items():
        switchboard.arrivals.expect(module, f"{module} itself", _adding(patches))
    yield from _classes.watch(_add)


def _adding(patches: Callable[[], Iterator[Patch]]) -> Callable[[], None]:
    return lambda: _add(patches())


def _add(patches: Iterator[Patch]) -> None:
    switchboard.add(SKLEARN.flavor, patches)


def _undo() -> None:
    _classes.forget()
    _workers.take_back()
    for module in _PARTS:
        switchboard.arrivals.forget(f"{module} itself")


SKLEARN = Library(
    flavor="sklearn",
    module="sklearn",
    distribution="scikit-learn",
    versions=("1.4", "1.9"),
    patches=_patches,
    undo=_undo,
)
