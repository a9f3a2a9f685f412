"""The client's half that deals with versions of registered models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.aliases import AliasMethods
from jupyter_mltrack.registry.described import Described
from jupyter_mltrack.registry.sources import SourceMethods
from jupyter_mltrack.store import model_search, registry


class VersionMethods(AliasMethods, SourceMethods):
    """Create, describe and delete versions."""

    def create_model_version(
        self,
        name: str,
        source: str,
        run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        run_link: str | None = None,
        description: str | None = None,
        await_creation_for: int | None = 300,
        model_id: str | None = None,
        *,
        comment: str | None = None,
    ) -> ModelVersion:
        """Add a version to a registered model; it is READY when this returns.

        Its files stay where they are; `gc` keeps what a version needs.

        Args:
            name: The registered model.
            source: Where the files are: ``runs:/<run_id>/<path>``, ``models:/m-<id>``, a path, or
                a URI that fsspec knows.
            run_id: The run that made them, if ``source`` does not say it.
            tags: Its first tags.
            run_link: A link to the run elsewhere.
            description: What it is, in words.
            await_creation_for: Accepted as MLflow does; nobody needs to wait.
            model_id: The logged model that it is, if ``source`` does not say it.
            comment: Why, for the trail. Not in MLflow.

        Raises:
            ResourceDoesNotExist: if there is no such registered model, or nothing at ``source``.
            InvalidState: if the model at ``source`` was never stored completely.
        """
        del await_creation_for
        described = Described.of(description, tags, run_link, comment)
        origin = self._source(str(source), run_id, model_id)
        with self._store.agreeing():
            model_key = self._model_id(name)
            self._check_there(origin)
            number = registry.next_version(self._store, model_key)
            now = self._record(*described.changes(model_key, number, origin))
        return described.version(str(name), number, origin, now)

    def get_model_version(
        self, name: str, version: str | int, *, at: int | None = None
    ) -> ModelVersion:
        """A version of a registered model.

        Args:
            name: The registered model.
            version: Its number.
            at: As of this time, in ms since 1970; None is now. Not in MLflow.

        Returns:
            The version, with the parameters and metrics that its logged model has now.

        Raises:
            ResourceDoesNotExist: if there is none.
            InvalidParameterValue: if ``version`` is no number.
        """
        with self._store.reading():
            found = self._version(name, version, at)
            model = model_search.model(self._store, found.model_id) if found.model_id else None
        if model is None:
            return found
        return replace(found, params=model.params, metrics=model.metrics)

    def update_model_version(
        self,
        name: str,
        version: str | int,
        description: str | None = None,
        *,
        comment: str | None = None,
    ) -> ModelVersion:
        """Describe a version.

        Args:
            name: The registered model.
            version: Its number.
            description: What it is, in words; ``""`` takes the description away.
            comment: Why it is described so, for the trail. Not in MLflow.

        Raises:
            ResourceDoesNotExist: if there is none.
            InvalidParameterValue: if there is no description, or it is too long.
        """
        said, why = limits.new_description(description), limits.comment(comment)
        with self._store.agreeing():
            found = self._version(name, version)
            change = RegistryChange(
                self._model_id(name), "description", found.version,
                before=found.description, text=said, comment=why, digest=found.digest,
            )  # fmt: skip
            now = self._record(change)
        return replace(found, description=said, last_updated_timestamp=now)

    def delete_model_version(
        self, name: str, version: str | int, *, comment: str | None = None
    ) -> None:
        """Delete a version and its aliases; its number is not given again, its files stay.

        Raises:
            ResourceDoesNotExist: if there is none.
        """
        why = limits.comment(comment)
        with self._store.agreeing():
            found = self._version(name, version)
            model_key = self._model_id(name)
            gone = [
                RegistryChange(model_key, "alias", 0, alias, str(found.version), None, why)
                for alias in found.aliases
            ]
            change = RegistryChange(
                model_key, "deleted", found.version,
                before=found.source, comment=why, digest=found.digest,
            )  # fmt: skip
            self._record(*gone, change)

    def set_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        value: Any = None,
        stage: str | None = None,
    ) -> None:
        """Set a tag of a version, over an older value.

        Args:
            name: The registered model.
            version: Its number; or give ``stage``.
            key: The key.
            value: The value; it becomes a string.
            stage: The latest version in this stage.

        Raises:
            InvalidParameterValue: if neither or both of ``version`` and ``stage`` are given.
            ResourceDoesNotExist: if there is no such version.
        """
        text = limits.tag_value(limits.tag_key(key), value)
        with self._store.agreeing():
            found = self._version_or_latest(name, version, stage)
            self._tag(found, str(key), text)

    def delete_model_version_tag(
        self,
        name: str,
        version: str | int | None = None,
        key: str | None = None,
        stage: str | None = None,
    ) -> None:
        """Remove a tag of a version; it need not be there, as in MLflow.

        Raises:
            InvalidParameterValue, ResourceDoesNotExist: as `set_model_version_tag`.
        """
        checked = limits.tag_key(key)
        with self._store.agreeing():
            found = self._version_or_latest(name, version, stage)
            if checked in found.tags:
                self._tag(found, checked, None)

    def _tag(self, found: ModelVersion, key: str, text: str | None) -> None:
        model_key = self._model_id(found.name)
        change = RegistryChange(
            model_key, "tag", found.version, key, found.tags.get(key), text, digest=found.digest
        )
        self._record(change)

    def _version_or_latest(
        self, name: str, version: str | int | None, stage: str | None
    ) -> ModelVersion:
        raise NotImplementedError
