"""The files of a model's folder, told apart by one digest: a changed byte changes it.

What is not counted is never used either: the signature that is made of the digest, files that are
still being written, and what Python compiled from code of the folder. MLflow imports that code
where it lies; here it runs from a copy of the sources alone (`code_paths`).
"""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from jupyter_mltrack.artifacts.contained import PASSING, contained
from jupyter_mltrack.errors import StoreError, UnsafePath

#: Beside ``MLmodel``; MLflow looks only at files that ``MLmodel`` names.
SIGNATURE_FILE = "mltrack_signature.json"

#: Where MLflow puts bundled code, and what Python leaves in it.
CODE_FOLDER = "code"
COMPILED = "__pycache__"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contents:
    """What is in a model's folder.

    Attributes:
        files: SHA-256 in hexadecimal by path relative to the folder, in the order of the paths.
    """

    files: Mapping[str, str]

    @classmethod
    def of(cls, folder: Path) -> Contents:
        """Read all files of a folder.

        Raises:
            UnsafePath: if a link leads out of it or to a folder, or a name means another place.
            StoreError: if a file cannot be read.
        """
        try:
            found = sorted((path, _sha256(file)) for path, file in files_of(folder))
        except OSError as error:
            msg = f"Cannot read the model in {folder}: {error}."
            raise StoreError(msg) from error
        return cls(files=dict(found))

    @property
    def text(self) -> bytes:
        """The list of files in one spelling."""
        return json.dumps(sorted(self.files.items()), separators=(",", ":")).encode()

    @property
    def digest(self) -> str:
        """The SHA-256 of the list of files, in hexadecimal."""
        return hashlib.sha256(self.text).hexdigest()


def files_of(folder: Path) -> Iterator[tuple[str, Path]]:
    """The files that count, each with its path relative to the folder.

    Raises:
        UnsafePath: as `Contents.of`.
    """
    for path, entry in _entries(folder, ""):
        if path == SIGNATURE_FILE:
            continue
        file = contained(folder, path)
        if not stat.S_ISREG(file.stat().st_mode):
            msg = (
                f"{path!r} in the model's folder {folder} is neither a file nor a folder"
                f"{', but a link to a folder' if entry.is_symlink() else ''}. Remove it."
            )
            raise UnsafePath(msg)
        yield path, file


def is_counted(path: str) -> bool:
    """Whether a file counts, by its path in the folder."""
    return path != SIGNATURE_FILE and not _is_compiled(path)


def _entries(folder: Path, below: str) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """Everything but folders, whose entries come instead."""
    with os.scandir(folder) as found:
        for entry in found:
            path = below + entry.name
            if entry.name.startswith(PASSING) or _is_compiled(path):
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _entries(Path(entry.path), f"{path}/")
            else:
                yield path, entry


def _is_compiled(path: str) -> bool:
    first, *others = path.split("/")
    return first == COMPILED or (first == CODE_FOLDER and COMPILED in others)


def _sha256(file: Path) -> str:
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()
