"""Fingerprints of data: the same that MLflow computes, so a dataset is known under one digest.

The digest of a table covers its first 10,000 rows, the numeric columns and those of strings only,
its number of rows and the names of all its columns. The algorithm is that of MLflow's
``mlflow/data/digest_utils.py``.
"""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: The rows (of an array: the elements) whose content counts.
MAX_ROWS = 10_000

#: Kinds of NumPy's types whose values are never strings.
_NO_STRINGS = "biufcmM"


def pandas_digest(df: pd.DataFrame) -> str:
    """The digest of a DataFrame, 8 hexadecimal digits.

    Columns with anything but strings (also a missing one, in any row) and numbers do not count.
    """
    strings = [
        not len(df)
        or (
            dtype.kind not in _NO_STRINGS and all(type(value) is str for value in df.iloc[:, place])
        )
        for place, dtype in enumerate(df.dtypes)
    ]
    return table_digest(df.head(MAX_ROWS), strings=strings, rows=len(df))


def table_digest(head: pd.DataFrame, *, strings: list[bool], rows: int) -> str:
    """The digest of a table of which only the first rows are here.

    Args:
        head: The first `MAX_ROWS` rows.
        strings: For each column, whether it holds nothing but strings in the whole table.
        rows: How many the whole table has.
    """
    import numpy as np
    import pandas as pd

    numeric = head.select_dtypes(include=[np.number]).columns
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # names of several types have no order
        counted = head[head.columns[strings].union(numeric)]
    content = pd.util.hash_pandas_object(counted).to_numpy()
    return _md5([content, np.int64(rows), *(str(name).encode() for name in head.columns)])


def numpy_digest(features: Any, targets: Any = None) -> str:
    """The digest of arrays, or of dicts of arrays, 8 hexadecimal digits."""
    parts: list[Any] = []
    for data in (features, targets):
        if isinstance(data, Mapping):
            for name in sorted(data):
                parts += _array_parts(data[name])
        elif data is not None:
            parts += _array_parts(data)
    return _md5(parts)


def _array_parts(array: np.ndarray) -> list[Any]:
    """What counts of an array: hashes of its first elements, and its shape."""
    import numpy as np
    import pandas as pd

    head = array.flatten()[:MAX_ROWS]
    try:
        content: Any = pd.util.hash_array(head)
    except TypeError:
        content = np.int64(head.size)
    return [content, *(np.int64(length) for length in array.shape)]


def file_digest(path: Path) -> str:
    """The first 16 hexadecimal digits of the SHA-256 of a file, or of all below a folder."""
    if path.is_file():
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()[:16]
    whole = hashlib.sha256()
    for file_path in sorted(below for below in path.rglob("*") if below.is_file()):
        name = file_path.relative_to(path).as_posix()
        whole.update(f"{name}\0{file_digest(file_path)}\0".encode(errors="surrogateescape"))
    return whole.hexdigest()[:16]


def _md5(parts: Iterable[Any]) -> str:
    md5 = hashlib.md5(usedforsecurity=False)
    for part in parts:
        md5.update(part)
    return md5.hexdigest()[:8]
