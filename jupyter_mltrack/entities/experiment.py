"""An experiment: a named collection of runs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

from jupyter_mltrack.entities._record import Record


@dataclass(frozen=True, slots=True)
class ExperimentTag(Record):
    """A tag of an experiment."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class Experiment(Record):
    """An experiment.

    Attributes:
        experiment_id: A number, as a string; "0" is the default experiment.
        name: Unique in its store.
        artifact_location: URI of the folder of its runs' files.
        lifecycle_stage: ``active`` or ``deleted``.
        tags: Its tags; ``mlflow.note.content`` is its description.
        creation_time: In ms since 1970.
        last_update_time: In ms since 1970.
    """

    DEFAULT_EXPERIMENT_NAME: ClassVar[str] = "Default"
    DEFAULT_EXPERIMENT_ID: ClassVar[str] = "0"

    experiment_id: str
    name: str
    artifact_location: str
    lifecycle_stage: str
    tags: dict[str, str] = field(default_factory=dict)
    creation_time: int | None = None
    last_update_time: int | None = None
