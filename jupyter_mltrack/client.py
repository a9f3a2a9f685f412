"""The client: everything one store can do, under MLflow's method names."""

from __future__ import annotations

from jupyter_mltrack.registry.client import RegistryClient


class MltrackClient(RegistryClient):
    """What `MlflowClient` is in MLflow, for a store without a server.

    Args:
        tracking_uri: The store; None for the one in use.
        registry_uri: Accepted as MLflow does; models are in the same store.
        workspace_store_uri: Accepted as MLflow does, and not used.

    Example:
        >>> client = MltrackClient()
        >>> best = client.search_runs("1", order_by=["metrics.rmse ASC"], max_results=1)[0]
    """


MlflowClient = MltrackClient
