"""The client's half that deals with versions of registered models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.aliases import AliasMethods
from jupyter_mltrack.registry.changes import current_user, details
from jupyter_mltrack.registry.changes import tags as first_tags
from jupyter_mltrack.registry.sources import SourceMethods
from jupyter_mltrack.store import registry


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
        said, why = limits.description(description), limits.comment(comment)
        checked = limits.tags(tags)
        origin = self._source(str(source), run_id, model_id)
        known = details(
            run_id=origin.run_id,
            model_id=origin.model_id,
            run_link=run_link,
            location=origin.location,
        )
        with self._store.agreeing():
            model = self._model(name)
            model_key = model.registered_model_id
            number = registry.next_version(self._store, model_key)
            changes = [
                RegistryChange(
                    model_key, "created", number,
                    text=origin.uri, comment=why, digest=origin.digest, details=known,
                ),
                *([RegistryChange(model_key, "description", number, text=said)] if said else []),
                *first_tags(model_key, number, checked),
            ]  # fmt: skip
            now = self._record(*changes)
        return ModelVersion(
            model.name, number, now, now, said, current_user(), source=origin.uri,
            run_id=origin.run_id, tags=checked, run_link=run_link, model_id=origin.model_id,
            digest=origin.digest, location=origin.location,
        )  # fmt: skip

    def get_model_version(
        self, name: str, version: str | int, *, at: int | None = None
    ) -> ModelVersion:
        """A version of a registered model.

        Args:
            name: The registered model.
            version: Its number.
            at: As of this time, in ms since 1970; None is now. Not in MLflow.

        Raises:
            ResourceDoesNotExist: if there is none.
            InvalidParameterValue: if ``version`` is no number.
        """
        return self._version(name, version, at)

    def get_model_version_download_uri(self, name: str, version: str | int) -> str:
        """Where the files of a version are, as a URI that `download_artifacts` takes.

        Raises:
            ResourceDoesNotExist: if there is none.
        """
        found = self._version(name, version)
        if found.model_id is not None:
            return f"models:/{found.model_id}"
        return found.location or str(found.source)

    def update_model_version(
        self,
        name: str,
        version: str | int,
        description: str | None = None,
        *,
        comment: str | None = None,
    ) -> ModelVersion:
        """Describe a version.

        Raises:
            ResourceDoesNotExist: if there is none.
        """
        said, why = limits.description(description), limits.comment(comment)
        with self._store.agreeing():
            found = self._version(name, version)
            change = RegistryChange(
                self._model(name).registered_model_id, "description", found.version,
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
            model_key = self._model(name).registered_model_id
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
        model_key = self._model(found.name).registered_model_id
        change = RegistryChange(
            model_key, "tag", found.version, key, found.tags.get(key), text, digest=found.digest
        )
        self._record(change)

    def _version_or_latest(
        self, name: str, version: str | int | None, stage: str | None
    ) -> ModelVersion:
        raise NotImplementedError
