"""The client's half that registers a model under a name that need not exist yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.ids import new_run_id
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.described import Described
from jupyter_mltrack.registry.resolving import ResolvingMethods
from jupyter_mltrack.registry.sources import Source
from jupyter_mltrack.store import registry


class Registered(NamedTuple):
    """What `RegisterMethods.register` made.

    Attributes:
        version: The new version.
        is_first: Whether the registered model was made for it.
    """

    version: ModelVersion
    is_first: bool


class RegisterMethods(ResolvingMethods):
    """Register models."""

    def register(
        self,
        model_uri: str,
        name: str,
        *,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        comment: str | None = None,
    ) -> Registered:
        """Make a model a version of a registered model, which is made if there is none.

        Both are made, or neither is. In MLflow it is a function only, see `register_model`.

        Args:
            model_uri: ``runs:/<run_id>/<name>``, ``models:/m-<id>``, the URI of another version, a
                path, or a URI that fsspec knows.
            name: The registered model.
            tags: First tags of the version.
            description: What the version is, in words.
            comment: Why, for the trail.

        Raises:
            InvalidParameterValue: if the name or a tag cannot be used.
            ResourceDoesNotExist: if there is nothing at ``model_uri``.
            InvalidState: if the model at ``model_uri`` was never stored completely.
        """
        called = limits.name(name)
        said = Described.of(description, tags, comment=comment)
        origin = self._source(str(model_uri))
        return self._added(called, said, origin)

    def _added(self, called: str, said: Described, origin: Source) -> Registered:
        """A version of a registered model, which is made if there is none."""
        self._notice_removal()
        with self._store.agreeing():
            self._check_there(origin)
            known = registry.identity(self._store, called)
            model_id = known or f"r-{new_run_id()}"
            born = [] if known else [RegistryChange(model_id, "created", text=called)]
            number = registry.next_version(self._store, model_id)
            now = self._record(*born, *said.changes(model_id, number, origin))
        return Registered(said.version(called, number, origin, now), known is None)
