"""What each kind of thing can be searched by: tables that the one parser reads.

MLflow's tables (``mlflow/utils/search_utils.py``), and more: every operator for every field that
it makes sense for, the status in any case, dates, durations, experiments of runs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from jupyter_mltrack.search.mistakes import nearest, shorten
from jupyter_mltrack.search.tree import Entity, Operator, Stat

#: What goes with every field, and what goes with text only.
ORDER_OPERATORS: tuple[Operator, ...] = ("=", "!=", "<", "<=", ">", ">=")
LIST_OPERATORS: tuple[Operator, ...] = ("IN", "NOT IN", "BETWEEN", "NOT BETWEEN")
NULL_OPERATORS: tuple[Operator, ...] = ("IS NULL", "IS NOT NULL")
PATTERN_OPERATORS: tuple[Operator, ...] = (
    *("LIKE", "NOT LIKE", "ILIKE", "NOT ILIKE", "RLIKE", "NOT RLIKE"),
)
NUMBER_OPERATORS = ORDER_OPERATORS + LIST_OPERATORS + NULL_OPERATORS
STRING_OPERATORS = ORDER_OPERATORS + PATTERN_OPERATORS + LIST_OPERATORS + NULL_OPERATORS

#: A key of these characters needs no quotes.
BARE_KEY = re.compile(r"[\w.:/-]+")

STATS: tuple[Stat, ...] = get_args(Stat)


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """What one key may be compared with, and how.

    Args:
        kind: What its values are: quoted strings, plain numbers, text that is compared with
            either, points in time or durations.
        name: Canonical name, None for an open set of keys, where the key is its own name.
        unit: What a number counts, for messages.
        case: The stored values are all of one case, so the string in a filter is made so too.
        quoted: A number may stand in quotes, as it may in MLflow.
    """

    kind: Literal["string", "number", "text", "moment", "duration"]
    name: str | None = None
    unit: str = ""
    case: Literal["upper", "lower"] | None = None
    quoted: bool = False

    @property
    def operators(self) -> tuple[Operator, ...]:
        """The operators it takes."""
        return STRING_OPERATORS if self.kind in {"string", "text"} else NUMBER_OPERATORS

    @property
    def values(self) -> str:
        """What its values are, for messages."""
        return "strings" if self.kind in {"string", "text"} else "numbers"


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

    def spelt(self, entity: Entity, key: str) -> str:
        """How a user writes an open key: "metrics.rmse", in backticks if it has odd characters."""
        stat = entity == "metric" and key.rpartition(".")[2] in STATS
        bare = BARE_KEY.fullmatch(key) and not stat
        return f"{self.prefix(entity)}." + (key if bare else "`{}`".format(key.replace("`", "``")))

    def unknown_field(self, spelling: str, meant: str) -> str:
        """What to say of a name that is none, if it is known what was meant."""
        name = shorten(spelling)
        return f"Unknown field {name} in a search of {self.noun}: did you mean {meant}?"

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
        names = (key.name if key.name in keys else each for each, key in keys.items())
        known = ", ".join(dict.fromkeys(filter(None, names)))
        hint = f"did you mean {near!r}?" if near else f"write one of {known}"
        if entity == "attribute" and not near:
            key = spelling if spelling.isidentifier() else "<key>"
            hint += ", or, for what was logged, "
            hint += " or ".join(f"{self.prefix(each)}.{key}" for each in self.open_keys)
        return f"Unknown {entity} {shorten(spelling)} in a search of {self.noun}: {hint}"


def _string(name: str, case: Literal["upper", "lower"] | None = None) -> Key:
    return Key(kind="string", name=name, case=case)


def _moment(name: str) -> Key:
    return Key(kind="moment", name=name, unit="milliseconds since 1970")


_METRIC = Key(kind="number")
_TEXT = Key(kind="text")
_RUN_NAME = _string("run_name")
_START_TIME = _moment("start_time")
_EXPERIMENT_NAME = _string("experiment_name")
_EXPERIMENT_ID = _string("experiment_id")

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
        "experiment": "experiment",
    },
    open_keys={"metric": _METRIC, "param": _TEXT, "tag": _TEXT},
    fixed_keys={
        "attribute": {
            "run_id": _string("run_id"),
            "run_name": _RUN_NAME,
            "run name": _RUN_NAME,
            "Run name": _RUN_NAME,
            "Run Name": _RUN_NAME,
            "status": _string("status", "upper"),
            "user_id": _string("user_id"),
            "artifact_uri": _string("artifact_uri"),
            "start_time": _START_TIME,
            "created": _START_TIME,
            "Created": _START_TIME,
            "end_time": _moment("end_time"),
            "duration": Key(kind="duration", name="duration", unit="seconds"),
            "number": Key(
                kind="number", name="number", unit="the run's number within its experiment"
            ),
            "experiment_id": _EXPERIMENT_ID,
            "experiment_name": _EXPERIMENT_NAME,
            "lifecycle_stage": _string("lifecycle_stage", "lower"),
        },
        "dataset": {name: _string(name) for name in ("name", "digest", "context")},
        "experiment": {"name": _EXPERIMENT_NAME, "id": _EXPERIMENT_ID},
    },
    sortable=frozenset({"metric", "param", "tag", "attribute", "experiment"}),
)

_CREATED = _moment("creation_timestamp")
_UPDATED = _moment("last_updated_timestamp")

#: The language of ``search_logged_models``.
LOGGED_MODELS = Grammar(
    noun="logged models",
    example="metrics.rmse, params.alpha, tags.owner or name",
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
        "experiment": "experiment",
    },
    open_keys={"metric": _METRIC, "param": _TEXT, "tag": _TEXT},
    fixed_keys={
        "attribute": {
            "name": _string("name"),
            "model_id": _string("model_id"),
            "model_type": _string("model_type"),
            "status": _string("status", "upper"),
            "source_run_id": _string("source_run_id"),
            "creation_timestamp": _CREATED,
            "creation_time": _CREATED,
            "last_updated_timestamp": _UPDATED,
            "last_updated_time": _UPDATED,
            "artifact_location": _string("artifact_location"),
            "experiment_id": _EXPERIMENT_ID,
            "experiment_name": _EXPERIMENT_NAME,
        },
        "experiment": {"name": _EXPERIMENT_NAME, "id": _EXPERIMENT_ID},
    },
    sortable=frozenset({"metric", "param", "tag", "attribute", "experiment"}),
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
            "experiment_id": _EXPERIMENT_ID,
            "creation_time": _moment("creation_time"),
            "last_update_time": _moment("last_update_time"),
            "lifecycle_stage": _string("lifecycle_stage", "lower"),
        },
    },
    sortable=frozenset({"attribute"}),
)

_NAME = _string("name")
_DESCRIPTION = _string("description")
_ALIASES = _string("aliases")
_USER = _string("user_id")
_REGISTERED_PREFIXES: Mapping[str, Entity] = {
    "tags": "tag",
    "tag": "tag",
    "attributes": "attribute",
    "attribute": "attribute",
    "attr": "attribute",
}
_REGISTERED_TIMES = {
    "creation_timestamp": _CREATED,
    "creation_time": _CREATED,
    "last_updated_timestamp": _UPDATED,
    "last_updated_time": _UPDATED,
    "timestamp": _UPDATED,
}

#: The language of ``search_registered_models``.
REGISTERED_MODELS = Grammar(
    noun="registered models",
    example="name, alias or tags.owner",
    prefixes=_REGISTERED_PREFIXES,
    open_keys={"tag": _TEXT},
    fixed_keys={
        "attribute": {
            "name": _NAME,
            "description": _DESCRIPTION,
            "alias": _ALIASES,
            "aliases": _ALIASES,
            "user_id": _USER,
            "user": _USER,
            **_REGISTERED_TIMES,
        },
    },
    sortable=frozenset({"tag", "attribute"}),
)

_NUMBER = Key(kind="number", name="version_number", unit="the number of the version", quoted=True)
_STAGE = _string("current_stage", "lower")
_SOURCE = _string("source_path")

#: The language of ``search_model_versions``.
MODEL_VERSIONS = Grammar(
    noun="model versions",
    example="name, version_number, stage or tags.owner",
    prefixes=_REGISTERED_PREFIXES,
    open_keys={"tag": _TEXT},
    fixed_keys={
        "attribute": {
            "name": _NAME,
            "version_number": _NUMBER,
            "version": _NUMBER,
            "run_id": _string("run_id"),
            "source_path": _SOURCE,
            "source": _SOURCE,
            "current_stage": _STAGE,
            "stage": _STAGE,
            "alias": _ALIASES,
            "aliases": _ALIASES,
            "description": _DESCRIPTION,
            "user_id": _USER,
            "user": _USER,
            "model_id": _string("model_id"),
            "status": _string("status", "upper"),
            "digest": _string("digest", "lower"),
            **_REGISTERED_TIMES,
        },
    },
    sortable=frozenset({"tag", "attribute"}),
)
