"""The kinds of datasets: tables of pandas, Polars and Arrow, arrays, files.

Attributes are MLflow's. The data itself is held, never copied, and never stored.
"""

from __future__ import annotations

import json
import logging
from abc import ABC, abstractmethod
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import entities
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.arrow_tables import Look, look_at
from jupyter_mltrack.tracking.digests import file_digest, numpy_digest, pandas_digest
from jupyter_mltrack.tracking.schemas import (
    ColumnSchema,
    TensorSchema,
    pandas_schema,
    tensor_schema,
)
from jupyter_mltrack.tracking.sources import DatasetSource

if TYPE_CHECKING:
    import numpy as np

    Arrays = np.ndarray | dict[str, np.ndarray]

MAX_NAME = 500
MAX_DIGEST = 36

#: A longer schema is not kept: a record of the store takes 1 MB with all that is in it.
MAX_SCHEMA = 500_000

_log = logging.getLogger("jupyter_mltrack")


class Dataset(ABC):
    """Data with a name, a digest and a source.

    Args:
        source: Where it came from.
        name: What to call it; None is ``dataset``.
        digest: Its fingerprint; None computes it.
    """

    def __init__(
        self, source: DatasetSource, name: str | None = None, digest: str | None = None
    ) -> None:
        self.source = source
        self.name = name or "dataset"
        self.digest = digest or self._compute_digest()
        if len(self.name) > MAX_NAME or len(self.digest) > MAX_DIGEST:
            msg = (
                f"The name of a dataset has at most {MAX_NAME} characters and its digest"
                f" {MAX_DIGEST}; these have {len(self.name)} and {len(self.digest)}."
            )
            raise InvalidParameterValue(msg)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {self.name}@{self.digest}>"

    @abstractmethod
    def _compute_digest(self) -> str:
        """The fingerprint of the data."""

    @property
    @abstractmethod
    def profile(self) -> dict[str, Any]:
        """Counts about the data."""

    def _schema_dict(self) -> dict[str, Any] | None:
        """What is kept of the schema."""
        return None

    def to_dict(self) -> dict[str, str | None]:
        """All of it as strings, as the store keeps them."""
        schema = self._schema_dict()
        return {
            "name": self.name,
            "digest": self.digest,
            "source": self.source.to_json(),
            "source_type": self.source._get_source_type(),  # noqa: SLF001  (MLflow's name for it)
            "schema": None if schema is None else json.dumps(schema),
            "profile": json.dumps(self.profile),
        }

    def to_json(self) -> str:
        """The same as JSON."""
        return json.dumps(self.to_dict())

    def _to_mlflow_entity(self) -> entities.Dataset:
        """What a run remembers of it."""
        fields: dict[str, Any] = self.to_dict()
        if len(fields["schema"] or "") > MAX_SCHEMA:
            _log.warning("The schema of %r is too long and is not logged.", self.name)
            fields["schema"] = None
        return entities.Dataset(**fields)


class _TableDataset(Dataset):
    """A table with columns, of which one may be the target and one the predictions."""

    def __init__(
        self,
        df: Any,
        source: DatasetSource,
        targets: str | None = None,
        name: str | None = None,
        digest: str | None = None,
        predictions: str | None = None,
    ) -> None:
        for role, column in (("targets", targets), ("predictions", predictions)):
            if column is not None and column not in self._columns_of(df):
                msg = f"The DataFrame does not contain the specified {role} column {column!r}."
                raise InvalidParameterValue(msg)
        self._df = df
        self.targets = targets
        self.predictions = predictions
        super().__init__(source, name, digest)

    @staticmethod
    def _columns_of(df: Any) -> Any:
        return df.columns

    @property
    def df(self) -> Any:
        """The table itself."""
        return self._df

    @property
    @abstractmethod
    def schema(self) -> ColumnSchema | None:
        """The columns and their types."""

    @property
    def profile(self) -> dict[str, Any]:
        """``num_rows`` and ``num_elements``."""
        rows, columns = self._df.shape
        return {"num_rows": int(rows), "num_elements": int(rows) * int(columns)}

    def _schema_dict(self) -> dict[str, Any] | None:
        return None if self.schema is None else {"mlflow_colspec": self.schema.to_dict()}


class PandasDataset(_TableDataset):
    """A pandas DataFrame; see `from_pandas`."""

    def _compute_digest(self) -> str:
        return pandas_digest(self._df)

    @cached_property
    def schema(self) -> ColumnSchema | None:
        """The columns and their types; None if there are no columns."""
        return pandas_schema(self._df)


class ArrowDataset(_TableDataset):
    """A table that speaks Arrow's C stream; see `from_arrow`."""

    @staticmethod
    def _columns_of(df: Any) -> Any:
        return getattr(df, "column_names", None) or getattr(df, "columns", ())

    def _compute_digest(self) -> str:
        return self._look.digest()

    @cached_property
    def _look(self) -> Look:
        return look_at(self._df)

    @property
    def schema(self) -> ColumnSchema | None:
        """The columns and their types."""
        return self._look.schema


class PolarsDataset(ArrowDataset):
    """A Polars DataFrame; see `from_polars`."""


class NumpyDataset(Dataset):
    """Arrays; see `from_numpy`."""

    def __init__(
        self,
        features: Arrays,
        source: DatasetSource,
        targets: Arrays | None = None,
        name: str | None = None,
        digest: str | None = None,
    ) -> None:
        self.features = features
        self.targets = targets
        super().__init__(source, name, digest)

    def _compute_digest(self) -> str:
        return numpy_digest(self.features, self.targets)

    @cached_property
    def schema(self) -> TensorSchema | None:
        """Types and shapes; None if one of the arrays is a single number."""
        return tensor_schema(self.features, self.targets)

    @property
    def profile(self) -> dict[str, Any]:
        """Shape, size and bytes of features and targets."""
        return {
            f"{role}_{what}": _each(data, what)
            for role, data in (("features", self.features), ("targets", self.targets))
            if data is not None
            for what in ("shape", "size", "nbytes")
        }

    def _schema_dict(self) -> dict[str, Any] | None:
        return None if self.schema is None else self.schema.to_dict()


class FileDataset(Dataset):
    """A file or folder as it is, whatever is in it; see `from_file`."""

    schema = None

    def __init__(
        self, path: Path, source: DatasetSource, name: str | None = None, digest: str | None = None
    ) -> None:
        if not path.exists():
            msg = f"No such file or folder: '{path}'"
            raise FileNotFoundError(msg)
        self.path = path
        super().__init__(source, name or path.name, digest)

    def _compute_digest(self) -> str:
        return file_digest(self.path)

    @cached_property
    def profile(self) -> dict[str, Any]:
        """``num_files`` and ``num_bytes``."""
        below = [self.path] if self.path.is_file() else list(self.path.rglob("*"))
        sizes = [file.stat().st_size for file in below if file.is_file()]
        return {"num_files": len(sizes), "num_bytes": sum(sizes)}


def _each(data: Any, what: str) -> Any:
    if isinstance(data, dict):
        return {name: getattr(array, what) for name, array in data.items()}
    return getattr(data, what)
