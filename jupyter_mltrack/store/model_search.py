"""What is asked of logged models, one function for each question; values are bound."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mltrack.entities import LoggedModel, LoggedModelStatus, Metric
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.search import LOGGED_MODELS, Field, Order, parse_columns, parse_filter
from jupyter_mltrack.store.compiler import Compiler

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.store.store import Store

#: All models but those removed for ever; ``$artifacts`` is bound.
_KNOWN = """
SELECT m.* EXCLUDE (run_id), m.run_id AS source_run_id, e.name AS experiment_name,
    coalesce(e.artifact_location, $artifacts || '/' || m.experiment_id)
    || CASE WHEN m.folder IS NULL THEN '/models/' || m.model_id || '/artifacts'
        ELSE '/' || m.run_id || '/artifacts/' || m.folder END AS artifact_location
FROM base.logged_models AS m LEFT JOIN experiments AS e USING (experiment_id)
WHERE m.experiment_id IS NOT NULL AND m.lifecycle_stage = 'active'
"""

#: The metrics of each model, as `base.runs` has them; what counts is put in.
_MEASURED = """
SELECT model_id, map_from_entries(list({{'key': key, 'value': s."last"}})) AS metrics,
    map_from_entries(list({{'key': key, 'value': s}})) AS stats
FROM (
    SELECT model_id, key, {{
        'step': max(step),
        'last': last(value ORDER BY step, "timestamp", value NULLS FIRST),
        'min': min(value) FILTER (NOT isnan(value)),
        'max': max(value) FILTER (NOT isnan(value)),
        'count': count(*)}} AS s
    FROM base.logged_model_metrics WHERE {counts} GROUP BY model_id, key)
GROUP BY model_id
"""

_ENTITY = """
model_id, experiment_id, name, artifact_location, creation_timestamp, last_updated_timestamp,
model_type, source_run_id, status, status_message, map_keys(tags), map_values(tags),
map_keys(params), map_values(params)
"""

# The latest point of each metric on each dataset. Not as a struct, in which -0.0 becomes 0.0.
_LATEST = 'ORDER BY step, "timestamp", value NULLS FIRST'
_POINTS = f"""
SELECT key, last(value {_LATEST}), last("timestamp" {_LATEST}), max(step), model_id,
    dataset_name, dataset_digest, last(run_id {_LATEST})
FROM base.logged_model_metrics WHERE list_contains($ids, model_id)
GROUP BY model_id, key, dataset_name, dataset_digest
ORDER BY model_id, key, dataset_name NULLS LAST, dataset_digest
"""  # noqa: S608  (constant)

_FOLDERS = """
SELECT
    (SELECT any_value(experiment_id) FROM base.runs WHERE run_id = $run),
    (SELECT count(*) FROM held WHERE path = $name OR starts_with(path, $name || '/')),
    (SELECT count(*) FROM held WHERE is_whole AND starts_with($name, path || '/'))
"""
_HELD = """
WITH held AS (
    SELECT folder AS path, true AS is_whole FROM base.logged_models
    WHERE run_id = $run AND folder IS NOT NULL
    UNION ALL SELECT path, true FROM base.artifacts WHERE run_id = $run
)
"""

#: What is asked of all points of a metric, by the name of the stat.
_STATS = {
    None: 'last(p.value ORDER BY p.step, p."timestamp", p.value NULLS FIRST)',
    "last": 'last(p.value ORDER BY p.step, p."timestamp", p.value NULLS FIRST)',
    "min": "min(p.value) FILTER (NOT isnan(p.value))",
    "max": "max(p.value) FILTER (NOT isnan(p.value))",
    "step": "max(p.step)",
    "count": "nullif(count(*), 0)",
}


class DatasetChoice(NamedTuple):
    """Points on a dataset; without a digest on any of that name."""

    name: str
    digest: str | None = None


@dataclass(frozen=True, slots=True)
class _Measured(Field):
    """A metric on one dataset alone."""

    dataset: DatasetChoice | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSearch:
    """Which models are asked for.

    Attributes:
        experiment_ids: In which experiments.
        filter_string: In the language of `jupyter_mltrack.search`.
        datasets: Only points on these count; () for all.
        order_by: The most important first; then come the newest first.
        limit: At most so many.
        offset: After so many.
    """

    experiment_ids: Sequence[str]
    filter_string: str = ""
    datasets: Sequence[DatasetChoice] = ()
    order_by: Sequence[Order] = ()
    limit: int = 100
    offset: int = 0


class FolderState(NamedTuple):
    """What is at a place among the files of a run.

    Attributes:
        experiment_id: Of the run.
        is_taken: Whether a file or a model is at the place, or below.
        is_inside_another: Whether the place is within another model, or below a file.
    """

    experiment_id: str | None
    is_taken: bool
    is_inside_another: bool


class _ModelCompiler(Compiler):
    """Knows metrics on one dataset, too."""

    def value(self, field: Field) -> str:
        """The value of a field in a row of ``models``."""
        if not isinstance(field, _Measured) or field.dataset is None:
            return super().value(field)
        where = self.on([field.dataset], "p.")
        return (
            f"(SELECT {_STATS[field.stat]} FROM base.logged_model_metrics AS p"  # noqa: S608
            f" WHERE p.model_id = models.model_id AND p.key = {self._name(field.key)} AND {where})"
        )

    def on(self, datasets: Sequence[DatasetChoice], table: str = "") -> str:
        """The condition that a point is on one of these datasets; of none, that it is one."""
        tests = []
        for name, digest in datasets:
            test = f"{table}dataset_name = {self._bind(name)}"
            if digest is not None:
                test += f" AND {table}dataset_digest = {self._bind(digest)}"
            tests.append(f"({test})")
        return f"({' OR '.join(tests)})" if tests else "true"


def checked_datasets(given: Any) -> list[DatasetChoice]:
    """What a caller passed as ``datasets``.

    Raises:
        InvalidParameterValue: if it is no list of dicts with a ``dataset_name`` each.
    """
    found = []
    for one in given or ():
        if not isinstance(one, dict) or not one.get("dataset_name"):
            msg = "`dataset_name` in the `datasets` clause must be specified."
            raise InvalidParameterValue(msg)
        _refuse_others(one, {"dataset_name", "dataset_digest"}, "datasets")
        found.append(DatasetChoice(str(one["dataset_name"]), _text(one.get("dataset_digest"))))
    return found


def checked_order(given: Any) -> list[Order]:
    """What a caller passed as ``order_by``.

    Raises:
        InvalidParameterValue: if it is no list of dicts with a ``field_name`` each.
        FilterSyntaxError: if one of these is no field.
    """
    if isinstance(given, (str, dict)) or not all(isinstance(one, dict) for one in given or ()):
        msg = "`order_by` must be a list of dictionaries, such as [{'field_name': 'metrics.rmse'}]."
        raise InvalidParameterValue(msg)
    return [_order(one) for one in given or ()]


def models(store: Store, search: ModelSearch) -> list[LoggedModel]:
    """The models that a search finds.

    Raises:
        FilterSyntaxError: if ``filter_string`` does not parse.
    """
    compiler = _ModelCompiler(
        {"artifacts": str(store.artifacts), "experiments": list(search.experiment_ids)}
    )
    condition = compiler.where(parse_filter(search.filter_string, LOGGED_MODELS))
    order = compiler.order_by(search.order_by, "creation_timestamp DESC, born DESC, model_id")
    counts = compiler.on(search.datasets)
    joined = "JOIN" if search.datasets else "LEFT JOIN"
    query = f"""
        SELECT {_ENTITY}
        FROM (FROM ({_KNOWN}) AS known {joined} ({_MEASURED.format(counts=counts)}) AS measured
            USING (model_id)) AS models
        WHERE list_contains($experiments, experiment_id) AND {condition}
        ORDER BY {order} LIMIT {search.limit:d} OFFSET {search.offset:d}"""  # noqa: S608  (values are bound, numbers are numbers)
    return store.answer(lambda connection: _as_models(connection, query, compiler.bound))


def model(store: Store, model_id: str) -> LoggedModel | None:
    """One model, unless it is deleted."""
    return _one(store, "model_id = $model", {"model": model_id})


def newest(store: Store, experiment_ids: list[str], name: str) -> LoggedModel | None:
    """The newest model of a name in some experiments."""
    where = "list_contains($experiments, experiment_id) AND name = $name"
    return _one(store, where, {"experiments": experiment_ids, "name": name})


def newest_ready(store: Store, run_id: str, name: str) -> LoggedModel | None:
    """The newest READY model of a name, or in a folder of that name, that a run made."""
    where = "source_run_id = $run AND status = 'READY' AND (name = $name OR folder = $name)"
    return _one(store, where, {"run": run_id, "name": name})


def around(store: Store, run_id: str, path: str) -> tuple[str, str] | None:
    """The newest READY model of a run at a path or above it, and the rest of the path.

    What counts is its name, or else the folder that it lies in.
    """
    query = """
        SELECT model_id, substr($path, length(place) + 2)
        FROM (SELECT *, unnest([name, folder]) AS place FROM base.logged_models
            WHERE run_id = $run AND status = 'READY' AND lifecycle_stage = 'active')
        WHERE place = $path OR starts_with($path, place || '/')
        ORDER BY length(place) DESC, creation_timestamp DESC, born DESC LIMIT 1"""
    rows = store.rows(query, {"run": run_id, "path": path})
    return rows[0] if rows else None


def folder(store: Store, model_id: str) -> str | None:
    """The folder of a model among the files of its run; None if it has its own."""
    rows = store.rows("SELECT folder FROM base.logged_models WHERE model_id = ?", [model_id])
    return rows[0][0] if rows else None


def location(store: Store, model_id: str) -> str | None:
    """Where the files of a model are, deleted ones too; None if it was removed for ever."""
    query = f"""
        SELECT artifact_location FROM ({_KNOWN.replace("= 'active'", "<> 'purged'")})
        WHERE model_id = $model"""  # noqa: S608  (constant)
    rows = store.rows(query, {"artifacts": str(store.artifacts), "model": model_id})
    return rows[0][0] if rows else None


def deleted(store: Store, before: int) -> dict[str, str]:
    """Models that were deleted before a time (ms): model id to experiment id."""
    query = """
        SELECT model_id, experiment_id FROM base.logged_models
        WHERE lifecycle_stage = 'deleted' AND experiment_id IS NOT NULL
            AND list_max(list_transform(
                list_filter(registers, lambda x: x.field = 'stage'), lambda x: x.ts)) <= ?"""
    return dict(store.rows(query, [before]))


def used_by(store: Store, run_id: str) -> set[str | tuple[str, str]]:
    """What a run is known to use or make: ids of models, names and digests of datasets."""
    models = store.rows("SELECT DISTINCT model_id FROM base.run_models WHERE run_id = ?", [run_id])
    query = "SELECT DISTINCT name, digest FROM base.inputs WHERE run_id = ?"
    return {row[0] for row in models} | set(store.rows(query, [run_id]))


def folder_state(store: Store, run_id: str, name: str) -> FolderState:
    """What is at ``name`` among the files of a run; ask under `Store.agreeing`."""
    rows = store.rows(_HELD + _FOLDERS, {"run": run_id, "name": name})
    experiment, at_or_below, around = rows[0]
    return FolderState(experiment, at_or_below > 0, around > 0)


def file_digests(store: Store, model_id: str, path: str) -> dict[str, list[str]]:
    """The SHA-256 of the files in a model's own folder at or below ``path``, the newest last."""
    query = """
        SELECT path, list(sha256 ORDER BY q) FROM base.logged_model_files
        WHERE model_id = $model AND ($path IN ('', path) OR starts_with(path, $path || '/'))
        GROUP BY path"""
    return dict(store.rows(query, {"model": model_id, "path": path}))


def _one(store: Store, condition: str, bound: dict[str, Any]) -> LoggedModel | None:
    query = f"""
        SELECT {_ENTITY} FROM ({_KNOWN}) AS models WHERE {condition}
        ORDER BY creation_timestamp DESC, born DESC LIMIT 1"""  # noqa: S608  (all are constant)
    everything = {"artifacts": str(store.artifacts)} | bound
    found = store.answer(lambda connection: _as_models(connection, query, everything))
    return found[0] if found else None


def _as_models(
    connection: DuckDBPyConnection, query: str, bound: dict[str, Any]
) -> list[LoggedModel]:
    rows = connection.execute(query, bound).fetchall()
    points: dict[str, list[Metric]] = {}
    if rows:
        measured = connection.execute(_POINTS, {"ids": [row[0] for row in rows]}).fetchall()
        for point in measured:
            metric = Metric(*point)
            points.setdefault(str(metric.model_id), []).append(metric)
    return [_as_model(row, points.get(row[0], [])) for row in rows]


def _as_model(row: tuple[Any, ...], metrics: list[Metric]) -> LoggedModel:
    """A model from a row of `_ENTITY`."""
    model_id, experiment_id, name, place, created, updated, kind, run_id, status, message = row[:10]
    tags, params = (dict(zip(*row[n : n + 2], strict=True)) for n in (10, 12))
    return LoggedModel(
        experiment_id, model_id, name, place, created, updated, kind, run_id,
        LoggedModelStatus(status), message, tags, params, metrics,
    )  # fmt: skip


def _order(given: Mapping[str, Any]) -> Order:
    name = given.get("field_name")
    if not isinstance(name, str) or not name:
        msg = "`field_name` in the `order_by` clause must be specified."
        raise InvalidParameterValue(msg)
    known = {"field_name", "ascending", "dataset_name", "dataset_digest"}
    _refuse_others(given, known, "order_by")
    (field,) = parse_columns([name], LOGGED_MODELS)
    dataset, digest = (_text(given.get(f"dataset_{part}")) for part in ("name", "digest"))
    if digest is not None and dataset is None:
        msg = "`dataset_digest` can only be specified if `dataset_name` is also specified."
        raise InvalidParameterValue(msg)
    if dataset is not None:
        if field.entity != "metric":
            msg = f"Only a metric has a dataset: {name!r} is none. Leave out `dataset_name`."
            raise InvalidParameterValue(msg)
        field = _Measured(field.entity, field.key, field.stat, DatasetChoice(dataset, digest))
    return Order(field, bool(given.get("ascending", True)))


def _refuse_others(given: Mapping[str, Any], known: set[str], where: str) -> None:
    if others := given.keys() - known:
        msg = f"{sorted(map(str, others))} mean nothing in `{where}`; it takes {sorted(known)}."
        raise InvalidParameterValue(msg)


def _text(value: object) -> str | None:
    return None if value is None else str(value)
