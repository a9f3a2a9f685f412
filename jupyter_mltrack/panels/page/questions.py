"""What the browser may ask of the page of a run: the closed list of its questions."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec

from jupyter_mltrack.panels.panel import Question

#: The longest path or key that can be meant; longer ones are none of ours.
Short = Annotated[str, msgspec.Meta(max_length=2048)]
#: What a text field of the page may send.
Typed = Annotated[str, msgspec.Meta(max_length=1_000_000)]


class News(Question, frozen=True, tag_field="kind", tag="news"):
    """Whether anything was logged since the last look."""


class Open(Question, frozen=True, tag_field="kind", tag="open"):
    """Show another run here."""

    run: Short


class Back(Question, frozen=True, tag_field="kind", tag="back"):
    """Show the run that was here before."""


class Rename(Question, frozen=True, tag_field="kind", tag="rename"):
    """Give the run another name."""

    name: Typed


class Describe(Question, frozen=True, tag_field="kind", tag="describe"):
    """Set the description."""

    text: Typed


class SetTag(Question, frozen=True, tag_field="kind", tag="tag"):
    """Set a tag."""

    key: Short
    value: Typed


class RemoveTag(Question, frozen=True, tag_field="kind", tag="untag"):
    """Remove a tag."""

    key: Short


class Delete(Question, frozen=True, tag_field="kind", tag="delete"):
    """Put the run in the bin."""


class Restore(Question, frozen=True, tag_field="kind", tag="restore"):
    """Take the run out of the bin."""


class ShowRegister(Question, frozen=True, tag_field="kind", tag="register"):
    """Put the form that registers a model of the run below."""


class Rows(Question, frozen=True, tag_field="kind", tag="rows"):
    """The rows of a long table whose name holds a text."""

    table: Literal["params", "metrics"]
    filter: Short


class Whole(Question, frozen=True, tag_field="kind", tag="whole"):
    """A value in full that was cut in the table."""

    table: Literal["params", "tags"]
    key: Short


class TextOf(Question, frozen=True, tag_field="kind", tag="text"):
    """A text exactly as it is kept, to be changed: the description, the name, or a tag."""

    of: Literal["description", "name", "tag"]
    key: Short = ""


class Failure(Question, frozen=True, tag_field="kind", tag="failure"):
    """The traceback of a failed run, and its cell."""


class ShowCharts(Question, frozen=True, tag_field="kind", tag="charts"):
    """Put the curves below."""


class ShowCode(Question, frozen=True, tag_field="kind", tag="code"):
    """What the Code tab shows."""


class ShowCell(Question, frozen=True, tag_field="kind", tag="cell"):
    """The source of one cell of the run's session."""

    number: int


class ShowData(Question, frozen=True, tag_field="kind", tag="data"):
    """What the Data & env tab shows."""


class ListFiles(Question, frozen=True, tag_field="kind", tag="files"):
    """What is in a folder of the run's artifacts; ``""`` is the top."""

    path: Short


class ShowFile(Question, frozen=True, tag_field="kind", tag="preview"):
    """A look into a file."""

    path: Short


class Download(Question, frozen=True, tag_field="kind", tag="download"):
    """A file as it is."""

    path: Short


class ShowLog(Question, frozen=True, tag_field="kind", tag="log"):
    """What the Log tab shows."""
