"""What a panel shows of the registry: a part of its models, versions and trail at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mltrack.store import registry

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from jupyter_mltrack.entities.model_registry import ModelVersion
    from jupyter_mltrack.store.store import Store

_COUNTED = """
SELECT count(*), (SELECT count(*) FROM base.registry_events) FROM registered_models
WHERE contains(lower(name), lower($words))
"""

_LISTED = """
WITH chosen AS MATERIALIZED (
    SELECT registered_model_id, name, description, tags FROM registered_models
    WHERE if($names IS NULL, contains(lower(name), lower($words)), list_contains($names, name))
), stages AS (
    SELECT registered_model_id, stage, max(version) AS version, count(*) AS versions
    FROM model_versions SEMI JOIN chosen USING (registered_model_id) GROUP BY ALL
), counted AS (
    SELECT registered_model_id, max(version) AS latest, sum(versions)::BIGINT AS versions,
        map_from_entries(list({'key': stage, 'value': version})) AS stages
    FROM stages GROUP BY registered_model_id
), pointing AS (
    SELECT name, map_from_entries(list({'key': alias, 'value': version} ORDER BY alias)) AS aliases
    FROM model_aliases GROUP BY name
), changed AS (
    SELECT registered AS registered_model_id, arg_max(user_id, (q, j)) AS who,
        arg_max(ts, (q, j)) AS moment, max((q, j)) AS place
    FROM base.registry_events WHERE refused IS NULL GROUP BY registered
)
SELECT registered_model_id, name, description, tags, latest, coalesce(versions, 0),
    coalesce(stages, MAP {}), coalesce(aliases, MAP {}), who, moment
FROM chosen LEFT JOIN counted USING (registered_model_id) LEFT JOIN pointing USING (name)
JOIN changed USING (registered_model_id) ORDER BY place DESC LIMIT $most
"""

_MODEL = """
SELECT registered_model_id, name, description, tags, user_id, creation_timestamp
FROM registered_models_at(epoch_ms($at::BIGINT)) WHERE registered_model_id = $model
"""

_STANDING = """
WITH moved AS (
    SELECT version, arg_max({'user_id': user_id, 'ts': ts}, (q, j)) AS last
    FROM registry_events_at(epoch_ms($at::BIGINT))
    WHERE registered = $model AND field = 'stage' GROUP BY version
), standing AS (
    SELECT stage, max(version) AS version, count(*) AS versions
    FROM model_versions_at(epoch_ms($at::BIGINT))
    WHERE registered_model_id = $model GROUP BY stage
)
SELECT stage, version, versions, coalesce(last.user_id, ''), last.ts
FROM standing LEFT JOIN moved USING (version)
"""

_TRAIL = """
SELECT number, "timestamp", version, field, key, old_value, new_value, comment, user_id, details,
    refused, count(*) OVER ()
FROM registry_events
WHERE registered_model_id = $model AND ($at IS NULL OR NOT coalesce(number >= (
    SELECT min(number) FROM registry_events WHERE refused IS NULL AND "timestamp" > $at), false))
ORDER BY number DESC LIMIT $most
"""

_RUNS = """
SELECT run_id, number, run_name, metrics FROM runs WHERE list_contains($runs, run_id)
"""

_MODELS_OF_RUN = """
SELECT model_id, name, folder FROM logged_models
WHERE run_id = $run AND status = 'READY' AND lifecycle_stage = 'active'
UNION ALL
SELECT NULL, regexp_replace(path, '/?MLmodel$', ''), regexp_replace(path, '/?MLmodel$', '')
FROM artifacts AS a WHERE run_id = $run AND (path = 'MLmodel' OR ends_with(path, '/MLmodel'))
    AND NOT EXISTS (
        FROM logged_models AS m WHERE m.run_id = a.run_id AND a.path = m.folder || '/MLmodel')
ORDER BY 2, 1
"""


class ListedRegisteredModel(NamedTuple):
    """A registered model in a list.

    Attributes:
        latest: Its highest version; None without any.
        stages: The highest version in each stage that has one.
        aliases: The version that each alias stands for.
        who: Who changed it last.
        at: When, in ms since 1970.
    """

    model_id: str
    name: str
    description: str | None
    tags: Mapping[str, str]
    latest: int | None
    versions: int
    stages: Mapping[str, int]
    aliases: Mapping[str, int]
    who: str
    at: int


class OneModel(NamedTuple):
    """A registered model at an instant; ``created`` in ms since 1970."""

    model_id: str
    name: str
    description: str | None
    tags: Mapping[str, str]
    who: str
    created: int


class Standing(NamedTuple):
    """A stage that has versions: the highest, how many, and who moved that one there when."""

    stage: str
    version: int
    versions: int
    who: str
    since: int | None


class TrailLine(NamedTuple):
    """One change of a registered model; see `RegistryEvent`. ``total`` is how many there are."""

    number: int
    at: int
    version: int | None
    field: str
    key: str | None
    old: str | None
    new: str | None
    comment: str | None
    who: str
    details: str | None
    refused: str | None
    total: int


class SourceRun(NamedTuple):
    """The run that made a version, with the latest value of each metric."""

    run_id: str
    number: int | None
    name: str | None
    metrics: Mapping[str, float]


class RunModel(NamedTuple):
    """A model of a run: a logged one has an id, others are a folder among the run's files."""

    model_id: str | None
    name: str
    folder: str | None


def counted(store: Store, words: str = "") -> tuple[int, int]:
    """How many registered models have these words in their name, and how long the trail is."""
    models, changes = store.rows(_COUNTED, {"words": words})[0]
    return models, changes


def listed(
    store: Store, words: str, names: Sequence[str] | None, most: int
) -> list[ListedRegisteredModel]:
    """Registered models, the one that changed last first.

    Args:
        store: Where.
        words: What their names contain, in any case; not looked at if there are names.
        names: Exactly these; None for all that contain the words.
        most: At most so many.
    """
    bound = {"words": words, "names": names, "most": most}
    return [ListedRegisteredModel(*row) for row in store.rows(_LISTED, bound)]


def one(store: Store, model_id: str, at: int | None = None) -> OneModel | None:
    """A registered model by its id; None if there is none, or was none at that instant."""
    rows = store.rows(_MODEL, {"model": model_id, "at": at})
    return OneModel(*rows[0]) if rows else None


def versions(
    store: Store, model_id: str, at: int | None, most: int
) -> tuple[list[ModelVersion], int]:
    """The newest versions of a registered model at an instant, and how many there are."""
    query = f"""
        SELECT {registry.VERSION}, count(*) OVER () FROM model_versions_at(epoch_ms($at::BIGINT))
        WHERE registered_model_id = $model ORDER BY version DESC LIMIT $most"""  # noqa: S608  (constant)
    rows = store.rows(query, {"model": model_id, "at": at, "most": most})
    return [registry.as_version(row[:-1]) for row in rows], rows[0][-1] if rows else 0


def version(store: Store, model_id: str, number: int, at: int | None) -> ModelVersion | None:
    """One version of a registered model at an instant; None if there is none."""
    query = f"""
        SELECT {registry.VERSION} FROM model_versions_at(epoch_ms($at::BIGINT))
        WHERE registered_model_id = $model AND version = $number"""  # noqa: S608  (constant)
    rows = store.rows(query, {"model": model_id, "number": number, "at": at})
    return registry.as_version(rows[0]) if rows else None


def standing(store: Store, model_id: str, at: int | None) -> list[Standing]:
    """Which version is in which stage at an instant."""
    rows = store.rows(_STANDING, {"model": model_id, "at": at})
    return [Standing(*row) for row in rows]


def trail(store: Store, model_id: str, at: int | None, most: int) -> list[TrailLine]:
    """The last changes of a registered model, the newest first; refused ones too."""
    rows = store.rows(_TRAIL, {"model": model_id, "at": at, "most": most})
    return [TrailLine(*row) for row in rows]


def source_runs(store: Store, run_ids: Collection[str]) -> dict[str, SourceRun]:
    """The runs of these ids that the store has, by their id."""
    rows: list[tuple[Any, ...]] = store.rows(_RUNS, {"runs": list(run_ids)}) if run_ids else []
    return {row[0]: SourceRun(*row) for row in rows}


def models_of_run(store: Store, run_id: str) -> list[RunModel]:
    """The models of a run that can be registered, by name."""
    return [RunModel(*row) for row in store.rows(_MODELS_OF_RUN, {"run": run_id})]
