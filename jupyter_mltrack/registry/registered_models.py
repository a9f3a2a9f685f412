"""The client's half that deals with registered models: the names that versions are under."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from jupyter_mltrack.entities.model_registry import RegisteredModel
from jupyter_mltrack.errors import ResourceAlreadyExists
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.ids import new_run_id
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.changes import ChangeMethods
from jupyter_mltrack.registry.changes import tags as first_tags
from jupyter_mltrack.store import registry


class RegisteredModelMethods(ChangeMethods):
    """Create, rename, describe and delete registered models."""

    def create_registered_model(
        self,
        name: str,
        tags: Mapping[str, Any] | None = None,
        description: str | None = None,
        deployment_job_id: str | None = None,
    ) -> RegisteredModel:
        """Create a registered model without versions.

        Args:
            name: Its name.
            tags: Its first tags.
            description: What it is, in words.
            deployment_job_id: Accepted as MLflow does, and not used.

        Raises:
            InvalidParameterValue: if one of them cannot be used.
            ResourceAlreadyExists: if there is one of this name.
        """
        del deployment_job_id
        called, said = limits.name(name), limits.description(description)
        self._notice_removal()
        model_id = f"r-{new_run_id()}"
        changes = [
            RegistryChange(model_id, "created", text=called),
            *([RegistryChange(model_id, "description", text=said)] if said else []),
            *first_tags(model_id, 0, tags),
        ]
        with self._store.agreeing():
            if registry.identity(self._store, called) is not None:
                raise ResourceAlreadyExists(_taken(called))
            now = self._record(*changes)
        known = {change.key: str(change.text) for change in changes if change.field == "tag"}
        return RegisteredModel(called, now, now, said, tags=known, registered_model_id=model_id)

    def get_registered_model(self, name: str) -> RegisteredModel:
        """A registered model with its aliases, and the latest version in each stage.

        Raises:
            ResourceDoesNotExist: if there is none of this name.
        """
        return self._model(name)

    def rename_registered_model(
        self, name: str, new_name: str, *, comment: str | None = None
    ) -> RegisteredModel:
        """Give a registered model another name; ``models:/`` URIs with the old one end.

        Args:
            name: Its name.
            new_name: Its name from now on.
            comment: Why, for the trail. Not in MLflow.

        Raises:
            InvalidParameterValue: if it cannot be called so.
            ResourceAlreadyExists: if another one is.
            ResourceDoesNotExist: if there is none of the old name.
        """
        called, why = limits.name(new_name), limits.comment(comment)
        with self._store.agreeing():
            model = self._model(name)
            if registry.identity(self._store, called) is not None:
                raise ResourceAlreadyExists(_taken(called))
            change = RegistryChange(
                model.registered_model_id, "name", before=model.name, text=called, comment=why
            )
            now = self._record(change)
        latest = [replace(one, name=called) for one in model.latest_versions]
        return replace(model, name=called, last_updated_timestamp=now, latest_versions=latest)

    def update_registered_model(
        self,
        name: str,
        description: str | None = None,
        deployment_job_id: str | None = None,
        *,
        comment: str | None = None,
    ) -> RegisteredModel:
        """Describe a registered model.

        Args:
            name: Its name.
            description: What it is, in words; ``""`` takes the description away.
            deployment_job_id: Accepted as MLflow does, and not used.
            comment: Why it is described so, for the trail. Not in MLflow.

        Raises:
            ResourceDoesNotExist: if there is none of this name.
            InvalidParameterValue: if there is no description, or it is too long.
        """
        del deployment_job_id
        said, why = limits.new_description(description), limits.comment(comment)
        with self._store.agreeing():
            model = self._model(name)
            change = RegistryChange(
                model.registered_model_id, "description",
                before=model.description, text=said, comment=why,
            )  # fmt: skip
            now = self._record(change)
        return replace(model, description=said, last_updated_timestamp=now)

    def delete_registered_model(self, name: str, *, comment: str | None = None) -> None:
        """Delete a registered model with all its versions; their files stay with their runs.

        A new one of this name begins with version 1.

        Raises:
            ResourceDoesNotExist: if there is none of this name.
        """
        why = limits.comment(comment)
        with self._store.agreeing():
            model = self._model(name)
            change = RegistryChange(
                model.registered_model_id, "deleted", before=model.name, comment=why
            )
            self._record(change)

    def set_registered_model_tag(self, name: str, key: str, value: Any) -> None:
        """Set a tag of a registered model, over an older value.

        Raises:
            InvalidParameterValue: if the key or the value cannot be used.
            ResourceDoesNotExist: if there is no such model.
        """
        text = limits.tag_value(limits.tag_key(key), value)
        with self._store.agreeing():
            model = self._model(name)
            self._record(
                RegistryChange(model.registered_model_id, "tag", 0, key, model.tags.get(key), text)
            )

    def delete_registered_model_tag(self, name: str, key: str) -> None:
        """Remove a tag of a registered model; it need not be there, as in MLflow.

        Raises:
            ResourceDoesNotExist: if there is no such model.
        """
        with self._store.agreeing():
            model = self._model(name)
            if key in model.tags:
                self._record(
                    RegistryChange(model.registered_model_id, "tag", 0, key, model.tags[key])
                )


def _taken(name: str) -> str:
    return (
        f"Registered Model (name={name}) already exists. register_model() adds a version to it;"
        " choose another name for a new one."
    )
