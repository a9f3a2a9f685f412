"""The changes of the registry as the journals themselves have them, without the database."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import msgspec

from jupyter_mltrack.events import Opened, RegistryChange
from jupyter_mltrack.store.bite import Stretch
from jupyter_mltrack.store.lines import check
from jupyter_mltrack.store.registry_lines import END_OF_TIME, REGISTRY, change_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jupyter_mltrack.store.shelf import Volume

_HINT = b'"registry"'
_LONG = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A change in a journal.

    Attributes:
        journal: Name of the journal.
        change: The change.
        opened: Uid that the head of the journal names; None if it has none.
    """

    journal: str
    change: RegistryChange
    opened: int | None

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands in the trail."""
        return self.change.q, self.change.j


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What the journals hold.

    Attributes:
        lines: The changes that are believed, as they stand in the journals.
        damaged: Journal and beginning of what was such a line.
        foreign: Lines that are whole, but were not written by the writer of their journal.
    """

    lines: list[Line] = field(default_factory=list)
    damaged: list[tuple[str, str]] = field(default_factory=list)
    foreign: list[tuple[str, str]] = field(default_factory=list)


def read(volumes: Iterable[Volume]) -> Found:
    """All changes of the registry that are in journals."""
    found = Found()
    for volume in volumes:
        opened: int | None = None
        for start, text in Stretch(volume, 0, volume.size).pieces():
            if not start:
                opened = _opened(text.partition(b"\n")[0])
            if _HINT in text:
                _take(found, volume, opened, text)
    return found


def _take(found: Found, volume: Volume, opened: int | None, text: bytes) -> None:
    good, bad = check(text)
    for line in good:
        if not line.startswith(REGISTRY):
            continue
        change = change_in(line, volume.token)
        if change is None:
            found.foreign.append((volume.name, _shown(line)))
        else:
            found.lines.append(Line(journal=volume.name, change=change, opened=opened))
    for piece in bad:
        if _HINT.decode() in piece.excerpt:
            found.damaged.append((volume.name, piece.excerpt))


def _opened(line: bytes) -> int | None:
    try:
        return msgspec.json.decode(line, type=Opened).uid
    except (msgspec.MsgspecError, RecursionError):
        return None


def _shown(line: bytes) -> str:
    try:
        return described(msgspec.json.decode(line, type=RegistryChange), {})
    except (msgspec.MsgspecError, RecursionError):
        return line[:80].decode("utf-8", "replace")


def described(change: RegistryChange, names: dict[str, str]) -> str:
    """A change in one line.

    Args:
        change: The change.
        names: Names of registered models by id.
    """
    model = names.get(change.registered, change.registered)
    of = f"version {change.version} of {model!r}" if change.version else repr(model)
    where = f"{of}: " if change.registered else "all models: "
    key = f" {change.key!r}" if change.key else ""
    when = time.strftime(
        "%Y-%m-%d %H:%M:%S", time.localtime(min(max(change.ts, 0), END_OF_TIME) / 1000)
    )
    values = f"{_short(change.before)} → {_short(change.text)}"
    return f"{where}{change.field}{key} {values} by {change.user} (uid {change.author}) on {when}"


def _short(text: str | None) -> str:
    if text is None:
        return "nothing"
    return repr(text if len(text) <= _LONG else f"{text[:_LONG]}…")
