"""What gates ask, answered by the client at work."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.errors import ResourceDoesNotExist
from jupyter_mltrack.registry.changes import current_user
from jupyter_mltrack.store import registry, registry_past

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jupyter_mltrack.entities import Run
    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.registry.signatures import Signatures
    from jupyter_mltrack.store import Store
    from jupyter_mltrack.tracking.client import TrackingClient


class ClientContext:
    """The `GateContext` of a client.

    Args:
        client: Who moves a version.
        store: Its store.
        signatures: Those that were fetched.
    """

    def __init__(self, client: TrackingClient, store: Store, signatures: Signatures) -> None:
        self.user = current_user()
        self.author = os.geteuid()
        self._client = client
        self._store = store
        self._signatures = signatures

    def run(self, version: ModelVersion) -> Run | None:
        """The run that made a version; None if none did, or it was removed."""
        if version.run_id is None:
            return None
        try:
            return self._client.get_run(version.run_id)
        except ResourceDoesNotExist:
            return None

    def current(self, version: ModelVersion, stage: str) -> ModelVersion | None:
        """The highest version of the same model in a stage, but this one itself."""
        found = registry.versions(self._store, version.name, stage=stage)
        return next((one for one in found if one.version != version.version), None)

    def signature(self, version: ModelVersion) -> Mapping[str, Any] | None:
        """The ``signature`` of a version's ``MLmodel`` file; see `Signatures.of`."""
        return self._signatures.of(version)

    def registered_by(self, version: ModelVersion) -> tuple[str, int]:
        """Who registered a version: the login and the uid."""
        return registry_past.registered_by(self._store, version.name, version.version)
