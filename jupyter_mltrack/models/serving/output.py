"""Files of predictions: JSON as a scoring server answers, or a table; whole or not at all."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from jupyter_mltrack.artifacts.contained import PASSING
from jupyter_mltrack.errors import InvalidParameterValue, StoreError
from jupyter_mltrack.models.serving.predictions import to_json, to_json_list

if TYPE_CHECKING:
    import pandas as pd

#: The column of predictions that have no names.
_COLUMN = "predictions"

Parts = Iterator[Any]


def write_predictions(parts: Parts, path: Path) -> None:
    """Write predictions to a file in one step: who reads it finds the old one or all of the new.

    Args:
        parts: The predictions, in one piece or in several that belong below each other.
        path: ``.csv`` and ``.parquet`` become tables, with the predictions as columns; others
            JSON.

    Raises:
        InvalidParameterValue: if the predictions make no table, or there is no such folder.
        StoreError: if the disk does not take the file.
    """
    write = _WRITERS.get(path.suffix.lower(), write_json)
    passing = path.with_name(f"{PASSING}{secrets.token_hex(8)}")
    try:
        with passing.open("xb") as file:
            write(parts, file)
            file.flush()
            os.fsync(file.fileno())
        passing.replace(path)
    except FileNotFoundError as error:
        msg = f"There is no folder {path.parent}. Make it, or name another: -o FILE"
        raise InvalidParameterValue(msg) from error
    except OSError as error:
        msg = f"Cannot write {path}: {error.strerror or error}."
        raise StoreError(msg) from error
    finally:
        passing.unlink(missing_ok=True)


def write_json(parts: Parts, file: BinaryIO) -> None:
    """``{"predictions": …}``; several pieces must be lists, and become one.

    Raises:
        InvalidParameterValue: if they are not.
    """
    first = next(parts)
    second = next(parts, None)
    if second is None:
        file.write(to_json(first))
        return
    file.write(b'{"predictions": [')
    file.write(to_json_list(first))
    file.write(b", " + to_json_list(second))
    file.writelines(b", " + to_json_list(part) for part in parts)
    file.write(b"]}")


def _write_csv(parts: Parts, file: BinaryIO) -> None:
    for place, part in enumerate(parts):
        text = as_table(part).to_csv(index=False, header=not place, lineterminator="\n")
        file.write(text.encode())


def _write_parquet(parts: Parts, file: BinaryIO) -> None:
    """DuckDB keeps what does not fit into memory in a folder of its own."""
    import duckdb

    with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
        made = Path(folder) / "predictions.parquet"
        with duckdb.connect(str(Path(folder) / "predictions.duckdb")) as database:
            for place, part in enumerate(parts):
                database.register("part", as_table(part))
                begin = "INSERT INTO made" if place else "CREATE TABLE made AS"
                database.execute(f"{begin} FROM part")
                database.unregister("part")
            database.execute("COPY made TO $made (FORMAT parquet)", {"made": str(made)})
        with made.open("rb") as whole:
            while block := whole.read(_BLOCK):
                file.write(block)


def as_table(predictions: Any) -> pd.DataFrame:
    """Predictions as columns.

    Args:
        predictions: A table or Series, an array of one or two axes, a list of values or of dicts,
            or a dict of columns.

    Raises:
        InvalidParameterValue: if they are something else.
    """
    import numpy as np
    import pandas as pd

    if isinstance(predictions, pd.Series):
        name = _COLUMN if predictions.name is None else predictions.name
        predictions = predictions.to_frame(name)
    try:
        if getattr(predictions, "ndim", 0) == 1:
            made = pd.DataFrame({_COLUMN: predictions})
        elif isinstance(predictions, pd.DataFrame | np.ndarray | dict):
            made = pd.DataFrame(predictions)
        else:
            made = _of_list(predictions)
    except (TypeError, ValueError) as error:
        msg = (
            f"Predictions of type {type(predictions).__name__} make no table: {error}. Write JSON:"
            " -o FILE.json"
        )
        raise InvalidParameterValue(msg) from error
    return made.set_axis([str(name) for name in made.columns], axis=1)


def _of_list(predictions: Any) -> pd.DataFrame:
    import pandas as pd

    if not isinstance(predictions, list | tuple):
        msg = "they are no list"
        raise TypeError(msg)
    if all(isinstance(each, dict) for each in predictions):
        return pd.DataFrame(list(predictions))
    return pd.DataFrame({_COLUMN: list(predictions)})


_BLOCK = 2**20

_WRITERS: dict[str, Callable[[Parts, BinaryIO], None]] = {
    ".csv": _write_csv,
    ".parquet": _write_parquet,
}
