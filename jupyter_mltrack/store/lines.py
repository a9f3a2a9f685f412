"""Journal lines: how an event becomes bytes, and how bytes are checked before they are believed.

A line is ``{"op":"metric",…,"c":3735928559}`` and a newline. ``c`` is the CRC-32 of the bytes
before ``,"c":``. A line that fails the check may still hold whole records (a newline was lost,
a block was zeroed, a byte order mark was put in front), so it is searched for them; what is left
is damage, reported with its place.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zlib import crc32

import msgspec

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.events import MAX_LINE

if TYPE_CHECKING:
    from jupyter_mltrack.events import Event


def _plain(value: object) -> str:
    """NumPy, PyTorch and others have strings of their own class."""
    if isinstance(value, str):
        return str(value)
    msg = f"{type(value).__name__} is no part of an event"
    raise TypeError(msg)


_encode = msgspec.json.Encoder(enc_hook=_plain).encode
_START = b'{"op":"'
_CRC = b',"c":'


class Damage(NamedTuple):
    """Bytes of a journal that are no record: where, how many, and how they begin."""

    offset: int
    length: int
    excerpt: str


def encode(event: Event) -> bytes:
    """An event as one journal line.

    Raises:
        InvalidParameterValue: if it holds what JSON cannot, such as half of a surrogate pair.
    """
    try:
        body = _encode(event)[:-1]
    except (UnicodeEncodeError, OverflowError, TypeError) as error:
        msg = f"This {type(event).__name__.lower()} cannot be stored: {error}."
        raise InvalidParameterValue(msg) from error
    return b'%b,"c":%d}\n' % (body, crc32(body))


def is_whole(line: bytes) -> bool:
    """Whether ``line`` (without its newline) is one undamaged record."""
    body, _, tail = line.rpartition(_CRC)
    return tail == b"%d}" % crc32(body) and line.startswith(_START)


def shortened(line: bytes) -> bytes:
    """A line as an archive keeps it: without its checksum, or behind a ``!`` if that is wrong."""
    if is_whole(line):
        return line[: line.rindex(_CRC)] + b"}"
    return line and b"!" + line


def completed(line: bytes) -> bytes:
    """The line that was `shortened`."""
    if not line or line.startswith(b"!"):
        return line[1:]
    body = line[:-1]
    return b'%b,"c":%d}' % (body, crc32(body))


def check(data: bytes, offset: int = 0) -> tuple[list[bytes], list[Damage]]:
    """Separate the records in ``data`` from damage.

    Args:
        data: Whole lines, as read from a journal.
        offset: Place of ``data`` in the journal, in bytes.

    Returns:
        The records, each without its newline, and the damaged pieces.
    """
    lines = data.split(b"\n")
    if not lines[-1]:
        lines.pop()
    if all(map(is_whole, lines)):
        return lines, []
    good: list[bytes] = []
    bad: list[Damage] = []
    for line in lines:
        if is_whole(line):
            good.append(line)
        else:
            records, damage = _salvage(line, offset)
            good += records
            bad += damage
        offset += len(line) + 1
    return good, bad


def _salvage(line: bytes, offset: int) -> tuple[list[bytes], list[Damage]]:
    """The whole records inside a line that is none, and the rest."""
    good: list[bytes] = []
    bad: list[Damage] = []
    begin = 0
    while begin < len(line):
        start = line.find(_START, begin)
        end = len(line) if start < 0 else start
        if line[begin:end].strip(b"\r\t \xef\xbb\xbf"):
            bad.append(damaged(line[begin:end], offset + begin))
        if start < 0:
            break
        if begin := _end_of_record(line, start):
            good.append(line[start:begin])
        else:
            following = line.find(_START, start + 1)
            begin = following if following >= 0 else len(line)
            bad.append(damaged(line[start:begin], offset + start))
    return good, bad


def _end_of_record(line: bytes, start: int) -> int:
    """Where the whole record that begins at ``start`` ends; 0 if none does.

    A field of a nested object may be called ``c`` too, so every place is tried.
    """
    checksum = 0
    done = start
    while (mark := line.find(_CRC, done + 1, start + MAX_LINE)) >= 0:
        checksum = crc32(line[done:mark], checksum)
        done = mark
        tail = b"%d}" % checksum
        if line.startswith(tail, mark + len(_CRC)):
            return mark + len(_CRC) + len(tail)
    return 0


def damaged(piece: bytes, offset: int) -> Damage:
    """A piece of a journal that is no record."""
    return Damage(offset, len(piece), piece[:80].decode("utf-8", "replace"))
