"""Which columns the table of runs has, and what is folded because all runs agree on it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypedDict

from jupyter_mltrack.panels.comparison import Direction, direction
from jupyter_mltrack.panels.table.state import Format, SortDirection, TableState
from jupyter_mltrack.panels.wording import exact, one_line, parsed
from jupyter_mltrack.store.listed_rows import Keys
from jupyter_mltrack.store.listing import Listing, Spread

MOST_COLUMNS = 40
MOST_OFFERED = 500
_MOST_GROUPS = 100
_MOST_EQUAL = 500
_LONGEST_LABEL = 60
_LONGEST_HINT = 500

GroupName = Literal["Run", "Metrics", "Parameters", "Tags", "Data", "Code"]
Kind = Literal[
    "status", "run", "started", "duration", "metric", "param", "tag", "data", "code", "curve"
]


class Column(TypedDict):
    """One column, as the browser draws its header.

    Attributes:
        id: Such as ``metrics.loss``, ``attributes.status``, ``curve.loss``.
        group: Under which title it stands.
        label: What its header says.
        hint: More about it, on hover.
        kind: What is in it, and so how it is drawn.
        numeric: Whether it holds numbers, to be aligned at the right.
        first: How a first click sorts it; None if it cannot be sorted.
        better: Which of its values are better; None if that is not known.
        format: How its numbers are written; None for the usual way.
        pinned: Whether it stays in sight.
    """

    id: str
    group: GroupName
    label: str
    hint: str
    kind: Kind
    numeric: bool
    first: SortDirection | None
    better: Direction | None
    format: Format | None
    pinned: bool


class Equal(TypedDict):
    """What is the same in all runs: one line that opens to names and values."""

    label: str
    lines: list[str]


class Offered(TypedDict):
    """A column that can be chosen."""

    id: str
    group: GroupName
    label: str
    shown: bool


class Grouping(TypedDict):
    """A column that the runs can be grouped by."""

    id: str
    label: str


class Columns:
    """The columns of a listing as a user wants to see them.

    Args:
        listing: What was found.
        state: What the user has chosen.
        several: Whether the runs are of several experiments.

    Attributes:
        shown: The columns, in their order.
        omitted: How many more differ.
        equal: What all runs agree on, unless columns were chosen.
    """

    def __init__(self, listing: Listing, state: TableState, *, several: bool = False) -> None:
        self._listing = listing
        self._state = state
        self._several = several
        self.spreads = {_id(spread): spread for spread in listing.spreads}
        self.omitted = 0
        ids = list(self._differing()) if state.columns is None else list(state.columns)
        self.shown = [self._column(one) for one in self._arranged(ids)]
        self.equal = self._equal() if state.columns is None else None

    def offered(self) -> list[Offered]:
        """All columns there are, at most 500."""
        shown = {column["id"] for column in self.shown}
        ids = [*_ATTRIBUTES, *self.spreads, "data.name", "code.digest"]
        ids += [f"curve.{one.key}" for one in self._listing.spreads if one.curve]
        return [
            Offered(
                id=one,
                group=(column := self._column(one))["group"],
                label=column["label"] or "Status",
                shown=one in shown,
            )
            for one in ids[:MOST_OFFERED]
        ]

    def groupings(self) -> list[Grouping]:
        """What the runs can be grouped by."""
        ids = ["attributes.status"]
        ids += ["attributes.user"] * (self._listing.users > 1)
        ids += ["attributes.experiment"] * self._several
        ids += ["data.name"] * (self._listing.datasets > 0)
        ids += [one for one, spread in self.spreads.items() if spread.group != "metric"]
        return [
            Grouping(id=one, label=self._column(one)["label"] or "Status")
            for one in ids[:_MOST_GROUPS]
        ]

    def keys(self) -> Keys:
        """What is fetched of the runs that are shown, in the order of the columns."""
        named: dict[str, list[str]] = {"metrics": [], "params": [], "tags": [], "curve": []}
        ids = {column["id"] for column in self.shown}
        for column in self.shown:
            prefix, _, key = column["id"].partition(".")
            if prefix in named:
                named[prefix].append(key)
        curves = named.pop("curve")
        return Keys(**named, curves=curves, data="data.name" in ids, code="code.digest" in ids)

    def _differing(self) -> Iterator[str]:
        """The columns that are shown unless others are chosen."""
        yield from ("attributes.status", "attributes.run_name")
        if self._several:
            yield "attributes.experiment"
        yield from ("attributes.start_time", "attributes.duration")
        if self._listing.users > 1:
            yield "attributes.user"
        spreads = self._listing.spreads
        differing = [one for one in spreads if not self._is_equal(one)]
        self.omitted = max(0, len(differing) - MOST_COLUMNS)
        drawn = next((one for one in differing if one.curve and direction(one.key)), None)
        for one in differing[:MOST_COLUMNS]:
            if one is drawn:
                yield f"curve.{one.key}"
            yield _id(one)
        if self._listing.datasets > 1:
            yield "data.name"
        if self._listing.codes > 1:
            yield "code.digest"

    def _arranged(self, ids: list[str]) -> list[str]:
        """What names a run comes first, then what is pinned."""
        names = [one for one in ids if one in ("attributes.status", "attributes.run_name")]
        pinned = [one for one in self._state.pinned_columns if one in ids and one not in names]
        first = [*names, *pinned]
        return [*first, *(one for one in ids if one not in first)]

    def _is_equal(self, spread: Spread) -> bool:
        found = len(self._listing.ids)
        return found > 1 and spread.same and spread.runs == found

    def _equal(self) -> Equal | None:
        """The keys that all runs share, as '12 parameters, 1 metric equal'."""
        same = [one for one in self._listing.spreads if self._is_equal(one)]
        same.sort(key=lambda one: ("param", "metric", "tag").index(one.group))
        if not same:
            return None
        counts = [
            _counted(sum(one.group == group for one in same), noun)
            for group, noun in (("param", "parameter"), ("metric", "metric"), ("tag", "tag"))
        ]
        lines = [f"{one_line(one.key, _LONGEST_LABEL)} = {_value(one)}" for one in same]
        return Equal(label=f"{', '.join(filter(None, counts))} equal", lines=lines[:_MOST_EQUAL])

    def _column(self, column: str) -> Column:
        state = self._state
        prefix, _, key = column.partition(".")
        known = _ATTRIBUTES.get(column) or _OF_RUNS.get(column)
        if known is not None:
            group, kind, label, hint, first = known
            numeric = kind in ("started", "duration")
        else:
            group, kind = _KEYED[prefix]
            label, hint = one_line(key, _LONGEST_LABEL), one_line(key, _LONGEST_HINT)
            numeric = kind in ("metric", "curve") or self._is_numeric(column)
            first = None if kind == "curve" else "ascending"
        better = None
        if kind in ("metric", "curve"):
            better = state.better.get(f"metrics.{key}", direction(key))
        if kind == "metric":
            first = "ascending" if better == "lower" else "descending"
            hint += _better(better, chosen=column in state.better)
        return Column(
            id=column, group=group, label=label, hint=hint, kind=kind, numeric=numeric,
            first=first, better=better, format=state.formats.get(column),
            pinned=column in state.pinned_columns,
        )  # fmt: skip

    def _is_numeric(self, column: str) -> bool:
        """Whether the texts of a column are numbers, as far as the first and the last tell."""
        spread = self.spreads.get(column)
        return spread is not None and None not in (parsed(spread.low), parsed(spread.high))


_Known = tuple[GroupName, Kind, str, str, SortDirection | None]
_ATTRIBUTES: dict[str, _Known] = {
    "attributes.status": ("Run", "status", "", "status", "ascending"),
    "attributes.run_name": ("Run", "run", "Run", "number and name", "descending"),
    "attributes.start_time": ("Run", "started", "Started", "when the run began", "descending"),
    "attributes.duration": ("Run", "duration", "Duration", "from start to end", "descending"),
    "attributes.user": ("Run", "tag", "User", "who ran it", "ascending"),
    "attributes.experiment": ("Run", "tag", "Experiment", "where it belongs", "ascending"),
}
_OF_RUNS: dict[str, _Known] = {
    "data.name": ("Data", "data", "Dataset", "name and digest of what it used", None),
    "code.digest": ("Code", "code", "Cell", "digest of the cell it began in", None),
}
_KEYED: dict[str, tuple[GroupName, Kind]] = {
    "metrics": ("Metrics", "metric"),
    "params": ("Parameters", "param"),
    "tags": ("Tags", "tag"),
    "curve": ("Metrics", "curve"),
}


def is_column(column: str) -> bool:
    """Whether a text is the id of a column that there can be."""
    prefix, _, key = column.partition(".")
    return column in _ATTRIBUTES or column in _OF_RUNS or (prefix in _KEYED and bool(key))


def _id(spread: Spread) -> str:
    return f"{spread.group}s.{spread.key}"


def _better(better: Direction | None, *, chosen: bool) -> str:
    """What a header adds to the name of a metric."""
    if better is None:
        return ""
    return f" ({better} is better{', as you chose' if chosen else ''})"


def _value(spread: Spread) -> str:
    value = exact(spread.example) if spread.group == "metric" else spread.example
    return one_line(value, 200)


def _counted(count: int, noun: str) -> str:
    """``12 parameters``, ``1 parameter``, or nothing."""
    return f"{count} {noun}{'' if count == 1 else 's'}" if count else ""
