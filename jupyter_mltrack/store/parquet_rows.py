"""The first rows of a Parquet file as text, read by DuckDB: nothing of the file is executed."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from jupyter_mltrack.store.confined import open_files

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


class ParquetRows(NamedTuple):
    """The beginning of a table.

    Attributes:
        names: Of its columns, at most as many as were asked for.
        kinds: The type of each, such as ``BIGINT``.
        rows: One list of texts each; None is a missing value.
        total: How many rows the file has.
        columns: How many columns it has.
    """

    names: list[str]
    kinds: list[str]
    rows: list[tuple[str | None, ...]]
    total: int
    columns: int


def first_rows(path: Path, *, rows: int, columns: int, characters: int) -> ParquetRows:
    """The first rows and columns of a file, each value cut to so many characters.

    Raises:
        duckdb.Error: if the file is no Parquet, or a damaged one.
    """
    with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
        # DuckDB takes names with * and [ for patterns; this link may lead to any name.
        link = Path(folder) / "rows.parquet"
        link.symlink_to(path.resolve())
        with open_files(link) as database:
            return _read(database, link, rows, columns, characters)


def _read(
    database: DuckDBPyConnection, file: Path, rows: int, columns: int, characters: int
) -> ParquetRows:
    table = database.read_parquet(str(file))
    names, kinds = list(table.columns), [str(kind) for kind in table.types]
    count = "SELECT coalesce(sum(num_rows), 0)::BIGINT FROM parquet_file_metadata($file)"
    ((total,),) = database.execute(count, {"file": str(file)}).fetchall()
    texts = [
        f"left(#{place}::VARCHAR, {characters:d})"
        for place in range(1, min(len(names), columns) + 1)
    ]
    found = table.limit(rows).project(", ".join(texts)).fetchall()
    return ParquetRows(names[:columns], kinds[:columns], found, total, len(names))
