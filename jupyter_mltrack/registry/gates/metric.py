"""The gate that looks at a metric of the run that made the version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.registry.gates.gate import GateResult, finite, number, shown, word

if TYPE_CHECKING:
    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.gates.gate import GateContext

_MOST = 8


@dataclass(frozen=True, slots=True)
class MetricGate:
    """The latest value of a metric on the source run must lie within limits.

    Attributes:
        key: The metric.
        minimum: The lowest value that passes.
        maximum: The highest value that passes.

    Raises:
        InvalidParameterValue: if there is no limit, one is no finite number, or nothing fits.

    Example:
        >>> MetricGate("rmse", maximum=0.80)
    """

    key: str
    minimum: float | None = None
    maximum: float | None = None

    def __post_init__(self) -> None:
        low, high = number(self.minimum, "minimum"), number(self.maximum, "maximum")
        word(self.key, "The key of a metric")
        if low is None and high is None:
            msg = f"A MetricGate needs minimum, maximum or both; say what {self.key!r} is to be."
            raise InvalidParameterValue(msg)
        if low is not None and high is not None and low > high:
            msg = f"Nothing is at least {shown(low)} and at most {shown(high)}. Swap the limits."
            raise InvalidParameterValue(msg)

    def check(self, version: ModelVersion, context: GateContext) -> GateResult:
        """Say whether the metric lies within the limits; one that is missing or NaN does not."""
        found, missing = latest(version, self.key, context)
        if found is None:
            return self._result(passed=False, said=f"{missing}, wanted {self._wanted()}")
        low = self.minimum is None or found >= self.minimum
        high = self.maximum is None or found <= self.maximum
        limit = self.minimum if self.maximum is None or not low else self.maximum
        said = f"{self.key} {shown(found, *self._limits())}, wanted {self._wanted(found)}"
        return self._result(passed=low and high, said=said, wanted=limit, found=finite(found))

    def _result(
        self, *, passed: bool, said: str, wanted: float | None = None, found: float | None = None
    ) -> GateResult:
        limit = wanted if wanted is not None else self._limits()[-1]
        return GateResult(gate="MetricGate", passed=passed, said=said, wanted=limit, found=found)

    def _limits(self) -> list[float]:
        return [limit for limit in (self.minimum, self.maximum) if limit is not None]

    def _wanted(self, *found: float) -> str:
        named = (("at least", self.minimum), ("at most", self.maximum))
        return " and ".join(f"{how} {shown(one, *found)}" for how, one in named if one is not None)


def latest(version: ModelVersion, key: str, context: GateContext) -> tuple[float | None, str]:
    """The latest value of a metric on the run that made a version.

    Returns:
        The value and "", or None and why there is none.
    """
    if version.run_id is None:
        return None, f"version {version.version} came from no run, so it has no metric {key!r}"
    run = context.run(version)
    if run is None:
        return None, f"the run {version.run_id[:8]} of version {version.version} was removed"
    if key in run.data.metrics:
        return run.data.metrics[key], ""
    others = sorted(run.data.metrics)
    known = ", ".join(others[:_MOST]) + (", …" if len(others) > _MOST else "") or "none"
    return None, f"the run {version.run_id[:8]} has no metric {key!r} (it has: {known})"
