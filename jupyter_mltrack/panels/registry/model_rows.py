"""The rows of the list of registered models, ready to be written."""

from __future__ import annotations

from typing import TypedDict

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.entities.model_registry.model_version_stages import (
    STAGE_ARCHIVED,
    STAGE_NONE,
    STAGE_PRODUCTION,
)
from jupyter_mltrack.panels.wording import moment, one_line
from jupyter_mltrack.store import registry_list
from jupyter_mltrack.store.registry_list import ListedRegisteredModel

#: So many rows are shown; a search finds the others.
MOST_ROWS = 300

STARTER = """\
import jupyter_mltrack as mlt

def double(model_input: list[float]) -> list[float]:
    return [2 * one for one in model_input]

with mlt.start_run():
    mlt.pyfunc.log_model(name="model", python_model=double, registered_model_name="double")"""

_LONGEST_NAME, _LONGEST_NOTE, _LONGEST_WORD, _MOST_WORDS = 120, 300, 60, 20
_MARKS = ("=", "<", ">", " like ", " ilike ", " in (")


class StageWord(TypedDict):
    """A stage or an alias, and the version that it has."""

    name: str
    version: int
    tone: str


class ModelRow(TypedDict):
    """A registered model as it is shown.

    Attributes:
        latest: Its highest version; None without any.
        at: When it changed last, in ms since 1970; `at_text` is the same in words.
    """

    id: str
    name: str
    description: str
    latest: int | None
    versions: int
    stages: list[StageWord]
    aliases: list[StageWord]
    who: str
    at: int
    at_text: str


def found(client: MltrackClient, query: str) -> list[ListedRegisteredModel]:
    """The models that match, the one that changed last first; one more than are shown.

    Args:
        client: Of the store.
        query: A filter of `search_registered_models`, or a part of a name.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
    """
    words = query.strip()
    names = None
    if is_filter(words):
        matching = client.search_registered_models(words, max_results=MOST_ROWS + 1)
        names = [one.name for one in matching]
    return registry_list.listed(client.store, words, names, MOST_ROWS + 1)


def is_filter(query: str) -> bool:
    """Whether it is in the language of filters, and not a part of a name.

    >>> is_filter("name LIKE 'wine%'"), is_filter("red wine")
    (True, False)
    """
    return any(mark in query.lower() for mark in _MARKS)


def row(one: ListedRegisteredModel, stages: list[str]) -> ModelRow:
    """One model, ready to be shown; its stages from the last to the first, then Archived."""
    known = [name for name in reversed(stages) if name in one.stages and name != STAGE_NONE]
    known.sort(key=lambda name: name == STAGE_ARCHIVED)
    return ModelRow(
        id=one.model_id,
        name=one_line(one.name, _LONGEST_NAME),
        description=one_line(one.description or "", _LONGEST_NOTE),
        latest=one.latest,
        versions=one.versions,
        stages=[stage_word(name, one.stages[name]) for name in known],
        aliases=[
            StageWord(name=one_line(name, _LONGEST_WORD), version=version, tone="")
            for name, version in list(one.aliases.items())[:_MOST_WORDS]
        ],
        who=one_line(one.who, _LONGEST_WORD),
        at=one.at,
        at_text=moment(one.at),
    )


def stage_word(name: str, version: int) -> StageWord:
    """A stage and its version."""
    return StageWord(name=one_line(name, _LONGEST_WORD), version=version, tone=tone(name))


def tone(stage: str) -> str:
    """How a stage is coloured; its name is always beside."""
    return _TONES.get(stage, "busy")


_TONES = {STAGE_NONE: "quiet", STAGE_PRODUCTION: "good", STAGE_ARCHIVED: "quiet"}


def summary(rows: int, total: int, milliseconds: int) -> str:
    """``2 of 7 models · 12 ms``."""
    noun = "model" if total == 1 else "models"
    count = f"{total:,} {noun}" if rows == total else f"{rows:,} of {total:,} {noun}"
    return f"{count} · {milliseconds} ms"
