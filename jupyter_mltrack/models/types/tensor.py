"""One tensor: the type of its elements and its shape, in which -1 is any length.

As JSON it is ``{"type": "tensor", "tensor-spec": {"dtype": "float32", "shape": [-1, 4]}}``, with
a ``name`` before if it has one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    import numpy as np


@dataclass(frozen=True, slots=True, repr=False, init=False)
class TensorSpec:
    """A tensor.

    Attributes:
        type: The type of its elements in NumPy; of texts and bytes, that without a length.
        shape: Its lengths; -1 is any.
        name: Its name, or None if it is the only one.

    Example:
        >>> TensorSpec(np.dtype("float32"), (-1, 28, 28))
        Tensor('float32', (-1, 28, 28))
    """

    type: np.dtype[Any]
    shape: tuple[int, ...]
    name: str | None

    def __init__(self, type: Any, shape: Sequence[int], name: str | None = None) -> None:
        object.__setattr__(self, "type", _element_type(type))
        object.__setattr__(self, "shape", _shape(shape))
        object.__setattr__(self, "name", name)

    def __repr__(self) -> str:
        text = f"Tensor({self.type.name!r}, {self.shape!r})"
        return text if self.name is None else f"{self.name!r}: {text}"

    @property
    def required(self) -> bool:
        """True: a model can do without no tensor."""
        return True

    def to_dict(self) -> dict[str, Any]:
        """As JSON has it."""
        name = {} if self.name is None else {"name": self.name}
        written = {"dtype": self.type.name, "shape": self.shape}
        return {**name, "type": "tensor", "tensor-spec": written}

    @classmethod
    def from_json_dict(cls, **kwargs: Any) -> TensorSpec:
        """The tensor that `to_dict` wrote.

        Raises:
            InvalidParameterValue: if something of it is not there.
        """
        written = kwargs.get("tensor-spec")
        if not isinstance(written, dict) or not {"dtype", "shape"} <= set(written):
            msg = f"A tensor needs 'tensor-spec' with 'dtype' and 'shape'; it has {written!r}."
            raise InvalidParameterValue(msg)
        return cls(written["dtype"], written["shape"], kwargs.get("name"))


def bare_type(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """The type without the length that NumPy gives to texts and bytes."""
    import numpy as np

    return np.dtype({"U": "str", "S": "bytes"}[dtype.char]) if dtype.char in "US" else dtype


def _element_type(given: Any) -> np.dtype[Any]:
    import numpy as np

    try:
        dtype: np.dtype[Any] = np.dtype(given)
    except (TypeError, ValueError, SyntaxError) as error:
        msg = f"A tensor is made of a type of NumPy, such as np.dtype('float32'), not of {given!r}."
        raise InvalidParameterValue(msg) from error
    if dtype != bare_type(dtype):
        bare = bare_type(dtype).name
        msg = (
            f"The type {dtype.name!r} has a length, which a signature does not keep. Say {bare!r}."
        )
        raise InvalidParameterValue(msg)
    return dtype


def _shape(given: Any) -> tuple[int, ...]:
    lengths = tuple(given) if isinstance(given, list | tuple) else None
    if lengths is None or not all(type(length) is int and length >= -1 for length in lengths):
        msg = f"The shape of a tensor is a tuple of lengths, such as (-1, 4), not {given!r}."
        raise InvalidParameterValue(msg)
    return lengths
