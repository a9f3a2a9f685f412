"""What goes into a model or comes out of it: columns, or tensors.

All types can be imported from here, as from MLflow's ``mlflow.types.schema``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.types.column import ColSpec
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import (
    AnyType,
    Array,
    Map,
    Object,
    Property,
    SparkMLVector,
)
from jupyter_mltrack.models.types.params import ParamSchema, ParamSpec
from jupyter_mltrack.models.types.tensor import TensorSpec
from jupyter_mltrack.models.types.written import read_list

if TYPE_CHECKING:
    import numpy as np

__all__ = [
    "AnyType",
    "Array",
    "ColSpec",
    "DataType",
    "Map",
    "Object",
    "ParamSchema",
    "ParamSpec",
    "Property",
    "Schema",
    "SparkMLVector",
    "TensorSpec",
]


@dataclass(frozen=True, slots=True, repr=False)
class Schema:
    """Columns or tensors, in order.

    Either all have names or none has, and there is at least one.

    Attributes:
        inputs: `ColSpec` or `TensorSpec`, not both.

    Example:
        >>> Schema([ColSpec("double", "age"), ColSpec("string", "city", required=False)])
        ['age': double (required), 'city': string (optional)]
    """

    inputs: list[Any]

    def __post_init__(self) -> None:
        if fault := _fault(self.inputs):
            raise InvalidParameterValue(fault)

    def __len__(self) -> int:
        return len(self.inputs)

    def __iter__(self) -> Iterator[Any]:
        return iter(self.inputs)

    def __repr__(self) -> str:
        return repr(self.inputs)

    def is_tensor_spec(self) -> bool:
        """Whether it is made of tensors."""
        return isinstance(self.inputs[0], TensorSpec)

    def has_input_names(self) -> bool:
        """Whether there are names."""
        return self.inputs[0].name is not None

    def input_names(self) -> list[Any]:
        """The names; without any, the places."""
        if not self.has_input_names():
            return list(range(len(self.inputs)))
        return [each.name for each in self.inputs]

    def required_input_names(self) -> list[Any]:
        """The names, or places, of what the model needs."""
        named = zip(self.input_names(), self.inputs, strict=True)
        return [name for name, each in named if each.required]

    def optional_input_names(self) -> list[Any]:
        """The names of what the model can do without."""
        return [each.name for each in self.inputs if not each.required]

    def input_types(self) -> list[Any]:
        """The types."""
        return [each.type for each in self.inputs]

    def input_types_dict(self) -> dict[Any, Any]:
        """The types by name.

        Raises:
            InvalidParameterValue: if there are no names.
        """
        return {name: each.type for name, each in self.input_dict().items()}

    def input_dict(self) -> dict[Any, Any]:
        """The columns or tensors by name.

        Raises:
            InvalidParameterValue: if there are no names.
        """
        if not self.has_input_names():
            msg = "This schema has no names; take `inputs`, which has all in order."
            raise InvalidParameterValue(msg)
        return {each.name: each for each in self.inputs}

    def numpy_types(self) -> list[np.dtype[Any]]:
        """The types in NumPy.

        Raises:
            InvalidParameterValue: if a column holds arrays, objects or maps.
        """
        if self.is_tensor_spec():
            return self.input_types()
        return [kind.to_numpy() for kind in self._data_types()]

    def pandas_types(self) -> list[np.dtype[Any]]:
        """The types of the columns in pandas.

        Raises:
            InvalidParameterValue: if it is made of tensors, arrays, objects or maps.
        """
        return [kind.to_pandas() for kind in self._data_types()]

    def as_spark_schema(self) -> Any:
        """The columns as a StructType of Spark; of one without a name, its type.

        Raises:
            InvalidParameterValue: if it is made of tensors.
            MltrackException: if pyspark is not installed.
        """
        from jupyter_mltrack.models.types.spark import spark_schema

        return spark_schema(self)

    def to_dict(self) -> list[dict[str, Any]]:
        """One dict for each, as JSON has it."""
        return [each.to_dict() for each in self.inputs]

    def to_json(self) -> str:
        """The JSON of the MLmodel file."""
        return json.dumps(self.to_dict())

    @classmethod
    def from_json(cls, json_str: str) -> Schema:
        """The schema that `to_json` wrote.

        Raises:
            InvalidParameterValue: if the text is something else.
        """
        return cls(read_list(json_str, "schema", _read_input))

    def _data_types(self) -> list[DataType]:
        for kind in self.input_types():
            if not isinstance(kind, DataType):
                msg = f"The type {kind!r} has no twin of this kind; take input_types()."
                raise InvalidParameterValue(msg)
        return self.input_types()


def _read_input(written: dict[str, Any]) -> ColSpec | TensorSpec:
    kind = TensorSpec if written.get("type") == "tensor" else ColSpec
    return kind.from_json_dict(**written)


def _fault(inputs: Any) -> str | None:
    """Why a schema cannot be made of it, and what to do; None if it can."""
    if not isinstance(inputs, list) or not inputs:
        return f"A schema is a list of at least one ColSpec or TensorSpec, not {inputs!r}."
    if len({type(each) for each in inputs}) > 1 or not isinstance(inputs[0], ColSpec | TensorSpec):
        return "A schema is made of ColSpec only, or of TensorSpec only."
    return _fault_of_names(inputs, [each.name for each in inputs])


def _fault_of_names(inputs: list[Any], names: list[Any]) -> str | None:
    if None not in names:
        return None
    if any(name is not None for name in names):
        return f"Name all inputs of a schema or none; the names are {names}."
    if isinstance(inputs[0], TensorSpec) and len(inputs) > 1:
        return "Name the tensors: a schema has several only if each has a name."
    if not all(each.required for each in inputs):
        return "Name the inputs, or make all required: only a named one can be optional."
    return None
