"""Whether a version of a registered model can be used."""

from __future__ import annotations

from enum import StrEnum

from jupyter_mltrack.errors import InvalidParameterValue


class ModelVersionStatus(StrEnum):
    """A string, too; MLflow's functions for its numbers give and take this."""

    PENDING_REGISTRATION = "PENDING_REGISTRATION"
    FAILED_REGISTRATION = "FAILED_REGISTRATION"
    READY = "READY"

    @classmethod
    def from_string(cls, status_str: str) -> ModelVersionStatus:
        """The status of a name.

        Raises:
            InvalidParameterValue: if there is no such status.

        Example:
            >>> ModelVersionStatus.from_string(version.status) == ModelVersionStatus.READY
            True
        """
        if status_str not in list(cls):
            msg = f"{status_str!r} is no status of a model version; choose from {[*map(str, cls)]}."
            raise InvalidParameterValue(msg)
        return cls(status_str)

    @classmethod
    def to_string(cls, status: str) -> str:
        """The name of a status.

        Raises:
            InvalidParameterValue: if there is no such status.
        """
        return cls.from_string(status).value

    @classmethod
    def all_status(cls) -> list[ModelVersionStatus]:
        """All there are."""
        return list(cls)
