"""The seam of artifact storage: a folder that takes whole files, lists them and gives them back.

`LocalFolder` keeps them on this machine, `RemoteFolder` wherever fsspec reaches; `open_folder`
chooses by the URI.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from jupyter_mltrack.entities import FileInfo

Listing = list[FileInfo]

#: Told of a file that is complete and about to take its place.
Noting = Callable[["Stored"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """A file that is in an artifact folder, whole.

    Attributes:
        path: Relative to the folder, with ``/``.
        size: In bytes.
        sha256: Of its content, in hexadecimal.
    """

    path: str
    size: int
    sha256: str


class ArtifactFolder(Protocol):
    """The files of one run, or of one model.

    Attributes:
        uri: Where it is: a path on this machine, or a URI.
    """

    uri: str

    def put(self, source: Path, path: str, note: Noting | None = None) -> Stored:
        """Copy the file ``source`` to ``path``; it is there whole, or not at all.

        A file that has this path already is replaced. ``note`` is called before that wherever
        possible, so that a process that dies in between leaves no file nobody knows of.

        Raises:
            UnsafePath: if ``path`` would leave the folder.
            InvalidParameterValue: if ``path`` is taken by a folder, or goes through a file.
            FileNotFoundError: if there is no file ``source``.
            StoreError: if the folder does not take the file, such as when the disk is full.
        """
        ...

    def list(self, path: str = "") -> Listing:
        """What is directly in ``path``, sorted by name; nothing if there is no such folder."""
        ...

    def fetch(self, path: str, destination: Path | None = None) -> Path:
        """Bring a file, or a folder with all below it, to this machine.

        Args:
            path: What to bring; ``""`` is everything.
            destination: A folder, made if missing; the files keep their paths below it. None
                leaves the choice to the implementation: local files are used where they are.

        Returns:
            Where ``path`` is now.

        Raises:
            ResourceDoesNotExist: if there is nothing at ``path``.
        """
        ...

    def remove(self) -> None:
        """Delete the folder and all that is in it; nothing happens if there is none."""
        ...
