"""Lines of journals that change the registry, and which of them are believed.

A line is believed if the writer of its journal made it: it names the journal that it stands in,
and is spelled as `lines.encode` spells it, to the byte. So nobody can put a change into the mouth
of somebody else, nor write one thing for one JSON parser and another thing for the next. Its clock
and its time must be such as there are: beyond all others, they would stop what comes after.

DuckDB reads believed lines under a mark that is drawn anew in each process: whatever else claims
to be a change of the registry is none.
"""

from __future__ import annotations

from secrets import token_hex

import msgspec

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.events import END_OF_CLOCK, RegistryChange
from jupyter_mltrack.store.lines import encode

#: How such a line begins.
REGISTRY = b'{"op":"registry",'

#: The ``op`` that believed lines have for DuckDB.
MARK = f"registry {token_hex(16)}"

#: In ms since 1970, the year 6429: no clock shows it; DuckDB and Python have it as a date.
END_OF_TIME = 2**47

_MARKED = b'{"op":"%b",' % MARK.encode()
_decode = msgspec.json.Decoder(RegistryChange).decode


def change_in(line: bytes, token: str) -> RegistryChange | None:
    """The change of the registry that a line is; None if it is none that is believed.

    Args:
        line: Without its newline.
        token: That of the journal which it stands in.
    """
    try:
        change = _decode(line)
        is_ours = encode(change) == line + b"\n"
    except (msgspec.MsgspecError, RecursionError, InvalidParameterValue):
        return None
    is_timely = 0 <= change.q < END_OF_CLOCK and 0 <= change.ts < END_OF_TIME
    return change if is_ours and is_timely and change.j == token else None


def marked(line: bytes, token: str) -> bytes | None:
    """The line as DuckDB is to read it; None if it is not believed."""
    if change_in(line, token) is None:
        return None
    return _MARKED + line.removeprefix(REGISTRY)
