"""A registered model: a name, and versions under it."""

from __future__ import annotations

from dataclasses import dataclass, field

from jupyter_mltrack.entities._record import Record
from jupyter_mltrack.entities.model_registry.model_version import ModelVersion


@dataclass(frozen=True, slots=True)
class RegisteredModelTag(Record):
    """A tag of a registered model."""

    key: str
    value: str


@dataclass(frozen=True, slots=True)
class RegisteredModelAlias(Record):
    """A name for one version of a registered model."""

    alias: str
    version: int


@dataclass(frozen=True, slots=True)
class RegisteredModel(Record):
    """A registered model as it was when it was asked for.

    Attributes:
        name: Its name.
        creation_timestamp: When it was made, in ms since 1970.
        last_updated_timestamp: When it or a version of it changed last, in ms since 1970.
        description: What it is, in words.
        latest_versions: The highest version in each stage that has one.
        tags: Its tags.
        aliases: The version that each alias stands for.
        registered_model_id: Its id, which stays when the name changes. Not in MLflow.
    """

    name: str
    creation_timestamp: int | None = None
    last_updated_timestamp: int | None = None
    description: str | None = None
    latest_versions: list[ModelVersion] = field(default_factory=list)
    tags: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, int] = field(default_factory=dict)
    registered_model_id: str = ""
