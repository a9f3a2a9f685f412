"""The tracking client: checks what the caller passes, makes events of it, appends them.

Signatures, return types and errors are those of MLflow's ``MlflowClient``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.store import queries, sql
from jupyter_mltrack.tracking import active
from jupyter_mltrack.tracking.model_files import ModelFileMethods
from jupyter_mltrack.tracking.runs import PAGE_LIMIT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from jupyter_mltrack.entities import Run
    from jupyter_mltrack.events import Event
    from jupyter_mltrack.store import Store


class TrackingClient(ModelFileMethods):
    """Experiments, runs, logged models and their files in one store.

    Args:
        tracking_uri: The store; None for the one in use (see ``set_tracking_uri``).
        registry_uri: Accepted as MLflow does; models are in the same store.
        workspace_store_uri: Accepted as MLflow does, and not used.
    """

    def __init__(
        self,
        tracking_uri: str | None = None,
        registry_uri: str | None = None,
        workspace_store_uri: str | None = None,
    ) -> None:
        del registry_uri, workspace_store_uri
        self._place = active.place(tracking_uri)
        self._store = active.store_at(self._place.path)
        self._known = active.known_of(self._place.path)
        self._known.locations.setdefault("0", f"{self._store.artifacts}/0")

    def __reduce__(self) -> tuple[Any, ...]:
        """Another process opens the same store by itself."""
        return type(self), (self.tracking_uri,)

    @property
    def tracking_uri(self) -> str:
        """The URI of the store."""
        return self._place.uri

    @property
    def store(self) -> Store:
        """The store itself, for those who query it in SQL."""
        return self._store

    def sql(
        self, query: str, params: Sequence[Any] | Mapping[str, Any] | None = None
    ) -> pd.DataFrame:
        """Ask the store in SQL; see ``jupyter_mltrack.sql``."""
        return sql.frame(self._store, query, params)

    def _append(self, event: Event) -> None:
        self._store.append(event)

    def _digests(self, run_id: str, path: str) -> dict[str, list[str]]:
        return queries.artifact_digests(self._store, run_id, path)

    def _runs_of(self, experiment_id: str) -> list[Run]:
        return list(self.search_runs([experiment_id], max_results=PAGE_LIMIT))
