"""A version of a registered model."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mltrack.entities._record import Record
from jupyter_mltrack.entities.model_registry.model_version_stages import STAGE_NONE
from jupyter_mltrack.entities.model_registry.model_version_status import ModelVersionStatus

if TYPE_CHECKING:
    from jupyter_mltrack.entities.run import Metric


@dataclass(frozen=True, slots=True)
class ModelVersionTag(Record):
    """A tag of a version."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class ModelVersion(Record):
    """A version as it was when it was asked for.

    Attributes:
        name: The registered model.
        version: Its number, from 1.
        creation_timestamp: When it was registered, in ms since 1970.
        last_updated_timestamp: When it changed last, in ms since 1970.
        description: What it is, in words.
        user_id: Who registered it.
        current_stage: ``"None"``, ``"Staging"``, ``"Production"``, ``"Archived"``, or one that
            the store was given.
        source: Where its files came from, as it was registered.
        run_id: The run that made it.
        status: Whether it can be used.
        status_message: Why it has this status.
        tags: Its tags.
        run_link: A link to the run elsewhere.
        aliases: The aliases that stand for it.
        model_id: The logged model that it is.
        digest: SHA-256 of its files, when it was registered. Not in MLflow.
        location: Where its files are, if they are no logged model: ``runs:/…`` of files of a run,
            a path or a URI. Not in MLflow.
        params: The parameters of the logged model. Of all that returns versions only
            `get_model_version` asks for them; else, or if there is no logged model, None. Two
            versions are the same whether they were asked for or not.
        metrics: The latest point of each metric of the logged model on each dataset; likewise.
    """

    name: str
    version: int
    creation_timestamp: int
    last_updated_timestamp: int | None = None
    description: str | None = None
    user_id: str | None = None
    current_stage: str = STAGE_NONE
    source: str | None = None
    run_id: str | None = None
    status: ModelVersionStatus = ModelVersionStatus.READY
    status_message: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    run_link: str | None = None
    aliases: list[str] = field(default_factory=list)
    model_id: str | None = None
    digest: str | None = None
    location: str | None = None
    params: dict[str, str] | None = field(default=None, compare=False)
    metrics: list[Metric] | None = field(default=None, compare=False)
