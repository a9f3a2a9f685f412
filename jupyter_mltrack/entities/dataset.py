"""A dataset as a run remembers it: name, digest and where it came from, not the data."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from jupyter_mltrack.entities._record import Record


@dataclass(frozen=True, slots=True)
class InputTag(Record):
    """A tag of a dataset's use, such as ``mlflow.data.context`` = ``training``."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Dataset(Record):
    """The description of a dataset.

    Attributes:
        name: Its name.
        digest: A short fingerprint of its content.
        source_type: Kind of the source, such as ``local`` or ``code``.
        source: Where it came from, as JSON.
        schema: Its columns, as JSON.
        profile: Counts about it, as JSON.
    """

    name: str
    digest: str
    source_type: str
    source: str
    schema: str | None = None
    profile: str | None = None


@dataclass(frozen=True, slots=True)
class DatasetInput(Record):
    """A dataset together with how a run used it."""

    dataset: Dataset
    tags: list[InputTag] = field(default_factory=list)

    def to_dictionary(self) -> dict[str, Any]:
        """Both parts as dicts."""
        tags = [tag.to_dictionary() for tag in self.tags]
        return {"dataset": self.dataset.to_dictionary(), "tags": tags}
