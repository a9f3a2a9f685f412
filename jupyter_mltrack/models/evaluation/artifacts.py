"""Files of an evaluation: one class for each kind, under MLflow's names.

A file that is loaded is data; a pickle is kept as a file, but never opened here, because that
would execute it.
"""

from __future__ import annotations

import json
import pickle
from abc import ABC, abstractmethod
from glob import escape
from pathlib import Path
from typing import Any, ClassVar

from jupyter_mltrack.errors import MltrackException, ResourceDoesNotExist
from jupyter_mltrack.tracking.run_files import plain

#: The module of these classes in MLflow, which a saved result names.
MLFLOW_MODULE = "mlflow.models.evaluation.artifacts"


class EvaluationArtifact(ABC):
    """A file that an evaluation made.

    Args:
        uri: Where it is stored.
        content: What is in it; None if it is not loaded.
    """

    endings: ClassVar[tuple[str, ...]]

    def __init__(self, uri: str, content: Any = None) -> None:
        self._uri = uri
        self._content = content

    def __repr__(self) -> str:
        return f"{type(self).__name__}(uri='{self.uri}')"

    @property
    def uri(self) -> str:
        """Where it is stored."""
        return self._uri

    @property
    def content(self) -> Any:
        """What is in it: an image, a table, an array, a dict, a text.

        Raises:
            ResourceDoesNotExist: if it was not loaded with the result.
        """
        if self._content is None:
            msg = f"The content of {self._uri} is not here. Fetch it with download_artifacts()."
            raise ResourceDoesNotExist(msg)
        return self._content

    @classmethod
    @abstractmethod
    def read(cls, path: Path) -> Any:
        """What is in a file of this kind."""

    @classmethod
    @abstractmethod
    def write(cls, content: Any, path: Path) -> None:
        """Make a file of this kind."""


class ImageEvaluationArtifact(EvaluationArtifact):
    """A picture; its content is a Pillow image, and is written from that or a figure."""

    endings = (".png", ".jpg", ".jpeg")

    @classmethod
    def read(cls, path: Path) -> Any:
        """The picture."""
        from PIL import Image

        with Image.open(path) as image:
            image.load()
            return image

    @classmethod
    def write(cls, content: Any, path: Path) -> None:
        """Save a figure or a picture."""
        (content.savefig if hasattr(content, "savefig") else content.save)(path)


class CsvEvaluationArtifact(EvaluationArtifact):
    """A table as CSV."""

    endings = (".csv",)

    @classmethod
    def read(cls, path: Path) -> Any:
        """The table."""
        import pandas as pd

        return pd.read_csv(path)

    @classmethod
    def write(cls, content: Any, path: Path) -> None:
        """Write a DataFrame, without its index."""
        content.to_csv(path, index=False)


class ParquetEvaluationArtifact(EvaluationArtifact):
    """A table as Parquet; DuckDB reads and writes it."""

    endings = (".parquet",)

    @classmethod
    def read(cls, path: Path) -> Any:
        """The table."""
        import duckdb

        with duckdb.connect() as database:
            return database.read_parquet(escape(str(path))).df()  # names with * are patterns

    @classmethod
    def write(cls, content: Any, path: Path) -> None:
        """Write a DataFrame."""
        import duckdb

        with duckdb.connect() as database:
            database.from_df(content).write_parquet(str(path))


class NumpyEvaluationArtifact(EvaluationArtifact):
    """An array."""

    endings = (".npy",)

    @classmethod
    def read(cls, path: Path) -> Any:
        """The array."""
        import numpy as np

        return np.load(path, allow_pickle=False)

    @classmethod
    def write(cls, content: Any, path: Path) -> None:
        """Write an array; one of Python objects is refused."""
        import numpy as np

        np.save(path, content, allow_pickle=False)


class JsonEvaluationArtifact(EvaluationArtifact):
    """Plain data as JSON."""

    endings = (".json",)

    @classmethod
    def read(cls, path: Path) -> Any:
        """The data."""
        return json.loads(path.read_text("utf-8"))

    @classmethod
    def write(cls, content: Any, path: Path) -> None:
        """Write plain data, with numbers and arrays of NumPy in it."""
        path.write_text(json.dumps(content, default=plain), "utf-8")


class TextEvaluationArtifact(EvaluationArtifact):
    """A text."""

    endings = (".txt",)

    @classmethod
    def read(cls, path: Path) -> Any:
        """The text."""
        return path.read_text("utf-8")

    @classmethod
    def write(cls, content: Any, path: Path) -> None:
        """Write a text."""
        path.write_text(str(content), "utf-8")


class PickleEvaluationArtifact(EvaluationArtifact):
    """Any other object."""

    endings = (".pickle",)

    @classmethod
    def read(cls, path: Path) -> Any:
        """Nothing: to open a pickle is to execute it.

        Raises:
            MltrackException: always.
        """
        msg = (
            f"{path} is a pickle, which executes what is in it. If you trust it, open it yourself:"
            " pickle.load(open(path, 'rb'))."
        )
        raise MltrackException(msg)

    @classmethod
    def write(cls, content: Any, path: Path) -> None:
        """Pickle an object."""
        path.write_bytes(pickle.dumps(content))


KINDS: tuple[type[EvaluationArtifact], ...] = (
    ImageEvaluationArtifact,
    CsvEvaluationArtifact,
    ParquetEvaluationArtifact,
    NumpyEvaluationArtifact,
    JsonEvaluationArtifact,
    TextEvaluationArtifact,
    PickleEvaluationArtifact,
)
#: The kind of a file by its ending.
BY_ENDING = {ending: kind for kind in KINDS for ending in kind.endings}
