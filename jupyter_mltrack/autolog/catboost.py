"""Autolog for CatBoost, in the manner of MLflow's for XGBoost; MLflow has none for CatBoost."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.evaluations import Evaluations
from jupyter_mltrack.autolog.fit_arguments import fit_arguments
from jupyter_mltrack.autolog.importances import log_importances
from jupyter_mltrack.autolog.library import Library, Patch
from jupyter_mltrack.autolog.model_logging import EXAMPLE_ROWS, first_rows, log_model
from jupyter_mltrack.autolog.switchboard import switchboard
from jupyter_mltrack.autolog.train_data import log_data

#: Arguments of ``fit`` that are params of a run if they are given; the others are data, or say
#: what is shown while it trains.
_PARAMS = ("early_stopping_rounds", "use_best_model")

#: The kind of importance that needs no data.
_IMPORTANCE = "PredictionValuesChange"


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
    """Log every training with CatBoost: params, metrics of each iteration, importances, the model.

    Args:
        log_input_examples: Log an input example with the model.
        log_model_signatures: Log a signature with the model.
        log_models: Log the trained model.
        log_datasets: Note the data as inputs of the run.
        disable: Log nothing any more.
        exclusive: Log nothing to runs that you started.
        disable_for_unsupported_versions: Log nothing with untested versions of CatBoost.
        silent: Warn of nothing.
        registered_model_name: Make the model a version of this registered model.
        extra_tags: Further tags of the runs that are started.

    Example:
        >>> mlflow.catboost.autolog()
        >>> catboost.CatBoostRegressor().fit(x, y, eval_set=(x_test, y_test))
    """
    switchboard.switch(_CATBOOST, locals())


def _patches() -> Iterator[Patch]:
    import catboost

    for kind in vars(catboost).values():
        if isinstance(kind, type) and issubclass(kind, catboost.CatBoost) and "fit" in vars(kind):
            yield Patch(owner=kind, name="fit", watcher=_fit)


_CATBOOST = Library(
    flavor="catboost",
    module="catboost",
    distribution="catboost",
    versions=("1.2", "1.2"),
    patches=_patches,
)


def _fit(call: Call) -> Generator[None, Any, None]:
    """Watch ``fit`` of a model."""
    model, given = call.instance, fit_arguments(call)
    with call.attempt("the params were not logged"):
        said = {name: given[name] for name in _PARAMS if given.get(name) is not None}
        call.session.log(params=model.get_params() | said)
    _log_data(call, given)
    rows = _first_rows(given["X"])
    evaluations = Evaluations(call.session)
    if _takes_callbacks(model):
        record = call.harmless(lambda info: evaluations.record(info.iteration - 1, _newest(info)))
        call.give("callbacks", [_Recorder(record), *(given.get("callbacks") or ())])
    yield
    with call.attempt("what CatBoost chose by itself was not logged"):
        chosen = model.get_all_params()
        call.session.log(params={k: v for k, v in chosen.items() if k not in model.get_params()})
    if model.get_best_iteration() is not None:
        with call.attempt("the best iteration was not logged"):
            best = model.get_best_iteration()
            evaluations.log_best(best, best=best, stopped=evaluations.end - 1)
    with call.attempt("the importances were not logged"):
        numbers = map(float, model.get_feature_importance(type=_IMPORTANCE))
        values = dict(zip(model.feature_names_, numbers, strict=True))
        log_importances(call, _IMPORTANCE, values)
    log_model(call, "catboost", model, sample=lambda: rows, predict=model.predict)


class _Recorder:
    """A callback that tells what is known after each iteration."""

    def __init__(self, tell: Callable[[Any], None]) -> None:
        self._tell = tell

    def after_iteration(self, info: Any) -> bool:
        """Tell it, and go on."""
        self._tell(info)
        return True


def _takes_callbacks(model: Any) -> bool:
    """Whether the training calls back: on a GPU CatBoost refuses callbacks."""
    return str(model.get_params().get("task_type", "CPU")).upper() == "CPU"


def _newest(info: Any) -> dict[str, float]:
    """What was measured after an iteration, as ``<set>-<metric>``."""
    measured: Mapping[str, Mapping[str, list[float]]] = info.metrics
    return {
        f"{data}-{metric}": values[-1]
        for data, metrics in measured.items()
        for metric, values in metrics.items()
    }


def _log_data(call: Call, given: Mapping[str, Any]) -> None:
    tested = given.get("eval_set")
    tested = [] if tested is None else tested if isinstance(tested, list) else [tested]
    for context, pairs in (("train", [(given["X"], given.get("y"))]), ("eval", tested)):
        for pair in pairs:
            data, targets = pair if isinstance(pair, tuple) else (pair, None)
            log_data(call, _table(data), context, targets=targets)


def _table(data: Any) -> Any:
    """Data as they were given, or the numbers of a ``Pool``."""
    import numpy as np
    from catboost import Pool

    return np.asarray(data.get_features()) if isinstance(data, Pool) else data


def _first_rows(data: Any) -> Any:
    from catboost import Pool

    if isinstance(data, Pool):
        return data.slice(list(range(min(EXAMPLE_ROWS, data.num_row())))).get_features()
    return first_rows(data)
