"""Whether a version of a registered model can be used."""

from __future__ import annotations

from enum import StrEnum


class ModelVersionStatus(StrEnum):
    """A string, too."""

    PENDING_REGISTRATION = "PENDING_REGISTRATION"
    FAILED_REGISTRATION = "FAILED_REGISTRATION"
    READY = "READY"
