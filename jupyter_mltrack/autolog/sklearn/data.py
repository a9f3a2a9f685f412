"""The data of a training: what ``fit`` was called with, and its description as a dataset."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.tracking import datasets

#: Larger data is not copied before the training, in bytes. A copy is what MLflow takes of any
#: data, lest a training that works in place spoils the metrics.
LARGEST_COPY = 250_000_000

_WEIGHT = "sample_weight"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingData:
    """What a model is trained with.

    Attributes:
        x: The samples.
        y: The labels; None if there are none.
        weight: The weights of the samples; None if there are none.
    """

    x: Any
    y: Any
    weight: Any


def training_data(call: Call) -> TrainingData:
    """The data of a call of ``fit`` and its like, as it was before the training.

    The first two arguments are samples and labels, whatever their names.
    """
    names = list(inspect.signature(call.original).parameters)
    given = dict(zip(names, call.args, strict=False)) | call.kwargs
    named = [name for name in names[:2] if name != _WEIGHT]
    x, y = ([given.get(name) for name in named] + [None, None])[:2]
    weight = given.get(_WEIGHT) if _WEIGHT in names else None
    return TrainingData(x=_kept(x), y=_kept(y), weight=weight)


def as_dataset(x: Any, y: Any = None) -> datasets.Dataset | None:
    """Data as MLflow's autolog describes it; None for what is no table and no array.

    A table is described without the labels, an array with them; sparse data as if it were dense.
    """
    if _is_a(x, "pandas", "DataFrame"):
        return datasets.from_pandas(x)
    if _is_a(x, "polars", "DataFrame"):
        return datasets.from_polars(x)
    features, targets = _dense(x), _as_array(_dense(y))
    if _is_a(features, "numpy", "ndarray"):
        return datasets.from_numpy(features, targets=targets)
    return None


def _kept(data: Any) -> Any:
    """A copy, unless it is too large."""
    size = getattr(data, "nbytes", 0)
    if hasattr(data, "memory_usage"):
        used = data.memory_usage()
        size = used.sum() if hasattr(used, "sum") else used
    return data if size > LARGEST_COPY else deepcopy(data)


def _dense(data: Any) -> Any:
    """Sparse data as an array."""
    scipy = sys.modules.get("scipy.sparse")
    return data.toarray() if scipy is not None and scipy.issparse(data) else data


def _as_array(labels: Any) -> Any:
    if labels is None or isinstance(labels, Mapping):
        return labels
    import numpy as np

    return np.asarray(labels)


def _is_a(thing: object, module: str, name: str) -> bool:
    """Whether ``thing`` is of a class of a library, which then is imported already."""
    kind = getattr(sys.modules.get(module), name, None)
    return kind is not None and isinstance(thing, kind)
