"""A disk that loses its power: what was synced is there afterwards, of the rest anything may be.

`Disk` watches a folder while a scenario runs in this process: before each call that changes the
file system it takes a picture of what is there and of what is safe. Safe is the content of a file
when it was last synced, and the list of names in a folder when the folder was last synced, as
POSIX has it: not even that a new file has a name is safe before its folder was synced.

`Crash.leave` makes the folder as it may be found after the power came back. DuckDB writes without
asking Python, and syncs what it likes: of its file any state is tried, none included.
"""

from __future__ import annotations

import os
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pytest

#: Calls that change what is on a disk, or make it safe.
CALLS = "write fsync rename replace unlink mkdir ftruncate".split()

Names = dict[str, int]  # of a folder: number of the file or folder with that name


class Picture(NamedTuple):
    """Folders (their names) and files (their bytes), each by its number."""

    folders: dict[int, Names]
    files: dict[int, bytes]


class Way(NamedTuple):
    """How much the disk kept of what was not safe.

    Attributes:
        names: Which folders have their latest names: ``all``, ``none``, ``upper`` (the watched one
            and those directly in it).
        bytes: What files hold beyond what is safe: ``all``, ``half``, ``zeros``, ``none``.
        database: What is left of DuckDB's file: ``all``, ``half``, ``none``.
    """

    names: str
    bytes: str
    database: str


WAYS = [
    Way("none", "none", "none"),
    Way("all", "none", "none"),
    Way("all", "none", "all"),
    Way("upper", "all", "none"),
    Way("all", "half", "half"),
    Way("all", "zeros", "none"),
    Way("none", "all", "all"),
    Way("all", "all", "all"),
]


class Crash(NamedTuple):
    """A moment at which the power may go.

    Attributes:
        before: The call that did not happen any more.
        top: Number of the watched folder.
        now: What is there.
        safe: What is safe.
        said: What the scenario had been promised by then.
    """

    before: str
    top: int
    now: Picture
    safe: Picture
    said: tuple[Any, ...]

    def leave(self, folder: Path, way: Way) -> None:
        """Make ``folder`` as this crash leaves it."""
        self._put(self.top, folder, way, 0)

    def _put(self, number: int, place: Path, way: Way, depth: int) -> None:
        kept = way.names == "all" or (way.names == "upper" and depth < 2)
        names = (self.now if kept else self.safe).folders.get(number, {})
        place.mkdir(parents=True)
        for name, child in names.items():
            if child in self.now.folders or child in self.safe.folders:
                self._put(child, place / name, way, depth + 1)
            elif (data := self._left(child, name, way)) is not None:
                (place / name).write_bytes(data)

    def _left(self, number: int, name: str, way: Way) -> bytes | None:
        now = self.now.files.get(number, b"")
        if ".duckdb" in name:
            return {"all": now, "half": now[: len(now) // 2], "none": None}[way.database]
        safe = self.safe.files.get(number, b"")
        more = now.removeprefix(safe)
        half = more[: len(more) // 2]
        kept = {"all": more, "half": half, "zeros": bytes(len(more)), "none": b""}[way.bytes]
        return safe + kept if now.startswith(safe) or not kept else kept


class Disk:
    """Watches ``top`` and remembers every moment at which the power may go."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.crashes: list[Crash] = []
        self.said: tuple[Any, ...] = ()
        self._lock = threading.RLock()
        self._safe = Picture({}, {})
        self._kept_open: dict[int, int] = {}

    def say(self, promised: Any) -> None:
        """From now on this must survive."""
        with self._lock:
            self.said = (*self.said, promised)

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Record what happens meanwhile; the watched folder is safe as it is now."""
        with pytest.MonkeyPatch.context() as patched:
            self._safe = self._look()
            for name in CALLS:
                patched.setattr(os, name, self._recorded(name, getattr(os, name)))
            yield
        self._remember("the end")
        for descriptor in self._kept_open.values():
            os.close(descriptor)

    def _recorded(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*arguments: Any, **named: Any) -> Any:
            with self._lock:
                self._remember(name)
                result = call(*arguments, **named)
                if name == "fsync":
                    self._make_safe(arguments[0])
                return result

        return recorded

    def _remember(self, before: str) -> None:
        now = self._look()
        safe = Picture(dict(self._safe.folders), dict(self._safe.files))
        self.crashes.append(Crash(before, self._number(self.top), now, safe, self.said))

    def _make_safe(self, descriptor: int) -> None:
        found = os.fstat(descriptor)
        now = self._look()
        kind = "folders" if stat.S_ISDIR(found.st_mode) else "files"
        if found.st_ino in (there := getattr(now, kind)):
            getattr(self._safe, kind)[found.st_ino] = there[found.st_ino]

    def _look(self) -> Picture:
        picture = Picture({}, {})
        for place, folders, files in os.walk(self.top):
            here = Path(place)
            numbers = {name: self._number(here / name) for name in (*folders, *files)}
            picture.folders[self._number(here)] = numbers
            for name in files:
                picture.files[numbers[name]] = (here / name).read_bytes()
        return picture

    def is_safe(self, path: Path) -> bool:
        """Whether a file would be found as it is now."""
        with self._lock:
            safe = self._safe.files.get(path.stat().st_ino)
            listed = self._safe.folders.get(path.parent.stat().st_ino, {})
            return safe == path.read_bytes() and path.name in listed

    def _number(self, path: Path) -> int:
        """Of a file or folder; it stays open, so that no other gets its number."""
        number = path.stat().st_ino
        if number not in self._kept_open:
            self._kept_open[number] = os.open(path, os.O_RDONLY)
        return number
