"""What is said of a version when it is registered, as changes of the registry and as an entity."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.changes import current_user, details
from jupyter_mltrack.registry.changes import tags as first_tags

if TYPE_CHECKING:
    from jupyter_mltrack.registry.sources import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """What a caller says of a new version.

    Attributes:
        description: What it is, in words.
        tags: Its first tags.
        run_link: A link to the run elsewhere.
        comment: Why it is registered, for the trail.
    """

    description: str | None
    tags: dict[str, str]
    run_link: str | None
    comment: str | None

    @classmethod
    def of(
        cls,
        description: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_link: str | None = None,
        comment: str | None = None,
    ) -> Self:
        """What a caller says, checked.

        Raises:
            InvalidParameterValue: if some of it cannot be used.
        """
        return cls(
            description=limits.description(description),
            tags=limits.tags(tags),
            run_link=run_link,
            comment=limits.comment(comment),
        )

    def changes(self, model_id: str, number: int, origin: Source) -> list[RegistryChange]:
        """The birth of the version, and what is known of it then."""
        known = details(
            run_id=origin.run_id,
            model_id=origin.model_id,
            run_link=self.run_link,
            location=origin.location,
        )
        said = RegistryChange(model_id, "description", number, text=self.description)
        return [
            RegistryChange(
                model_id, "created", number, text=origin.uri, comment=self.comment,
                digest=origin.digest, details=known,
            ),
            *([said] if self.description else []),
            *first_tags(model_id, number, self.tags),
        ]  # fmt: skip

    def version(self, name: str, number: int, origin: Source, now: int) -> ModelVersion:
        """The version as it is when it was registered at ``now``, in ms since 1970."""
        return ModelVersion(
            name, number, now, now, self.description, current_user(), source=origin.uri,
            run_id=origin.run_id, tags=self.tags, run_link=self.run_link, model_id=origin.model_id,
            digest=origin.digest, location=origin.location,
        )  # fmt: skip
