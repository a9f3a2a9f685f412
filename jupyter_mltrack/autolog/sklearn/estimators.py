"""Which classes of scikit-learn are watched: all models, also those that are defined later."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.libraries import LIBRARIES
from jupyter_mltrack.autolog.library import Patch
from jupyter_mltrack.autolog.sklearn.fitting import watch_fit
from jupyter_mltrack.autolog.sklearn.post_training import prediction_patches

FIT = ("fit", "fit_predict", "fit_transform")

#: Preparation of data alone is no training, as in MLflow; within a pipeline it is part of one.
_PREPARATION = (
    "sklearn.compose._column_transformer",
    "sklearn.feature_extraction",
    "sklearn.feature_selection",
    "sklearn.impute",
    "sklearn.preprocessing",
)

#: They fit models to judge a method; no model comes out, so nothing is logged, as in MLflow.
_JUDGES = (
    "cross_val_predict",
    "cross_val_score",
    "cross_validate",
    "learning_curve",
    "permutation_test_score",
    "validation_curve",
)


def is_model(estimator: Any) -> bool:
    """Whether the training of an estimator is to be logged.

    Those of scikit-learn unless they prepare data; those of users and other libraries if they
    predict; not those of libraries that have an autolog of their own.
    """
    kind = type(estimator)
    package = kind.__module__.partition(".")[0]
    if package == "sklearn":
        return not kind.__module__.startswith(_PREPARATION)
    return package not in LIBRARIES and hasattr(kind, "predict")


class Classes:
    """The classes of estimators, and who is told of new ones."""

    def __init__(self) -> None:
        self._seen: set[type] = set()
        self._hooked: list[tuple[Any, Any, Any]] = []

    def watch(self, add: Callable[[Iterator[Patch]], None]) -> Iterator[Patch]:
        """The patches of all classes there are.

        Args:
            add: Called with those of each class that is defined later.
        """
        from sklearn.base import BaseEstimator
        from sklearn.utils._set_output import _SetOutputMixin

        def arrived(kind: type) -> None:
            add(self._patches(kind))

        # The mixin puts functions of its own in the place of methods: it has to be done before.
        self._hook(_SetOutputMixin, arrived)
        self._hook(BaseEstimator, arrived, unless=_SetOutputMixin)
        yield from self._patches(BaseEstimator)
        for kind in _below(BaseEstimator):
            yield from self._patches(kind)

    def forget(self) -> None:
        """Be told no more."""
        self._seen.clear()
        for base, original, ours in self._hooked:
            if vars(base).get("__init_subclass__") is ours:
                if original is None:
                    del base.__init_subclass__
                else:
                    base.__init_subclass__ = original
        self._hooked.clear()

    def _patches(self, kind: type) -> Iterator[Patch]:
        """The patches of a class and of those it inherits from, each once."""
        for base in kind.__mro__:
            package = base.__module__.partition(".")[0]
            if base in self._seen or base is object or package in LIBRARIES.keys() - {"sklearn"}:
                continue
            self._seen.add(base)
            for name in FIT:
                if _is_method(base, name):
                    yield Patch(owner=base, name=name, watcher=watch_fit, when=is_model)
            yield from prediction_patches(base)

    def _hook(self, base: Any, arrived: Callable[[type], None], unless: type | None = None) -> None:
        original = vars(base).get("__init_subclass__")

        def hook(cls: Any, /, **options: Any) -> None:
            if original is None:
                super(base, cls).__init_subclass__(**options)
            else:
                original.__get__(None, cls)(**options)
            if unless is None or not issubclass(cls, unless):
                arrived(cls)

        ours: Any = classmethod(hook)
        base.__init_subclass__ = ours
        self._hooked.append((base, original, ours))


def judge_patches() -> Iterator[Patch]:
    """The functions that fit models which nobody gets."""
    from sklearn import model_selection

    for name in _JUDGES:
        yield Patch(owner=model_selection, name=name, watcher=_watch_judge, trains=False)


def _watch_judge(call: Call) -> Generator[None, Any, None]:
    """Log nothing: what is called inside a watched call is not logged."""
    del call
    yield


def _below(kind: type) -> Iterator[type]:
    each: type
    for each in kind.__subclasses__():
        yield each
        yield from _below(each)


def _is_method(kind: type, name: str) -> bool:
    found = vars(kind).get(name)
    is_one = callable(found) or hasattr(found, "fn")  # what available_if makes
    return is_one and not getattr(found, "__isabstractmethod__", False)
