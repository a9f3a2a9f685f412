"""What a gate is: a rule that looks at a version and says whether it may pass, and why."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mltrack.entities import Run
    from jupyter_mltrack.entities.model_registry import ModelVersion


@dataclass(frozen=True, slots=True, kw_only=True)
class GateResult:
    """What a gate says of a version.

    Attributes:
        gate: The class of the gate, such as ``"MetricGate"``.
        passed: Whether the version may pass.
        said: Why, with the numbers: ``"rmse 0.71, wanted at most 0.8"``.
        wanted: The number that was wanted, if there is one.
        found: The number that was found; None if there is none, or it is not finite.
    """

    gate: str
    passed: bool
    said: str
    wanted: float | None = None
    found: float | None = None


class GateContext(Protocol):
    """What a gate may ask about the registry and about who is at work.

    Attributes:
        user: Login of who moves the version.
        author: Uid of who moves the version.
    """

    user: str
    author: int

    def run(self, version: ModelVersion) -> Run | None:
        """The run that made a version; None if none did, or it was removed."""
        ...

    def current(self, version: ModelVersion, stage: str) -> ModelVersion | None:
        """The highest version of the same model in a stage, but this one itself."""
        ...

    def signature(self, version: ModelVersion) -> Mapping[str, Any] | None:
        """The ``signature`` of a version's ``MLmodel`` file; None if it has none.

        Raises:
            MltrackException: if the file cannot be read.
        """
        ...

    def registered_by(self, version: ModelVersion) -> tuple[str, int]:
        """Who registered a version: the login and the uid."""
        ...


class Gate(Protocol):
    """A rule; a frozen dataclass whose fields are plain data, so that it can be stored."""

    def check(self, version: ModelVersion, context: GateContext) -> GateResult:
        """Say whether a version may pass."""
        ...


def number(value: object, what: str) -> float | None:
    """A limit as it was given; None stays None.

    Raises:
        InvalidParameterValue: if it is not a finite number.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        msg = f"{what} is a finite number, not {value!r}."
        raise InvalidParameterValue(msg)
    return float(value)


def word(value: object, what: str) -> str:
    """A name as it was given.

    Raises:
        InvalidParameterValue: if it is no text, or empty.
    """
    if not isinstance(value, str) or not value.strip():
        msg = f"{what} is a text that is not empty, not {value!r}."
        raise InvalidParameterValue(msg)
    return str(value)


def shown(value: float, *beside: float) -> str:
    """A number in six digits, in all of them if it would look like one that it is not."""
    short = f"{value:.6g}"
    return repr(value) if any(f"{one:.6g}" == short and one != value for one in beside) else short


def finite(value: float) -> float | None:
    """The number; None for NaN and the infinite ones, which JSON has not."""
    return value if math.isfinite(value) else None
