"""What differs among runs, and which of them is best."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Literal

from jupyter_mltrack.panels.wording import number

Direction = Literal["lower", "higher"]

_LOWER = frozenset(
    "bce brier cer crossentropy deviance distance divergence duration entropy err error errors "
    "fid fnr fpr hinge impurity kl latency logloss loss losses mae mape mse msle nll perplexity "
    "ppl regret residual residuals rmse rmsle runtime seconds smape time wer".split()
)
_NEITHER = frozenset("batch count epoch iteration lr n seed size step steps".split())
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


def direction(key: str) -> Direction | None:
    """Which values of a metric are better, by the words in its name; None for counters.

    >>> direction("val_loss"), direction("accuracy"), direction("epoch")
    ('lower', 'higher', None)
    """
    words = [word.lower() for word in _WORD.findall(key)]
    if _LOWER.intersection(words):
        # scikit-learn's scorers: neg_mean_squared_error is better when higher.
        return "higher" if words[0] == "neg" else "lower"
    return None if _NEITHER.intersection(words) else "higher"


def delta(key: str, before: float | None, after: float | None) -> tuple[str, str]:
    """By how much a metric has changed, and whether that is good.

    Returns:
        ``▲ 0.02``, ``▼ 0.02``, ``=`` or nothing if it cannot be said; ``good``, ``bad`` or ``""``.
    """
    if before is None or after is None or not math.isfinite(after - before):
        return "", ""
    step = after - before
    if step == 0:
        return "=", ""
    wanted = direction(key)
    is_better = (step < 0) == (wanted == "lower")
    tone = "" if wanted is None else "good" if is_better else "bad"
    return f"{'▲' if step > 0 else '▼'} {number(abs(step))}", tone


def best(values: Sequence[float | None], wanted: Direction | None) -> list[int]:
    """Where the best values are; nowhere if there is nothing to choose from."""
    finite = [value for value in values if value is not None and math.isfinite(value)]
    if wanted is None or not finite or min(finite) == max(finite):
        return []
    winner = min(finite) if wanted == "lower" else max(finite)
    return [index for index, value in enumerate(values) if value == winner]


def keys_of(records: Sequence[Mapping[str, object]]) -> list[str]:
    """All keys, in the order in which they are met."""
    return list(dict.fromkeys(key for record in records for key in record))


def equal_keys(records: Sequence[Mapping[str, object]]) -> list[str]:
    """The keys that have one and the same value in all of two or more records."""
    if not records:
        return []
    first, *others = records
    if not others:
        return []
    return [
        key
        for key, value in first.items()
        if all(key in other and _same(other[key], value) for other in others)
    ]


def changes(
    before: Mapping[str, str], after: Mapping[str, str]
) -> list[tuple[str, str | None, str | None]]:
    """Key, old and new value of all that differs; None where there is no value."""
    return [
        (key, before.get(key), after.get(key))
        for key in keys_of([after, before])
        if before.get(key) != after.get(key)
    ]


def _same(one: object, other: object) -> bool:
    """Equality in which NaN equals NaN."""
    return one == other or (_is_nan(one) and _is_nan(other))


def _is_nan(value: object) -> bool:
    return isinstance(value, float) and math.isnan(value)
