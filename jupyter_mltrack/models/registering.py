"""The seam to the registry: what ``log_model(registered_model_name=…)`` asks of it."""

from __future__ import annotations

from jupyter_mltrack.errors import MltrackException


def check_can_register(name: str | None) -> None:
    """Return if a model can be registered under ``name``; None asks for nothing.

    Called before anything is stored.

    Raises:
        MltrackException: with code NOT_IMPLEMENTED, because this release has no registry.
    """
    if name is None:
        return
    msg = (
        f"The model cannot be registered as {name!r}: the registry is not in this release. Log it"
        " without registered_model_name; it can be loaded as 'runs:/<run_id>/<name>'."
    )
    raise MltrackException(msg, "NOT_IMPLEMENTED")
