"""Autolog for XGBoost: ``xgboost.train`` and the classes that follow scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from importlib import metadata
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
from jupyter_mltrack.autolog.model_logging import EXAMPLE_ROWS, log_model
from jupyter_mltrack.autolog.samples import Samples
from jupyter_mltrack.autolog.switchboard import switchboard
from jupyter_mltrack.autolog.train_data import check_size, log_data

if TYPE_CHECKING:
    from xgboost import Booster, DMatrix
    from xgboost.callback import TrainingCallback

#: Arguments of ``xgboost.train`` that are no params of a run.
_NO_PARAMS = frozenset(
    "params dtrain evals obj feval evals_result xgb_model callbacks learning_rates".split()
)

_samples = Samples()


def autolog(
    importance_types: list[str] | None = None,
    log_input_examples: bool = False,
    log_model_signatures: bool = True,
    log_models: bool = True,
    log_datasets: bool = True,
    disable: bool = False,
    exclusive: bool = False,
    disable_for_unsupported_versions: bool = False,
    silent: bool = False,
    registered_model_name: str | None = None,
    model_format: str = "ubj",
    extra_tags: dict[str, str] | None = None,
) -> None:
    """Log every training with XGBoost: params, metrics of each iteration, importances, the model.

    Args:
        importance_types: Which importances of the features; default is ``["weight"]``.
        log_input_examples: Log an input example with the model.
        log_model_signatures: Log a signature with the model.
        log_models: Log the trained model.
        log_datasets: Note the data as inputs of the run.
        disable: Log nothing any more.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with untested versions of XGBoost.
        silent: Warn of nothing.
        registered_model_name: Make the model a version of this registered model.
        model_format: ``ubj``, ``json`` or ``xgb``.
        extra_tags: Further tags of the runs that are started.

    Example:
        >>> mlflow.xgboost.autolog()
        >>> xgboost.train({"eta": 0.3}, train, 100, evals=[(test, "validation")])
    """
    switchboard.switch(_XGBOOST, locals())


def _patches() -> Iterator[Patch]:
    import xgboost

    yield Patch(owner=xgboost, name="train", watcher=_train)
    yield Patch(owner=xgboost.sklearn, name="train", watcher=_train_in_fit, joins=True)
    for matrix in (xgboost.DMatrix, xgboost.QuantileDMatrix):
        if "__init__" in vars(matrix):
            yield Patch(
                owner=matrix, name="__init__", watcher=_samples.watch, trains=False, joins=True
            )
    yield from estimator_patches(xgboost.sklearn, xgboost.XGBModel, _fit)


def _distribution() -> str:
    """What pip calls it here: a build without GPU has a name of its own."""
    try:
        metadata.version("xgboost-cpu")
    except metadata.PackageNotFoundError:
        return "xgboost"
    return "xgboost-cpu"


_XGBOOST = Library(
    flavor="xgboost",
    module="xgboost",
    distribution=_distribution(),
    versions=("1.7", "3.2"),
    patches=_patches,
)


def _fit(call: Call) -> Generator[None, Any, None]:
    """Watch ``fit`` of an estimator."""
    return watch_fit(call, "xgboost", model_format=call.configuration.options["model_format"])


def _train_in_fit(call: Call) -> Generator[None, Any, None]:
    """Watch ``xgboost.train`` as estimators call it."""
    if inside_logged_fit():
        yield from _training(call)
    else:
        yield


def _train(call: Call) -> Generator[None, Any, None]:
    """Watch ``xgboost.train`` as users call it."""
    booster = yield from _training(call)
    data = call.argument("dtrain")
    log_model(
        call,
        "xgboost",
        booster,
        sample=lambda: _rows(data),
        predict=lambda rows: booster.predict(_matrix(rows)),
        model_format=call.configuration.options["model_format"],
    )


def _training(call: Call) -> Generator[None, Any, Booster]:
    """What is logged of every training; gives the trained booster."""
    given = call.arguments()
    with call.attempt("the params were not logged"):
        call.session.log(params={**given["params"], **fit_arguments(call, _NO_PARAMS)})
    _log_data(call, given)
    evaluations = Evaluations(call.session)
    tell = call.harmless(lambda epoch, log: evaluations.record(epoch, _newest(log)))
    # In front, so that the last iteration is seen also if a callback of the user's stops there.
    call.give("callbacks", [_recorder(tell), *(given.get("callbacks") or ())])
    booster: Booster = yield
    if _may_stop_early(given):
        with call.attempt("the best iteration was not logged"):
            best = booster.best_iteration
            evaluations.log_best(best, best=best, stopped=evaluations.end - 1)
    kinds = call.configuration.options["importance_types"]
    for kind in ["weight"] if kinds is None else kinds:
        with call.attempt(f"the importances ({kind}) were not logged"):
            log_importances(call, kind, booster.get_score(importance_type=kind))
    return booster


def _may_stop_early(given: dict[str, Any]) -> bool:
    from xgboost.callback import EarlyStopping

    callbacks = given.get("callbacks") or ()
    return bool(given.get("early_stopping_rounds")) or any(
        isinstance(each, EarlyStopping) for each in callbacks
    )


def _recorder(tell: Callable[[int, Any], None]) -> TrainingCallback:
    """A callback that tells the number of the iteration and all that was measured."""
    from xgboost.callback import TrainingCallback

    class Recorder(TrainingCallback):
        def after_iteration(self, model: Any, epoch: int, evals_log: Any) -> bool:
            del model
            tell(epoch, evals_log)
            return False

    return Recorder()


def _newest(log: dict[str, dict[str, list[Any]]]) -> dict[str, float]:
    """The newest value of each metric, as ``<set>-<metric>``."""
    return {
        f"{data}-{metric}": _plain(values[-1])
        for data, metrics in log.items()
        for metric, values in metrics.items()
    }


def _plain(value: Any) -> float:
    """The value of a metric; cross validation has its standard deviation beside it."""
    return float(value[0] if isinstance(value, tuple) else value)


def _log_data(call: Call, given: dict[str, Any]) -> None:
    if call.configuration.log_datasets:
        with call.attempt("the data are not noted"):
            log_data(call, _content(given["dtrain"]), "train")
            for data, name in given.get("evals") or ():
                log_data(call, _content(data), "eval", name=name)


def _content(data: DMatrix) -> Any:
    """What XGBoost has of the data: a sparse matrix."""
    check_size(data.num_row(), data.num_col())
    return data.get_data()


def _rows(data: DMatrix) -> Any:
    """A few rows of the training data, as they were given or as XGBoost has them."""
    try:
        return _samples.of(data)
    except LookupError:
        few = data.slice(list(range(min(EXAMPLE_ROWS, data.num_row())))).get_data().toarray()
    if data.feature_names is None:
        return few
    import pandas as pd

    return pd.DataFrame(few, columns=pd.Index(data.feature_names))


def _matrix(rows: Any) -> DMatrix:
    import xgboost

    return xgboost.DMatrix(rows)
