"""What a browser may ask of the list of experiments: a closed list."""

from __future__ import annotations

from jupyter_mltrack.panels.panel import Question


class Search(Question, frozen=True, tag_field="kind", tag="search"):
    """Show what matches a filter."""

    filter: str


class Sort(Question, frozen=True, tag_field="kind", tag="sort"):
    """Order by a column."""

    column: str
    descending: bool


class Deleted(Question, frozen=True, tag_field="kind", tag="deleted"):
    """Show what is in the bin, or what is not."""

    on: bool


class Create(Question, frozen=True, tag_field="kind", tag="create"):
    """Make an experiment."""

    name: str
    description: str


class Texts(Question, frozen=True, tag_field="kind", tag="texts"):
    """The whole texts of an experiment, to be changed."""

    experiment: str


class Change(Question, frozen=True, tag_field="kind", tag="change"):
    """Give an experiment another name or description; None leaves it as it is."""

    experiment: str
    name: str | None = None
    description: str | None = None


class Tag(Question, frozen=True, tag_field="kind", tag="tag"):
    """Set a tag, or remove it."""

    experiment: str
    key: str
    value: str | None


class Delete(Question, frozen=True, tag_field="kind", tag="delete"):
    """Put an experiment and its runs in the bin."""

    experiment: str


class Restore(Question, frozen=True, tag_field="kind", tag="restore"):
    """Take an experiment and its runs out of the bin."""

    experiment: str


class Activate(Question, frozen=True, tag_field="kind", tag="activate"):
    """Log to this experiment from now on."""

    experiment: str


class Open(Question, frozen=True, tag_field="kind", tag="open"):
    """Show the runs of an experiment."""

    experiment: str


class News(Question, frozen=True, tag_field="kind", tag="news"):
    """Is there anything new?"""
