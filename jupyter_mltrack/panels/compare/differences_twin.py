"""What differs among runs at rest: static HTML without script, and plain text."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mltrack.panels.compare.table_of_differences import Head, Row, Section
from jupyter_mltrack.panels.markup import Html, element, joined
from jupyter_mltrack.panels.palette import FONT, LINE, MUTED, TEXT
from jupyter_mltrack.panels.wording import one_line

MOST_BYTES = 15_000
_MOST_RUNS, _MOST_LINES = 8, 12
_LONGEST_CELL, _LONGEST_EQUAL = 24, 600
_BOX = f"color:{TEXT};font:13px/20px {FONT};overflow-x:auto"
_TABLE = "border-collapse:collapse;margin:4px 0;font:inherit;white-space:nowrap"
_SMALL = f"color:{MUTED};font-size:12px"


def differences_html(heads: Sequence[Head], sections: Sequence[Section]) -> str:
    """The first eight runs and as many rows as fit into 15 kB."""
    shown = heads[:_MOST_RUNS]
    names = [element("th", one_line(head["label"], _LONGEST_CELL)) for head in shown]
    parts: list[Html] = [element("tr", element("th", ""), *names, style=_line())]
    after: list[Html] = []
    left = 0
    room = MOST_BYTES - 800 - len(parts[0].encode())
    for each in sections:
        equal = _equal(each)
        room -= len(equal.encode())
        after.append(equal)
        title = element("td", element("b", each["title"]), colspan=str(len(shown) + 1))
        rows = [element("tr", title), *(_row(row, len(shown)) for row in each["rows"])]
        for row in rows if each["rows"] else []:
            room -= len(row.encode())
            if room < 0:
                left += 1
            else:
                parts.append(row)
        left += each["omitted"]
    notes = [f"… and {left:,} more rows"] if left else []
    if len(heads) > len(shown):
        notes.append(f"{len(heads) - len(shown)} more runs")
    return element(
        "div",
        element("div", element("b", "What differs"), f" among {len(heads)} runs"),
        element("table", element("tbody", *parts), style=_TABLE, cellpadding="4"),
        element("div", ", ".join(notes), style=_SMALL) if notes else "",
        joined(*after),
        style=_BOX,
    )


def differences_text(heads: Sequence[Head], sections: Sequence[Section]) -> str:
    """The first rows, each with the values of the first runs."""
    lines = [f"What differs among {len(heads)} runs"]
    for each in sections:
        for row in each["rows"][:_MOST_LINES]:
            values = " | ".join(row["texts"][:_MOST_RUNS])
            lines.append(f"  {each['title'].lower()} {row['key']}: {values}")
        if each["equal"]:
            lines.append(f"  {each['title'].lower()}: {len(each['equal'])} equal")
    return "\n".join(lines)


def _row(row: Row, runs: int) -> Html:
    cells = []
    for place, text in enumerate(row["texts"][:runs]):
        cut = one_line(text, _LONGEST_CELL)
        align = "right" if row["numeric"] else "left"
        content = element("b", cut) if place in row["best"] else cut
        cells.append(element("td", content, align=align))
    return element("tr", element("td", one_line(row["key"], 40)), *cells)


def _equal(each: Section) -> Html:
    if not each["equal"]:
        return Html("")
    pairs = one_line(", ".join(f"{key} = {value}" for key, value in each["equal"]), _LONGEST_EQUAL)
    words = f"{each['title']}, {len(each['equal'])} equal: {pairs}"
    return element("div", words, style=_SMALL + ";white-space:normal")


def _line() -> str:
    return f"border-bottom:1px solid {LINE}"
