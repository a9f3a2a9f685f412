"""The metrics of an evaluation as a table: as text, and as HTML for a notebook.

The HTML has no script, fetches nothing, and takes at most 15 kB, so that it stays readable in a
saved notebook; every text in it is escaped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

#: The most bytes that a table may take.
MOST_BYTES = 15_000

_LONGEST_NAME = 60
_DIGITS = 4
_UNPRINTED = re.compile(r"[\x00-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_LARGEST, _SMALLEST = 1e7, 1e-4  # beyond these, a number gets an exponent

#: Whether more is better, of the metrics that every evaluation has; counts are neither.
GREATER_IS_BETTER: dict[str, bool] = {
    **dict.fromkeys(
        "score true_negatives true_positives accuracy_score recall_score precision_score f1_score"
        " roc_auc precision_recall_auc r2_score".split(),
        True,
    ),
    **dict.fromkeys(
        "false_positives false_negatives log_loss mean_absolute_error mean_squared_error"
        " root_mean_squared_error max_error mean_absolute_percentage_error".split(),
        False,
    ),
}

_MUTED = "color:var(--jp-ui-font-color2,#777)"
_TONES = {
    "better": "color:var(--jp-success-color1,#388e3c)",
    "worse": "color:var(--jp-error-color1,#d32f2f)",
}
_LEFT = ' style="text-align:left"'


class Row(NamedTuple):
    """One metric, written out.

    Attributes:
        name: What it is called.
        value: Its number.
        baseline: That of the baseline, or nothing.
        change: ``▲ 0.02``, ``▼ 0.02``, ``=`` or nothing.
        verdict: ``better``, ``worse`` or nothing.
    """

    name: str
    value: str
    baseline: str
    change: str
    verdict: str


def rows(
    metrics: Mapping[str, Any],
    baseline: Mapping[str, Any],
    greater_is_better: Mapping[str, bool],
) -> Iterator[Row]:
    """The metrics, each with what changed against the baseline."""
    for name, value in metrics.items():
        before = baseline.get(name)
        change, verdict = "", ""
        if _is_finite(value) and _is_finite(before):
            difference = value - before
            arrow = "▲" if difference > 0 else "▼"
            change = f"{arrow} {number(abs(difference))}" if difference else "="
            better = greater_is_better.get(name)
            if difference and better is not None:
                verdict = "better" if (difference > 0) is better else "worse"
        text = "" if before is None else number(before)
        yield Row(_one_line(name), number(value), text, change, verdict)


def as_text(
    metrics: Mapping[str, Any], baseline: Mapping[str, Any], artifacts: Sequence[str]
) -> str:
    """The metrics in columns, and the names of the files."""
    found = list(rows(metrics, baseline, {}))
    widths = [max((len(row[place]) for row in found), default=0) for place in range(3)]
    lines = [
        f"  {row.name:<{widths[0]}}  {row.value:>{widths[1]}}"
        f"  {row.baseline:>{widths[2]}}  {row.change}".rstrip()
        for row in found
    ]
    files = [f"  artifacts: {', '.join(map(_one_line, artifacts))}"] if artifacts else []
    return "\n".join(["EvaluationResult", *lines, *files])


def as_html(
    metrics: Mapping[str, Any],
    baseline: Mapping[str, Any],
    artifacts: Sequence[str],
    greater_is_better: Mapping[str, bool],
) -> str:
    """The same as HTML, with what is better or worse said by colour and word."""
    heads = ["Metric", "Value", *(["Baseline", "Change"] if baseline else [])]
    cells = "".join(
        f'<th{_LEFT if place == 0 else ""} scope="col">{head}</th>'
        for place, head in enumerate(heads)
    )
    known = {**GREATER_IS_BETTER, **greater_is_better}
    lines = [_line(row, compared=bool(baseline)) for row in rows(metrics, baseline, known)]
    files = ", ".join(map(_one_line, artifacts))
    begin = f"<table><thead><tr>{cells}</tr></thead><tbody>"
    room = MOST_BYTES - len(begin.encode()) - 1_500  # for the names of the files, and the end
    body, left = _fitting(lines, room)
    more = f'<p style="{_MUTED}">… and {left} more in <code>.metrics</code></p>' if left else ""
    names = escape(files if len(files.encode()) < 1_000 else f"{len(artifacts)} files")  # noqa: PLR2004
    note = f'<p style="{_MUTED}">Artifacts: {names}</p>' if artifacts else ""
    return f"<div>{begin}{body}</tbody></table>{more}{note}</div>"


def number(value: Any) -> str:
    """A number in 4 significant digits; a whole number below ten million in all of them."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return "NaN" if value != value else _one_line(value)  # noqa: PLR0124  (NaN is not itself)
    if value == int(value) and abs(value) < _LARGEST:
        return f"{int(value):,}"
    if abs(value) >= _LARGEST or abs(value) < _SMALLEST:
        return f"{value:.{_DIGITS - 1}e}"
    decimals = max(0, _DIGITS - 1 - math.floor(math.log10(abs(value))))
    return f"{value:,.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{value:,.0f}"


def _line(row: Row, *, compared: bool) -> str:
    tone = f' style="{_TONES[row.verdict]}"' if row.verdict else ""
    word = f" {row.verdict}" if row.verdict else ""
    more = f"<td>{escape(row.baseline)}</td><td{tone}>{escape(row.change + word)}</td>"
    return (
        f'<tr><th{_LEFT} scope="row">{escape(row.name)}</th><td>{escape(row.value)}</td>'
        f"{more if compared else ''}</tr>"
    )


def _fitting(lines: Sequence[str], room: int) -> tuple[str, int]:
    """As many lines as there is room for, and how many are left out."""
    for place, line in enumerate(lines):
        room -= len(line.encode())
        if room < 0:
            return "".join(lines[:place]), len(lines) - place
    return "".join(lines), 0


def _is_finite(value: Any) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def _one_line(text: Any) -> str:
    """A text without what would break or turn round its line."""
    words = " ".join(str(text)[: 4 * _LONGEST_NAME].encode("utf-8", "replace").decode().split())
    line = _UNPRINTED.sub("\N{REPLACEMENT CHARACTER}", words)
    return line if len(line) <= _LONGEST_NAME else line[: _LONGEST_NAME - 1] + "…"
