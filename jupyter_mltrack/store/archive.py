"""A sealed journal: gzip, in members that are found, read and checked one by one.

The lines of a member lose their checksum, because gzip checks the member; it is put back when the
archive is read, so what is read is the journal's text to the byte. A line that is no whole record
is kept as it is, behind a ``!``. ``zcat`` shows the events as JSON.

The header of each member has an extra field (RFC 1952, 2.3.1.1) called ``ml``: the length of the
member, of the journal's text in it, and a CRC-32 of these two. So damage costs one member, about
5,000 lines, and nothing behind it; only the places of lines between two damaged headers are unsure.
"""

from __future__ import annotations

import logging
import mmap
import struct
import zlib
from typing import IO, TYPE_CHECKING, NamedTuple
from zlib import crc32

from jupyter_mltrack.store.lines import completed, shortened

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_log = logging.getLogger("jupyter_mltrack")

_MEMBER = 1_000_000  # bytes of text in one
_LEVEL = 8  # of 1 to 9: level 6 takes half as long and a tenth more space; 9 saves no more
_MAGIC = b"\x1f\x8b\x08\x04\0\0\0\0\0\xff" + struct.pack("<H2sH", 16, b"ml", 12)
_LENGTHS = struct.Struct("<LL")
_HEAD = len(_MAGIC) + _LENGTHS.size + 4
_TAIL = 8


class _Member(NamedTuple):
    """Where a member is in the archive, its length, and that of its text."""

    place: int
    length: int
    text: int


def pack(text: IO[bytes], archive: IO[bytes]) -> int:
    """Write all of a journal to an archive; return the length of its text in bytes."""
    done = 0
    while lines := b"".join(text.readlines(_MEMBER)):
        archive.write(_packed(lines))
        done += len(lines)
    return done


def unpack(path: Path, size: int, start: int = 0) -> Iterator[bytes]:
    """The text of the journal that was packed, in pieces.

    Args:
        path: The archive.
        size: Length of the text in bytes.
        start: From which byte of the text on.

    Yields:
        Pieces of about 1 MB, together ``size - start`` bytes. What a damaged archive does not
        give is zeros.
    """
    if not path.stat().st_size:
        yield bytes(size - start)
        return
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as archive:
        place = 0
        for piece in _pieces(archive, size):
            if place + len(piece) > start:
                yield piece[max(0, start - place) :]
            place += len(piece)


def _packed(lines: bytes) -> bytes:
    text = b"\n".join(map(shortened, lines.split(b"\n")))
    packer = zlib.compressobj(_LEVEL, wbits=-zlib.MAX_WBITS, strategy=zlib.Z_FILTERED)
    body = packer.compress(text) + packer.flush()
    lengths = _LENGTHS.pack(_HEAD + len(body) + _TAIL, len(lines))
    check = struct.pack("<L", crc32(lengths))
    return _MAGIC + lengths + check + body + struct.pack("<LL", crc32(text), len(text))


def _pieces(archive: mmap.mmap, size: int) -> Iterator[bytes]:
    members = list(_members(archive))
    lost = size - sum(member.text for member in members)
    place = 0
    for member in members:
        if lost > 0 and member.place != place:  # headers were damaged before this one
            yield bytes(lost)
            lost = 0
        yield _unpacked(archive, member)
        place = member.place + member.length
    if lost > 0:
        _log.warning("A sealed journal is damaged: %d bytes are lost", lost)
        yield bytes(lost)


def _members(archive: mmap.mmap) -> Iterator[_Member]:
    """All members whose header is undamaged."""
    place = archive.find(_MAGIC)
    while place >= 0:
        following = place + 1
        lengths = archive[place + len(_MAGIC) : place + _HEAD - 4]
        if archive[place + _HEAD - 4 : place + _HEAD] == struct.pack("<L", crc32(lengths)):
            member = _Member(place, *_LENGTHS.unpack(lengths))
            yield member
            following = place + member.length
        place = archive.find(_MAGIC, following)


def _unpacked(archive: mmap.mmap, member: _Member) -> bytes:
    packed = archive[member.place + _HEAD : member.place + member.length]
    try:
        text = zlib.decompress(packed[:-_TAIL], wbits=-zlib.MAX_WBITS)
    except zlib.error:
        text = b""
    if packed[-_TAIL:] == struct.pack("<LL", crc32(text), len(text)):
        lines = b"\n".join(map(completed, text.split(b"\n")))
        if len(lines) == member.text:
            return lines
    _log.warning("A sealed journal is damaged: %d bytes are lost", member.text)
    return bytes(member.text)
