"""The table of runs at rest: static HTML without script, and plain text."""

from __future__ import annotations

from collections import Counter

from jupyter_mltrack.panels.markup import Html, element, joined
from jupyter_mltrack.panels.palette import FONT, LINE, MUTED, TEXT
from jupyter_mltrack.panels.table.runs_table import Column, Table
from jupyter_mltrack.panels.wording import one_line

MOST_BYTES = 15_000
_MOST_COLUMNS = 14
_MOST_LINES = 10
_LONGEST_CELL = 24
_LONGEST_EQUAL = 1_500
_GROUPS = {"metric": "Metrics", "param": "Parameters"}
_BOX = f"color:{TEXT};font:13px/20px {FONT};overflow-x:auto"
_TABLE = "border-collapse:collapse;margin:4px 0;font:inherit;white-space:nowrap"
_SMALL = f"color:{MUTED};font-size:12px"
_LEFT = "text-align:left"


def runs_html(table: Table, *, title: str = "Runs", most_bytes: int = MOST_BYTES) -> str:
    """The table as HTML of at most ``most_bytes``: as many rows as fit, every text escaped."""
    columns = table["columns"][:_MOST_COLUMNS]
    omitted = len(table["columns"]) - len(columns) + table["omitted"]
    head = _head(columns)
    top = element("div", element("b", one_line(title, 80)), " ", _small(table["summary"]))
    after = joined(_equal(table), _small(f"+ {omitted} more columns") if omitted else "")
    frame = _size(element("div", top, after, style=_BOX)) + _size(head) + 200
    rows: list[Html] = []
    for index in range(len(table["ids"])):
        row = _row(columns, index)
        frame += _size(row)
        if frame > most_bytes:
            break
        rows.append(row)
    left = len(table["ids"]) - len(rows)
    body = element("table", head, element("tbody", *rows), style=_TABLE, cellpadding="4")
    return element(
        "div",
        top,
        body if rows else _nothing(table),
        _small(f"… and {left:,} more") if left else "",
        after,
        style=_BOX,
    )


def runs_text(table: Table, *, title: str = "Runs") -> str:
    """The table as plain text: its first rows, with their first metrics and params."""
    _, run, started, length, *others = table["columns"]
    glyphs = table["columns"][0]
    lines = [f"{title}: {table['summary']}"]
    for index in range(min(len(table["ids"]), _MOST_LINES)):
        parts = [f"{glyphs['texts'][index]} {run['texts'][index]}", started["texts"][index]]
        parts.append(length["texts"][index])
        parts += [
            f"{one['label']} {one['texts'][index]}" for one in others[:6] if one["texts"][index]
        ]
        lines.append("  " + " · ".join(filter(None, parts)))
    if len(table["ids"]) > _MOST_LINES:
        lines.append(f"  … and {len(table['ids']) - _MOST_LINES:,} more")
    return "\n".join(lines)


def _head(columns: list[Column]) -> Html:
    """Two rows: the groups, and the names in them."""
    counts = Counter(_GROUPS.get(column["kind"], "") for column in columns)
    groups = [
        element("th", name, colspan=str(count), style=f"{_SMALL};{_LEFT}")
        for name, count in counts.items()
    ]
    names = [
        element(
            "th",
            one_line(column["label"], _LONGEST_CELL),
            style=None if column["numeric"] else _LEFT,
            align="right" if column["numeric"] else None,
        )
        for column in columns
    ]
    return element(
        "thead",
        element("tr", *groups) if len(groups) > 1 else "",
        element("tr", *names, style=f"border-bottom:1px solid {LINE}"),
    )


def _row(columns: list[Column], index: int) -> Html:
    return element("tr", *(_cell(column, index) for column in columns))


def _cell(column: Column, index: int) -> Html:
    text = one_line(column["texts"][index], _LONGEST_CELL + 12 * (column["kind"] == "run"))
    inside = element("b", text) if index in column["best"] else text
    if column["numeric"]:
        return element("td", inside, align="right", title=column["titles"][index])
    if column["kind"] == "run":
        return element("td", element("b", inside), style=_LEFT)
    return element("td", inside, style=_LEFT, title=_short_title(column["titles"][index]))


def _equal(table: Table) -> Html:
    """The folded line; it opens without script."""
    equal = table["equal"]
    if equal is None:
        return Html()
    lines = one_line(", ".join(equal["lines"]), _LONGEST_EQUAL)
    return element("details", element("summary", equal["label"]), lines, style=_SMALL)


def _nothing(table: Table) -> Html:
    """What stands where no row does."""
    if table["starter"] is None:
        return element("div", "No run matches.", style=_SMALL)
    return element("div", "No runs yet. A first one:", element("pre", table["starter"]))


def _small(text: str) -> Html:
    return element("span", text, style=_SMALL)


def _short_title(text: str | None) -> str | None:
    return text and one_line(text, 80)


def _size(html: str) -> int:
    return len(html.encode())
