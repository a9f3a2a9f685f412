"""The page of a run at rest: static HTML without script, and plain text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from jupyter_mltrack.entities.tags import ERROR
from jupyter_mltrack.panels.card.card import CardData, card_data, card_text
from jupyter_mltrack.panels.card.card_twin import card_html
from jupyter_mltrack.panels.markup import Html, element, fitting, joined, size
from jupyter_mltrack.panels.page.changes import changes_of
from jupyter_mltrack.panels.page.overview import metric_rows, param_rows
from jupyter_mltrack.panels.page.story import Story
from jupyter_mltrack.panels.palette import FONT, LINE, MUTED, TEXT
from jupyter_mltrack.panels.wording import identity, one_line

_MOST_BYTES, _FRAME_BYTES, _FILES_BYTES = 15_000, 1_200, 2_500
_MOST_ROWS, _MOST_FILES = 12, 15
_LONGEST_NAME, _LONGEST_VALUE, _LONGEST_TEXT = 40, 40, 400
_BOX = f"max-width:760px;color:{TEXT};font:13px/20px {FONT}"
_PARTS = "display:flex;flex-wrap:wrap;gap:8px 32px;margin:8px 0"
_SMALL = f"color:{MUTED};font-size:12px"
_CELL = "padding:1px 8px;text-align:left"
_NUMBER = "padding:1px 8px;text-align:right"
_TABLE = f"border-collapse:collapse;border:1px solid {LINE};font-size:12px"


def page_html(story: Story, files: dict[str, Any]) -> str:
    """The card of the run, its first params and metrics and its files; at most 15 kB.

    Args:
        story: The run.
        files: The top of its artifacts, as `files_tab.folder` gives it.
    """
    params, metrics = param_rows(story.run, ""), metric_rows(story, "")
    kin = _kin(story)
    left = _MOST_BYTES - _FRAME_BYTES - size(kin)
    card = Html(card_html(_card(story)))
    if size(card) > left:
        card = element("div", one_line(page_text(story), _LONGEST_TEXT))
    below = _files(files, min(_FILES_BYTES, left - size(card)))
    left -= size(card) + size(below)
    first = _table("Parameter", params, _CELL, "value", left // 2)
    tables = [first, _table("Metric", metrics, _NUMBER, "text", left - size(first))]
    row = element("div", *(table for table in tables if table), style=_PARTS)
    return element("div", card, kin, row, below, style=_BOX)


def page_text(story: Story) -> str:
    """The run in one line, and whether its code and data changed."""
    line = card_text(_card(story))
    changes = changes_of(story)
    if changes is None:
        return line
    return f"{line} · code {changes['code']} · data {changes['data']}"


def _card(story: Story) -> CardData:
    error = story.run.data.tags.get(ERROR)
    return card_data(story.run, histories=story.curves, previous=story.before, error=error)


def _kin(story: Story) -> Html:
    """Where the run belongs, and what of code and data changed."""
    changes = changes_of(story)
    parts = [
        f"experiment {one_line(story.experiment, 60)}",
        f"inside {identity(story.parent.info)}" if story.parent else "",
        f"{story.child_count} runs inside" if story.child_count else "",
        f"code {changes['code']}, data {changes['data']}" if changes else "",
    ]
    return element("div", " · ".join(filter(None, parts)), style=f"{_SMALL};margin-top:6px")


def _table(title: str, rows: dict[str, Any], style: str, column: str, most_bytes: int) -> Html:
    shown: Sequence[dict[str, Any]] = rows["rows"][:_MOST_ROWS]
    if not shown:
        return Html()
    lines = [
        element(
            "tr",
            element("td", one_line(row["label"], _LONGEST_NAME), style=_CELL),
            element("td", one_line(row[column], _LONGEST_VALUE), style=style),
        )
        for row in shown
    ]
    head = element("tr", element("th", title, style=_CELL), element("th", "Value", style=style))
    frame = element("div", element("table", head, style=_TABLE), _more(rows["total"]))
    lines = fitting(lines, most_bytes - size(frame))
    more = _more(rows["total"] - len(lines))
    return element("div", element("table", head, *lines, style=_TABLE), more)


def _files(files: dict[str, Any], most_bytes: int) -> Html:
    entries = files["entries"]
    if not entries:
        return Html()
    names = [
        joined(one_line(one["label"], 60), "/" if one["folder"] else f" ({one['size']})")
        for one in entries[:_MOST_FILES]
    ]
    title, style = element("b", "Artifacts"), "margin-top:6px"
    frame = element("div", title, _more(len(entries) + files["more"]), style=style)
    lines = fitting((element("div", name) for name in names), most_bytes - size(frame))
    more = _more(len(entries) - len(lines) + files["more"])
    return element("div", title, *lines, more, style=style)


def _more(count: int) -> Html:
    return element("div", f"and {count:,} more", style=_SMALL) if count > 0 else Html()
