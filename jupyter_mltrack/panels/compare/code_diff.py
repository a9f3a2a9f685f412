"""How the code of two runs differs, cell by cell."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from typing import Literal, TypedDict

from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.store.differences import Cell

_CONTEXT = 3  # equal lines around a change
_MOST_LINES = 500  # of a cell
_MOST_SHOWN = 2000  # of all changed cells
_FEWEST_SHOWN = 20  # of a changed cell, however many there are
_MOST_EQUAL = 200  # of all cells that are the same; of each at least its first
_LONGEST_LINE = 400

Pair = tuple[Cell | None, Cell | None]
Change = Literal["changed", "added", "removed", "same"]


class CellDiff(TypedDict):
    """One cell: `lines` are a sign (``" "``, ``"-"``, ``"+"`` or ``"@"`` for a gap) and a text."""

    title: str
    change: Change
    lines: list[tuple[str, str]]


def code_diff(before: Sequence[Cell], after: Sequence[Cell]) -> list[CellDiff]:
    """What was changed, added and removed from ``before`` to ``after``, and what is the same."""
    room, equal_room = _MOST_SHOWN, _MOST_EQUAL
    found: list[CellDiff] = []
    for pair in paired(before, after):
        made = _cell_diff(pair)
        if made["change"] == "same":
            kept = made["lines"][: max(1, equal_room)]
            equal_room -= len(kept)
        else:
            kept = made["lines"][: max(_FEWEST_SHOWN, room)]
            room -= len(kept)
        if len(kept) < len(made["lines"]):
            kept.append(("@", f"{len(made['lines']) - len(kept)} more lines"))
        found.append({"title": made["title"], "change": made["change"], "lines": kept})
    return found


def paired(before: Sequence[Cell], after: Sequence[Cell]) -> list[Pair]:
    """Cells that belong together.

    The cells in which the two runs began are a pair. Others are by the notebook's id, then by
    their text, then by their order. What is left of one run with the text of a cell of the other
    is the same, too: it was only executed again.
    """
    partners = _by_id(before, after)
    rest_before = [at for at in range(len(before)) if at not in partners.values()]
    rest_after = [at for at in range(len(after)) if at not in partners]
    matcher = SequenceMatcher(
        a=[before[at].sha256 for at in rest_before],
        b=[after[at].sha256 for at in rest_after],
        autojunk=False,
    )
    for _, a, a_end, b, b_end in matcher.get_opcodes():
        partners |= dict(zip(rest_after[b:b_end], rest_before[a:a_end], strict=False))
    known = {cell.sha256: at for at, cell in enumerate(before)}
    again = {at: known[cell.sha256] for at, cell in enumerate(after) if cell.sha256 in known}
    return _in_order(before, after, again | partners)


def _by_id(before: Sequence[Cell], after: Sequence[Cell]) -> dict[int, int]:
    """For places of cells in ``after`` those in ``before``: the runs' own cells, equal ids."""
    own = [next((at for at, c in enumerate(cells) if c.is_own), -1) for cells in (before, after)]
    partners = {own[1]: own[0]} if min(own) >= 0 else {}
    ids = {cell.cell_id: at for at, cell in enumerate(before) if cell.cell_id and at != own[0]}
    for at, cell in enumerate(after):
        if at not in partners and cell.cell_id in ids:
            partners[at] = ids[cell.cell_id]
    return partners


def _in_order(
    before: Sequence[Cell], after: Sequence[Cell], partners: dict[int, int]
) -> list[Pair]:
    """The cells in the order of ``after``; a removed one comes where it was."""
    texts = {cell.sha256 for cell in after}
    used = set(partners.values())
    removed = [at for at, cell in enumerate(before) if at not in used and cell.sha256 not in texts]
    pairs: list[Pair] = []
    for at, cell in enumerate(after):
        other = partners.get(at)
        while other is not None and removed and removed[0] < other:
            pairs.append((before[removed.pop(0)], None))
        pairs.append((None if other is None else before[other], cell))
    return [*pairs, *((before[at], None) for at in removed)]


def _cell_diff(pair: Pair) -> CellDiff:
    before, after = pair
    old = before.source.splitlines() if before else []
    new = after.source.splitlines() if after else []
    change: Change = "added" if before is None else "removed" if after is None else "changed"
    if before and after and before.source == after.source:
        change = "same"
    lines = [(" ", line) for line in new] if change == "same" else _unified(old, new)
    return {
        "title": _title(pair),
        "change": change,
        "lines": [(sign, _code_line(text)) for sign, text in lines],
    }


def _code_line(text: str) -> str:
    """A line of code with its indent, cut, without what would turn its direction round."""
    body = text.lstrip()
    indent = len(text) - len(body)
    spaces = text[:indent].expandtabs(4)[:80]
    # Word by word, so that the spaces between words stay.
    inside = " ".join(one_line(part, _LONGEST_LINE) for part in body[:_LONGEST_LINE].split(" "))
    return spaces + inside + ("…" if len(body) > _LONGEST_LINE else "")


def _unified(old: list[str], new: list[str]) -> list[tuple[str, str]]:
    """Changed lines and some around them; equal ends of a long cell are not compared again."""
    head, tail = _equal_ends(old, new)
    start = max(0, head - _CONTEXT)
    rest = max(len(old), len(new)) - head - tail - _MOST_LINES
    end = tail if rest > 0 else max(0, tail - _CONTEXT)  # after a cut nothing is equal
    most = head - start + _MOST_LINES if rest > 0 else None
    old, part = old[start : len(old) - end][:most], new[start : len(new) - end][:most]
    found: list[tuple[str, str]] = []
    shown = 0
    matcher = SequenceMatcher(a=old, b=part, autojunk=False)
    for group in matcher.get_grouped_opcodes(_CONTEXT):
        gap = start + group[0][3] - shown
        if gap > 0:
            found.append(("@", f"{gap} equal lines"))
        for tag, a, a_end, b, b_end in group:
            if tag == "equal":
                found += [(" ", line) for line in part[b:b_end]]
            else:
                found += [("-", line) for line in old[a:a_end]]
                found += [("+", line) for line in part[b:b_end]]
        shown = start + group[-1][4]
    if rest > 0:
        found.append(("@", f"the comparison stops here: {rest} more lines may differ"))
    elif len(new) > shown:
        found.append(("@", f"{len(new) - shown} equal lines"))
    return found


def _equal_ends(old: list[str], new: list[str]) -> tuple[int, int]:
    """How many lines are equal at the beginning, and of the others at the end."""
    most = min(len(old), len(new))
    head = next((at for at in range(most) if old[at] != new[at]), most)
    most -= head
    return head, next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)


def _title(pair: Pair) -> str:
    before, after = pair
    cell = after or before
    parts = list(_places(pair))
    if cell and cell.is_own:
        parts.append("in which the run began")
    return "Cell " + ", ".join(parts)


def _places(pair: Pair) -> Iterator[str]:
    before, after = pair
    if before and after and before.number != after.number:
        yield f"{before.number} → {after.number} of the session"
    elif cell := after or before:
        yield f"{cell.number} of the session"
