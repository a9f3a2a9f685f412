"""The gate that compares with the version that is in a stage already."""

from __future__ import annotations

import math
from dataclasses import KW_ONLY, dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.registry.gates.gate import GateResult, finite, number, shown, word
from jupyter_mltrack.registry.gates.metric import latest

if TYPE_CHECKING:
    from jupyter_mltrack.entities import Run
    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.gates.gate import GateContext


@dataclass(frozen=True, slots=True)
class BetterThan:
    """A metric must be better than that of the version in a stage, measured on the same data.

    The two source runs must have logged datasets (`log_input`) of the same digests. If there is no
    other version in the stage, everything passes.

    Attributes:
        key: The metric.
        stage: With whose version it is compared.
        lower_is_better: Whether a lower value is the better one; it has no default.
        margin: By how much it must be better at least; 0.0 is by anything.

    Raises:
        InvalidParameterValue: if one of them cannot be used.

    Example:
        >>> BetterThan("rmse", lower_is_better=True, margin=0.01)
    """

    key: str
    stage: str = "Production"
    _: KW_ONLY
    lower_is_better: bool
    margin: float = 0.0

    def __post_init__(self) -> None:
        word(self.key, "The key of a metric")
        word(self.stage, "The stage to compare with")
        lower: object = self.lower_is_better
        if not isinstance(lower, bool):
            msg = f"lower_is_better is True or False, not {lower!r}."
            raise InvalidParameterValue(msg)
        margin = number(self.margin, "margin")
        if margin is None or margin < 0:
            msg = f"margin is a number from 0, not {self.margin!r}."
            raise InvalidParameterValue(msg)

    def check(self, version: ModelVersion, context: GateContext) -> GateResult:
        """Compare the two; what cannot be compared does not pass."""
        other = context.current(version, self.stage)
        if other is None:
            return self._result(passed=True, said=f"no other version is in {self.stage}")
        found, missing = latest(version, self.key, context)
        against, absent = latest(other, self.key, context)
        if found is None or against is None:
            said = missing or absent
            return self._result(passed=False, said=said, wanted=against, found=found)
        if unlike := _unlike(version, context.run(version), other, context.run(other)):
            return self._result(passed=False, said=unlike, wanted=against, found=found)
        return self._compared(found, against, other)

    def _compared(self, found: float, against: float, other: ModelVersion) -> GateResult:
        better = against - found if self.lower_is_better else found - against
        enough = better >= self.margin or math.isclose(better, self.margin, rel_tol=1e-9)
        wanted = against - self.margin if self.lower_is_better else against + self.margin
        how = "below" if self.lower_is_better else "above"
        by = f" by at least {shown(self.margin)}" if self.margin else ""
        said = (
            f"{self.key} {shown(found, against)}, wanted {how} the {shown(against, found)} of"
            f" version {other.version} in {self.stage}{by}"
        )
        return self._result(passed=better > 0 and enough, said=said, wanted=wanted, found=found)

    def _result(
        self, *, passed: bool, said: str, wanted: float | None = None, found: float | None = None
    ) -> GateResult:
        limit = None if wanted is None else finite(wanted)
        value = None if found is None else finite(found)
        return GateResult(gate="BetterThan", passed=passed, said=said, wanted=limit, found=value)


def _unlike(
    version: ModelVersion, run: Run | None, other: ModelVersion, other_run: Run | None
) -> str | None:
    """Why the numbers of two versions cannot be compared; None if they can."""
    own, theirs = _digests(run), _digests(other_run)
    for digests, one in ((own, version), (theirs, other)):
        if not digests:
            return (
                f"version {one.version} cannot be compared: its run has no dataset;"
                " log it with log_input()"
            )
    if own == theirs:
        return None
    return (
        f"version {version.version} was measured on other data than version {other.version}:"
        f" digests {', '.join(sorted(own))} and {', '.join(sorted(theirs))}"
    )


def _digests(run: Run | None) -> set[str]:
    return {one.dataset.digest for one in run.inputs.dataset_inputs} if run else set()
