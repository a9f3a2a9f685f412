from pathlib import Path

import duckdb
import pytest

from jupyter_mltrack.store.confined import open_files
from jupyter_mltrack.store.parquet_rows import first_rows


@pytest.mark.parametrize("name", ["a.parquet", "a*[b]?.parquet", "it's; DROP.parquet"])
def test_first_rows_and_columns_are_text(tmp_path: Path, name: str) -> None:
    """A name is never taken for a pattern."""
    source = "SELECT i AS n, repeat('x', 500) AS t, NULL::DOUBLE AS v, [i] AS l FROM range(30) r(i)"
    duckdb.sql(source).write_parquet(str(tmp_path / "plain.parquet"))
    (tmp_path / "plain.parquet").rename(tmp_path / name)
    found = first_rows(tmp_path / name, rows=2, columns=3, characters=4)
    assert (found.names, found.kinds) == (["n", "t", "v"], ["BIGINT", "VARCHAR", "DOUBLE"])
    assert found.rows == [("0", "xxxx", None), ("1", "xxxx", None)]
    assert (found.total, found.columns) == (30, 4)


def test_no_parquet_is_refused(tmp_path: Path) -> None:
    """DuckDB says why."""
    (tmp_path / "a.parquet").write_bytes(b"no")
    with pytest.raises(duckdb.Error):
        first_rows(tmp_path / "a.parquet", rows=1, columns=1, characters=1)


def test_nothing_but_the_file_is_in_reach(tmp_path: Path) -> None:
    """Not the file beside it, no extension, and no way back."""
    for name in ("mine", "other"):
        duckdb.sql("SELECT 1 AS n").write_parquet(str(tmp_path / f"{name}.parquet"))
    with open_files(tmp_path / "mine.parquet") as database:
        assert database.read_parquet(str(tmp_path / "mine.parquet")).fetchall() == [(1,)]
        for statement in (
            f"FROM '{tmp_path}/other.parquet'",
            f"COPY (SELECT 1) TO '{tmp_path}/new.csv'",
            "INSTALL httpfs",
            "LOAD httpfs",
            "SET enable_external_access = true",
            "SET autoload_known_extensions = true",
        ):
            with pytest.raises(duckdb.Error):
                database.execute(statement)
