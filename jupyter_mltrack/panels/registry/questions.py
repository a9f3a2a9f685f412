"""What a browser may ask of the panel of the registry: a closed list."""

from __future__ import annotations

from typing import Annotated

import msgspec

from jupyter_mltrack.panels.panel import Question

#: The longest name or key that can be meant; longer ones are none of ours.
Short = Annotated[str, msgspec.Meta(max_length=2048)]
#: What a text field may send.
Typed = Annotated[str, msgspec.Meta(max_length=200_000)]
Version = Annotated[int, msgspec.Meta(ge=1, le=2**31 - 1)]


class Search(Question, frozen=True, tag_field="kind", tag="search"):
    """Show the models that match."""

    filter: Typed


class Open(Question, frozen=True, tag_field="kind", tag="open"):
    """Show a model; by its id."""

    model: Short


class Back(Question, frozen=True, tag_field="kind", tag="back"):
    """Show the list of models."""


class AsOf(Question, frozen=True, tag_field="kind", tag="as_of"):
    """Show the model as it was: at a date, or right after a change of the trail; "" is now."""

    when: Short
    moment: int | None = None


class More(Question, frozen=True, tag_field="kind", tag="more"):
    """Show more versions, or more of the trail."""

    trail: bool


class VersionFacts(Question, frozen=True, tag_field="kind", tag="version"):
    """All about a version."""

    version: Version


class TextOf(Question, frozen=True, tag_field="kind", tag="text"):
    """A description exactly as it is kept; of a version, or of the model."""

    version: Version | None = None


class Gates(Question, frozen=True, tag_field="kind", tag="gates"):
    """What the gates of a stage say of a version."""

    version: Version
    stage: Short


class Move(Question, frozen=True, tag_field="kind", tag="move"):
    """Move a version to a stage."""

    version: Version
    stage: Short
    archive: bool
    comment: Typed
    override: Typed = ""


class RollBack(Question, frozen=True, tag_field="kind", tag="roll_back"):
    """Bring the version back that was in a stage before."""

    stage: Short
    comment: Typed
    override: Typed = ""


class SetAlias(Question, frozen=True, tag_field="kind", tag="alias"):
    """Let an alias stand for a version."""

    version: Version
    alias: Short


class DropAlias(Question, frozen=True, tag_field="kind", tag="unalias"):
    """Take an alias away."""

    alias: Short


class Describe(Question, frozen=True, tag_field="kind", tag="describe"):
    """Describe a version, or the model."""

    text: Typed
    version: Version | None = None


class SetTag(Question, frozen=True, tag_field="kind", tag="tag"):
    """Set a tag of a version, or of the model."""

    key: Short
    value: Typed
    version: Version | None = None


class DropTag(Question, frozen=True, tag_field="kind", tag="untag"):
    """Remove a tag of a version, or of the model."""

    key: Short
    version: Version | None = None


class OpenRun(Question, frozen=True, tag_field="kind", tag="run"):
    """Show the run that made a version, below."""

    version: Version


class Compare(Question, frozen=True, tag_field="kind", tag="compare"):
    """Compare the runs of versions, below."""

    versions: Annotated[list[Version], msgspec.Meta(max_length=200)]


class Close(Question, frozen=True, tag_field="kind", tag="close"):
    """Remove what is below."""


class News(Question, frozen=True, tag_field="kind", tag="news"):
    """Is there anything new?"""
