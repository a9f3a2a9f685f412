"""The rows of the table: groups, runs and their children one below the other."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from jupyter_mltrack.panels.table.state import TableState
from jupyter_mltrack.store.listing import Listing


class Slot(NamedTuple):
    """What stands in one row.

    Attributes:
        key: Tells the row from all others.
        run_id: The run; None for a group.
        level: How deep it is nested.
        opens: Whether there is something below it to show.
        open: Whether that is shown.
        pinned: Whether it stays at the top.
        baseline: Whether the others are compared with it.
        value: What the runs of a group have in common; None if it is missing.
        runs: How many runs a group has.
    """

    key: str
    run_id: str | None
    level: int = 0
    opens: bool = False
    open: bool = False
    pinned: bool = False
    baseline: bool = False
    value: str | None = None
    runs: int = 0


class Layout:
    """All rows of a listing; those of a plain one are made only when they are looked at.

    Args:
        listing: What was found.
        state: What is pinned, grouped and open.
    """

    def __init__(self, listing: Listing, state: TableState) -> None:
        self._state = state
        pins = [one for one in state.pins if one != state.baseline]
        away = frozenset(pins)
        self._children = _children(listing) if state.group is None else {}
        self._top = [*self._baseline(), *(slot for run_id in pins for slot in self._pinned(run_id))]
        self._plain: list[str] = []
        self._body: list[Slot] = []
        if state.group is not None:
            self._body = list(self._grouped(listing, away))
        elif self._children:
            nested = {child for below in self._children.values() for child in below}
            roots = [one for one in listing.ids if one not in nested and one not in away]
            self._body = [slot for one in roots for slot in self._nested(one)]
        else:
            self._plain = [one for one in listing.ids if one not in away] if away else listing.ids

    def __len__(self) -> int:
        return len(self._top) + len(self._body) + len(self._plain)

    @property
    def is_nested(self) -> bool:
        """Whether some run has children."""
        return bool(self._children)

    def slots(self, first: int, count: int) -> list[Slot]:
        """Some rows that follow each other."""
        head = self._top + self._body if first < len(self._top) + len(self._body) else []
        start = first - len(self._top) - len(self._body)
        plain = self._plain[max(0, start) : max(0, start + count)]
        return head[first : first + count] + [
            Slot(one, one, baseline=one == self._state.baseline) for one in plain
        ]

    def openable(self) -> frozenset[str]:
        """All that can be opened."""
        if self._children:
            return frozenset(self._children)
        return frozenset(slot.key for slot in self._body if slot.opens)

    def _baseline(self) -> Iterator[Slot]:
        run_id = self._state.baseline
        if run_id is not None:
            yield Slot(f"base:{run_id}", run_id, baseline=True, pinned=run_id in self._state.pins)

    def _pinned(self, run_id: str) -> Iterator[Slot]:
        """A pinned run; what is below it comes along."""
        first, *below = self._nested(run_id)
        yield first._replace(key=f"pin:{run_id}", pinned=True)
        yield from (slot._replace(key=f"pin:{slot.key}") for slot in below)

    def _nested(self, run_id: str) -> Iterator[Slot]:
        """A run, and if it is open its children; those that are pinned have gone to the top."""
        stack = [(run_id, 0)]
        while stack:
            one, level = stack.pop()
            below = [
                child for child in self._children.get(one, ()) if child not in self._state.pins
            ]
            is_open = one in self._state.open and bool(below)
            is_baseline = one == self._state.baseline
            yield Slot(one, one, level, bool(below), is_open, baseline=is_baseline)
            if is_open:
                stack += [(child, level + 1) for child in reversed(below)]

    def _grouped(self, listing: Listing, away: frozenset[str]) -> Iterator[Slot]:
        """The groups in the order of their first runs, those that are open with their runs."""
        values = listing.values or [None] * len(listing.ids)
        groups: dict[str | None, list[str]] = {}
        for run_id, value in zip(listing.ids, values, strict=True):
            groups.setdefault(value, []).append(run_id)
        for value, ids in groups.items():
            key = "group:" if value is None else f"group:={value}"
            is_open = key in self._state.open
            yield Slot(key, None, 0, opens=True, open=is_open, value=value, runs=len(ids))
            if is_open:
                yield from (Slot(one, one, 1) for one in ids if one not in away)


def _children(listing: Listing) -> dict[str, list[str]]:
    """The children of each run, in their order; runs in a circle are nobody's children."""
    children: dict[str, list[str]] = {}
    for run_id in listing.ids if listing.parents else ():
        if (parent := listing.parents.get(run_id)) is not None:
            children.setdefault(parent, []).append(run_id)
    reached = [one for one in children if one not in listing.parents]
    for one in reached:  # grows while it is walked
        reached += children.get(one, ())
    sound = set(reached)
    return {one: below for one, below in children.items() if one in sound}
