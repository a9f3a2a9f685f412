"""What stands around the rows of the table: columns, counts, choices, and what can be done."""

from __future__ import annotations

from typing import TypedDict

from jupyter_mltrack.panels.table.columns import Column, Columns, Equal, Grouping, Offered
from jupyter_mltrack.panels.table.layout import Layout
from jupyter_mltrack.panels.table.state import SortDirection, TableState, column_of
from jupyter_mltrack.search import RUNS
from jupyter_mltrack.store import Store, suggestions
from jupyter_mltrack.store.listing import Listing, Wanted

#: What an empty table shows: a cell that makes a first run.
STARTER = """\
import jupyter_mltrack as mlt

with mlt.start_run():
    mlt.log_param("learning_rate", 0.01)
    for step in range(10):
        mlt.log_metric("loss", 1 / (step + 1), step=step)
"""

_MOST_NAMES = 2_000
_LONGEST_NAME = 200
_FIXED = tuple(
    dict.fromkeys(
        f"{prefix}.{key.name}"
        for prefix in ("attributes", "dataset")
        for key in RUNS.fixed_keys[RUNS.prefixes[prefix]].values()
    )
)


class Sorted(TypedDict):
    """One of the columns that the rows are sorted by."""

    column: str
    direction: SortDirection


class Head(TypedDict):
    """All that is drawn around the rows.

    Attributes:
        generation: Grows when rows or columns change: windows of an older one are dropped.
        rows: How many rows there are: groups, runs, children.
        found: How many runs match.
        total: How many runs these experiments have.
        summary: The two, and how long it took.
        columns: The columns, in their order.
        equal: What is the same in all runs.
        omitted: How many columns are not shown because there are too many.
        all_columns: What can be chosen.
        is_default: Whether the columns are those that differ.
        sort: What the rows are sorted by.
        group: The column that they are grouped by.
        groups: By what they can be grouped.
        baseline: The run that all others are compared with.
        pinned: The runs that stay at the top.
        deleted: Whether the runs are those in the bin.
        nested: Whether some run has children.
        actions: What can be done with runs.
        names: What a filter can name.
        starter: The cell to begin with, if there are no runs at all.
        note: What is wrong, if anything is.
    """

    generation: int
    rows: int
    found: int
    total: int
    summary: str
    columns: list[Column]
    equal: Equal | None
    omitted: int
    all_columns: list[Offered]
    is_default: bool
    sort: list[Sorted]
    group: str | None
    groups: list[Grouping]
    baseline: str | None
    pinned: list[str]
    deleted: bool
    nested: bool
    actions: list[str]
    names: list[str]
    starter: str | None
    note: str


def head(
    *,
    generation: int,
    listing: Listing,
    columns: Columns,
    layout: Layout,
    state: TableState,
    names: tuple[str, ...],
    milliseconds: float,
    note: str,
) -> Head:
    """The head of a table; the arguments are what it is made of."""
    found, total = len(listing.ids), listing.total
    of_stage = ["restore"] if state.deleted else ["delete", "register"]
    return Head(
        generation=generation,
        rows=len(layout),
        found=found,
        total=total,
        summary=_summary(found, total, milliseconds, deleted=state.deleted),
        columns=columns.shown,
        equal=columns.equal,
        omitted=columns.omitted,
        all_columns=columns.offered(),
        is_default=state.columns is None,
        sort=[
            Sorted(
                column=column_of(one.field),
                direction="ascending" if one.ascending else "descending",
            )
            for one in state.orders
        ],
        group=state.group,
        groups=columns.groupings(),
        baseline=state.baseline,
        pinned=list(state.pins),
        deleted=state.deleted,
        nested=layout.is_nested,
        actions=["compare", "diff", "tag", "open", "export", "code", *of_stage],
        names=list(names),
        starter=None if total or state.query or state.deleted else STARTER,
        note=note,
    )


def completions(
    store: Store, wanted: Wanted, found: Listing, known: tuple[str, ...]
) -> tuple[str, ...]:
    """What a filter can name: what was found and known before, or all that the store has."""
    if not known and wanted.filter_string:
        keys = [
            (entity, key) for entity in RUNS.open_keys for key in suggestions.keys(store, entity)
        ]
    else:
        keys = [(one.group, one.key) for one in found.spreads]
    names = [RUNS.spelt(entity, key) for entity, key in keys]
    short = [name for name in names if len(name) <= _LONGEST_NAME]
    return tuple(dict.fromkeys((*_FIXED, *known, *short)))[:_MOST_NAMES]


def _summary(found: int, total: int, milliseconds: float, *, deleted: bool) -> str:
    """``37 of 1,204 runs · 12 ms``."""
    noun = f"{'deleted ' if deleted else ''}run{'' if total == 1 else 's'}"
    count = f"{found:,}" if found == total else f"{found:,} of {total:,}"
    return f"{count} {noun} · {milliseconds:.0f} ms"
