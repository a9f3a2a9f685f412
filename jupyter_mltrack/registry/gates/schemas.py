"""How two signatures differ, compared as the data that MLmodel files hold.

An entry of ``inputs`` and ``outputs`` is a JSON list of columns,
``{"name": "age", "type": "double", "required": true}``, or of tensors,
``{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}``, as MLflow's
``mlflow/types/schema.py`` writes them; before 2.4 it wrote ``optional`` for what is not required.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from collections.abc import Mapping

_BESIDE = {"name", "required", "optional"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column or a tensor.

    Attributes:
        kind: All that its type says, as data.
        required: Whether the model needs it.
    """

    kind: Mapping[str, Any]
    required: bool

    def __str__(self) -> str:
        if list(self.kind) == ["type"] and isinstance(self.kind["type"], str):
            return self.kind["type"]
        return json.dumps(dict(self.kind), sort_keys=True)


def differences(own: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """Why a model with one signature cannot take the place of one with the other.

    Args:
        own: The ``signature`` of the new model.
        other: That of the one it would take the place of.

    Returns:
        The reasons, each in a few words; none if it can.

    Raises:
        InvalidParameterValue: if one of them is not as MLflow writes it.
    """
    own_in, other_in = _columns(own.get("inputs")), _columns(other.get("inputs"))
    own_out, other_out = _columns(own.get("outputs")), _columns(other.get("outputs"))
    return [*_of_inputs(own_in, other_in), *_of_outputs(own_out, other_out)]


def _of_inputs(own: dict[str, Column], other: dict[str, Column]) -> list[str]:
    if bool(own) != bool(other):
        return [f"inputs were {_listed(other)} and are {_listed(own)}"]
    found = []
    for name, column in other.items():
        if name not in own:
            if column.required:
                found.append(f"the input {name} ({column}) is missing")
        elif own[name].kind != column.kind:
            found.append(f"the input {name} is {own[name]}, was {column}")
        elif own[name].required and not column.required:
            found.append(f"the input {name} is required now")
    new = [name for name, column in own.items() if name not in other and column.required]
    return [*found, *(f"the new input {name} ({own[name]}) is required" for name in new)]


def _of_outputs(own: dict[str, Column], other: dict[str, Column]) -> list[str]:
    if own == other and list(own) == list(other):
        return []
    return [f"outputs were {_listed(other)} and are {_listed(own)}"]


def _columns(text: object) -> dict[str, Column]:
    """The columns by name, or by place if they have no names; none for null."""
    if text is None:
        return {}
    try:
        listed = json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError):
        listed = None
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        msg = "it is no list of columns"
        raise InvalidParameterValue(msg)
    return {_name(one, place): _column(one) for place, one in enumerate(listed)}


def _name(written: dict[str, Any], place: int) -> str:
    name = written.get("name")
    return f"number {place + 1}" if name is None else repr(name)


def _column(written: dict[str, Any]) -> Column:
    kind = {key: value for key, value in written.items() if key not in _BESIDE}
    required = written.get("required", not written.get("optional", False))
    return Column(kind=kind, required=bool(required))


def _listed(columns: dict[str, Column]) -> str:
    said = (
        f"{name}: {column}" + ("" if column.required else " (optional)")
        for name, column in columns.items()
    )
    return f"[{', '.join(said)}]" if columns else "open"
