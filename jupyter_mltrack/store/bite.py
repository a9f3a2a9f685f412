"""What one transaction folds: stretches of journals, their lines checked and laid out for DuckDB.

Journals are read, checked and passed on in small pieces, so that little memory is touched: to
touch a page for the first time costs more than to check the lines on it.
"""

from __future__ import annotations

import os
from tempfile import NamedTemporaryFile
from typing import IO, TYPE_CHECKING, NamedTuple

from jupyter_mltrack.store.lines import Damage, check, damaged
from jupyter_mltrack.store.registry_lines import REGISTRY, marked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jupyter_mltrack.store.shelf import Volume

#: Bytes of journal text in one transaction.
BITE = 40_000_000

_PIECE = 500_000
_POINT = b'{"op":"metric",'


class Stretch(NamedTuple):
    """Whole lines of a journal, from one byte up to another."""

    volume: Volume
    start: int
    end: int

    def pieces(self) -> Iterator[tuple[int, bytes]]:
        """Its lines in pieces, each with its place; a last line without its end comes alone."""
        start, rest = self.start, [b""]
        for text in self.volume.text(self.start, self.end, min(_PIECE, BITE)):
            cut = text.rfind(b"\n") + 1
            if cut:
                lines = b"".join((*rest, text[:cut]))
                yield start, lines
                start, rest = start + len(lines), []
            rest.append(text[cut:])
        if last := b"".join(rest):
            yield start, last

    def halves(self) -> list[Stretch]:
        """Two stretches that hold the same, or none if it is a single line."""
        text = b"".join(self.volume.text(self.start, self.end, _PIECE))
        middle = len(text) // 2
        cut = (text.find(b"\n", middle, -1) + 1) or (text.rfind(b"\n", 0, middle) + 1)
        if not cut:
            return []
        middle = self.start + cut
        return [self._replace(end=middle), self._replace(start=middle)]


class Bite:
    """Stretches of journals and what they hold, checked.

    Attributes:
        stretches: What is folded, in order.
        size: Length of their text in bytes.
        points: The points of metrics, for DuckDB to read.
        others: All other events.
        ops: The kinds of the others.
        damage: What is no record: the journal's name and the piece.
    """

    def __init__(self) -> None:
        self.stretches: list[Stretch] = []
        self.size = 0
        self.points = Records()
        self.others = Records()
        self.ops: set[bytes] = set()
        self.damage: list[tuple[str, Damage]] = []

    def add(self, volume: Volume, start: int, lines: bytes) -> None:
        """Check the lines at ``start`` of a journal and sort them out."""
        self._note(Stretch(volume, start, start + len(lines)))
        good, bad = check(lines, start)
        points = [line for line in good if line.startswith(_POINT)]
        if len(points) == len(good) and not bad:
            self.points.write(lines)
            return
        self.points.write(b"\n".join(points))
        others = [line for line in good if not line.startswith(_POINT)]
        self.ops.update(line.split(b'"', 4)[3] for line in others)
        if any(line.startswith(REGISTRY) for line in others):
            others = self._believed(volume, others, start, lines)
        self.others.write(b"\n".join(others))
        self.damage += [(volume.name, piece) for piece in bad]

    def _believed(self, volume: Volume, lines: list[bytes], start: int, text: bytes) -> list[bytes]:
        """The lines as DuckDB is to read them; changes of the registry that lie are damage."""
        found = []
        for line in lines:
            read = marked(line, volume.token) if line.startswith(REGISTRY) else line
            if read is None:
                self.damage.append((volume.name, damaged(line, start + text.find(line))))
            else:
                found.append(read)
        return found

    def parts(self) -> Iterator[Bite]:
        """Two bites that hold the same; of a single line, one that does not believe it."""
        middle = len(self.stretches) // 2
        if middle:
            yield from map(_checked, (self.stretches[:middle], self.stretches[middle:]))
        elif halves := self.stretches[0].halves():
            yield from (_checked([half]) for half in halves)
        else:
            yield self._as_damage()

    def _as_damage(self) -> Bite:
        bite = Bite()
        for stretch in self.stretches:
            for start, lines in stretch.pieces():
                bite.damage.append((stretch.volume.name, damaged(lines, start)))
            bite._note(stretch)
        return bite

    def close(self) -> None:
        """Let go of the memory."""
        self.points.close()
        self.others.close()

    def _note(self, stretch: Stretch) -> None:
        self.size += stretch.end - stretch.start
        last = self.stretches[-1] if self.stretches else None
        if last and last.volume is stretch.volume:
            self.stretches[-1] = last._replace(end=stretch.end)
        else:
            self.stretches.append(stretch)


class Records:
    """Lines that DuckDB can read: in memory, because the disk may be full.

    Where the system has no files in memory they are in the folder for temporary files.
    """

    def __init__(self) -> None:
        self._file: IO[bytes] | None = None

    def write(self, lines: bytes) -> None:
        """Add lines; nothing is done for none."""
        if lines:
            self._file = self._file or _scratch()
            self._file.write(lines)
            if not lines.endswith(b"\n"):
                self._file.write(b"\n")

    def path(self) -> str:
        """Where they can be read."""
        self._file = self._file or _scratch()
        self._file.flush()
        name = self._file.name
        return name if isinstance(name, str) else f"/proc/self/fd/{name}"

    def __bool__(self) -> bool:
        """Whether there are any."""
        return self._file is not None and self._file.tell() > 0

    def close(self) -> None:
        """Give the memory back."""
        if self._file:
            self._file.close()


def bites(behind: list[tuple[Volume, int]]) -> Iterator[Bite]:
    """What is to be folded: of each journal all from the byte on that stands with it.

    If it is much, each bite is made in a thread while the one before is in use.
    """
    much = sum(volume.size - mark for volume, mark in behind) > BITE
    return _ahead(_taken(behind)) if much else _taken(behind)


def _taken(behind: list[tuple[Volume, int]]) -> Iterator[Bite]:
    bite = Bite()
    for volume, mark in behind:
        for start, lines in Stretch(volume, mark, volume.size).pieces():
            if lines.endswith(b"\n") or not volume.alive:  # else its writer has not finished it
                bite.add(volume, start, lines)
            if bite.size >= BITE:
                yield bite
                bite = Bite()
    if bite.stretches:
        yield bite


def _ahead(coming: Iterator[Bite]) -> Iterator[Bite]:
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(1, thread_name_prefix="mltrack-check") as pool:
        following = pool.submit(next, coming, None)
        try:
            while (bite := following.result()) is not None:
                following = pool.submit(next, coming, None)
                yield bite
        finally:
            if (unused := following.result()) is not None:
                unused.close()


def _checked(stretches: list[Stretch]) -> Bite:
    bite = Bite()
    for stretch in stretches:
        for start, lines in stretch.pieces():
            bite.add(stretch.volume, start, lines)
    return bite


def _scratch() -> IO[bytes]:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("mltrack-bite"), "wb")
    return NamedTemporaryFile("wb", prefix="mltrack-bite-")
