"""Which store is used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jupyter_mltrack.tracking import active
from jupyter_mltrack.tracking.client import TrackingClient

if TYPE_CHECKING:
    from pathlib import Path


def client() -> TrackingClient:
    """The client of the store in use."""
    found: TrackingClient = active.client_of(active.place(), TrackingClient)
    return found


def set_tracking_uri(uri: str | Path) -> None:
    """Use this store from now on, here and in child processes.

    Args:
        uri: A path such as ``"runs.duckdb"``, ``duckdb:///runs.duckdb``, or one of the URIs that
            MLflow's tutorials use (``sqlite:///mlflow.db``, ``file:mlruns``,
            ``http://localhost:5000``), which stand for a DuckDB file here. "" is the nearest one.

    Raises:
        InvalidParameterValue: if it names a remote server or an unknown scheme.
    """
    active.choose_store(uri)


def get_tracking_uri() -> str:
    """The URI of the store in use."""
    return active.place().uri


def is_tracking_uri_set() -> bool:
    """Whether a store was chosen, in code or in the environment."""
    return active.is_chosen()


def set_registry_uri(uri: str) -> None:
    """Accepted as MLflow does: registered models are in the store that runs are in."""
    del uri


def get_registry_uri() -> str:
    """The same as `get_tracking_uri`."""
    return get_tracking_uri()
