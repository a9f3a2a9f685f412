"""Models as functions of Spark, for those who have pyspark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue, MltrackException
from jupyter_mltrack.models.code_paths import put_on_path
from jupyter_mltrack.models.dangers import code_folders
from jupyter_mltrack.models.enforcement import enforce_params
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.opening import OpenedModel, open_model
from jupyter_mltrack.models.pyfunc.loading import load_opened
from jupyter_mltrack.models.pyfunc.spark_results import as_series, as_table, spark_module
from jupyter_mltrack.models.types.data_type import data_type_of
from jupyter_mltrack.models.types.schema import Schema
from jupyter_mltrack.models.types.spark import spark_type
from jupyter_mltrack.models.types.tensor import TensorSpec

#: The most axes of a tensor that comes out.
MAX_AXES = 2


def spark_udf(
    spark: Any,
    model_uri: str | Path,
    result_type: Any = None,
    env_manager: str | None = None,
    params: dict[str, Any] | None = None,
    extra_env: dict[str, str] | None = None,
    prebuilt_env_uri: str | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
) -> Callable[..., Any]:
    """A model as a function of columns of Spark.

    Args:
        spark: The session.
        model_uri: The model, as in `load_model`.
        result_type: The type of a prediction: of Spark, or as a text such as ``double`` or
            ``array<double>``; None takes the output of the signature, else ``double``. Of several
            columns that the model gives, the leftmost that fits is taken.
        env_manager: None or ``local``: the model runs in the Python of Spark's workers, which
            must have what it needs, and this package.
        params: Parameters of the model.
        extra_env: Not supported.
        prebuilt_env_uri: Not supported.
        model_config: As in `load_model`.

    Returns:
        A function: call it with columns in the order of the signature, with one struct that has
        the names of the signature, or without anything to take these names from the table.

    Raises:
        InvalidParameterValue: if the environment or the type cannot be had.
        MltrackException: if pyspark is not installed.
        ModelNotTrusted: if loading would run what you neither logged nor trusted.

    Example:
        >>> predict = mlflow.pyfunc.spark_udf(spark, "runs:/4f0c…/model")
        >>> df.withColumn("prediction", predict(struct("age", "city")))
    """
    if env_manager not in {None, "local"} or prebuilt_env_uri or extra_env:
        msg = "Models run in the Python of Spark's workers: leave env_manager out, or say 'local'."
        raise InvalidParameterValue(msg)
    types = spark_module("pyspark.sql.types")
    opened = open_model(model_uri)
    kind = _result_type(types, result_type, opened.model)
    given = enforce_params(params, opened.model.get_params_schema()) or None
    finish = as_table if isinstance(kind, types.StructType) else as_series
    shared = _shared(spark, opened)

    def score(batches: Any) -> Any:
        model = load_opened(_arrived(opened, shared=shared), model_config)
        schema = model.metadata.get_input_schema()
        for batch in batches:
            yield finish(model.predict(_table(batch, schema), params=given), kind)

    udf = _pandas_udf(score, kind, is_table=finish is as_table)

    def predict(*columns: Any) -> Any:
        return udf(*(columns or _own_columns(opened.model)))

    return predict


def _pandas_udf(score: Callable[..., Any], kind: Any, *, is_table: bool) -> Any:
    """The function as Spark knows it; Spark tells the kind of function by its annotations."""
    import pandas as pd

    made: Any = pd.DataFrame if is_table else pd.Series
    score.__annotations__ = {
        "batches": Iterator[tuple[pd.Series, ...]],
        "return": Iterator[made],
    }
    try:
        return spark_module("pyspark.sql.functions").pandas_udf(score, returnType=kind)
    except ImportError as error:
        msg = f"Spark hands tables to Python through pyarrow: {error}"
        raise MltrackException(msg) from error


def _result_type(types: Any, given: Any, model: Model) -> Any:
    if isinstance(given, str):
        name = "boolean" if given == "bool" else given
        return spark_module("pyspark.sql.functions").udf(lambda x: x, returnType=name).returnType
    if given is not None:
        return given
    schema = model.get_output_schema()
    if schema is None:
        return types.DoubleType()
    kinds = [_type_of(types, each) for each in schema]
    if len(kinds) == 1:
        return kinds[0]
    named = zip(map(str, schema.input_names()), kinds, strict=True)
    return types.StructType([types.StructField(name, kind) for name, kind in named])


def _type_of(types: Any, spec: Any) -> Any:
    """The type of one output; a tensor is an array, also one of single values, as in MLflow."""
    if not isinstance(spec, TensorSpec):
        return spark_type(spec.type)
    kind = data_type_of(spec.type)
    if kind is None or len(spec.shape) > MAX_AXES:
        msg = f"Spark has no type for the output {spec!r}. Give result_type."
        raise InvalidParameterValue(msg)
    found = types.ArrayType(kind.to_spark())
    return found if len(spec.shape) == 1 else types.ArrayType(found)


def _table(batch: Any, schema: Schema | None) -> Any:
    """The columns of a batch as a table with the names of the signature."""
    import pandas as pd

    columns = batch if isinstance(batch, tuple) else (batch,)
    if len(columns) == 1 and isinstance(columns[0], pd.DataFrame):
        return columns[0]
    names = [str(place) for place in range(len(columns))]
    if schema is not None:
        names = schema.input_names()
        if len(columns) < len(schema.required_input_names()):
            msg = f"The model takes the columns {names}, and the call has {len(columns)} of them."
            raise InvalidParameterValue(msg)
    return pd.DataFrame(dict(zip(names, map(_cells, columns), strict=False)))


def _cells(column: Any) -> Any:
    """A column; a struct arrives as a table, and becomes one of dicts."""
    if not hasattr(column, "columns"):
        return column
    import pandas as pd

    return pd.Series(column.to_dict(orient="records"), index=column.index, dtype=object)


def _own_columns(model: Model) -> list[str]:
    """The names of the signature."""
    schema = model.get_input_schema()
    if schema is None or not schema.has_input_names() or schema.optional_input_names():
        msg = (
            "Name the columns in the call: the signature has no names, or some are optional, so"
            " they are not taken from the table."
        )
        raise InvalidParameterValue(msg)
    return list(schema.input_names())


def _shared(spark: Any, opened: OpenedModel) -> bool:
    """Whether the workers see the model's folder; else Spark is asked to bring it to them."""
    if spark.conf.get("spark.master", "").startswith("local"):
        return True
    spark.sparkContext.addFile(str(opened.folder), recursive=True)
    return False


def _arrived(opened: OpenedModel, *, shared: bool) -> OpenedModel:
    """The model in a worker; the gate has let it in where the function was made."""
    folder = opened.folder
    if not shared:
        folder = Path(spark_module("pyspark").SparkFiles.get(folder.name))
    for code in code_folders(folder, opened.model).values():
        if code.is_dir():
            put_on_path(code)
    return replace(opened, folder=folder)
