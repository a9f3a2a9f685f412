"""Artifacts on this machine: every file whole or absent, and private to its owner.

A file is written under a passing name in the folder it belongs to, synced and renamed. Who is
killed meanwhile leaves a passing name, which is never listed.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from jupyter_mltrack.artifacts.contained import PASSING, checked, contained
from jupyter_mltrack.artifacts.folder import Listing, Noting, Stored
from jupyter_mltrack.entities import FileInfo
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    ResourceDoesNotExist,
    StoreError,
    UnsafePath,
)

_CHUNK = 1 << 20
_SHARED = 0o2070  # setgid, and everything for the group
_NEW_FILE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW


class LocalFolder:
    """The artifact folder ``root``; it is made when the first file comes.

    Args:
        root: Where; relative paths are taken from the working folder of this moment.
    """

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.uri = str(self.root)

    def __repr__(self) -> str:
        return f"LocalFolder({str(self.root)!r})"

    def put(self, source: Path, path: str, note: Noting | None = None) -> Stored:
        """Copy a file in; see `ArtifactFolder.put`."""
        path = checked(path)
        target = contained(self.root, path)
        if not source.is_file():
            msg = f"No such file: '{source}'"
            raise FileNotFoundError(msg)
        with source.open("rb") as content, _complaints(target):
            _make_private_folders(target.parent)
            return _write_whole(content.fileno(), target, path, note)

    def list(self, path: str = "") -> Listing:
        """What is directly in a folder; see `ArtifactFolder.list`."""
        folder = self._place(path)
        if not folder.is_dir():
            return []
        below = checked(path) + "/" if folder != self._place("") else ""
        found = (self._described(entry, below) for entry in os.scandir(folder))
        return sorted((info for info in found if info), key=lambda info: info.path)

    def fetch(self, path: str, destination: Path | None = None) -> Path:
        """Where a file or folder is, or a copy of it; see `ArtifactFolder.fetch`."""
        place = self._place(path)
        if not place.exists():
            msg = f"No such artifact: {path!r} in {self.root}. See list_artifacts() for what is."
            raise ResourceDoesNotExist(msg)
        return place if destination is None else self._copy(path, destination)

    def remove(self) -> None:
        """Delete everything; see `ArtifactFolder.remove`."""
        if self.root.exists():
            shutil.rmtree(self.root)
        with suppress(OSError):  # the folder of the run around it, now empty
            self.root.parent.rmdir()

    def _place(self, path: str) -> Path:
        """Where ``path`` is; the folder itself for ``""`` and ``"."``."""
        return self.root.resolve() if path in {"", "."} else contained(self.root, path)

    def _copy(self, path: str, destination: Path) -> Path:
        """Copy a file, or what `list` shows of a folder, to the same path below ``destination``."""
        place = self._place(path)
        copy = destination if place == self._place("") else contained(destination, path)
        if place.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
            for info in self.list(path):
                self._copy(info.path, destination)
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(place, copy)
        return copy

    def _described(self, entry: os.DirEntry[str], below: str) -> FileInfo | None:
        """The listing of one entry; None for what is being written and for doubtful links.

        A link to a file of this folder is as good as the file. A link to a folder could go round
        in circles.
        """
        path = below + entry.name
        if entry.name.startswith(PASSING):
            return None
        try:
            if entry.is_dir(follow_symlinks=False):
                return FileInfo(path, is_dir=True)
            file = contained(self.root, path)
            size = file.stat().st_size
            return FileInfo(path, is_dir=False, file_size=size) if file.is_file() else None
        except (OSError, UnsafePath):  # or it was removed meanwhile
            return None


def _write_whole(source: int, target: Path, path: str, note: Noting | None) -> Stored:
    """Copy an open file to ``target`` in one step, noted as ``path`` right before."""
    if target.is_dir():  # said before it is noted
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
    passing = target.with_name(f"{PASSING}{secrets.token_hex(8)}")
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(passing, _NEW_FILE, 0o600)
    try:
        os.fchmod(descriptor, 0o640 if _is_shared(target) else 0o600)
        while chunk := os.read(source, _CHUNK):
            digest.update(chunk)
            size += len(chunk)
            _write_all(descriptor, chunk)
        os.fsync(descriptor)
        stored = Stored(path=path, size=size, sha256=digest.hexdigest())
        if note is not None:
            note(stored)
        passing.replace(target)
    except BaseException:
        passing.unlink(missing_ok=True)
        raise
    finally:
        os.close(descriptor)
    _sync_folder(target.parent)
    return stored


def _write_all(descriptor: int, chunk: bytes) -> None:
    done = 0
    while done < len(chunk):
        done += os.write(descriptor, chunk[done:] if done else chunk)


def _is_shared(place: Path) -> bool:
    """Whether a place is in a store that is shared with a group, by the folder of all artifacts."""
    for folder in place.parents:
        if folder.name.endswith(".artifacts"):
            with suppress(OSError):
                return folder.stat().st_mode & _SHARED == _SHARED
    return False


def _make_private_folders(folder: Path) -> None:
    """Make what is missing of ``folder``, open to its owner only, whatever the umask.

    In a shared store the group may write to it, too.
    """
    if folder.is_dir():
        return
    _make_private_folders(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:
        if not folder.is_dir():
            raise
    else:
        folder.chmod(0o2770 if _is_shared(folder) else 0o700)
        _sync_folder(folder.parent)


def _sync_folder(folder: Path) -> None:
    """Put the names in ``folder`` on the disk; without it a rename may be lost with the power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def _complaints(target: Path) -> Iterator[None]:
    """Say in our words why ``target`` cannot be written."""
    try:
        yield
    except (FileExistsError, NotADirectoryError, IsADirectoryError) as error:
        msg = (
            f"Cannot write {target}: a folder has that name already, or a file has the name of a"
            " folder on the way. Choose another artifact path."
        )
        raise InvalidParameterValue(msg) from error
    except OSError as error:
        msg = f"Cannot write the artifact {target}: {error.strerror or error}."
        raise StoreError(msg) from error
