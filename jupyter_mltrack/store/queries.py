"""What is read from the store, one function for each question; the answers are entities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from jupyter_mltrack.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    InputTag,
    LoggedModelInput,
    LoggedModelOutput,
    Metric,
    Run,
    RunData,
    RunInfo,
    RunInputs,
    RunOutputs,
)
from jupyter_mltrack.entities.states import LifecycleStage, ViewType
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.search import EXPERIMENTS, RUNS, parse_columns, parse_filter, parse_order_by
from jupyter_mltrack.store import frames, suggestions
from jupyter_mltrack.store.compiler import Compiler

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Sized

    import pandas as pd
    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.store.store import Store

#: A list or a DataFrame.
T = TypeVar("T", bound="Sized")

_VIEWS = {
    ViewType.ACTIVE_ONLY: [LifecycleStage.ACTIVE],
    ViewType.DELETED_ONLY: [LifecycleStage.DELETED],
    ViewType.ALL: [LifecycleStage.ACTIVE, LifecycleStage.DELETED],
}

#: All runs but those removed for ever, with what only experiments know; ``$artifacts`` is bound.
KNOWN_RUNS = """
SELECT r.*, r.tags['mlflow.runName'] AS run_name, e.name AS experiment_name,
    coalesce(e.artifact_location, $artifacts || '/' || r.experiment_id)
    || '/' || r.run_id || '/artifacts' AS artifact_uri
FROM base.runs AS r LEFT JOIN experiments AS e USING (experiment_id)
WHERE r.experiment_id IS NOT NULL AND r.lifecycle_stage <> 'purged'
"""

#: What a `RunInfo` is made of, and the maps; lists of keys and values are fetched much faster.
_ENTITY = """
run_id, experiment_id, number, user_id, run_name, status, lifecycle_stage, start_time, end_time,
duration, artifact_uri, map_keys(metrics), map_values(metrics), map_keys(params),
map_values(params), map_keys(tags), map_values(tags)
"""

#: The experiment that exists in every store, as the view has it while nothing else is known.
_DEFAULT: dict[str, Any] = {
    "experiment_id": "0",
    "name": "Default",
    "artifact_location": None,
    "lifecycle_stage": LifecycleStage.ACTIVE,
    "tags": {},
    "creation_time": None,
    "last_update_time": None,
}

_INPUTS = """
SELECT run_id, name, digest, source_type, source, "schema", profile, tags
FROM inputs WHERE list_contains($ids, run_id) ORDER BY run_id, q
"""

_MODELS = """
SELECT run_id, direction, model_id, step FROM run_models
WHERE list_contains($ids, run_id) ORDER BY run_id, q
"""

_HISTORY = """
SELECT value, h."timestamp", h.step, dataset_name, dataset_digest
FROM metric_history AS h LEFT JOIN (
    SELECT q, step, "timestamp", max(dataset_name) AS dataset_name,
        max(dataset_digest) AS dataset_digest
    FROM base.logged_model_metrics WHERE run_id = $run AND key = $key GROUP BY ALL
) AS m ON m.q = h.q AND m.step = h.step AND m."timestamp" = h."timestamp"
WHERE h.run_id = $run AND h.key = $key ORDER BY h.q
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunSearch:
    """Which runs are asked for.

    Attributes:
        experiment_ids: In which experiments.
        filter_string: In the language of `jupyter_mltrack.search`.
        view: A `ViewType`.
        order_by: The most important clause first; then come the newest first.
        limit: At most so many.
        offset: After so many.
    """

    experiment_ids: Sequence[str]
    filter_string: str = ""
    view: int = ViewType.ACTIVE_ONLY
    order_by: Sequence[str] = ()
    limit: int = 1000
    offset: int = 0


def runs(store: Store, search: RunSearch) -> list[Run]:
    """The runs that a search finds.

    Raises:
        FilterSyntaxError: if ``filter_string`` or ``order_by`` do not parse.
    """
    found, compiler = _found(store, search)
    query = f"SELECT {_ENTITY} {found}"
    answer = store.answer(lambda connection: _as_runs(connection, query, compiler.bound))
    return _explained(store, search, answer)


def runs_frame(
    store: Store, search: RunSearch, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """The runs that a search finds, one row each; see `frames`.

    Args:
        store: The store.
        search: Which runs.
        columns: Fields such as ``metrics.rmse``, each a column of that name; None for all.

    Raises:
        FilterSyntaxError: if ``filter_string``, ``order_by`` or ``columns`` do not parse.
        InvalidParameterValue: if ``columns`` is empty.
    """
    found, compiler = _found(store, search)
    if columns is None:
        query = f"SELECT {frames.WHOLE} {found}"
        answer = store.answer(lambda connection: frames.whole(connection, query, compiler.bound))
        return _explained(store, search, answer)
    names = [columns] if isinstance(columns, str) else list(columns)
    if not names:
        msg = "columns is empty: name one at least, such as 'run_id', or leave it out for all."
        raise InvalidParameterValue(msg)
    with suggestions.offered(store):
        fields = parse_columns(names, RUNS)
    query = f"SELECT {', '.join(map(compiler.value, fields))} {found}"
    answer = store.answer(
        lambda connection: frames.chosen(connection.execute(query, compiler.bound), names, fields)
    )
    return _explained(store, search, answer)


def _explained(store: Store, search: RunSearch, answer: T) -> T:
    """The answer; if it is empty, a warning may say why."""
    if not len(answer) and not search.offset:
        suggestions.warn_of_unknown_keys(store, search.filter_string)
    return answer


def _found(store: Store, search: RunSearch) -> tuple[str, Compiler]:
    """A query from FROM on, and who bound its values."""
    compiler = Compiler(
        {
            "artifacts": str(store.artifacts),
            "experiments": list(search.experiment_ids),
            "stages": _VIEWS[search.view],
        },
    )
    with suggestions.offered(store):
        node = parse_filter(search.filter_string, RUNS)
        orders = parse_order_by(search.order_by, RUNS)
    condition = compiler.where(node)
    order = compiler.order_by(orders, "start_time DESC, number DESC, run_id ASC")
    found = f"""
        FROM ({KNOWN_RUNS}) AS runs
        WHERE list_contains($experiments, experiment_id) AND list_contains($stages, lifecycle_stage)
            AND {condition}
        ORDER BY {order} LIMIT {search.limit:d} OFFSET {search.offset:d}"""
    return found, compiler


def run(store: Store, run_id: str) -> Run | None:
    """One run, deleted ones too."""
    bound = {"artifacts": str(store.artifacts), "run": run_id}
    query = f"SELECT {_ENTITY} FROM ({KNOWN_RUNS} AND r.run_id = $run)"  # noqa: S608  (both are constant)
    found = store.answer(lambda connection: _as_runs(connection, query, bound))
    return found[0] if found else None


def deleted_runs(store: Store, before: int) -> dict[str, str]:
    """Runs that were put in the bin before a time (ms): run id to experiment id."""
    query = """
        SELECT run_id, experiment_id FROM base.runs
        WHERE lifecycle_stage = 'deleted' AND experiment_id IS NOT NULL
            AND list_max(list_transform(
                list_filter(registers, lambda x: x.op = 'stage'), lambda x: x.ts)) <= ?"""
    return dict(store.rows(query, [before]))


def highest_number(store: Store, experiment_id: str) -> int:
    """The highest number of a run in an experiment."""
    if not store.exists():
        return 0
    rows = store.rows("SELECT max(number) FROM runs WHERE experiment_id = ?", [experiment_id])
    return int(rows[0][0] or 0)


def metric_history(store: Store, run_id: str, key: str) -> list[Metric]:
    """All points of a metric, in the order in which they were logged."""
    rows = store.rows(_HISTORY, {"run": run_id, "key": key})
    return [
        Metric(key, value, ts, step, None, dataset, digest, run_id)
        for value, ts, step, dataset, digest in rows
    ]


def artifact_digests(store: Store, run_id: str, path: str) -> dict[str, list[str]]:
    """The SHA-256 of a run's files at or below ``path`` ("" is all), the newest last, by path."""
    query = """
        SELECT path, list(sha256 ORDER BY q) FROM base.artifacts
        WHERE run_id = $run AND ($path IN ('', path) OR starts_with(path, $path || '/'))
        GROUP BY path"""
    return dict(store.rows(query, {"run": run_id, "path": path}))


def experiments(
    store: Store,
    *,
    filter_string: str = "",
    view: int = ViewType.ACTIVE_ONLY,
    order_by: Sequence[str] = (),
    limit: int = 1000,
    offset: int = 0,
) -> list[Experiment]:
    """The experiments that match a filter.

    Raises:
        FilterSyntaxError: if ``filter_string`` or ``order_by`` do not parse.
    """
    compiler = Compiler({"stages": _VIEWS[view]})
    condition = compiler.where(parse_filter(filter_string, EXPERIMENTS))
    orders = parse_order_by(order_by or ["creation_time DESC"], EXPERIMENTS)
    order = compiler.order_by(orders, "try_cast(experiment_id AS BIGINT) DESC")
    query = f"""
        SELECT * FROM experiments WHERE list_contains($stages, lifecycle_stage) AND {condition}
        ORDER BY {order} LIMIT {limit:d} OFFSET {offset:d}"""  # noqa: S608  (values are bound, numbers are numbers)
    return _as_experiments(store, store.records(query, compiler.bound))


def experiment(store: Store, experiment_id: str) -> Experiment | None:
    """One experiment by id, deleted ones too."""
    return _one_experiment(store, "experiment_id", experiment_id)


def experiment_by_name(store: Store, name: str) -> Experiment | None:
    """One experiment by name, deleted ones too."""
    return _one_experiment(store, "name", name)


def _one_experiment(store: Store, column: str, value: str) -> Experiment | None:
    if store.exists():
        query = f"SELECT * FROM experiments WHERE {column} = ?"  # noqa: S608  (one of two)
        rows = store.records(query, [value])
    else:  # a first run need not wait for DuckDB
        rows = [_DEFAULT] if _DEFAULT[column] == value else []
    return next(iter(_as_experiments(store, rows)), None)


def next_experiment_id(store: Store) -> str:
    """The id of the next experiment; ask under `Store.agreeing`."""
    query = "SELECT max(try_cast(experiment_id AS BIGINT)) FROM experiments"
    return str(int(store.rows(query)[0][0]) + 1)


def _as_experiments(store: Store, rows: Iterable[dict[str, Any]]) -> list[Experiment]:
    return [
        Experiment(
            experiment_id=row["experiment_id"],
            name=row["name"],
            artifact_location=row["artifact_location"]
            or f"{store.artifacts}/{row['experiment_id']}",
            lifecycle_stage=row["lifecycle_stage"],
            tags=row["tags"],
            creation_time=row["creation_time"],
            last_update_time=row["last_update_time"],
        )
        for row in rows
    ]


def _as_runs(connection: DuckDBPyConnection, query: str, bound: dict[str, Any]) -> list[Run]:
    rows = connection.execute(query, bound).fetchall()
    if not rows:
        return []
    ids = {"ids": [row[0] for row in rows]}
    inputs: dict[str, RunInputs] = {}
    outputs: dict[str, RunOutputs] = {}
    for run_id, *values, tags in connection.execute(_INPUTS, ids).fetchall():
        used = [InputTag(key, value) for key, value in tags.items()]
        of_run = inputs.setdefault(run_id, RunInputs())
        of_run.dataset_inputs.append(DatasetInput(Dataset(*values), used))
    for run_id, direction, model_id, step in connection.execute(_MODELS, ids).fetchall():
        if direction == "output":
            made = outputs.setdefault(run_id, RunOutputs()).model_outputs
            made.append(LoggedModelOutput(model_id, step))
        else:
            inputs.setdefault(run_id, RunInputs()).model_inputs.append(LoggedModelInput(model_id))
    return [_as_run(row, inputs.get(row[0]), outputs.get(row[0])) for row in rows]


def _as_run(row: tuple[Any, ...], inputs: RunInputs | None, outputs: RunOutputs | None) -> Run:
    """A run from a row of `_ENTITY`."""
    run_id, experiment_id, number, user_id, name, status, stage, start, end, duration, uri = row[
        :11
    ]
    metrics, params, tags = (dict(zip(*row[n : n + 2], strict=True)) for n in (11, 13, 15))
    info = RunInfo(
        run_id=run_id,
        experiment_id=experiment_id,
        user_id=user_id,
        status=status,
        start_time=start,
        end_time=end,
        lifecycle_stage=stage,
        artifact_uri=uri,
        run_name=name or "",
        number=number,
        duration=duration,
    )
    data = RunData(metrics=metrics, params=params, tags=tags)
    return Run(info, data, inputs, outputs)
