"""The gate that wants four eyes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.registry.gates.gate import GateResult

if TYPE_CHECKING:
    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.gates.gate import GateContext


@dataclass(frozen=True, slots=True)
class OtherApprover:
    """Who moves a version must be another user than who registered it, by the uid."""

    def check(self, version: ModelVersion, context: GateContext) -> GateResult:
        """Say whether they are two."""
        user, uid = context.registered_by(version)
        passed = uid != context.author
        said = f"registered by {user} (uid {uid}), moved by {context.user} (uid {context.author})"
        if not passed:
            said += "; somebody else must move it"
        return GateResult(gate="OtherApprover", passed=passed, said=said)
