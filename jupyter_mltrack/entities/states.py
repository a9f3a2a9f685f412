"""Closed sets: what a run can be, what a search can show, where code can come from."""

from __future__ import annotations

from jupyter_mltrack.errors import InvalidParameterValue


class RunStatus:
    """The states of a run, by MLflow's numbers."""

    RUNNING, SCHEDULED, FINISHED, FAILED, KILLED = 1, 2, 3, 4, 5

    _NAMES = ("RUNNING", "SCHEDULED", "FINISHED", "FAILED", "KILLED")
    _TERMINATED = frozenset({FINISHED, FAILED, KILLED})

    @classmethod
    def from_string(cls, status_str: str) -> int:
        """The number of a state.

        Raises:
            InvalidParameterValue: if there is no such state.
        """
        if status_str not in cls._NAMES:
            msg = (
                f"Could not get run status corresponding to string {status_str}."
                f" Valid run status strings: {list(cls._NAMES)}"
            )
            raise InvalidParameterValue(msg)
        return cls._NAMES.index(status_str) + 1

    @classmethod
    def to_string(cls, status: int) -> str:
        """The name of a state.

        Raises:
            InvalidParameterValue: if there is no such state.
        """
        if status not in cls.all_status():
            msg = f"Could not get string corresponding to run status {status}."
            raise InvalidParameterValue(msg)
        return cls._NAMES[status - 1]

    @classmethod
    def is_terminated(cls, status: int) -> bool:
        """Whether a run in this state has ended."""
        return status in cls._TERMINATED

    @classmethod
    def all_status(cls) -> list[int]:
        """All states."""
        return list(range(1, len(cls._NAMES) + 1))


class LifecycleStage:
    """Whether something is in use or in the bin."""

    ACTIVE = "active"
    DELETED = "deleted"


class ViewType:
    """Which lifecycle stages a search shows."""

    ACTIVE_ONLY, DELETED_ONLY, ALL = 1, 2, 3

    _NAMES = ("active_only", "deleted_only", "all")

    @classmethod
    def from_string(cls, view_str: str) -> int:
        """The number of a view.

        Raises:
            InvalidParameterValue: if there is no such view.
        """
        if view_str.lower() not in cls._NAMES:
            msg = f"{view_str!r} is no view; choose from {list(cls._NAMES)}."
            raise InvalidParameterValue(msg)
        return cls._NAMES.index(view_str.lower()) + 1

    @classmethod
    def to_string(cls, view_type: int) -> str:
        """The name of a view.

        Raises:
            InvalidParameterValue: if there is no such view.
        """
        if view_type not in (1, 2, 3):
            msg = f"{view_type!r} is no view; choose ACTIVE_ONLY, DELETED_ONLY or ALL."
            raise InvalidParameterValue(msg)
        return cls._NAMES[view_type - 1]


class SourceType:
    """Where the code of a run came from."""

    NOTEBOOK, JOB, PROJECT, LOCAL, UNKNOWN = 1, 2, 3, 4, 5

    _NAMES = ("NOTEBOOK", "JOB", "PROJECT", "LOCAL", "UNKNOWN")

    @classmethod
    def from_string(cls, source_type: str) -> int:
        """The number of a source type; UNKNOWN for any other string."""
        return cls._NAMES.index(source_type) + 1 if source_type in cls._NAMES else cls.UNKNOWN

    @classmethod
    def to_string(cls, source_type: int) -> str:
        """The name of a source type."""
        return cls._NAMES[source_type - 1]
