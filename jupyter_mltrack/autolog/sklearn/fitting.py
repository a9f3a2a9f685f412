"""What is logged of a training: before ``fit``, and after it."""

from __future__ import annotations

from collections.abc import Generator
from copy import deepcopy
from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.model_logging import first_rows, log_model
from jupyter_mltrack.autolog.sklearn import metrics, pictures, search
from jupyter_mltrack.autolog.sklearn.data import TrainingData, as_dataset, training_data
from jupyter_mltrack.autolog.sklearn.post_training import models
from jupyter_mltrack.autolog.trouble import tell
from jupyter_mltrack.tracking.datasets import Dataset

_PAGE = """<!DOCTYPE html>
<html lang="en">
<head><meta charset="UTF-8"><title>{name}</title></head>
<body>
{drawing}
</body>
</html>
"""


def watch_fit(call: Call) -> Generator[None, Any, None]:
    """Log a training: params and data before it; metrics, pictures and the model after it."""
    model = call.instance
    data = training_data(call)
    call.session.log(params=search.own_params(model), tags=search.estimator_tags(model))
    dataset = _log_dataset(call, data)
    example = deepcopy(_first_rows(data.x))
    yield
    if call.configuration.options.get("log_post_training_metrics"):
        models.add(model, call.session)
    _log_fit(call, data)
    with call.attempt("estimator.html was not logged"):
        call.session.log_text(_as_page(model), "estimator.html")
    _log_model(call, model, example, "model")
    if search.is_search(model):
        _log_search(call, example, dataset)


def _log_dataset(call: Call, data: TrainingData) -> Dataset | None:
    """Note the training data; None if they are neither table nor array."""
    with call.attempt("the training data were not logged"):
        dataset = as_dataset(data.x, data.y)
        if dataset is not None and call.configuration.log_datasets:
            call.session.log_input(dataset, "train")
        return dataset
    return None


def _log_fit(call: Call, data: TrainingData) -> None:
    """Metrics of the training data, and pictures of a classifier."""
    model = call.instance
    if data.y is None or (search.is_search(model) and not hasattr(model, "best_estimator_")):
        return
    with call.attempt("the training metrics were not logged"):
        fit = metrics.fit_of(model, data, call.configuration.options.get("pos_label"))
        call.session.log(metrics=fit.metrics)
        if fit.failed:
            why = "; ".join(f"{name} ({error})" for name, error in fit.failed.items())
            tell(call.configuration, f"could not be computed: {why}")
        if pictures.can_draw():
            for file, draw in pictures.pictures(model, data, fit).items():
                with call.attempt(f"{file} was not logged"), metrics.quiet():
                    call.session.log_figure(draw(), file)


def _log_model(call: Call, model: Any, example: Any, name: str) -> None:
    def predict(rows: Any) -> Any:
        for method in ("predict", "transform"):
            if hasattr(model, method):
                return getattr(model, method)(rows)
        msg = f"{type(model).__name__} has neither predict nor transform"
        raise TypeError(msg)

    params = {**search.own_params(model), **search.best_params(model)}
    log_model(
        call,
        "sklearn",
        model,
        sample=lambda: first_rows(example),
        predict=predict,
        name=name,
        params={key: str(value) for key, value in params.items()},
        serialization_format=call.configuration.options["serialization_format"],
    )


def _log_search(call: Call, example: Any, dataset: Dataset | None) -> None:
    """What is special about a search over parameters."""
    model, session = call.instance, call.session
    if hasattr(model, "best_estimator_"):
        _log_model(call, model.best_estimator_, example, "best_estimator")
    with call.attempt("the best point was not logged"):
        session.log(params=search.best_params(model), metrics=search.best_score(model))
    if hasattr(model, "cv_results_"):
        with call.attempt("the child runs are not complete"):
            most = call.configuration.options["max_tuning_runs"]
            search.log_children(session, model, most, dataset)
        with call.attempt("cv_results.csv was not logged"):
            search.log_results(session, model)


def _first_rows(data: Any) -> Any:
    try:
        return first_rows(data)
    except (TypeError, IndexError):
        return None


def _as_page(model: Any) -> str:
    from sklearn.utils import estimator_html_repr

    return _PAGE.format(name=type(model).__name__, drawing=estimator_html_repr(model))
