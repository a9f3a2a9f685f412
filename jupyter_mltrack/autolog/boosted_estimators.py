"""The classes of a boosting library that follow scikit-learn: ``fit`` calls ``train``.

``train`` logs params, metrics and importances; ``fit`` logs the estimator as the model. A ``fit``
inside another training, such as a search over parameters, logs nothing, and so its ``train``.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from contextvars import ContextVar
from importlib.util import find_spec
from types import ModuleType
from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.library import Patch, Watcher
from jupyter_mltrack.autolog.model_logging import first_rows, log_model
from jupyter_mltrack.autolog.sklearn.post_training import metric_patches, models, prediction_patches

_logged_fit: ContextVar[bool] = ContextVar("mltrack_autolog_logged_fit", default=False)


def estimator_patches(module: ModuleType, base: type, fit: Watcher) -> Iterator[Patch]:
    """What is watched of the estimators in a module: how they learn, predict and are scored.

    Args:
        module: Where the classes are.
        base: What all of them inherit from.
        fit: Watches ``fit``.
    """
    kinds = [each for each in vars(module).values() if isinstance(each, type)]
    estimators = [kind for kind in kinds if issubclass(kind, base)]
    for owner in dict.fromkeys(owner for kind in estimators for owner in kind.__mro__):
        if owner in estimators and "fit" in vars(owner):
            yield Patch(owner=owner, name="fit", watcher=fit)
        yield from prediction_patches(owner)
    if find_spec("sklearn") is not None:
        yield from metric_patches()


def inside_logged_fit() -> bool:
    """Whether this is the ``train`` of a ``fit`` that is logged."""
    return _logged_fit.get()


def watch_fit(call: Call, flavor: str, **options: Any) -> Generator[None, Any, None]:
    """Watch the ``fit`` of an estimator whose ``train`` is watched too.

    Args:
        call: The fit.
        flavor: Who writes the model.
        **options: Further arguments of the flavor's ``log_model``.
    """
    rows = None
    with call.attempt("there is no sample of the data"):
        rows = first_rows(call.argument("X"))
    before = _logged_fit.set(True)
    try:
        yield
    finally:
        _logged_fit.reset(before)
    models.add(call.instance, call.session)
    sample = None if rows is None else lambda: rows
    log_model(call, flavor, call.instance, sample=sample, predict=call.instance.predict, **options)
