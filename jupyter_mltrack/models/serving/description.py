"""What a server says of its model when it starts: what it wants, and a request to try."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import MltrackException
from jupyter_mltrack.models.input_example import convert_input_example_to_serving_input
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import Array, Map, Object

if TYPE_CHECKING:
    from jupyter_mltrack.models.signature import ModelSignature
    from jupyter_mltrack.models.types.schema import Schema

#: The longest request, in characters, that is shown in a terminal.
_LONGEST = 1000

_VALUES: dict[Any, Any] = {
    DataType.boolean: True,
    DataType.integer: 1,
    DataType.long: 1,
    DataType.float: 0.5,
    DataType.double: 0.5,
    DataType.string: "text",
    DataType.binary: "Ynl0ZXM=",
    DataType.datetime: "2026-11-21T10:30:00",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Description:
    """A model as a server shows it.

    Attributes:
        signature: What it takes, or None if it does not say.
        request: JSON of a request that it takes, as far as that is known.
    """

    signature: ModelSignature | None
    request: str

    @classmethod
    def of(cls, model: Any) -> Description:
        """The description of a `PyFuncModel`."""
        signature = model.metadata.signature
        inputs = signature.inputs if signature else None
        return cls(signature=signature, request=_from_example(model) or _invented(inputs))


def _from_example(model: Any) -> str | None:
    """The input example of a model as a request; None if there is no short one."""
    try:
        text = convert_input_example_to_serving_input(getattr(model, "input_example", None))
    except (MltrackException, OSError):  # a damaged example does not keep a model from serving
        return None
    if text is None:
        return None
    compact = json.dumps(json.loads(text))
    return compact if len(compact) <= _LONGEST else None


def _invented(inputs: Schema | None) -> str:
    """A request with values of the right types."""
    if inputs is None:
        return '{"inputs": [[0.5]]}'
    values = [_value(each) for each in inputs]
    if inputs.is_tensor_spec():
        named = dict(zip(inputs.input_names(), values, strict=True))
        return json.dumps({"inputs": named if inputs.has_input_names() else values[0]})
    if inputs.has_input_names():
        row = dict(zip(inputs.input_names(), values, strict=True))
        return json.dumps({"dataframe_records": [row]})
    return json.dumps({"dataframe_split": {"data": [values]}})


def _value(spec: Any) -> Any:
    shape = getattr(spec, "shape", None)
    return _of_type(spec.type) if shape is None else _tensor(shape, spec.type.kind)


def _of_type(kind: Any) -> Any:
    if isinstance(kind, Array):
        return [_of_type(kind.dtype)]
    if isinstance(kind, Map):
        return {"key": _of_type(kind.value_type)}
    if isinstance(kind, Object):
        return {each.name: _of_type(each.dtype) for each in kind.properties}
    return _VALUES.get(kind)


def _tensor(shape: tuple[int, ...], kind: str) -> Any:
    if not shape:
        return {"b": True, "U": "text", "f": 0.5}.get(kind, 1)
    return [_tensor(shape[1:], kind)] * max(shape[0], 1)
