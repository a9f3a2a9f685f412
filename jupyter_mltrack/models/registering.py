"""What ``log_model(registered_model_name=…)`` asks of the registry."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from jupyter_mltrack import settings
from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.registry import limits
from jupyter_mltrack.registry.client import RegistryClient
from jupyter_mltrack.registry.fluent import tell

if TYPE_CHECKING:
    from jupyter_mltrack.entities.logged_model import LoggedModel

_log = logging.getLogger("jupyter_mltrack")


def check_can_register(name: str | None) -> None:
    """Return if a model can be registered under ``name``; None asks for nothing.

    Called before anything is stored.

    Raises:
        InvalidParameterValue: if no registered model can be called so.
    """
    if name is not None:
        limits.name(name)


def registered_version(tracking_uri: str, name: str, model: LoggedModel) -> int | None:
    """Register a model that was logged, and say so.

    Args:
        tracking_uri: Its store.
        name: The registered model, which is made if there is none.
        model: The model, READY.

    Returns:
        The number of the version; None if the machine did not let it be registered, which has
        been said: that does not stop the training.
    """
    client = RegistryClient(tracking_uri)
    try:
        made = client.register(model.model_uri, name)
    except StoreError as trouble:
        if settings.strict():
            raise
        _log.warning(
            "The model was logged, but not registered: %s Register it later with"
            " register_model(%r, %r).",
            trouble,
            model.model_uri,
            name,
        )
        return None
    tell(made)
    return made.version.version
