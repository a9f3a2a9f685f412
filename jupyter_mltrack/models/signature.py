"""The signature of a model: what it takes, what it gives, and its parameters."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.inference import infer_param_schema, infer_schema, open_schema
from jupyter_mltrack.models.types.params import ParamSchema
from jupyter_mltrack.models.types.schema import Schema

__all__ = ["ModelSignature", "infer_signature"]


@dataclass(frozen=True, slots=True, repr=False)
class ModelSignature:
    """What goes into a model and what comes out; at least one of the three is there.

    Attributes:
        inputs: The data.
        outputs: The predictions.
        params: The parameters of ``predict``.

    Raises:
        InvalidParameterValue: if all are None, or one is of another class.
    """

    inputs: Schema | None = None
    outputs: Schema | None = None
    params: ParamSchema | None = None

    def __post_init__(self) -> None:
        wanted = {"inputs": Schema, "outputs": Schema, "params": ParamSchema}
        given = {name: getattr(self, name) for name in wanted}
        for name, value in given.items():
            if value is not None and not isinstance(value, wanted[name]):
                msg = f"{name} must be a {wanted[name].__name__} or None, not {value!r}."
                raise InvalidParameterValue(msg)
        if all(value is None for value in given.values()):
            msg = "A signature needs at least one of inputs, outputs and params."
            raise InvalidParameterValue(msg)

    def __repr__(self) -> str:
        return (
            f"inputs: \n  {self.inputs!r}\n"
            f"outputs: \n  {self.outputs!r}\n"
            f"params: \n  {self.params!r}\n"
        )

    def to_dict(self) -> dict[str, Any]:
        """The entry ``signature`` of an MLmodel file: JSON, or None, for each of the three."""
        return {
            "inputs": self.inputs and self.inputs.to_json(),
            "outputs": self.outputs and self.outputs.to_json(),
            "params": self.params.to_json() if self.params else None,
        }

    @classmethod
    def from_dict(cls, signature_dict: Mapping[str, Any]) -> ModelSignature:
        """The signature that `to_dict` wrote.

        Raises:
            InvalidParameterValue: if it is none.
        """
        inputs, outputs, params = map(signature_dict.get, ("inputs", "outputs", "params"))
        return cls(
            Schema.from_json(inputs) if inputs else None,
            Schema.from_json(outputs) if outputs else None,
            ParamSchema.from_json(params) if params else None,
        )


def infer_signature(
    model_input: Any = None, model_output: Any = None, params: dict[str, Any] | None = None
) -> ModelSignature:
    """The signature of a model, from data it takes and data it gives.

    Args:
        model_input: Data such as the training data; see `infer_schema` for what it may be.
        model_output: Predictions.
        params: Parameters of ``predict`` with their defaults.

    Returns:
        A signature of those that were given. What fits no type may be anything there, and a
        warning says why.

    Raises:
        InvalidParameterValue: if nothing was given, or parameters fit no type.

    Example:
        >>> signature = infer_signature(X_train, model.predict(X_train))
    """
    return ModelSignature(
        None if model_input is None else _schema(model_input, "inputs"),
        None if model_output is None else _schema(model_output, "outputs"),
        infer_param_schema(params) if params else None,
    )


def _schema(data: Any, part: str) -> Schema:
    try:
        return infer_schema(data)
    except InvalidParameterValue as error:
        msg = f"The {part} of the signature are left open where they fit no type: {error.message}"
        warnings.warn(msg, stacklevel=3)
        return open_schema(data)
