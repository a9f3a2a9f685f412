"""The client's half that tells what happened: the trail of the registry."""

from __future__ import annotations

from jupyter_mltrack.entities.model_registry import RegistryEvent
from jupyter_mltrack.errors import ResourceDoesNotExist
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.searching import SearchMethods
from jupyter_mltrack.store import registry


class HistoryMethods(SearchMethods):
    """Read the trail."""

    def registry_history(
        self, name: str | None = None, version: str | int | None = None
    ) -> list[RegistryEvent]:
        """Every change of the registry, the oldest first; refused ones too. Not in MLflow.

        Args:
            name: Only of the registered models that have this name, or ever had it; also of
                those that were deleted.
                None is everything, the rules of the whole store too.
            version: Only of this version.

        Raises:
            ResourceDoesNotExist: if there never was such a model, or such a version.
            InvalidParameterValue: if ``version`` is no number.

        Example:
            >>> for change in client.registry_history("prices"):
            ...     print(change.user_id, change.field, change.old_value, change.new_value)
        """
        number = None if version is None else limits.version(version)
        called = None if name is None else str(name)
        found = registry.history(self._store, called, number)
        if not found and (called is not None or number is not None):
            of_version = "" if number is None else f", version={number}"
            msg = (
                f"There never was a registered model with name={called}{of_version}."
                " registry_history() without arguments lists all changes."
            )
            raise ResourceDoesNotExist(msg)
        return found
