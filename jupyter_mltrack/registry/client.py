"""The client of the registry: its half of `MltrackClient`, one file for each kind of thing."""

from __future__ import annotations

from jupyter_mltrack.registry.rollback import RollbackMethods


class RegistryClient(RollbackMethods):
    """Registers models and moves their versions; in the same store as the runs.

    Args:
        tracking_uri: The store; None for the one in use.
        registry_uri: Accepted as MLflow does; models are in the same store.
        workspace_store_uri: Accepted as MLflow does, and not used.
    """
