"""What each kind of thing can be searched by: tables that the one parser reads.

MLflow's tables (``mlflow/utils/search_utils.py``), and more where it costs nothing: IN for every
string, the status in any case, ``duration`` and ``number`` of a run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from jupyter_mltrack.search.mistakes import nearest, shorten
from jupyter_mltrack.search.tree import Entity, Operator

NUMBER_OPERATORS: tuple[Operator, ...] = ("=", "!=", "<", "<=", ">", ">=")
STRING_OPERATORS: tuple[Operator, ...] = ("=", "!=", "LIKE", "ILIKE", "IN", "NOT IN")
NULL_OPERATORS: tuple[Operator, ...] = ("IS NULL", "IS NOT NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What one key may be compared with, and how.

    Args:
        kind: Type of the values: quoted strings or plain numbers.
        operators: The operators it takes.
        name: Canonical name, None for an open set of keys, where the key is its own name.
        unit: What a number counts, for messages.
        upper: The stored values are upper case, so the string in a filter is made so too.
    """

    kind: Literal["string", "number"]
    operators: tuple[Operator, ...]
    name: str | None = None
    unit: str = ""
    upper: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Grammar:
    """How one kind of thing is searched.

    Args:
        noun: What is searched, for messages: "runs".
        example: A few fields as a user writes them, for messages.
        prefixes: Every spelling before the dot → entity; the first one of each is for messages.
        open_keys: Entities that take any key: metrics, params, tags.
        fixed_keys: Entities with a closed set of keys, by every spelling of the key.
        sortable: Entities that order_by takes.
    """

    noun: str
    example: str
    prefixes: Mapping[str, Entity]
    open_keys: Mapping[Entity, Key]
    fixed_keys: Mapping[Entity, Mapping[str, Key]]
    sortable: frozenset[Entity]

    def key(self, entity: Entity, spelling: str) -> Key | None:
        """What the grammar knows of a key; None if the entity has no such key."""
        return self.open_keys.get(entity) or self.fixed_keys[entity].get(spelling)

    def prefix(self, entity: Entity) -> str:
        """How the messages write an entity: "metrics" for "metric"."""
        return next(prefix for prefix, named in self.prefixes.items() if named == entity)

    def unknown_prefix(self, spelling: str) -> str:
        """What to say of a prefix that names no entity."""
        near = nearest(spelling, self.prefixes)
        known = ", ".join(dict.fromkeys(map(self.prefix, self.prefixes.values())))
        hint = f"did you mean {near!r}?" if near else f"write one of {known}"
        return f"Unknown prefix {shorten(spelling)} in a search of {self.noun}: {hint}"

    def unknown_key(self, entity: Entity, spelling: str) -> str:
        """What to say of a key that an entity with a closed set of keys does not have."""
        keys = self.fixed_keys[entity]
        near = nearest(spelling, keys)
        known = ", ".join(dict.fromkeys(key.name or "" for key in keys.values()))
        hint = f"did you mean {near!r}?" if near else f"write one of {known}"
        if entity == "attribute" and not near:
            key = spelling if spelling.isidentifier() else "<key>"
            hint += ", or, for what was logged, "
            hint += " or ".join(f"{self.prefix(each)}.{key}" for each in self.open_keys)
        return f"Unknown {entity} {shorten(spelling)} in a search of {self.noun}: {hint}"


def _string(name: str, *, upper: bool = False) -> Key:
    return Key(kind="string", operators=STRING_OPERATORS, name=name, upper=upper)


def _number(name: str, unit: str) -> Key:
    return Key(kind="number", operators=NUMBER_OPERATORS, name=name, unit=unit)


_METRIC = Key(kind="number", operators=NUMBER_OPERATORS)
_TEXT = Key(kind="string", operators=STRING_OPERATORS + NULL_OPERATORS)
_MILLISECONDS = "milliseconds since 1970"
_RUN_NAME = _string("run_name")
_START_TIME = _number("start_time", _MILLISECONDS)

#: The language of ``search_runs``.
RUNS = Grammar(
    noun="runs",
    example="metrics.rmse, params.lr, tags.owner or status",
    prefixes={
        "metrics": "metric",
        "metric": "metric",
        "params": "param",
        "param": "param",
        "parameters": "param",
        "parameter": "param",
        "tags": "tag",
        "tag": "tag",
        "attributes": "attribute",
        "attribute": "attribute",
        "attr": "attribute",
        "run": "attribute",
        "datasets": "dataset",
        "dataset": "dataset",
    },
    open_keys={"metric": _METRIC, "param": _TEXT, "tag": _TEXT},
    fixed_keys={
        "attribute": {
            "run_id": _string("run_id"),
            "run_name": _RUN_NAME,
            "run name": _RUN_NAME,
            "Run name": _RUN_NAME,
            "Run Name": _RUN_NAME,
            "status": _string("status", upper=True),
            "user_id": _string("user_id"),
            "artifact_uri": _string("artifact_uri"),
            "start_time": _START_TIME,
            "created": _START_TIME,
            "Created": _START_TIME,
            "end_time": _number("end_time", _MILLISECONDS),
            "duration": _number("duration", "seconds"),
            "number": _number("number", "the run's number within its experiment"),
        },
        "dataset": {name: _string(name) for name in ("name", "digest", "context")},
    },
    sortable=frozenset({"metric", "param", "tag", "attribute"}),
)

#: The language of ``search_experiments``.
EXPERIMENTS = Grammar(
    noun="experiments",
    example="name or tags.owner",
    prefixes={
        "tags": "tag",
        "tag": "tag",
        "attributes": "attribute",
        "attribute": "attribute",
        "attr": "attribute",
    },
    open_keys={"tag": _TEXT},
    fixed_keys={
        "attribute": {
            "name": _string("name"),
            "experiment_id": _string("experiment_id"),
            "creation_time": _number("creation_time", _MILLISECONDS),
            "last_update_time": _number("last_update_time", _MILLISECONDS),
        },
    },
    sortable=frozenset({"attribute"}),
)
