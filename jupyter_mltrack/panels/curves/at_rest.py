"""The curves panel at rest: pictures of its first metrics, and the last values as a table."""

from __future__ import annotations

from collections.abc import Sequence

from jupyter_mltrack.panels.curves.drawn_runs import run_label, run_lines
from jupyter_mltrack.panels.markup import Html, element
from jupyter_mltrack.panels.palette import FONT, LINE, MUTED, TEXT
from jupyter_mltrack.panels.picture import Mark, Picture, drawn
from jupyter_mltrack.panels.wording import number, one_line
from jupyter_mltrack.store.curves import Curves, RunHead

_FEW_RUNS = 8
_MOST_LINES = 20
_MOST_ROWS, _MOST_COLUMNS = 12, 4
_POINTS = 420  # of all pictures together
_CELL = f"padding:1px 10px;border-bottom:1px solid {LINE};text-align:right"
_BOX = f"color:{TEXT};font:13px/18px {FONT}"
_SMALL = f"color:{MUTED};font-size:12px"
EMPTY = "These runs have logged no metric yet."


def curves_html(runs: Sequence[RunHead], keys: Sequence[str], found: Curves) -> str:
    """HTML of at most 15 kB, no script, every text escaped.

    Args:
        runs: The runs.
        keys: The metrics that were asked for.
        found: Their curves.
    """
    if not keys or not runs:
        return element("div", EMPTY, style=_BOX)
    shown = keys[: 4 if len(runs) <= _FEW_RUNS else 2]
    lines = run_lines(runs[:_MOST_LINES])
    room = max(4, _POINTS // (len(lines) * len(shown)))
    pictures = []
    for nth, key in enumerate(shown):
        marks = [
            Mark(_places(found, one.first, one.size, room), line["colour"], line["dash"] or None)
            for one in found.series
            if one.key == nth and one.run < len(lines)
            for line in [lines[one.run]]
        ]
        picture = drawn(Picture(title=key, marks=marks, across="step"))
        pictures.append(element("div", picture, style="margin:0 20px 8px 0"))
    more = [
        f"{len(keys) - len(shown)} more metrics" if len(keys) > len(shown) else "",
        f"{len(runs) - _MOST_ROWS} more runs" if len(runs) > _MOST_ROWS else "",
    ]
    rest = ", ".join(filter(None, more))
    return element(
        "div",
        element("div", *pictures, style="display:flex;flex-wrap:wrap"),
        _table(runs[:_MOST_ROWS], keys[:_MOST_COLUMNS]),
        element("div", f"+ {rest}", style=_SMALL) if rest else "",
        style=_BOX,
    )


def curves_text(runs: Sequence[RunHead], keys: Sequence[str]) -> str:
    """The last values of the runs, one line each."""
    if not keys or not runs:
        return EMPTY
    lines = []
    for run in runs[:_MOST_ROWS]:
        values = [f"{one_line(key, 30)} {_last(run, key)}" for key in keys if key in run.metrics]
        lines.append(f"{run_label(run)}: {', '.join(values) or 'no values'}")
    if len(runs) > _MOST_ROWS:
        lines.append(f"+ {len(runs) - _MOST_ROWS} more runs")
    return "\n".join(lines)


def _table(runs: Sequence[RunHead], keys: Sequence[str]) -> Html:
    heads = [element("th", text, style=_CELL) for text in ("", *(one_line(k, 30) for k in keys))]
    rows = []
    for run, line in zip(runs, run_lines(runs), strict=True):
        name = element(
            "td", element("b", "● ", style=f"color:{line['colour']}"), line["label"],
            style=_CELL.replace("right", "left"),
        )  # fmt: skip
        rows.append(element("tr", name, *(element("td", _last(run, k), style=_CELL) for k in keys)))
    return element("table", element("tr", *heads), *rows, style="border-collapse:collapse")


def _last(run: RunHead, key: str) -> str:
    return number(run.metrics[key]) if key in run.metrics else "–"


def _places(found: Curves, first: int, size: int, room: int) -> list[tuple[float, float | None]]:
    """So many places of a line at most, the last one among them."""
    count = min(size, room)
    rows = {first + round(nth * (size - 1) / max(1, count - 1)) for nth in range(count)}
    return [(float(found.x[row]), float(found.mean[row])) for row in sorted(rows)]
