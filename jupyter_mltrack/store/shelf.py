"""The journal folder as a reader sees it: which journals there are, how long, and who lives.

    mltrack.journal/<host>-<pid>-<started>-<token>.ndjson            being written, or just left
    mltrack.journal/sealed/<the same>.<bytes>.ndjson.gz              complete, compressed

A sealed journal is complete and its writer is dead. Its name carries the length of its text.
"""

from __future__ import annotations

import fcntl
import gzip
import logging
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import StoreTooNew
from jupyter_mltrack.events import FORMAT
from jupyter_mltrack.store.journal import make_private
from jupyter_mltrack.store.lock import is_locked

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
        size: Length of its text in bytes, at the time of the look.
        sealed: Whether it is compressed and complete.
    """

    name: str
    path: Path
    size: int
    sealed: bool

    @property
    def token(self) -> str:
        """The token of the journal, last part of its name."""
        return self.name.rpartition("-")[2]

    def alive(self) -> bool:
        """Whether the process that writes it is running."""
        return not self.sealed and is_locked(self.path)

    def text(self, start: int, size: int) -> Iterator[bytes]:
        """The bytes from ``start`` on up to `self.size`, in pieces of about ``size``."""
        with gzip.open(self.path, "rb") if self.sealed else self.path.open("rb") as file:
            file.seek(start)
            left = self.size - start
            while left > 0 and (piece := file.read(min(size, left))):
                left -= len(piece)
                yield piece


class Shelf:
    """The journals of one store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def volumes(self) -> dict[str, Volume]:
        """All journals by name, in the order of their names."""
        found: dict[str, Volume] = {}
        for path, sealed in (*_list(self.folder, _PLAIN), *_list(self.folder / "sealed", _SEALED)):
            if sealed:
                name, _, size = path.name.removesuffix(_SEALED).rpartition(".")
                length = int(size) if size.isdecimal() else 0
            else:
                name = path.name.removesuffix(_PLAIN)
                try:
                    length = path.stat().st_size
                except FileNotFoundError:
                    continue  # sealed by another process since it was listed
            found[name] = Volume(name=name, path=path, size=length, sealed=sealed)
        return dict(sorted(found.items()))

    def check_format(self) -> None:
        """Refuse a store that a newer release wrote.

        Raises:
            StoreTooNew: if its format is higher than ours.
        """
        try:
            found = int((self.folder / "format").read_text("ascii"))
        except (OSError, ValueError):
            return
        if found > FORMAT:
            msg = (
                f"{self.folder} has format {found}; this release of jupyter_mltrack knows up to"
                f" {FORMAT}. Upgrade it: pip install --upgrade jupyter-mltrack. Nothing was changed."
            )
            raise StoreTooNew(msg)

    def seal_all(self, volumes: list[Volume]) -> None:
        """Seal journals that are dead and folded, unless another process is at it."""
        descriptor = os.open(self.folder / "seal.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            for volume in volumes:
                if volume.path.exists():
                    self.seal(volume)
        except OSError as error:  # another process is at it, or the disk is full: next time
            _log.debug("sealing stopped: %s", error)
        finally:
            os.close(descriptor)

    def seal(self, volume: Volume) -> None:
        """Compress a journal that is dead and folded; at every instant one whole copy exists."""
        folder = self.folder / "sealed"
        make_private(folder)
        passing = folder / f"{volume.name}.{os.getpid()}.tmp"
        descriptor = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with (
            volume.path.open("rb") as text,
            os.fdopen(descriptor, "wb") as raw,
            gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=3, mtime=0, filename="") as packed,
        ):
            shutil.copyfileobj(text, packed, 1 << 20)
            packed.close()
            raw.flush()
            os.fsync(raw.fileno())
        passing.rename(folder / f"{volume.name}.{volume.size}{_SEALED}")
        volume.path.unlink(missing_ok=True)


def _list(folder: Path, ending: str) -> list[tuple[Path, bool]]:
    try:
        names = os.listdir(folder)
    except FileNotFoundError:
        return []
    sealed = ending == _SEALED
    return [(folder / name, sealed) for name in names if name.endswith(ending)]
