"""The scalar types of a signature, and their twins in NumPy, pandas, Python and Spark.

Names, numbers and widths are those of MLflow's ``mlflow.types.DataType``; an MLmodel file holds
the names.
"""

from __future__ import annotations

import datetime as dt
from enum import Enum
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    import numpy as np

_NUMPY = {
    "boolean": "bool",
    "integer": "int32",
    "long": "int64",
    "float": "float32",
    "double": "float64",
    "string": "str",
    "binary": "bytes",
    "datetime": "datetime64[ns]",
}
_SIZES = {
    **dict.fromkeys(["i1", "i2", "i4", "u1", "u2"], "integer"),
    **dict.fromkeys(["i8", "u4"], "long"),
    **dict.fromkeys(["f2", "f4"], "float"),
    "f8": "double",
}
_KINDS = {"b": "boolean", "U": "string", "S": "binary", "M": "datetime"}
_PANDAS = {**_NUMPY, "string": "object", "binary": "object"}
_PYTHON: dict[str, type] = {
    "boolean": bool,
    "integer": int,
    "long": int,
    "float": float,
    "double": float,
    "string": str,
    "binary": bytes,
    "datetime": dt.date,
}


class DataType(Enum):
    """A type of single values.

    Example:
        >>> DataType.double.to_numpy()
        dtype('float64')
    """

    boolean = 1
    integer = 2
    long = 3
    float = 4
    double = 5
    string = 6
    binary = 7
    datetime = 8

    def __repr__(self) -> str:
        return self.name

    def to_numpy(self) -> np.dtype[Any]:
        """The type in NumPy; of texts and bytes, that without a length."""
        import numpy as np

        return np.dtype(_NUMPY[self.name])

    def to_pandas(self) -> np.dtype[Any]:
        """The type of a column in pandas; texts and bytes are objects there."""
        import numpy as np

        return np.dtype(_PANDAS[self.name])

    def to_python(self) -> type:
        """The type in Python."""
        return _PYTHON[self.name]

    def to_spark(self) -> Any:
        """The type in Spark.

        Raises:
            MltrackException: if pyspark is not installed.
        """
        from jupyter_mltrack.models.types.spark import spark_type

        return spark_type(self)

    @classmethod
    def all_types(cls) -> list[DataType]:
        """All of them."""
        return list(cls)

    @classmethod
    def named(cls, name: object) -> DataType:
        """The type of that name.

        Raises:
            InvalidParameterValue: if there is none.
        """
        found = cls.__members__.get(name) if isinstance(name, str) else None
        if found is None:
            msg = f"There is no type {name!r}. Take one of {', '.join(cls.__members__)}."
            raise InvalidParameterValue(msg)
        return found


def data_type_of(dtype: Any) -> DataType | None:
    """The smallest type that holds a type of NumPy or pandas; None if there is no such type.

    The rules are MLflow's: 16 bits are an ``integer``, 32 bits without a sign a ``long``, and 64
    bits without a sign nothing.
    """
    name = _KINDS.get(dtype.kind) or _SIZES.get(f"{dtype.kind}{getattr(dtype, 'itemsize', 0)}")
    return None if name is None else DataType[name]
