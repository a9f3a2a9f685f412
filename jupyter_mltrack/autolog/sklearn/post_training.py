"""Metrics after the training: what users compute from the predictions of a logged model.

``accuracy_score(y_test, model.predict(x_test))`` and ``model.score(x_test, y_test)`` are logged to
the run of the model, as ``accuracy_score_x_test`` and ``LogisticRegression_score_x_test``: the
metric and the variable that holds the data. ``metric_info.json`` says which call is which number.
"""

from __future__ import annotations

import weakref
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from numbers import Number
from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.library import Patch
from jupyter_mltrack.autolog.session import RunLog
from jupyter_mltrack.autolog.sklearn.data import as_dataset
from jupyter_mltrack.autolog.sklearn.naming import as_called, variable_name

_NO_METRICS = {"check_scoring", "get_scorer", "get_scorer_names", "make_scorer"}
_UNKNOWN = "unknown_dataset"


class _Held:
    """The data that were in variables of one name, numbered as they came."""

    def __init__(self) -> None:
        self._count = 0
        self._references: list[tuple[int, weakref.ref[Any]]] = []
        self._ids: dict[int, int] = {}  # of lists and the like, which have no weak references

    def number_of(self, data: Any) -> int:
        """The number of these data, from 0; a new one for data that were not here before."""
        self._references = [each for each in self._references if each[1]() is not None]
        for number, reference in self._references:
            if reference() is data:
                return number
        try:
            self._references.append((self._count, weakref.ref(data)))
            number = self._count
        except TypeError:
            number = self._ids.setdefault(id(data), self._count)
        self._count = max(self._count, number + 1)
        return number


@dataclass(slots=True)
class _Evaluated:
    """What became of a logged model.

    Attributes:
        log: Its run.
        data: For each variable name, the data that were in a variable of that name.
        calls: For each metric, the keys and texts of the calls.
    """

    log: RunLog
    data: dict[str, _Held] = field(default_factory=dict)
    calls: dict[str, list[tuple[str, str]]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Trained:
    thing: weakref.ref[Any]
    evaluated: _Evaluated


@dataclass(frozen=True, slots=True)
class _Prediction:
    thing: weakref.ref[Any]
    of: _Evaluated
    name: str


class Models:
    """The models whose training was logged, and what they predicted; none is kept alive."""

    def __init__(self) -> None:
        self._models: dict[int, _Trained] = {}
        self._predictions: dict[int, _Prediction] = {}

    def add(self, model: Any, log: RunLog) -> None:
        """Log metrics of this model from now on."""
        key = id(model)
        thing = weakref.ref(model, lambda _: self._models.pop(key, None))
        self._models[key] = _Trained(thing, _Evaluated(log))

    def has(self, model: Any) -> bool:
        """Whether the training of this model was logged."""
        return self.get(model) is not None

    def get(self, model: Any) -> _Evaluated | None:
        """What became of a model."""
        found = self._models.get(id(model))  # by identity: a model may have no hash
        return found.evaluated if found is not None and found.thing() is model else None

    def predicted(self, found: _Evaluated, data: Any, result: Any) -> None:
        """Remember a prediction, and from which data."""
        key = id(result)
        try:
            thing = weakref.ref(result, lambda _: self._predictions.pop(key, None))
        except TypeError:  # a list: it may be gone when its metric is computed
            return
        self._predictions[key] = _Prediction(thing, found, _name(found, data))

    def prediction_among(self, arguments: tuple[Any, ...]) -> _Prediction | None:
        """The first of these that a logged model predicted."""
        for argument in arguments:
            found = self._predictions.get(id(argument))
            if found is not None and found.thing() is argument:
                return found
        return None

    def has_predictions(self) -> bool:
        """Whether there are predictions to compute metrics of."""
        return bool(self._predictions)


models = Models()


def watch_predict(call: Call) -> Generator[None, Any, None]:
    """Remember which data a logged model predicted from, and note them as an input of its run."""
    data = _first_argument(call)
    found = models.get(call.instance)
    if data is None or found is None:
        yield
        return
    result = yield
    models.predicted(found, data, result)
    if call.configuration.log_datasets:
        with call.attempt("the data of a prediction were not logged"):
            dataset = as_dataset(data)
            if dataset is not None:
                found.log.log_input(dataset, "eval")


def watch_metric(call: Call) -> Generator[None, Any, None]:
    """Log a metric that is computed of a prediction."""
    value = yield
    prediction = models.prediction_among((*call.args, *call.kwargs.values()))
    if prediction is not None and _is_number(value):
        name = call.original.__name__
        text = as_called(name, call.original, call.args, call.kwargs)
        _log(prediction.of, name, prediction.name, text, value)


def watch_score(call: Call) -> Generator[None, Any, None]:
    """Log what ``model.score`` returns."""
    value = yield
    found = models.get(call.instance)
    if found is not None and _is_number(value):
        kind = type(call.instance).__name__
        text = as_called(f"{kind}.score", call.original, call.args, call.kwargs)
        _log(found, f"{kind}_score", _name(found, _first_argument(call)), text, value)


def metric_patches() -> Iterator[Patch]:
    """The functions of ``sklearn.metrics`` that compute a metric."""
    from sklearn import metrics

    for name in metrics.__all__:
        function = getattr(metrics, name)
        if name not in _NO_METRICS and callable(function) and not isinstance(function, type):
            yield Patch(
                owner=metrics,
                name=name,
                watcher=watch_metric,
                trains=False,
                when=lambda _: models.has_predictions(),
            )


def prediction_patches(kind: type) -> Iterator[Patch]:
    """The methods of a class by which a model predicts or is scored."""
    for name in ("predict", "predict_proba", "predict_log_proba", "transform", "score"):
        if callable(vars(kind).get(name)) or hasattr(vars(kind).get(name), "fn"):
            watcher = watch_score if name == "score" else watch_predict
            yield Patch(owner=kind, name=name, watcher=watcher, trains=False, when=models.has)


def _log(found: _Evaluated, metric: str, data: str, text: str, value: Any) -> None:
    calls = found.calls.setdefault(metric, [])
    key = f"{_numbered(metric, len(calls))}_{data}"
    calls.append((key, text))
    found.log.client.log_metric(found.log.run_id, key, float(value))
    said = sorted(each for calls in found.calls.values() for each in calls)
    found.log.log_dict(dict(said), "metric_info.json")


def _name(found: _Evaluated, data: Any) -> str:
    """The variable that holds data; other data in a variable of that name get a number."""
    name = _UNKNOWN if data is None else variable_name(data, _UNKNOWN)
    return _numbered(name, found.data.setdefault(name, _Held()).number_of(data))


def _numbered(name: str, number: int) -> str:
    return name if number == 0 else f"{name}-{number + 1}"


def _first_argument(call: Call) -> Any:
    return next(iter(call.args or call.arguments().values()), None)


def _is_number(value: Any) -> bool:
    return isinstance(value, Number) and not isinstance(value, bool | complex)
