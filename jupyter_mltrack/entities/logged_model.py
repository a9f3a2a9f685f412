"""A logged model: an entity of its own, with or without the run that made it."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities._record import Record
from jupyter_mltrack.errors import InvalidParameterValue

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mltrack.entities.run import Metric


class LoggedModelStatus(StrEnum):
    """What a logged model is fit for; a string, too."""

    UNSPECIFIED = "UNSPECIFIED"
    PENDING = "PENDING"
    READY = "READY"
    FAILED = "FAILED"

    def to_int(self) -> int:
        """MLflow's number of it, from 0."""
        return list(LoggedModelStatus).index(self)

    @classmethod
    def from_int(cls, status_int: int) -> LoggedModelStatus:
        """The status of a number.

        Raises:
            InvalidParameterValue: if there is no such status.
        """
        known = list(cls)
        if status_int not in range(len(known)):
            msg = f"Unknown model status: {status_int}; they are numbered 0 to {len(known) - 1}."
            raise InvalidParameterValue(msg)
        return known[status_int]

    @classmethod
    def named(cls, status: object) -> LoggedModelStatus:
        """The status of a name, or the status itself.

        Raises:
            InvalidParameterValue: if there is no such status.
        """
        try:
            return cls(str(status))
        except ValueError:
            names = [one.value for one in cls]
            msg = f"{status!r} is not a valid LoggedModelStatus; choose from {names}."
            raise InvalidParameterValue(msg) from None

    @staticmethod
    def is_finalized(status: object) -> bool:
        """Whether a model of this status is done with: READY or FAILED."""
        return status in (LoggedModelStatus.READY, LoggedModelStatus.FAILED)


@dataclass(frozen=True, slots=True)
class LoggedModelTag(Record):
    """A tag of a logged model."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class LoggedModelParameter(Record):
    """A parameter of a logged model; values are strings."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class LoggedModelInput(Record):
    """A model that a run uses."""

    model_id: str


@dataclass(frozen=True, slots=True)
class LoggedModelOutput(Record):
    """A model that a run made, and at which of its steps."""

    model_id: str
    step: int


@dataclass(frozen=True, slots=True)
class LoggedModel(Record):
    """A logged model.

    Attributes:
        experiment_id: The experiment it belongs to.
        model_id: ``m-`` and 32 hexadecimal digits.
        name: Its name; several models may have the same.
        artifact_location: Where its files are, a path or a URI.
        creation_timestamp: In ms since 1970.
        last_updated_timestamp: In ms since 1970.
        model_type: What the caller calls its kind, such as ``classifier``.
        source_run_id: The run that made it; None if there was none.
        status: READY once all its files are stored.
        status_message: Why it is FAILED, if that is known.
        tags: Its tags.
        params: Its parameters.
        metrics: The latest point of each metric on each dataset.
    """

    experiment_id: str
    model_id: str
    name: str
    artifact_location: str
    creation_timestamp: int
    last_updated_timestamp: int
    model_type: str | None = None
    source_run_id: str | None = None
    status: LoggedModelStatus = LoggedModelStatus.READY
    status_message: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    metrics: list[Metric] = field(default_factory=list)

    @property
    def model_uri(self) -> str:
        """``models:/<model_id>``, which loads it."""
        return f"models:/{self.model_id}"

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        """The fields and ``model_uri`` by name, as pairs."""
        names = [*(one.name for one in fields(LoggedModel)), "model_uri"]
        for name in sorted(names):
            yield name, getattr(self, name)

    def to_dictionary(self) -> dict[str, Any]:
        """The fields as a dict, in the order of their names; the status is its number."""
        found = dict(self)
        del found["model_uri"]
        return found | {"status": self.status.to_int()}

    def __repr__(self) -> str:
        shown = (f"{k}={v!r}" for k, v in self if k not in {"tags", "params", "metrics"})
        return f"LoggedModel({', '.join(shown)})"
