"""Datasets: what a run was trained or tested on, described without keeping the data.

Users find these as ``mlflow.data``. Digests of pandas and NumPy data are those that MLflow
computes; a Polars or Arrow table has the digest of the same data in pandas.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import entities
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.dataset_kinds import (
    ArrowDataset,
    Dataset,
    FileDataset,
    NumpyDataset,
    PandasDataset,
    PolarsDataset,
)
from jupyter_mltrack.tracking.sources import DatasetSource, resolve_source, source_of

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl

    from jupyter_mltrack.tracking.dataset_kinds import Arrays

__all__ = [
    "ArrowDataset",
    "Dataset",
    "DatasetSource",
    "FileDataset",
    "NumpyDataset",
    "PandasDataset",
    "PolarsDataset",
    "from_arrow",
    "from_file",
    "from_numpy",
    "from_pandas",
    "from_polars",
    "get_source",
]

Source = str | Path | DatasetSource | None


def from_pandas(
    df: pd.DataFrame,
    source: Source = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PandasDataset:
    """Describe a pandas DataFrame.

    Args:
        df: The data.
        source: Where it came from, a path or URI; None is the running program.
        targets: The column to be predicted.
        name: What to call it.
        digest: Its fingerprint, if you have one.
        predictions: The column that a model predicted.

    Raises:
        InvalidParameterValue: if a column that is named is not there.

    Example:
        >>> mlflow.log_input(mlflow.data.from_pandas(df, "train.csv", targets="y"), "training")
    """
    return PandasDataset(df, resolve_source(source), targets, name, digest, predictions)


def from_polars(
    df: pl.DataFrame,
    source: Source = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> PolarsDataset:
    """Describe a Polars DataFrame; the arguments are those of `from_pandas`."""
    return PolarsDataset(df, resolve_source(source), targets, name, digest, predictions)


def from_arrow(
    df: Any,
    source: Source = None,
    targets: str | None = None,
    name: str | None = None,
    digest: str | None = None,
    predictions: str | None = None,
) -> ArrowDataset:
    """Describe any table with ``__arrow_c_stream__``; the arguments are those of `from_pandas`."""
    return ArrowDataset(df, resolve_source(source), targets, name, digest, predictions)


def from_numpy(
    features: Arrays,
    source: Source = None,
    targets: Arrays | None = None,
    name: str | None = None,
    digest: str | None = None,
) -> NumpyDataset:
    """Describe an array, or a dict of arrays.

    Args:
        features: The data.
        source: Where it came from, a path or URI; None is the running program.
        targets: What is to be predicted.
        name: What to call it.
        digest: Its fingerprint, if you have one.
    """
    return NumpyDataset(features, resolve_source(source), targets, name, digest)


def from_file(
    path: str | Path, source: Source = None, name: str | None = None, digest: str | None = None
) -> FileDataset:
    """Describe a file or folder by the bytes in it.

    Args:
        path: Where it is.
        source: Where it came from; None is the path itself.
        name: What to call it; None is the name of the file.
        digest: Its fingerprint, if you have one; else 16 digits of a SHA-256.

    Raises:
        FileNotFoundError: if there is nothing at ``path``.
    """
    return FileDataset(Path(path), resolve_source(source or Path(path).absolute()), name, digest)


def get_source(dataset: object) -> DatasetSource:
    """Where a dataset came from; its ``load()`` brings the data.

    Args:
        dataset: A dataset of this file, or what a run remembers of one.

    Raises:
        InvalidParameterValue: if it is something else.

    Example:
        >>> mlflow.data.get_source(run.inputs.dataset_inputs[0]).load()
    """
    if isinstance(dataset, entities.DatasetInput):
        dataset = dataset.dataset
    if isinstance(dataset, entities.Dataset):
        return source_of(dataset.source_type, dataset.source)
    if isinstance(dataset, Dataset):
        return dataset.source
    msg = f"{type(dataset).__name__} is no dataset: take one of a run's inputs.dataset_inputs."
    raise InvalidParameterValue(msg)
