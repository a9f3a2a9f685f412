"""Models as functions of SQL: DuckDB scores a table or a Parquet file, chunk by chunk."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.models.enforcement import enforce_params
from jupyter_mltrack.models.pyfunc.chunks import pyarrow, scorer
from jupyter_mltrack.models.pyfunc.loaded import PyFuncModel
from jupyter_mltrack.models.pyfunc.loading import load_model
from jupyter_mltrack.models.pyfunc.sql_types import quoted, result_sql_type, sql_types
from jupyter_mltrack.models.types.schema import Schema

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoringFunction:
    """A model as a function of a DuckDB connection.

    Attributes:
        name: Of the function.
        arguments: The type of each argument in SQL, by the name of the input.
        result: The type of a prediction in SQL.
        takes_rows: Whether there is ``<name>_row``, which takes a whole row.
    """

    name: str
    arguments: dict[str, str]
    result: str
    takes_rows: bool

    def __str__(self) -> str:
        taken = ", ".join(f"{name} {kind}" for name, kind in self.arguments.items())
        columns = ", ".join(map(quoted, self.arguments))
        calls = [f"{self.name}({columns}) FROM 'a.parquet'"]
        if self.takes_rows:
            calls.append(f"{self.name}_row(t) FROM a AS t")
        return "\n  SELECT ".join([f"{self.name}({taken}) -> {self.result}", *calls])

    __repr__ = __str__


def duckdb_udf(
    con: duckdb.DuckDBPyConnection,
    model_uri: str | Path | PyFuncModel,
    name: str = "predict",
    result_type: str | None = None,
    params: dict[str, Any] | None = None,
    model_config: str | Path | dict[str, Any] | None = None,
) -> ScoringFunction:
    """Make a model a function of SQL on this connection.

    Two functions are made: ``name`` takes one argument for each input of the signature, in its
    order, and ``name_row`` a whole row, from which it takes the columns by their names. A tensor
    is one argument: a list, if each row has more than one value. DuckDB calls the model with
    chunks of some thousand rows, so a file larger than memory can be scored. A row with NULL for
    a required input has NULL as prediction; for an optional one the model gets a missing value.

    Args:
        con: The connection; its cursors have ``name``, too. Making it again replaces it.
        model_uri: The model, as in `load_model`; or one that is loaded.
        name: What to call it in SQL.
        result_type: The type of a prediction, such as ``DOUBLE`` or ``DOUBLE[]``; None takes the
            output of the signature: a STRUCT if it has several columns.
        params: Parameters of the model.
        model_config: As in `load_model`.

    Returns:
        The function; printed it shows how to call it.

    Raises:
        InvalidParameterValue: if the model has no signature, or SQL has no type for its columns.
        MltrackException: if pyarrow is not installed.

    Example:
        >>> mlflow.pyfunc.duckdb_udf(con, "runs:/4f0c…/model", "score")
        score(age DOUBLE, city VARCHAR) -> DOUBLE
          SELECT score("age", "city") FROM 'a.parquet'
          SELECT score_row(t) FROM a AS t
        >>> con.sql("SELECT *, score_row(t) AS price FROM 'homes.parquet' AS t")
    """
    pyarrow()
    model = _model(model_uri, model_config)
    schema = _inputs(model, model_uri)
    result = result_type or result_sql_type(model.metadata.get_output_schema())
    made = ScoringFunction(
        name=_checked_name(name),
        arguments=dict(zip(_names(schema), sql_types(schema), strict=True)),
        result=result,
        takes_rows=schema.has_input_names(),
    )
    given = enforce_params(params, model.metadata.get_params_schema())
    arrow_type = _arrow_type(con, result)
    score = scorer(lambda data: model.predict(data, params=given or None), schema, arrow_type)
    _register(con, made, score)
    return made


def _model(given: str | Path | PyFuncModel, config: Any) -> PyFuncModel:
    return given if isinstance(given, PyFuncModel) else load_model(str(given), model_config=config)


def _inputs(model: PyFuncModel, uri: Any) -> Schema:
    schema: Schema | None = model.metadata.get_input_schema()
    if schema is None:
        msg = (
            f"The model {uri} has no signature, so its columns are not known. Log it with"
            " signature=infer_signature(X, model.predict(X)) or an input_example."
        )
        raise InvalidParameterValue(msg)
    return schema


def _names(schema: Schema) -> list[str]:
    """The names of the inputs; of those without, their places."""
    if schema.has_input_names():
        return [str(name) for name in schema.input_names()]
    return [f"input_{place}" for place in range(len(schema))]


def _checked_name(name: Any) -> str:
    if isinstance(name, str) and name.isidentifier():
        return name
    msg = f"A function of SQL has a name such as 'score', and not {name!r}."
    raise InvalidParameterValue(msg)


def _arrow_type(con: duckdb.DuckDBPyConnection, result: str) -> Any:
    """The type of Arrow for one of SQL, as the connection has it."""
    import duckdb

    cursor = con.cursor()
    try:
        kind = cursor.dtype(result)
        return cursor.sql(f"SELECT CAST(NULL AS {kind}) AS x").to_arrow_table().field("x").type
    except duckdb.Error as error:
        msg = f"DuckDB has no type {result!r} for predictions: {error}"
        raise InvalidParameterValue(msg) from error
    finally:
        cursor.close()


def _register(con: duckdb.DuckDBPyConnection, made: ScoringFunction, score: Any) -> None:
    import duckdb

    with suppress(duckdb.Error):  # there was none
        con.remove_function(made.name)
    create: Any = con.create_function  # takes the names of types and options, too
    arguments = list(made.arguments.values())
    create(made.name, score, arguments, made.result, type="arrow", null_handling="special")
    if not made.takes_rows:
        return
    columns = ", ".join(f"struct_extract(whole, {_text(each)})" for each in made.arguments)
    con.execute(
        f"CREATE OR REPLACE TEMP MACRO {quoted(made.name + '_row')}(whole)"
        f" AS {quoted(made.name)}({columns})"
    )


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
