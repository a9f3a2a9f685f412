"""Head and rows as they travel: without what a browser can fill in itself (`wire.js`)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

#: Between the texts of a row: one byte of JSON, and none of the texts has it (`wording.one_line`).
BETWEEN = "\x7f"

_NOTHING: tuple[Any, ...] = (None, False, "", 0, [], {})
_GROUPS: Mapping[str, Mapping[str, Any]] = {
    "metrics": {"group": "Metrics", "kind": "metric", "numeric": True, "first": "descending"},
    "params": {"group": "Parameters", "kind": "param", "first": "ascending"},
    "tags": {"group": "Tags", "kind": "tag", "first": "ascending"},
    "curve": {"group": "Metrics", "kind": "curve", "numeric": True},
}

# A head and a page are as `head.Head` and `windows.Row` say; traits have no types.
Parts = Mapping[str, Any]


def sent_head(head: Parts) -> dict[str, Any]:
    """A head without what follows from the ids of its columns; see `filled` in `wire.js`.

    Columns lack what is usual for their kind. What can be chosen is ids, whether it is shown
    stands in the columns already; a name that a filter can have is left out if such a column
    has it as its id.
    """
    if not head:
        return {}
    offered = [_sent_column(one) for one in head["all_columns"]]
    known = {one["id"] for one in head["all_columns"]}
    return {
        **head,
        "columns": [_sent_column(one) for one in head["columns"]],
        "all_columns": [one["id"] if len(one) == 1 else one for one in offered],
        "groups": [one["id"] for one in head["groups"]],
        "names": [one for one in head["names"] if one not in known],
    }


def sent_page(page: Parts) -> dict[str, Any]:
    """A page without hover texts, which are asked for when a table is pointed at."""
    return {**page, "rows": sent_rows(page["rows"], whole=False)} if page else {}


def sent_rows(rows: Sequence[Parts], *, whole: bool) -> list[dict[str, Any]]:
    """Rows without fields that hold nothing, the texts of a row as one.

    Args:
        rows: As `windows.Row`.
        whole: Whether the texts on hover come along.
    """
    return [_sent_row(row, whole=whole) for row in rows]


def _sent_row(row: Parts, *, whole: bool) -> dict[str, Any]:
    sent = {name: value for name, value in row.items() if value not in _NOTHING}
    sent["texts"] = BETWEEN.join(row["texts"])
    if not whole:
        cells = {place: _without_hover(more) for place, more in row["more"].items()}
        sent["more"] = {place: more for place, more in cells.items() if more}
        if not sent["more"]:
            del sent["more"]
    if sent["key"] == sent.get("id"):
        del sent["key"]
    return sent


def _without_hover(more: Parts) -> dict[str, Any]:
    return {name: value for name, value in more.items() if name != "h"}


def _sent_column(column: Parts) -> dict[str, Any]:
    """A column, or one that is offered, without what its id says."""
    prefix, _, key = column["id"].partition(".")
    usual = {"label": key, "hint": key, **_GROUPS.get(prefix, {})}
    return {
        name: value
        for name, value in column.items()
        if name != "shown" and (value != usual[name] if name in usual else value not in _NOTHING)
    }
