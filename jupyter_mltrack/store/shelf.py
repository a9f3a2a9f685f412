"""The journal folder as a reader sees it: which journals there are, how long, and who lives.

    mltrack.journal/<host>-<pid>-<started>-<token>.ndjson            being written, or just left
    mltrack.journal/sealed/<the same>.<bytes>.ndjson.gz              complete, compressed

A sealed journal is complete and its writer is dead. Its name carries the length of its text.
Journals are sealed without the store's lock, so a reader finds one in its old place or its new.
"""

from __future__ import annotations

import fcntl
import logging
import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import StoreTooNew
from jupyter_mltrack.events import FORMAT
from jupyter_mltrack.store.archive import pack, unpack
from jupyter_mltrack.store.journal import noted_format, sync_folder
from jupyter_mltrack.store.lock import is_locked
from jupyter_mltrack.store.sharing import is_its_own, is_shared, make_folder, open_common, open_own

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_log = logging.getLogger("jupyter_mltrack")

_PLAIN = ".ndjson"
_SEALED = ".ndjson.gz"


@dataclass(frozen=True, slots=True, kw_only=True)
class Volume:
    """One journal on the shelf.

    Attributes:
        name: File name without ending.
        path: Where it is.
        alive: Whether its writer was running. It is looked up before the size: what a dead
            writer wrote lies within `size`, to the last byte.
        size: Length of its text in bytes, at the time of the look.
        owner: Uid that the file belongs to.
        sealed: Whether it is compressed and complete.
    """

    name: str
    path: Path
    alive: bool
    size: int
    owner: int
    sealed: bool

    @property
    def folder(self) -> Path:
        """The journal folder of the store."""
        return self.path.parent.parent if self.sealed else self.path.parent

    @property
    def token(self) -> str:
        """The token of the journal, last part of its name."""
        return self.name.rpartition("-")[2]

    def text(self, start: int, end: int, size: int) -> Iterator[bytes]:
        """The bytes from ``start`` up to ``end``, in pieces of ``size`` at most, or 1 MB.

        What a damaged archive does not give is zeros.
        """
        left = end - start
        for piece in self._from(start, size):
            yield piece[:left]
            left -= len(piece)
            if left <= 0:
                return

    def _from(self, start: int, size: int) -> Iterator[bytes]:
        if self.sealed:
            yield from unpack(self.path, self.size, start)
            return
        try:
            file = self.path.open("rb", buffering=0)
        except FileNotFoundError:  # it was sealed since it was listed
            archive = _sealed_path(self.path.parent, self.name, self.size)
            yield from unpack(archive, self.size, start)
            return
        with file:
            file.seek(start)
            while piece := file.read(size):
                yield piece


class Shelf:
    """The journals of one store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def make(self) -> None:
        """Make the folder if it is missing; see `sharing.make_folder`."""
        make_folder(self.folder)

    def volumes(self) -> dict[str, Volume]:
        """All journals by name, in the order of their names."""
        while True:
            with suppress(FileNotFoundError):  # one was sealed since it was listed: look again
                plain = [_plain(path) for path in _list(self.folder, _PLAIN)]
                sealed = [_sealed(path) for path in _list(self.folder / "sealed", _SEALED)]
                found = [*sealed, *plain]
                if is_shared(self.folder):
                    found = [one for one in found if is_its_own(one.token, one.owner)]
                return {one.name: one for one in sorted(found, key=lambda one: one.name)}

    def check_format(self) -> None:
        """Refuse a store that a newer release wrote.

        Raises:
            StoreTooNew: if its format is higher than ours.
        """
        found = noted_format(self.folder)
        if found > FORMAT:
            msg = (
                f"{self.folder} has format {found}; this release of jupyter_mltrack knows up to"
                f" {FORMAT}. Upgrade it: pip install --upgrade jupyter-mltrack."
                " Nothing was changed."
            )
            raise StoreTooNew(msg)

    def seal_all(self, volumes: list[Volume]) -> None:
        """Seal journals that are dead and folded, unless another process is at it."""
        try:
            with _locked(self.folder / "seal.lock"):
                mine = {os.geteuid()} if is_shared(self.folder) else None
                for volume in volumes:
                    if volume.path.exists() and (mine is None or volume.owner in mine):
                        self.seal(volume)
        except OSError as error:  # another process is at it, or the disk is full: next time
            _log.debug("sealing stopped: %s", error)

    def seal(self, volume: Volume) -> None:
        """Compress a journal that is dead and folded; at every instant one whole copy exists."""
        folder = self.folder / "sealed"
        make_folder(folder)
        passing = folder / f"passing-{os.geteuid()}.tmp"
        descriptor = open_own(passing, os.O_WRONLY | os.O_TRUNC, self.folder)
        with (
            volume.path.open("rb") as text,
            os.fdopen(descriptor, "wb") as archive,
        ):
            fcntl.flock(text, fcntl.LOCK_SH | fcntl.LOCK_NB)  # fails if it is alive after all
            size = pack(text, archive)
            archive.flush()
            os.fsync(archive.fileno())
        passing.rename(_sealed_path(self.folder, volume.name, size))
        with suppress(OSError):  # not every file system can
            sync_folder(folder)
            sync_folder(self.folder)  # the name of the other one
        volume.path.unlink(missing_ok=True)


def _list(folder: Path, ending: str) -> list[Path]:
    try:
        return [path for path in folder.iterdir() if path.name.endswith(ending)]
    except FileNotFoundError:
        return []


def _plain(path: Path) -> Volume:
    """Raises FileNotFoundError if it is gone."""
    alive = is_locked(path)
    found = path.stat()
    name = path.name.removesuffix(_PLAIN)
    return Volume(
        name=name, path=path, alive=alive, size=found.st_size, owner=found.st_uid, sealed=False
    )


def _sealed(path: Path) -> Volume:
    name, _, size = path.name.removesuffix(_SEALED).rpartition(".")
    length = int(size) if size.isdecimal() else 0
    owner = path.stat().st_uid
    return Volume(name=name, path=path, alive=False, size=length, owner=owner, sealed=True)


def _sealed_path(folder: Path, name: str, size: int) -> Path:
    return folder / "sealed" / f"{name}.{size}{_SEALED}"


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Hold a lock file; raises BlockingIOError if another process does."""
    descriptor = open_common(path, os.O_RDWR)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        fcntl.flock(descriptor, fcntl.LOCK_UN)  # closing is not enough if a child was forked
        os.close(descriptor)
