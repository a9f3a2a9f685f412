"""The trail of the registry: each change carries a SHA-256 over itself and all changes before it.

Whoever alters, removes, adds or moves a change in a journal breaks the chain there, and `verify`
names the place. It reads the journals, not the database, and compares the two.

What it cannot find, and nothing in the store could: that somebody who may write all journals
computed the whole chain anew, or cut its end off, and removed the database too. Against that, note
the last link somewhere else and give it to `verify` as ``expect``. It says nothing of the files of
the models; their digests are checked when they are loaded.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.events import END_OF_CLOCK
from jupyter_mltrack.store import judging, registry_rows, trail_reading
from jupyter_mltrack.store.links import fields, link
from jupyter_mltrack.store.trail_reading import described

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jupyter_mltrack.events import RegistryChange
    from jupyter_mltrack.store.store import Store
    from jupyter_mltrack.store.trail_reading import Line

    Place = tuple[int, str]

_UNLINKED = "it does not follow from the change before it, or one before it was removed"
_MOST = 100  # so often it is looked up what a change was made after

_FASTEST = "SELECT file FROM base.journals WHERE q < ? ORDER BY q DESC LIMIT 1"
_LAST = "SELECT chain FROM base.registry_events ORDER BY q DESC, j DESC LIMIT 1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Break:
    """A place where the trail is not as it was written.

    Attributes:
        kind: ``altered``, ``removed``, ``added``, ``moved``, ``damaged`` or ``forged``.
        journal: Name of the journal; "" if it is about the whole trail.
        change: What the change says; "" if it is about none.
        why: How it shows.
    """

    kind: str
    journal: str
    change: str
    why: str

    def __str__(self) -> str:
        where = f" in {self.journal}" if self.journal else ""
        return f"{self.kind}{where}: {self.why}" + (f" [{self.change}]" if self.change else "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What `verify` found.

    Attributes:
        changes: How many changes the journals hold.
        last: The last link, in hexadecimal; "" if there is none. Note it elsewhere.
        broken: Where the trail is not as it was written; empty if it is.
    """

    changes: int
    last: str
    broken: list[Break] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Whether nothing was found."""
        return not self.broken


def record(store: Store, changes: Sequence[RegistryChange]) -> None:
    """Append changes to the trail, all or none; on the disk when this returns.

    Call it once inside `Store.agreeing`: it goes on from the last change that was folded.

    Raises:
        NotAllowed: if one would be refused: see `judging`.
        StoreError: if the disk does not take them, or takes them and does not confirm it, or if no
            clock is left for them.
    """
    judging.check(store, changes)
    _check_clock(store, len(changes))
    rows = store.rows(_LAST)
    chain = rows[0][0] if rows else ""
    for change in changes:
        chain = change.chain = link(chain, change)
    store.journal.append_whole(changes)
    store.journal.confirm()


def _check_clock(store: Store, count: int) -> None:
    """See that so many changes can be numbered as the `registry_lines` that are believed."""
    if store.journal.clock + count < END_OF_CLOCK:
        return
    (name,) = store.rows(_FASTEST, [END_OF_CLOCK])[0]
    msg = (
        f"Nothing more can be registered: the journal {name} in {store.folder} has a clock that no"
        " machine has. Nothing was changed. Move that file away, make the database anew with"
        " `mltrack rebuild --force`, and restart the kernel."
    )
    raise StoreError(msg)


def verify(store: Store, expect: str | None = None) -> Verdict:
    """Compute the whole chain again from the journals, and compare them with the database.

    Args:
        store: Which.
        expect: A link that was noted earlier; it must still be in the trail.
    """
    with store.reading():
        known = _in_database(store)
        found = trail_reading.read(store.shelf.volumes().values())
    lines = sorted({line.place: line for line in found.lines}.values(), key=lambda one: one.place)
    names = _names([*(change for _, change in known.values()), *(line.change for line in lines)])
    broken = [
        *(Break(kind="damaged", journal=name, change="", why=f"a torn line: {text}")
          for name, text in found.damaged),
        *(Break(kind="moved", journal=name, change=text, why="it was not written for this journal")
          for name, text in found.foreign),
        *_out_of_order(found.lines, names),
        *_forged(lines, names),
        *_unlike(lines, known, names),
        *_unlinked(lines, known, names),
        *_unjust(lines, store, names),
    ]  # fmt: skip
    if expect and expect not in {line.change.chain for line in lines}:
        why = f"no change has the link {expect[:16]}…: the end was cut off, or all computed anew"
        broken.append(Break(kind="removed", journal="", change="", why=why))
    last = lines[-1].change.chain if lines else ""
    return Verdict(changes=len(lines), last=last, broken=_once(broken))


def _once(broken: Sequence[Break]) -> list[Break]:
    """Each finding once: what the database tells better is not told of the chain again."""
    told = {(one.journal, one.change) for one in broken if one.why != _UNLINKED}
    left = [one for one in broken if one.why != _UNLINKED or (one.journal, one.change) not in told]
    return list(dict.fromkeys(left))


def _in_database(store: Store) -> dict[Place, tuple[str, RegistryChange]]:
    """The changes that the database has, with the names of their journals."""
    known = {}
    for row in store.rows(registry_rows.EVERYTHING):
        known[row[0], row[1]] = (str(row[2]), registry_rows.as_change(row))
    return known


def _names(changes: Sequence[RegistryChange]) -> dict[str, str]:
    return {
        change.registered: str(change.text)
        for change in changes
        if change.field in {"created", "name"} and not change.version
    }


def _out_of_order(lines: Sequence[Line], names: dict[str, str]) -> Iterator[Break]:
    """Lines that stand behind a later one of their journal, or are there twice."""
    highest: dict[str, int] = {}
    for line in lines:
        if line.change.q <= highest.get(line.journal, -1):
            why = "it stands behind a change that was made later, or a second time"
            yield _break("moved", line, names, why)
        highest[line.journal] = max(line.change.q, highest.get(line.journal, -1))


def _forged(lines: Sequence[Line], names: dict[str, str]) -> Iterator[Break]:
    for line in lines:
        if line.opened is not None and line.change.author != line.opened:
            why = f"the journal is one of uid {line.opened}"
            yield _break("forged", line, names, why)


def _unlike(
    lines: Sequence[Line],
    known: Mapping[Place, tuple[str, RegistryChange]],
    names: dict[str, str],
) -> Iterator[Break]:
    """Where the journals and the database differ."""
    left = dict(known)
    for line in lines:
        _, old = left.pop(line.place, ("", None))
        if old is None:
            if line.place not in known:
                yield _break("added", line, names, "the database never had it")
        elif (fields(old), old.chain) != (fields(line.change), line.change.chain):
            why = f"the database has: {described(old, names)}"
            yield _break("altered", line, names, why)
    for journal, change in left.values():
        yield Break(
            kind="removed",
            journal=journal,
            change=described(change, names),
            why="the database has it, its journal has not",
        )


def _unlinked(
    lines: Sequence[Line],
    known: Mapping[Place, tuple[str, RegistryChange]],
    names: dict[str, str],
) -> Iterator[Break]:
    """Where the chain is broken."""
    here = {"": -1} | {line.change.chain: number for number, line in enumerate(lines)}
    gone = {change.chain for _, change in known.values()} - here.keys()
    before, left = "", _MOST
    for number, line in enumerate(lines):
        if link(before, line.change) != line.change.chain:
            left -= 1
            if left > 0:
                since = _follows(line.change, here)
                if since is not None and since < number:
                    yield from _extra(lines[since + 1 : number], names)
                elif _follows(line.change, dict.fromkeys(gone, 0)) is None:
                    yield _break("altered", line, names, _UNLINKED)
            else:
                yield _break("altered", line, names, _UNLINKED)
        before = line.change.chain


def _unjust(lines: Sequence[Line], store: Store, names: dict[str, str]) -> Iterator[Break]:
    """Where the database counts what the journals refuse, or the other way round."""
    refused = {(row[0], row[1]): row[3] for row in store.rows(registry_rows.EVERYTHING)}
    said = judging.verdicts([line.change for line in lines], store.folder)
    for line, verdict in zip(lines, said, strict=True):
        if line.place in refused and refused[line.place] != verdict:
            told = refused[line.place] or "it counts"
            why = f"the database says: {told}; the journals say: {verdict or 'it counts'}"
            yield _break("altered", line, names, why)


def _follows(change: RegistryChange, chains: Mapping[str, int]) -> int | None:
    """The place of the link that a change was made after; None if it is not among these."""
    return next((at for chain, at in chains.items() if link(chain, change) == change.chain), None)


def _extra(lines: Sequence[Line], names: dict[str, str]) -> Iterator[Break]:
    for line in lines:
        yield _break("added", line, names, "the changes after it know nothing of it")


def _break(kind: str, line: Line, names: dict[str, str], why: str) -> Break:
    return Break(kind=kind, journal=line.journal, change=described(line.change, names), why=why)
