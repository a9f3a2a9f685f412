"""The registry at rest: static HTML without script, and plain text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from jupyter_mltrack.panels.markup import Html, element, fitting, joined, size
from jupyter_mltrack.panels.palette import FONT, LINE, MUTED, TEXT, TONES
from jupyter_mltrack.panels.wording import one_line

_MOST_ROWS, _MOST_BYTES = 25, 15_000
_CELL = f"padding:4px 12px;text-align:left;border-bottom:1px solid {LINE}"
_NUMBER = _CELL.replace("left", "right")
_SMALL = f"color:{MUTED};font-size:12px"
_BOX = f"color:{TEXT};font:13px/20px {FONT}"
_LONGEST_NAME, _LONGEST_NOTE, _MOST_WORDS = 60, 100, 6


def list_html(models: Mapping[str, Any]) -> str:
    """The models as HTML of at most 15 kB."""
    rows = models["rows"]
    if models["starter"]:
        words = "No model is registered yet. This registers the first one:"
        return element("div", words, element("pre", models["starter"]), style=_BOX)
    heads = ("Model", "Latest", "Stages", "Aliases", "Changed")
    lines = [_model_row(row) for row in rows[:_MOST_ROWS]]
    return _table(heads, lines, f"{models['summary']}", len(rows))


def list_text(models: Mapping[str, Any]) -> str:
    """The models as plain text, a line each."""
    lines = [
        f"{one_line(row['name'], 40):<40}  {_latest(row)}  {_words(row['stages'])}".rstrip()
        for row in models["rows"][:_MOST_ROWS]
    ]
    return "\n".join([models["summary"], *lines])


def page_html(page: Mapping[str, Any]) -> str:
    """The versions of a model as HTML of at most 15 kB."""
    keys = [one_line(key, 30) for key in page["metrics"]]
    heads = ("Version", "Stage", "Aliases", "Registered", *keys, "Description")
    lines = [_version_row(row) for row in page["versions"][:_MOST_ROWS]]
    title = element("b", one_line(page["name"], _LONGEST_NAME), style="font-size:15px")
    then = element("div", f"as of {page['at_text']}", style=_SMALL) if page["at_text"] else ""
    note = one_line(page["description"], 3 * _LONGEST_NOTE)
    under = element("div", note, style=_SMALL) if note else ""
    noun = "version" if page["total"] == 1 else "versions"
    said = f"{page['total']:,} {noun}"
    return _table(heads, lines, said, page["total"], joined(title, then, under))


def page_text(page: Mapping[str, Any]) -> str:
    """The versions of a model as plain text."""
    then = f" as of {page['at_text']}" if page["at_text"] else ""
    lines = [
        f"version {row['version']}  {row['stage']}  {_aliases(row)}".rstrip()
        for row in page["versions"][:_MOST_ROWS]
    ]
    return "\n".join([f"{page['name']}{then}: {page['total']:,} versions", *lines])


def _table(
    heads: Sequence[str], rows: Sequence[Html], said: str, total: int, above: Html | str = ""
) -> str:
    """As many rows as fit, between what is above them and how many there are."""
    head = element("tr", *(element("th", words, style=_CELL) for words in heads))
    shortened = f"{said} · the first {len(rows)} are shown"
    frame = element("div", above, element("table", head), element("div", shortened, style=_SMALL))
    lines = fitting(rows, _MOST_BYTES - size(frame) - 500)
    words = said if len(lines) >= total else f"{said} · the first {len(lines)} are shown"
    table = element("table", head, *lines, style="border-collapse:collapse")
    return element("div", above, table, element("div", words, style=_SMALL), style=_BOX)


def _model_row(row: Mapping[str, Any]) -> Html:
    note = one_line(row["description"], _LONGEST_NOTE)
    under = joined(element("br"), element("span", note, style=_SMALL)) if note else Html()
    stages = joined(
        *(
            element("div", f"{one['name']} {one['version']}", style=f"color:{TONES[one['tone']]}")
            for one in row["stages"][:_MOST_WORDS]
        )
    )
    return element(
        "tr",
        element("td", element("b", one_line(row["name"], _LONGEST_NAME)), under, style=_CELL),
        element("td", _latest(row), style=_NUMBER),
        element("td", stages or "–", style=_CELL),
        element("td", _words(row["aliases"]) or "–", style=_CELL),
        element("td", f"{row['at_text']} by {row['who']}", style=_CELL),
    )


def _version_row(row: Mapping[str, Any]) -> Html:
    stage = element("span", row["stage"], style=f"color:{TONES[row['tone']]}")
    metrics = [
        element("td", *(_metric(one) if one else ["–"]), style=_NUMBER) for one in row["metrics"]
    ]
    return element(
        "tr",
        element("td", f"{row['version']} {row['status']}".strip(), style=_CELL),
        element("td", stage, style=_CELL),
        element("td", _aliases(row) or "–", style=_CELL),
        element("td", f"{row['at_text']} by {row['who']}", style=_CELL),
        *metrics,
        element("td", one_line(row["description"], _LONGEST_NOTE), style=_CELL),
    )


def _metric(one: Mapping[str, str]) -> list[str]:
    if not one["delta"]:
        return [one["text"]]
    colour = TONES.get(one["tone"], MUTED)
    return [one["text"], " ", element("span", one["delta"], style=f"color:{colour}")]


def _latest(row: Mapping[str, Any]) -> str:
    return "–" if row["latest"] is None else str(row["latest"])


def _words(words: Sequence[Mapping[str, Any]]) -> str:
    return ", ".join(f"{one['name']} {one['version']}" for one in words[:_MOST_WORDS])


def _aliases(row: Mapping[str, Any]) -> str:
    return ", ".join(one["label"] for one in row["aliases"][:_MOST_WORDS])
