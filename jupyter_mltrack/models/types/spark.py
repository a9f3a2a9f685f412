"""The types of a signature in Spark, for those who have pyspark."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.models.types.nested import Array, Map, Object, SparkMLVector, ValueType

if TYPE_CHECKING:
    from jupyter_mltrack.models.types.schema import Schema

_NAMES = {
    "boolean": "BooleanType",
    "integer": "IntegerType",
    "long": "LongType",
    "float": "FloatType",
    "double": "DoubleType",
    "string": "StringType",
    "binary": "BinaryType",
    "datetime": "TimestampType",
}


def spark_type(kind: ValueType) -> Any:
    """A type as Spark has it.

    Raises:
        InvalidParameterValue: if Spark has no such type.
        MltrackException: if pyspark is not installed.
    """
    spark = _module("pyspark.sql.types")
    if isinstance(kind, DataType):
        return getattr(spark, _NAMES[kind.name])()
    if isinstance(kind, SparkMLVector):
        return _module("pyspark.ml.linalg").VectorUDT()
    if isinstance(kind, Array):
        return spark.ArrayType(spark_type(kind.dtype))
    if isinstance(kind, Map):
        return spark.MapType(spark.StringType(), spark_type(kind.value_type))
    if isinstance(kind, Object):
        fields = [(each.name, each.dtype, each.required) for each in kind.properties]
        return _struct(spark, fields)
    msg = "Spark has no type for values of any kind. Write the signature with a type that it has."
    raise InvalidParameterValue(msg)


def spark_schema(schema: Schema) -> Any:
    """The columns as a StructType; of one column without a name, its type.

    Raises:
        InvalidParameterValue: if the schema is made of tensors, or Spark has no such type.
        MltrackException: if pyspark is not installed.
    """
    if schema.is_tensor_spec():
        msg = (
            "Tensors are no columns of Spark. Describe the data by ColSpec to have a Spark schema."
        )
        raise InvalidParameterValue(msg)
    first = schema.inputs[0]
    if len(schema) == 1 and first.name is None:
        return spark_type(first.type)
    fields = [
        (str(name), each.type, each.required)
        for name, each in zip(schema.input_names(), schema.inputs, strict=True)
    ]
    return _struct(_module("pyspark.sql.types"), fields)


def _struct(spark: Any, fields: list[tuple[str, ValueType, bool]]) -> Any:
    return spark.StructType(
        [
            spark.StructField(name, spark_type(kind), nullable=not required)
            for name, kind, required in fields
        ]
    )


def _module(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError as error:
        msg = "This needs Spark. Run `%pip install pyspark` first."
        raise MltrackException(msg) from error
