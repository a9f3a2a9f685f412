"""Rules that a version must keep to come into a stage: `set_stage_gates` puts them there."""

from jupyter_mltrack.registry.gates.better_than import BetterThan
from jupyter_mltrack.registry.gates.gate import Gate, GateContext, GateResult
from jupyter_mltrack.registry.gates.metric import MetricGate
from jupyter_mltrack.registry.gates.other_approver import OtherApprover
from jupyter_mltrack.registry.gates.said import HasDescription, HasTag
from jupyter_mltrack.registry.gates.signature import HasSignature

__all__ = [
    "BetterThan",
    "Gate",
    "GateContext",
    "GateResult",
    "HasDescription",
    "HasSignature",
    "HasTag",
    "MetricGate",
    "OtherApprover",
]
