"""The table of runs at rest: static HTML without script, and plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from jupyter_mltrack.panels.markup import Html, element, joined
from jupyter_mltrack.panels.palette import FONT, LINE, MUTED, TEXT
from jupyter_mltrack.panels.table.columns import Column, Equal
from jupyter_mltrack.panels.table.windows import Row
from jupyter_mltrack.panels.wording import one_line

MOST_BYTES = 15_000
_MOST_COLUMNS = 14
_MOST_LINES = 10
_LONGEST_CELL = 24
_LONGEST_EQUAL = 1_500
_BOX = f"color:{TEXT};font:13px/20px {FONT};overflow-x:auto"
_TABLE = "border-collapse:collapse;margin:4px 0;font:inherit;white-space:nowrap"
_SMALL = f"color:{MUTED};font-size:12px"
_LEFT = "text-align:left"

# A head and a page are as `head.Head` and `RunsTable.page` say; traits have no types.
Parts = Mapping[str, Any]


def runs_html(
    head: Parts, page: Parts, *, title: str = "Runs", most_bytes: int = MOST_BYTES
) -> str:
    """The table as HTML of at most ``most_bytes``: as many rows as fit, every text escaped."""
    drawn = [one for one in enumerate(head["columns"]) if one[1]["kind"] != "curve"]
    columns = drawn[:_MOST_COLUMNS]
    omitted = len(drawn) - len(columns) + head["omitted"]
    names = _head([column for _, column in columns])
    top = element("div", element("b", one_line(title, 80)), " ", _small(head["summary"]))
    after = joined(_equal(head["equal"]), _small(f"+ {omitted} more columns") if omitted else "")
    frame = _size(element("div", top, after, style=_BOX)) + _size(names) + 200
    rows: list[Html] = []
    for one in page["rows"]:
        row = element("tr", *(_cell(one, place, column) for place, column in columns))
        frame += _size(row)
        if frame > most_bytes:
            break
        rows.append(row)
    left = head["rows"] - len(rows)
    body = element("table", names, element("tbody", *rows), style=_TABLE, cellpadding="4")
    return element(
        "div",
        top,
        body if rows else _nothing(head["starter"]),
        _small(f"… and {left:,} more") if left else "",
        after,
        style=_BOX,
    )


def runs_text(head: Parts, page: Parts, *, title: str = "Runs") -> str:
    """The table as plain text: its first rows, with their first metrics and params."""
    shown = [one for one in enumerate(head["columns"]) if one[1]["kind"] != "curve"]
    others = [one for one in shown if one[1]["id"] not in ("attributes.status", _NAME)]
    lines = [f"{one_line(title, 80)}: {head['summary']}"]
    for row in page["rows"][:_MOST_LINES]:
        texts = row["texts"]
        names = [texts[place] for place, one in shown if one["id"] in ("attributes.status", _NAME)]
        parts = [" ".join(filter(None, names)) or row["label"]]
        parts += [_labelled(column, texts[place]) for place, column in others[:8] if texts[place]]
        lines.append("  " + "  " * row["level"] + " · ".join(parts))
    if head["rows"] > _MOST_LINES:
        lines.append(f"  … and {head['rows'] - _MOST_LINES:,} more")
    return "\n".join(lines)


_NAME = "attributes.run_name"


def _labelled(column: Column, text: str) -> str:
    return text if column["kind"] in ("started", "duration") else f"{column['label']} {text}"


def _head(columns: Sequence[Column]) -> Html:
    """Two rows: the groups, and the names in them."""
    groups = [
        element(
            "th",
            "" if name == "Run" else name,
            colspan=str(len(list(members))),
            style=f"{_SMALL};{_LEFT}",
        )
        for name, members in groupby(columns, key=lambda column: column["group"])
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


def _cell(row: Row, place: int, column: Column) -> Html:
    is_run = column["kind"] == "run"
    more = row["more"].get(str(place), {})
    text = one_line(row["texts"][place], _LONGEST_CELL + 12 * is_run)
    inside = element("b", text) if more.get("b") or is_run else joined(text)
    if more.get("d"):
        inside = joined(inside, " ", _small(str(more["d"])))
    title = None if is_run or "h" not in more else one_line(str(more["h"]), 80)
    if column["numeric"]:
        return element("td", inside, align="right", title=title)
    indent = f";padding-left:{4 + 16 * row['level']}px" if is_run and row["level"] else ""
    return element("td", inside, style=_LEFT + indent, title=title)


def _equal(equal: Equal | None) -> Html:
    """The folded line; it opens without script."""
    if equal is None:
        return Html()
    lines = one_line(", ".join(equal["lines"]), _LONGEST_EQUAL)
    return element("details", element("summary", equal["label"]), lines, style=_SMALL)


def _nothing(starter: str | None) -> Html:
    """What stands where no row does."""
    if starter is None:
        return element("div", "No run matches.", style=_SMALL)
    return element("div", "No runs yet. A first one:", element("pre", starter))


def _small(text: str) -> Html:
    return element("span", text, style=_SMALL)


def _size(html: str) -> int:
    return len(html.encode())
