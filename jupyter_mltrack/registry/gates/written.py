"""Gates as the trail keeps them: a JSON list, one object for each."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue, InvalidState
from jupyter_mltrack.registry.gates.better_than import BetterThan
from jupyter_mltrack.registry.gates.metric import MetricGate
from jupyter_mltrack.registry.gates.other_approver import OtherApprover
from jupyter_mltrack.registry.gates.said import HasDescription, HasTag
from jupyter_mltrack.registry.gates.signature import HasSignature

if TYPE_CHECKING:
    from jupyter_mltrack.registry.gates.gate import Gate

#: Every kind of gate by the name under which it is stored.
KINDS: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (BetterThan, HasDescription, HasSignature, HasTag, MetricGate, OtherApprover)
}


def checked(gates: object) -> list[Gate]:
    """Gates as a caller gave them.

    Raises:
        InvalidParameterValue: if it is no list of gates, or the same one comes twice.
    """
    listed: list[Any] = list(gates) if isinstance(gates, Sequence) else [gates]
    for gate in listed:
        if type(gate) not in KINDS.values():
            msg = f"Gates are a list of {', '.join(KINDS)}, but there is {gate!r}."
            raise InvalidParameterValue(msg)
        if listed.count(gate) > 1:
            msg = f"The same gate is there twice: {gate!r}."
            raise InvalidParameterValue(msg)
    return listed


def to_json(gates: Sequence[Any]) -> str | None:
    """The text of a `RegistryChange`; None if there are no gates."""
    return as_text([{"gate": type(gate).__name__, **dataclasses.asdict(gate)} for gate in gates])


def as_text(data: object) -> str | None:
    """The text of gates as they are stored, also of kinds that a later release set."""
    return json.dumps(data, separators=(",", ":")) if data else None


def from_data(data: object) -> list[Gate]:
    """The gates that `to_json` wrote.

    Raises:
        InvalidState: if there is a gate that this release does not know.
    """
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        msg = f"The gates of this store cannot be read: {data!r}. Set them again."
        raise InvalidState(msg)
    return [_gate(one) for one in data]


def _gate(written: dict[str, Any]) -> Gate:
    fields = dict(written)
    kind = KINDS.get(fields.pop("gate", ""))
    try:
        if kind is not None:
            gate: Gate = kind(**fields)
            return gate
    except (TypeError, InvalidParameterValue):  # of a later release, or forged
        pass
    msg = (
        f"This release of jupyter_mltrack does not know the gate {written!r}. Upgrade it, or set"
        " the gates again with set_stage_gates()."
    )
    raise InvalidState(msg)
