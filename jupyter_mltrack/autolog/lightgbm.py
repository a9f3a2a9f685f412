"""Autolog for LightGBM: ``lightgbm.train`` and the classes that follow scikit-learn."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.autolog.boosted_estimators import (
    estimator_patches,
    inside_logged_fit,
    watch_fit,
)
from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.evaluations import Evaluations
from jupyter_mltrack.autolog.fit_arguments import fit_arguments
from jupyter_mltrack.autolog.importances import log_importances
from jupyter_mltrack.autolog.library import Library, Patch
from jupyter_mltrack.autolog.model_logging import log_model
from jupyter_mltrack.autolog.samples import Samples
from jupyter_mltrack.autolog.switchboard import switchboard
from jupyter_mltrack.autolog.train_data import log_data

if TYPE_CHECKING:
    from lightgbm import Booster, Dataset

#: Arguments of ``lightgbm.train`` that are no params of a run.
_NO_PARAMS = frozenset(
    "params train_set valid_sets valid_names fobj feval init_model learning_rates callbacks".split()
)

#: LightGBM calls the callbacks in this order; those of the user come after.
_FIRST = -1_000_000

_samples = Samples()


def autolog(
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log every training with LightGBM: params, metrics of each iteration, importances, the model.

    Args:
        log_input_examples: Log an input example with the model.
        log_model_signatures: Log a signature with the model.
        log_models: Log the trained model.
        log_datasets: Note the data as inputs of the run.
        disable: Log nothing any more.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with untested versions of LightGBM.
        silent: Warn of nothing.
        registered_model_name: Make the model a version of this registered model.
        extra_tags: Further tags of the runs that are started.

    Example:
        >>> mlflow.lightgbm.autolog()
        >>> lightgbm.LGBMClassifier().fit(x, y, eval_set=[(x_test, y_test)])
    """
    switchboard.switch(_LIGHTGBM, locals())


def _patches() -> Iterator[Patch]:
    import lightgbm

    yield Patch(owner=lightgbm, name="train", watcher=_train)
    yield Patch(owner=lightgbm.sklearn, name="train", watcher=_train_in_fit, joins=True)
    yield Patch(
        owner=lightgbm.Dataset, name="__init__", watcher=_samples.watch, trains=False, joins=True
    )
    yield from estimator_patches(lightgbm.sklearn, lightgbm.LGBMModel, _fit)


_LIGHTGBM = Library(
    flavor="lightgbm",
    module="lightgbm",
    distribution="lightgbm",
    versions=("4.0", "4.7"),
    patches=_patches,
)


def _fit(call: Call) -> Generator[None, Any, None]:
    """Watch ``fit`` of an estimator."""
    return watch_fit(call, "lightgbm")


def _train_in_fit(call: Call) -> Generator[None, Any, None]:
    """Watch ``lightgbm.train`` as estimators call it."""
    if inside_logged_fit():
        yield from _training(call)
    else:
        yield


def _train(call: Call) -> Generator[None, Any, None]:
    """Watch ``lightgbm.train`` as users call it."""
    data = call.argument("train_set")
    booster = yield from _training(call)
    log_model(call, "lightgbm", booster, sample=lambda: _samples.of(data), predict=booster.predict)


def _training(call: Call) -> Generator[None, Any, Booster]:
    """What is logged of every training; gives the trained booster."""
    given = call.arguments()
    with call.attempt("the params were not logged"):
        call.session.log(params={**given["params"], **fit_arguments(call, _NO_PARAMS)})
    with call.attempt("the data are not noted"):
        _log_data(call, given)
    evaluations = Evaluations(call.session)
    record = call.harmless(lambda env: evaluations.record(env.iteration, _newest(env)))
    vars(record)["order"] = _FIRST
    call.give("callbacks", [record, *(given.get("callbacks") or ())])
    booster: Booster = yield
    if booster.best_iteration > 0:  # counted from 1; 0 without early stopping
        with call.attempt("the best iteration was not logged"):
            best = booster.best_iteration
            evaluations.log_best(best - 1, best=best, stopped=evaluations.end)
    for kind in ("split", "gain"):
        with call.attempt(f"the importances ({kind}) were not logged"):
            numbers = booster.feature_importance(importance_type=kind).tolist()
            log_importances(call, kind, dict(zip(booster.feature_name(), numbers, strict=True)))
    return booster


def _newest(env: Any) -> dict[str, float]:
    """What was measured after an iteration, as ``<set>-<metric>``."""
    return {f"{data}-{metric}": value for data, metric, value, *_ in env.evaluation_result_list}


def _log_data(call: Call, given: dict[str, Any]) -> None:
    tested = given.get("valid_sets") or []
    tested = tested if isinstance(tested, list | tuple) else [tested]
    names = given.get("valid_names") or []
    names = [names] if isinstance(names, str) else list(names)
    names += [None] * (len(tested) - len(names))
    _log_one(call, given["train_set"], "train")
    for data, name in zip(tested, names, strict=False):
        _log_one(call, data, "eval", name)


def _log_one(call: Call, data: Dataset, context: str, name: str | None = None) -> None:
    log_data(call, data.data, context, name=name, targets=data.label)
