"""How the code of two runs differs at rest: static HTML without script, and plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mltrack.panels.compare.table_of_differences import Head
from jupyter_mltrack.panels.markup import Html, element
from jupyter_mltrack.panels.palette import CODE_FONT, FONT, MUTED, TEXT, TONES

MOST_BYTES = 15_000
_BOX = f"color:{TEXT};font:13px/20px {FONT};overflow-x:auto"
_SMALL = f"color:{MUTED};font-size:12px"
_CODE = f"margin:2px 0 8px;font:12px/16px {CODE_FONT};white-space:pre"
_COLOURS = {"-": TONES["bad"], "+": TONES["good"], "@": MUTED}


def code_html(heads: Sequence[Head], diff: Mapping[str, Any]) -> str:
    """The changed cells, as many lines as fit into 15 kB."""
    parts: list[Html] = [element("div", element("b", "Code"), f" {_pair(heads, diff)}")]
    parts += [
        element("div", f"{fact['label']}: {_change(fact)}", style=_SMALL) for fact in diff["facts"]
    ]
    if diff["note"]:
        parts.append(element("div", diff["note"], style=_SMALL))
    room = MOST_BYTES - 400 - sum(len(part.encode()) for part in parts)
    changed = [cell for cell in diff["cells"] if cell["change"] != "same"]
    for place, cell in enumerate(changed):
        made = _cell(cell, room)
        room -= len(made.encode())
        if room < 0:
            parts.append(element("div", f"… and {len(changed) - place} more cells", style=_SMALL))
            break
        parts.append(made)
    same = len(diff["cells"]) - len(changed)
    if same:
        parts.append(element("div", f"{same} cells are the same", style=_SMALL))
    return element("div", *parts, style=_BOX)


def code_text(heads: Sequence[Head], diff: Mapping[str, Any]) -> str:
    """The changed lines."""
    lines = [f"Code {_pair(heads, diff)}", *filter(None, [diff["note"]])]
    for cell in diff["cells"]:
        if cell["change"] != "same":
            lines.append(f"{cell['title']}: {cell['change']}")
            lines += [f"{sign} {text}" for sign, text in cell["lines"]]
    return "\n".join(lines)


def _change(fact: Mapping[str, str]) -> str:
    before, after = fact["before"], fact["after"]
    return before if before == after else f"{before} → {after}"


def _pair(heads: Sequence[Head], diff: Mapping[str, Any]) -> str:
    if not heads:
        return ""
    return f"from {heads[diff['before']]['label']} to {heads[diff['after']]['label']}"


def _cell(cell: Mapping[str, Any], room: int) -> Html:
    """One changed cell; its last lines are left out if there is no room."""
    lines: list[Html] = []
    used = 300
    for sign, text in cell["lines"]:
        colour = _COLOURS.get(sign)
        line = element("span", f"{sign} {text}\n", style=f"color:{colour}" if colour else None)
        used += len(line.encode())
        if used > room:
            lines.append(element("span", "…\n"))
            break
        lines.append(line)
    title = element("div", f"{cell['title']}: {cell['change']}", style=_SMALL)
    return element("div", title, element("pre", *lines, style=_CODE))
