"""The client's half that deals with aliases: names such as ``champion`` for one version."""

from __future__ import annotations

from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.events import RegistryChange
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.registered_models import RegisteredModelMethods
from jupyter_mltrack.store import registry


class AliasMethods(RegisteredModelMethods):
    """Give, take and follow aliases."""

    def set_registered_model_alias(
        self, name: str, alias: str, version: str | int, *, comment: str | None = None
    ) -> None:
        """Let an alias stand for a version; it is taken from the one it stood for.

        Args:
            name: The registered model.
            alias: Such as ``"champion"``; then ``models:/<name>@champion`` is the version.
            version: Its number.
            comment: Why, for the trail. Not in MLflow.

        Raises:
            InvalidParameterValue: if it cannot be an alias.
            ResourceDoesNotExist: if there is no such version.
        """
        called, why = limits.alias(alias), limits.comment(comment)
        with self._store.agreeing():
            model_id = self._model_id(name)
            new = str(self._version(name, version).version)
            old = registry.pointed(self._store, model_id, called)
            if old != new:
                self._record(RegistryChange(model_id, "alias", 0, called, old, new, why))

    def delete_registered_model_alias(
        self, name: str, alias: str, *, comment: str | None = None
    ) -> None:
        """Take an alias away; it need not be there, as in MLflow.

        Raises:
            ResourceDoesNotExist: if there is no such model.
        """
        called, why = str(alias), limits.comment(comment)
        with self._store.agreeing():
            model_id = self._model_id(name)
            old = registry.pointed(self._store, model_id, called)
            if old is not None:
                self._record(RegistryChange(model_id, "alias", 0, called, old, None, why))

    def get_model_version_by_alias(
        self, name: str, alias: str, *, at: int | None = None
    ) -> ModelVersion:
        """The version that an alias stands for.

        Args:
            name: The registered model.
            alias: The alias; ``"latest"`` is the highest version.
            at: As of this time, in ms since 1970; None is now. Not in MLflow.

        Raises:
            ResourceDoesNotExist: if there is no such model.
            InvalidParameterValue: if it has no such alias.
        """
        called = str(alias)
        with self._store.reading():
            model = self._model(name, at)
            newest = max((one.version for one in model.latest_versions), default=None)
            number = newest if called.lower() == "latest" else model.aliases.get(called)
            if number is None:
                known = ", ".join(sorted(model.aliases)) or "none"
                msg = (
                    f"Registered model alias {called} not found: {name} has the aliases {known}."
                    " Give it one with set_registered_model_alias()."
                )
                raise InvalidParameterValue(msg)
            return self._version(name, number, at)
