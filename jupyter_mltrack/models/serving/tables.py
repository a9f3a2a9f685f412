"""Tables of CSV and Parquet as a model takes them, whole or in pieces."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.models.serving.answer import bad_request
from jupyter_mltrack.models.serving.columns import typed_column
from jupyter_mltrack.models.serving.request import ScoringRequest
from jupyter_mltrack.models.types.data_type import DataType
from jupyter_mltrack.store.confined import open_files

if TYPE_CHECKING:
    import pandas as pd

#: How pandas reads a column of CSV; what is not here is read as text and then converted.
_READ_AS = {
    DataType.integer: "int32",
    DataType.long: "int64",
    DataType.float: "float32",
    DataType.double: "float64",
}
_CONVERTED = {DataType.boolean, DataType.binary, DataType.datetime}

#: Rows of one vector of DuckDB, which gives tables in whole vectors.
_VECTOR = 2048


def read_csv(body: bytes, schema: Any) -> ScoringRequest:
    """The request of a body in CSV.

    Args:
        body: UTF-8; the first line has the names.
        schema: The inputs of the signature, or None.

    Raises:
        Refused: if it cannot be read, or a column does not fit its type.
    """
    (frame,) = csv_frames(io.BytesIO(body), schema)
    return ScoringRequest(data=frame)


def read_parquet(body: bytes, schema: Any) -> ScoringRequest:
    """The request of a body in Parquet; the file has its own types.

    Raises:
        Refused: if it cannot be read.
    """
    with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
        file = Path(folder) / "request.parquet"
        file.write_bytes(body)
        (frame,) = parquet_frames(file, schema)
    return ScoringRequest(data=frame)


def csv_frames(
    source: str | Path | io.BytesIO, schema: Any, rows: int | None = None
) -> Iterator[pd.DataFrame]:
    """A table of CSV, in pieces.

    Args:
        source: A file.
        schema: The inputs of the signature, or None.
        rows: Of one piece; None gives all in one.

    Raises:
        Refused: if it cannot be read, or a column does not fit its type.
    """
    import pandas as pd

    kinds = _kinds(schema)
    dtypes: dict[Any, Any] = {name: _READ_AS.get(kind, object) for name, kind in kinds.items()}
    try:
        if rows is None:
            yield _converted(pd.read_csv(source, dtype=dtypes), kinds)
            return
        with pd.read_csv(source, dtype=dtypes, chunksize=rows) as pieces:
            for piece in pieces:
                yield _converted(piece, kinds)
    except (ValueError, TypeError, OverflowError) as error:
        msg = f"The CSV cannot be read as the model's signature wants it: {str(error)[:300]}"
        raise bad_request(msg) from error


def parquet_frames(
    file: Path, schema: Any = None, rows: int | None = None
) -> Iterator[pd.DataFrame]:
    """A table of Parquet, in pieces; memory holds one at a time.

    Args:
        file: On this machine.
        schema: Not needed; the file has types of its own.
        rows: Of one piece, rounded up to vectors of 2048; None gives all in one.

    Raises:
        Refused: if it is no Parquet, or a damaged one.
    """
    import duckdb

    del schema
    with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
        # DuckDB takes names with * and [ for patterns; this link may lead to any name.
        link = Path(folder) / "table.parquet"
        link.symlink_to(file.resolve())
        try:
            with open_files(link) as database:
                found = database.execute("FROM read_parquet($file)", {"file": str(link)})
                if rows is None:
                    yield found.df()
                    return
                vectors = -(-rows // _VECTOR)
                piece = found.fetch_df_chunk(vectors)
                yield piece  # one at least, which says what columns there are
                while len(piece := found.fetch_df_chunk(vectors)):
                    yield piece
        except duckdb.Error as error:
            msg = f"The Parquet cannot be read: {str(error)[:300]}"
            raise bad_request(msg) from error


def _kinds(schema: Any) -> dict[Any, Any]:
    """The types of the columns that have one."""
    if schema is None or schema.is_tensor_spec() or not schema.has_input_names():
        return {}
    known: dict[Any, Any] = schema.input_types_dict()
    return {name: kind for name, kind in known.items() if isinstance(kind, DataType)}


def _converted(piece: pd.DataFrame, kinds: dict[Any, Any]) -> pd.DataFrame:
    for name in piece.columns:
        if kinds.get(name) in _CONVERTED:
            given = piece[name].astype(object)
            values = given.where(given.notna(), None).tolist()
            piece[name] = typed_column(values, kinds[name], name)
    return piece
