"""The axes of parallel coordinates: which there are, and where on them each run is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from jupyter_mltrack.panels.comparison import direction
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.search import RUNS
from jupyter_mltrack.store.columns import Columns, Texts

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_AXES = 300
MOST_CHOICES = 200
_FIRST_PARAMS, _FIRST_METRICS = 7, 5
_LONGEST_LABEL, _LONGEST_CHOICE = 80, 40

# An axis begins logarithmic if its ends have this ratio, and half of its runs are below this share.
_WIDE, _CROWDED = 100, 0.1


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One param or metric that differs among the runs.

    Attributes:
        entity: What the key belongs to.
        key: Its name.
        values: One for each run: a number, or an index of ``choices``; NaN where there is none.
        low: The lowest finite value.
        high: The highest.
        choices: The different texts of a param that is not all numbers; else empty.
    """

    entity: Literal["metric", "param"]
    key: str
    values: NDArray[np.float64]
    low: float
    high: float
    choices: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """How the axis is named in Python: ``metrics.loss``."""
        return f"{self.entity}s.{self.key}"

    @property
    def field(self) -> str:
        """How the filter language writes it, in backticks if need be."""
        return RUNS.spelt(self.entity, self.key)

    @property
    def is_present(self) -> NDArray[np.bool_]:
        """For which runs the axis has a place other than the lane of what is missing."""
        return np.isfinite(self.values)

    @property
    def can_be_log(self) -> bool:
        """Whether all values are positive numbers."""
        return self.low > 0 and not self.choices

    @property
    def begins_log(self) -> bool:
        """Whether a linear axis would have half of the runs at its very foot."""
        if not self.can_be_log or self.high / self.low < _WIDE:
            return False
        return bool(np.nanmedian(self.shares()) < _CROWDED)

    def shares(self) -> NDArray[np.float32]:
        """How far up each run is, 0 to 1 on the linear axis; NaN in the lane of what is missing."""
        values = np.where(self.is_present, self.values, np.nan)
        if self.choices:
            return ((values + 0.5) / len(self.choices)).astype(np.float32)
        if self.low == self.high:
            return (values * 0 + 0.5).astype(np.float32)
        # Halves keep the span of huge numbers finite.
        share = (values / 2 - self.low / 2) / (self.high / 2 - self.low / 2)
        return share.astype(np.float32)

    def described(self) -> dict[str, Any]:
        """What a browser has to know of it besides the shares."""
        return {
            "id": self.id,
            "label": one_line(self.key, _LONGEST_LABEL),
            "entity": self.entity,
            "low": self.low,
            "high": self.high,
            "log": self.can_be_log,
            "choices": [one_line(text, _LONGEST_CHOICE) or "''" for text in self.choices],
            "missing": int(np.count_nonzero(~self.is_present)),
        }


def axes_of(runs: Columns) -> tuple[list[Axis], list[str]]:
    """The axes of all that differs, params first, and the params with too many texts for one."""
    found: list[Axis] = []
    without: list[str] = []
    for key, texts in runs.params.items():
        if len(texts.texts) > 1 or (texts.codes < 0).any():
            made = _of_param(key, texts)
            if made is None:
                without.append(key)
            else:
                found.append(made)
    for key, values in runs.metrics.items():
        finite = values[np.isfinite(values)]
        if len(finite) and (len(finite) < len(values) or finite.min() < finite.max()):
            found.append(_of_numbers("metric", key, values))
    return found[:MOST_AXES], without


def first_shown(axes: Sequence[Axis]) -> list[Axis]:
    """The axes to begin with: those that most runs have, with few choices, params on the left."""

    def rank(axis: Axis) -> tuple[float, bool, int]:
        is_counter = axis.entity == "metric" and direction(axis.key) is None
        return round(_missing(axis), 1), is_counter, len(axis.choices)

    params = sorted((axis for axis in axes if axis.entity == "param"), key=rank)
    metrics = sorted((axis for axis in axes if axis.entity == "metric"), key=rank)
    chosen = {axis.id for axis in (*params[:_FIRST_PARAMS], *metrics[:_FIRST_METRICS])}
    return [axis for axis in axes if axis.id in chosen]


def first_coloured(shown: Sequence[Axis]) -> str:
    """The metric that colours the lines at first; "" is each run's own colour."""
    metrics = [axis for axis in shown if axis.entity == "metric" and direction(axis.key)]
    return min(metrics, key=_missing).id if metrics else ""


def _missing(axis: Axis) -> float:
    """The share of runs without a place."""
    return float(np.count_nonzero(~axis.is_present)) / max(1, len(axis.values))


def _of_param(key: str, texts: Texts) -> Axis | None:
    numbers = np.array([np.nan if one is None else one for one in texts.numbers])
    are_numbers = all(
        value is not None or text.strip().lower().lstrip("+-") == "nan"
        for text, value in zip(texts.texts, texts.numbers, strict=True)
    )
    if are_numbers and np.isfinite(numbers).any():
        return _of_numbers("param", key, np.where(texts.codes < 0, np.nan, numbers[texts.codes]))
    if len(texts.texts) > MOST_CHOICES:
        return None
    codes = np.where(texts.codes < 0, np.nan, texts.codes.astype(np.float64))
    last = len(texts.texts) - 1
    return Axis(entity="param", key=key, values=codes, low=0, high=last, choices=tuple(texts.texts))


def _of_numbers(entity: Literal["metric", "param"], key: str, values: NDArray[np.float64]) -> Axis:
    finite = values[np.isfinite(values)]
    low, high = float(finite.min()), float(finite.max())
    return Axis(entity=entity, key=key, values=values, low=low, high=high)
