"""Tables of plain text, and runs as one."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from jupyter_mltrack.entities import Run

_WIDEST = 24


def runs(
    found: Sequence[Run],
    most_columns: int = 6,
    experiments: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """One line a run: number, name, status, seconds, then metrics and params that differ.

    Args:
        found: The runs.
        most_columns: At most so many metrics, and so many params.
        experiments: Names by id, if the runs are of several experiments.
    """
    if not found:
        return ["no runs"]
    metrics = list(dict.fromkeys(key for run in found for key in run.data.metrics))
    params = [
        key
        for key in dict.fromkeys(key for run in found for key in run.data.params)
        if len({run.data.params.get(key) for run in found}) > 1 or len(found) == 1
    ]
    shown = metrics[:most_columns], params[:most_columns]
    head = ["#", "name", "status", "seconds", *shown[0], *shown[1]]
    rows = [_cells(run, *shown) for run in found]
    for run, row in zip(found, rows, strict=True):
        if name := experiments.get(run.info.experiment_id):
            row[0] = f"{name[:_WIDEST]} #{row[0]}"
    return aligned(head, rows, {0, 3, *range(4, 4 + len(shown[0]))})


def aligned(
    head: Sequence[str], rows: Sequence[Sequence[str]], numeric: Collection[int]
) -> list[str]:
    """Lines whose columns stand below each other, with what is in them as `printable`.

    Args:
        head: The name of each column.
        rows: The cells.
        numeric: Places of the columns that stand at the right.
    """
    lines = [[printable(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[at]) for row in lines) for at in range(len(head))]
    return [
        "  ".join(
            cell.rjust(width) if at in numeric else cell.ljust(width)
            for at, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in lines
    ]


def printable(text: str) -> str:
    r"""A text with escapes for what a terminal would obey, or could not show.

    >>> print(printable("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    return "".join(
        one if one.isprintable() else one.encode("unicode_escape").decode() for one in text
    )


def _cells(run: Run, metrics: Sequence[str], params: Sequence[str]) -> list[str]:
    seconds = run.info.duration
    return [
        str(run.info.number),
        run.info.run_name[:_WIDEST],
        run.info.status,
        f"{seconds:.2f}" if seconds is not None else "",
        *(f"{run.data.metrics[k]:.4g}" if k in run.data.metrics else "" for k in metrics),
        *(run.data.params.get(k, "")[:_WIDEST] for k in params),
    ]
