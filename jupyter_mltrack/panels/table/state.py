"""What a user has chosen in the table of runs: it outlives the widget when its cell runs again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from jupyter_mltrack.panels.comparison import Direction
from jupyter_mltrack.search import RUNS, Field, Order
from jupyter_mltrack.search.grammar import BARE_KEY
from jupyter_mltrack.store.listing import DATASET

SortDirection = Literal["ascending", "descending"]
Format = Literal["short", "exact", "percent", "scientific"]

_ENTITIES = {"metrics": "metric", "params": "param", "tags": "tag"}
_ATTRIBUTES = {
    "status": "status",
    "run_name": "number",  # a run is called #41 brisk-otter
    "start_time": "start_time",
    "duration": "duration",
    "user": "user_id",
    "experiment": "experiment_name",
}
_COLUMNS = {key: f"attributes.{column}" for column, key in _ATTRIBUTES.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class TableState:
    """What a user has chosen.

    Attributes:
        query: The filter.
        orders: What the rows are sorted by, the most important first.
        columns: Ids of the columns that are shown; None for those that differ.
        pinned_columns: Ids of the columns that stay in sight.
        formats: How numbers are written, by id of the column.
        better: Which values are better, by id of the column, where the name does not say it.
        group: Id of the column that the runs are grouped by.
        open: Keys of the groups, and ids of the runs, that are open.
        pins: Runs that stay at the top.
        baseline: The run that all others are compared with.
        deleted: Whether the runs in the bin are shown, instead of those that are not.
        selected: Ids of the runs that are ticked.
    """

    query: str = ""
    orders: tuple[Order, ...] = ()
    columns: tuple[str, ...] | None = None
    pinned_columns: tuple[str, ...] = ()
    formats: Mapping[str, Format] = field(default_factory=dict)
    better: Mapping[str, Direction | None] = field(default_factory=dict)
    group: str | None = None
    open: frozenset[str] = frozenset()
    pins: tuple[str, ...] = ()
    baseline: str | None = None
    deleted: bool = False
    selected: tuple[str, ...] = ()


def field_of(column: str) -> Field | None:
    """The field of the grammar that a column shows; None if it cannot be sorted by.

    >>> field_of("metrics.loss")
    Field(entity='metric', key='loss', stat=None)
    """
    prefix, _, key = column.partition(".")
    if prefix == "attributes":
        return Field("attribute", _ATTRIBUTES[key]) if key in _ATTRIBUTES else None
    entity = _ENTITIES.get(prefix)
    return Field(entity, key) if entity is not None and key else None  # type: ignore[arg-type]


def group_field(column: str | None) -> Field | None:
    """The field that a column groups by."""
    return DATASET if column == "data.name" else field_of(column) if column else None


def column_of(shown: Field) -> str:
    """The id of the column that shows a field: the other way round than `field_of`."""
    if shown.entity in RUNS.open_keys:
        name = f"{RUNS.prefix(shown.entity)}.{shown.key}"
        return f"{name}.{shown.stat}" if shown.stat else name
    return _COLUMNS.get(shown.key, f"attributes.{shown.key}")


def clause(order: Order) -> str:
    """A clause of ``order_by``: ``metrics.loss ASC``."""
    shown = order.field
    if shown.stat:
        key = shown.key if BARE_KEY.fullmatch(shown.key) else f"`{shown.key.replace('`', '``')}`"
        name = f"metrics.{key}.{shown.stat}"
    elif shown.entity in RUNS.open_keys:
        name = RUNS.spelt(shown.entity, shown.key)
    else:
        name = f"attributes.{shown.key}"
    return f"{name} {'ASC' if order.ascending else 'DESC'}"


def sorted_by(
    orders: tuple[Order, ...], shown: Field, direction: SortDirection | None, *, add: bool
) -> tuple[Order, ...]:
    """The orders after a click on a column's header."""
    new = () if direction is None else (Order(shown, direction == "ascending"),)
    if not add:
        return new
    kept = [
        Order(shown, direction == "ascending") if direction and one.field == shown else one
        for one in orders
        if direction or one.field != shown
    ]
    return tuple(kept) if any(one.field == shown for one in kept) else (*kept, *new)
