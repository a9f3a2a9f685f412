"""What is done to runs from the table, through the client; and runs written to a file."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from jupyter_mltrack.errors import InvalidParameterValue, StoreError
from jupyter_mltrack.tracking import notebook
from jupyter_mltrack.tracking.client import TrackingClient

if TYPE_CHECKING:
    import pandas as pd

_MOST_NAMES = 10_000


def tag(client: TrackingClient, runs: Sequence[str], key: str, value: str) -> None:
    """Set a tag of runs.

    Raises:
        InvalidParameterValue: if there is no run, or the key is empty.
    """
    _check(runs)
    if not key.strip():
        msg = "A tag needs a name."
        raise InvalidParameterValue(msg)
    with client.store.reading():  # once, not for every run
        for run_id in runs:
            client.set_tag(run_id, key.strip(), value)


def delete(client: TrackingClient, runs: Sequence[str]) -> None:
    """Put runs in the bin."""
    _check(runs)
    with client.store.reading():
        for run_id in runs:
            client.delete_run(run_id)


def restore(client: TrackingClient, runs: Sequence[str]) -> None:
    """Take runs out of the bin."""
    _check(runs)
    with client.store.reading():
        for run_id in runs:
            client.restore_run(run_id)


def export(frame: pd.DataFrame, format: Literal["csv", "parquet"]) -> Path:
    """Write runs beside the notebook, to a file of a new name.

    Args:
        frame: The runs.
        format: As what.

    Returns:
        The path of the file: ``runs.csv``, or ``runs-2.csv`` if there is one already.

    Raises:
        StoreError: if it cannot be written there.
    """
    told = notebook.path()
    folder = Path(told).parent if told else Path()
    try:
        path = _new_file((folder if folder.is_dir() else Path()).absolute(), format)
        try:
            if format == "csv":
                frame.to_csv(path, index=False)
            else:
                _write_parquet(frame, path)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
    except OSError as error:
        msg = f"The runs cannot be written beside the notebook: {error.strerror or error}."
        raise StoreError(msg) from error
    return path


def _check(runs: Sequence[str]) -> None:
    if not runs:
        msg = "Tick the runs first."
        raise InvalidParameterValue(msg)


def _new_file(folder: Path, ending: str) -> Path:
    """An empty file that was not there before."""
    for number in range(1, _MOST_NAMES):
        path = folder / (f"runs.{ending}" if number == 1 else f"runs-{number}.{ending}")
        try:
            path.touch(exist_ok=False)
        except FileExistsError:
            continue
        return path
    msg = f"There are {_MOST_NAMES:,} exports in {folder}: remove some."
    raise StoreError(msg)


def _write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a DataFrame with DuckDB, which needs no other library for it; raises OSError."""
    import duckdb
    import pandas as pd

    plain = frame.assign(**{
        name: frame[name].dt.tz_localize(None)  # UTC, as everywhere
        for name in ("start_time", "end_time")
        if isinstance(frame[name].dtype, pd.DatetimeTZDtype)
    })  # fmt: skip
    with duckdb.connect(":memory:") as connection:
        connection.register("runs", plain)
        target = str(path).replace("'", "''")
        try:
            connection.execute(f"COPY runs TO '{target}' (FORMAT parquet)")
        except duckdb.IOException as error:
            raise OSError(str(error)) from error
