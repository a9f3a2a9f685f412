"""The registry in plain Python: what its state is after some of its changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from jupyter_mltrack.store import Store


class Change(NamedTuple):
    """A row of the trail."""

    ts: int
    model: str
    version: int
    field: str
    key: str
    old: str | None
    new: str | None


TRAIL = """
SELECT "timestamp", registered_model_id, coalesce(version, 0), field, coalesce(key, ''), old_value,
    new_value FROM registry_events WHERE refused IS NULL AND number > ? ORDER BY number
"""


def trail(store: Store, after: int = 0) -> list[Change]:
    """The changes of a store from some number on, in their order."""
    return [Change(*row) for row in store.rows(TRAIL, [after])]


@dataclass
class Thing:
    """A registered model, or a version of one."""

    name: str | None = None
    description: str | None = None
    stage: str = "None"
    tags: dict[str, str] = field(default_factory=dict)
    aliases: dict[str, str] = field(default_factory=dict)
    born: int = 0
    changed: int = 0


def _is_born(thing: Thing, change: Change) -> None:
    thing.born, thing.name = change.ts, change.new


def _in(attribute: str) -> Callable[[Thing, Change], None]:
    def note(thing: Thing, change: Change) -> None:
        known = getattr(thing, attribute)
        known.pop(change.key, None)
        if change.new is not None:
            known[change.key] = change.new

    return note


def _is(attribute: str) -> Callable[[Thing, Change], None]:
    return lambda thing, change: setattr(thing, attribute, change.new)


APPLY: dict[str, Callable[[Thing, Change], None]] = {
    "created": _is_born,
    "name": _is("name"),
    "description": _is("description"),
    "stage": _is("stage"),
    "tag": _in("tags"),
    "alias": _in("aliases"),
}


class Past:
    """What a registry was after changes.

    Attributes:
        things: What is there, by the model's id and the number of the version, 0 for the model.
    """

    def __init__(self, changes: Sequence[Change]) -> None:
        self.things: dict[tuple[str, int], Thing] = {}
        for change in changes:
            self.apply(change)

    def apply(self, change: Change) -> None:
        """Let one more change happen."""
        place = (change.model, change.version)
        if change.field == "deleted":
            gone = [one for one in self.things if one == place or place == (one[0], 0)]
            for one in gone:
                del self.things[one]
        else:
            APPLY[change.field](self.things.setdefault(place, Thing()), change)
        if change.field not in {"tag", "alias"}:
            for one in {place, (change.model, 0)} & self.things.keys():
                self.things[one].changed = max(change.ts, self.things[one].changed)

    def id(self, name: str) -> str | None:
        """The id of the registered model that has this name."""
        found = [m for (m, n), thing in self.things.items() if n == 0 and thing.name == name]
        return found[0] if found else None

    def has(self, name: str, number: int) -> bool:
        """Whether a model of this name has this version."""
        return (self.id(name) or "", number) in self.things

    def models(self) -> list[tuple[Any, ...]]:
        """The rows of `MODELS`."""
        return sorted(
            (one.name, model, one.description, one.tags,
             {key: int(version) for key, version in one.aliases.items()}, one.born, one.changed)
            for (model, number), one in self.things.items() if number == 0
        )  # fmt: skip

    def versions(self) -> list[tuple[Any, ...]]:
        """The rows of `VERSIONS`."""
        return sorted(
            (self.things[model, 0].name, number, one.stage, one.description, one.tags,
             self.pointing(model, number), one.name, one.born, one.changed)
            for (model, number), one in self.things.items() if number
        )  # fmt: skip

    def aliases(self) -> list[tuple[Any, ...]]:
        """The rows of `ALIASES`."""
        return sorted((name, alias, int(version)) for name, _, _, _, aliases, _, _ in self.models()
                      for alias, version in aliases.items())  # fmt: skip

    def pointing(self, model: str, number: int) -> list[str]:
        """The aliases that stand for a version."""
        known = self.things[model, 0].aliases
        return sorted(alias for alias, version in known.items() if int(version) == number)


MODELS = """
SELECT name, registered_model_id, description, tags, aliases, creation_timestamp,
    last_updated_timestamp FROM registered_models_at(epoch_ms($at::BIGINT)) ORDER BY name
"""
VERSIONS = """
SELECT name, version, stage, description, tags, aliases, source, creation_timestamp,
    last_updated_timestamp FROM model_versions_at(epoch_ms($at::BIGINT)) ORDER BY name, version
"""
ALIASES = """
SELECT name, alias, version FROM model_aliases_at(epoch_ms($at::BIGINT)) ORDER BY ALL
"""


def then(changes: Sequence[Change], at: int | None) -> Sequence[Change]:
    """The changes before the first that is stamped later than an instant."""
    if at is None:
        return changes
    later = [place for place, change in enumerate(changes) if change.ts > at]
    return changes[: min(later, default=len(changes))]


def check(store: Store, changes: Sequence[Change], at: int | None = None) -> None:
    """See that a store says of an instant what its changes up to then make."""
    past = Past(then(changes, at))
    for query, expected in (
        (MODELS, past.models()), (VERSIONS, past.versions()), (ALIASES, past.aliases())
    ):  # fmt: skip
        assert store.rows(query, {"at": at}) == expected
