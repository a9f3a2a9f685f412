"""The list of experiments at rest: static HTML and plain text."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mltrack.panels.experiments.rows import ExperimentRow
from jupyter_mltrack.panels.markup import Html, element, fitting, joined, size
from jupyter_mltrack.panels.palette import FONT, LINE, MUTED, TEXT
from jupyter_mltrack.panels.wording import one_line

_MOST_ROWS, _MOST_BYTES = 25, 15_000
_CELL = f"padding:4px 12px;text-align:left;border-bottom:1px solid {LINE}"
_NUMBER = _CELL.replace("left", "right")
_SMALL = f"color:{MUTED};font-size:12px"
_HEADS = ("Experiment", "Runs", "Last run", "Best")


def list_html(rows: Sequence[ExperimentRow], summary: str, starter: str) -> str:
    """The list as HTML of at most 15 kB: no script, styles inline, every text escaped."""
    head = [
        element("th", name, style=_NUMBER if name in {"Runs", "Best"} else _CELL) for name in _HEADS
    ]
    after = element("pre", starter) if starter else Html()
    frame = size(joined(*head, summary, after)) + 500
    lines = fitting(map(_row, rows[:_MOST_ROWS]), _MOST_BYTES - frame)
    table = element("table", element("tr", *head), *lines, style="border-collapse:collapse")
    said = summary if len(lines) == len(rows) else f"{summary} · the first {len(lines)} are shown"
    parts = [table, element("div", said, style=_SMALL), after]
    return element("div", *parts, style=f"color:{TEXT};font:13px/20px {FONT}")


def list_text(rows: Sequence[ExperimentRow], summary: str) -> str:
    """The list as plain text, one line for each experiment."""
    lines = [
        f"{one_line(row['name'], 40):<40}  {counts(row)}  {row['last_at']}".rstrip()
        for row in rows[:_MOST_ROWS]
    ]
    return "\n".join([summary, *lines])


def counts(row: ExperimentRow) -> str:
    """``12 runs, 1 running, 2 failed``."""
    noun = "run" if row["runs"] == 1 else "runs"
    parts = [f"{row['runs']:,} {noun}"]
    parts += [f"{row['running']:,} running"] if row["running"] else []
    parts += [f"{row['failed']:,} failed"] if row["failed"] else []
    return ", ".join(parts)


def _row(row: ExperimentRow) -> Html:
    best = row["best"]
    name = element("b", one_line(row["name"], 60))
    note = one_line(row["description"], 100)
    under = joined(element("br"), element("span", note, style=_SMALL)) if note else Html()
    return element(
        "tr",
        element("td", name, " (active)" if row["active"] else "", under, style=_CELL),
        element("td", counts(row), style=_NUMBER),
        element("td", row["last_at"] or "–", style=_CELL),
        element("td", f"{best['key']} {best['text']}" if best else "–", style=_NUMBER),
    )
