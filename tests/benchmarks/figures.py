"""What a benchmark measured: figures with units, each with its target if the project has one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a value counts, and so how it is written and whether more of it is better."""

    NS = "ns"
    RATE = "points/s"
    BYTES = "bytes"
    MB = "MB"
    TIMES = "x"
    COUNT = "count"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One measured value.

    Attributes:
        what: What was measured; rows of several contenders with the same words are compared.
        contender: Module of the contender.
        value: In the unit.
        unit: What it counts.
        note: How it differs from the row of ours, such as ``"800 points"``.
        at_most: The target, if there is one from above.
        at_least: The target, if there is one from below.
    """

    what: str
    contender: str
    value: float
    unit: Unit
    note: str = ""
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_target(self) -> bool:
        """Whether the project has set itself a target here."""
        return self.at_most is not None or self.at_least is not None

    @property
    def is_met(self) -> bool:
        """Whether the value is as good as the target."""
        low = self.at_least is not None and self.value < self.at_least
        high = self.at_most is not None and self.value > self.at_most
        return not (low or high)


def percentile(ordered: Sequence[int], share: float) -> int:
    """Return the value that ``share`` of the sorted values do not exceed."""
    return ordered[round(share * (len(ordered) - 1))]
