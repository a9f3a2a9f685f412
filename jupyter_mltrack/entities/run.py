"""A run and what belongs to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities._record import Record

if TYPE_CHECKING:
    from jupyter_mltrack.entities.dataset import DatasetInput
    from jupyter_mltrack.entities.logged_model import LoggedModelInput, LoggedModelOutput


@dataclass(frozen=True, slots=True)
class Metric(Record):
    """One point of a metric.

    Attributes:
        key: Name of the metric.
        value: The number; may be NaN or infinite.
        timestamp: When, in ms since 1970.
        step: Where, an integer of the caller's meaning.
        model_id: The logged model that it measures, if any.
        dataset_name: The dataset that it was measured on, if that was said.
        dataset_digest: The digest of that dataset.
        run_id: The run it belongs to, where that is known.
    """

    key: str
    value: float
    timestamp: int
    step: int
    model_id: str | None = None
    dataset_name: str | None = None
    dataset_digest: str | None = None
    run_id: str | None = None


@dataclass(frozen=True, slots=True)
class Param(Record):
    """A parameter; values are strings."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class RunTag(Record):
    """A tag of a run."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class RunInfo(Record):
    """What a run is, without what it logged.

    Attributes:
        run_id: 32 hexadecimal digits.
        experiment_id: The experiment it belongs to.
        user_id: Who started it.
        status: RUNNING, SCHEDULED, FINISHED, FAILED or KILLED.
        start_time: In ms since 1970.
        end_time: In ms since 1970; None while it is running.
        lifecycle_stage: ``active`` or ``deleted``.
        artifact_uri: Where its files are.
        run_name: A readable name.
        number: Its number within the experiment, from 1; 0 if it has none.
        duration: Seconds from start to end by a monotonic clock; None while it is running.
    """

    run_id: str
    experiment_id: str
    user_id: str
    status: str
    start_time: int
    end_time: int | None
    lifecycle_stage: str
    artifact_uri: str
    run_name: str
    number: int = 0
    duration: float | None = None

    @property
    def run_uuid(self) -> str:
        """The name of ``run_id`` in MLflow before 3.0."""
        return self.run_id


@dataclass(frozen=True, slots=True)
class RunData(Record):
    """What a run logged: the latest value of each metric, the params, the tags."""

    metrics: dict[str, float] = field(default_factory=dict)
    params: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class RunInputs(Record):
    """The datasets that a run read, and the models that it used."""

    dataset_inputs: list[DatasetInput] = field(default_factory=list)
    model_inputs: list[LoggedModelInput] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class RunOutputs(Record):
    """The models that a run made."""

    model_outputs: list[LoggedModelOutput] = field(default_factory=list)


class Run(Record):
    """A run: ``info``, ``data``, ``inputs`` and ``outputs``."""

    def __init__(
        self,
        run_info: RunInfo,
        run_data: RunData | None = None,
        run_inputs: RunInputs | None = None,
        run_outputs: RunOutputs | None = None,
    ) -> None:
        self._info = run_info
        self._data = run_data or RunData()
        self._inputs = run_inputs or RunInputs()
        self._outputs = run_outputs or RunOutputs()

    @property
    def info(self) -> RunInfo:
        """Id, name, status and times."""
        return self._info

    @property
    def data(self) -> RunData:
        """Metrics, params and tags."""
        return self._data

    @property
    def inputs(self) -> RunInputs:
        """Datasets and models."""
        return self._inputs

    @property
    def outputs(self) -> RunOutputs:
        """Models."""
        return self._outputs

    def __iter__(self) -> Any:
        """``info``, ``data``, ``inputs`` and ``outputs`` as pairs."""
        yield from (
            ("info", self.info),
            ("data", self.data),
            ("inputs", self.inputs),
            ("outputs", self.outputs),
        )

    def to_dictionary(self) -> dict[str, Any]:
        """The run as nested dicts, of the shape MLflow gives."""
        datasets = [one.to_dictionary() for one in self.inputs.dataset_inputs]
        used = [one.to_dictionary() for one in self.inputs.model_inputs]
        made = [one.to_dictionary() for one in self.outputs.model_outputs]
        return {
            "info": self.info.to_dictionary(),
            "data": self.data.to_dictionary(),
            "inputs": {"dataset_inputs": datasets, "model_inputs": used},
            "outputs": {"model_outputs": made},
        }

    def __repr__(self) -> str:
        return f"<Run: data={self.data}, info={self.info}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Run):
            return NotImplemented
        return self.to_dictionary() == other.to_dictionary()

    def __hash__(self) -> int:
        return hash(self.info.run_id)
