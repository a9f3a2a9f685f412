"""What a browser may ask of the table of runs: a closed list, see `RunsTable.questions`."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from jupyter_mltrack.panels.comparison import Direction
from jupyter_mltrack.panels.panel import Question
from jupyter_mltrack.panels.table.state import Format, SortDirection

#: The most runs that a browser may name at once.
MOST_RUNS = 100_000
MOST_ROWS = 200

Text = Annotated[str, msgspec.Meta(max_length=10_000)]
RunId = Annotated[str, msgspec.Meta(max_length=500)]
Runs = Annotated[list[RunId], msgspec.Meta(max_length=MOST_RUNS)]


class _Asked(Question, frozen=True, kw_only=True, tag_field="kind", forbid_unknown_fields=True):
    """A question of the table; its ``kind`` is the name of its class in small letters."""


class Rows(_Asked, frozen=True, tag="rows"):
    """A window of rows; with the texts on hover if it is to be whole."""

    first: Annotated[int, msgspec.Meta(ge=0)]
    count: Annotated[int, msgspec.Meta(ge=1, le=MOST_ROWS)]
    generation: int
    whole: bool = False


class Search(_Asked, frozen=True, tag="search"):
    """Another filter."""

    filter: str


class Sort(_Asked, frozen=True, tag="sort"):
    """Sort by a column; without a direction no longer; ``add`` keeps the columns before it."""

    column: Text
    direction: SortDirection | None
    add: bool = False


class Columns(_Asked, frozen=True, tag="columns"):
    """Show these columns; None for those that differ."""

    ids: Annotated[list[Text], msgspec.Meta(max_length=500)] | None


class OneColumn(_Asked, frozen=True, tag="column"):
    """Pin, hide or format a column, or say which values of it are better."""

    column: Text
    pinned: bool | msgspec.UnsetType = msgspec.UNSET
    hidden: bool | msgspec.UnsetType = msgspec.UNSET
    format: Format | msgspec.UnsetType | None = msgspec.UNSET
    better: Direction | msgspec.UnsetType | None = msgspec.UNSET


class Group(_Asked, frozen=True, tag="group"):
    """Group by a column, or by none."""

    column: Text | None


class Expand(_Asked, frozen=True, tag="expand"):
    """Open or close a group, or a run with children."""

    key: Text
    open: bool


class ExpandAll(_Asked, frozen=True, tag="expand_all"):
    """Open or close all of them."""

    open: bool


class Pin(_Asked, frozen=True, tag="pin"):
    """Keep a run at the top, or no longer."""

    run: RunId
    on: bool


class Baseline(_Asked, frozen=True, tag="baseline"):
    """Compare all others with this run, or with none."""

    run: RunId | None


class Deleted(_Asked, frozen=True, tag="deleted"):
    """Show the runs in the bin, or those that are not."""

    on: bool


class Tag(_Asked, frozen=True, tag="tag"):
    """Tag runs."""

    runs: Runs
    key: Text
    value: Text


class Delete(_Asked, frozen=True, tag="delete"):
    """Put runs in the bin."""

    runs: Runs


class Restore(_Asked, frozen=True, tag="restore"):
    """Take runs out of the bin."""

    runs: Runs


class Open(_Asked, frozen=True, tag="open"):
    """Open the page of a run below the table."""

    run: RunId


class Compare(_Asked, frozen=True, tag="compare"):
    """Compare runs below the table; none means the first that are shown."""

    runs: Runs


class Diff(_Asked, frozen=True, tag="diff"):
    """Show below the table in what runs differ."""

    runs: Runs


class Register(_Asked, frozen=True, tag="register"):
    """Open the form that registers a model of a run, below."""

    runs: Runs


class Close(_Asked, frozen=True, tag="close"):
    """Remove what is below the table."""


class Export(_Asked, frozen=True, tag="export"):
    """Write runs to a new file; none means all that were found."""

    format: Literal["csv", "parquet"]
    runs: Runs


class Code(_Asked, frozen=True, tag="code"):
    """A cell that makes the same search."""

    language: Literal["python", "sql"]


class News(_Asked, frozen=True, tag="news"):
    """Whether anything was logged since."""


class Ids(_Asked, frozen=True, tag="ids"):
    """All runs that were found."""
