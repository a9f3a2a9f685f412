"""A file of a run, as a listing shows it."""

from __future__ import annotations

from dataclasses import dataclass

from jupyter_mltrack.entities._record import Record


@dataclass(frozen=True, slots=True)
class FileInfo(Record):
    """A file or folder below a run's artifact folder.

    Attributes:
        path: Relative to the artifact folder, with ``/``.
        is_dir: Whether it is a folder.
        file_size: In bytes; None for a folder.
    """

    path: str
    is_dir: bool
    file_size: int | None = None
