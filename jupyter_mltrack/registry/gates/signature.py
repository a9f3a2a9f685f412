"""The gate that looks at what a model takes and what it gives."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.registry.gates.gate import GateResult, word
from jupyter_mltrack.registry.gates.schemas import differences

if TYPE_CHECKING:
    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.gates.gate import GateContext

_MOST = 4


@dataclass(frozen=True, slots=True)
class HasSignature:
    """The model must have a signature, and fit where the version in a stage is used now.

    It fits if it takes every column that the other one needs, with the same type, needs no column
    that the other one can do without, and gives the same outputs.

    Attributes:
        compatible_with: The stage whose version it must fit; None if any signature will do.

    Raises:
        InvalidParameterValue: if that is no text.
    """

    compatible_with: str | None = "Production"

    def __post_init__(self) -> None:
        if self.compatible_with is not None:
            word(self.compatible_with, "The stage to be compatible with")

    def check(self, version: ModelVersion, context: GateContext) -> GateResult:
        """Say whether there is one, and how it differs from the one it must fit."""
        try:
            passed, said = self._checked(version, context)
        except MltrackException as error:
            passed, said = False, f"the signature cannot be read: {error.message}"
        return GateResult(gate="HasSignature", passed=passed, said=said)

    def _checked(self, version: ModelVersion, context: GateContext) -> tuple[bool, str]:
        own = context.signature(version)
        if own is None:
            return False, "its model has no signature; log it with signature= or input_example="
        stage = self.compatible_with
        other = context.current(version, stage) if stage else None
        if other is None:
            return True, "it has a signature" + (f"; no other version is in {stage}" * bool(stage))
        theirs = context.signature(other)
        named = f"version {other.version} in {stage}"
        if theirs is None:
            return True, f"it has a signature; {named} has none to fit"
        unlike = differences(own, theirs)
        if not unlike:
            return True, f"its signature fits {named}"
        more = f"; {len(unlike) - _MOST} more" if len(unlike) > _MOST else ""
        return False, f"its signature does not fit {named}: {'; '.join(unlike[:_MOST])}{more}"
