"""The data of a training as inputs of its run."""

from __future__ import annotations

from typing import Any

from jupyter_mltrack.autolog.call import Call
from jupyter_mltrack.autolog.sklearn.data import as_dataset

#: Data that would take more bytes as an array of 64-bit numbers are not described: an array is
#: made of sparse data to compute the digest that MLflow computes.
LARGEST = 2_000_000_000


def log_data(
    call: Call, data: Any, context: str, *, name: str | None = None, targets: Any = None
) -> None:
    """Note data that the training reads, if the user wants that; if it fails, that is said.

    Args:
        call: The training.
        data: A table, an array or a sparse matrix; other kinds cannot be described.
        context: ``"train"`` or ``"eval"``.
        name: What to call it.
        targets: What is to be predicted, for an array or a sparse matrix.
    """
    if not call.configuration.log_datasets or data is None:
        return
    with call.attempt(f"the data ({context}) are not noted"):
        if hasattr(data, "tocsr"):
            check_size(*data.shape)
        dataset = as_dataset(data, targets)
        if dataset is None:
            msg = f"{type(data).__name__} is no table, array or sparse matrix"
            raise TypeError(msg)
        dataset.name = name or dataset.name
        call.session.log_input(dataset, context)


def check_size(rows: int, columns: int) -> None:
    """Return if an array of this shape may be made.

    Raises:
        ValueError: if it takes more than `LARGEST` bytes.
    """
    if rows * columns * 8 > LARGEST:
        msg = f"{rows:,} rows of {columns:,} columns are too many for a description"
        raise ValueError(msg)
