"""What is read from the store, one function for each question; the answers are entities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities import (
    Dataset,
    DatasetInput,
    Experiment,
    InputTag,
    Metric,
    Run,
    RunData,
    RunInfo,
    RunInputs,
)
from jupyter_mltrack.entities.states import LifecycleStage, ViewType
from jupyter_mltrack.search import EXPERIMENTS, RUNS, parse_filter, parse_order_by
from jupyter_mltrack.store.compiler import EXPERIMENT_COLUMNS, RUN_COLUMNS, Compiler

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from duckdb import DuckDBPyConnection

    from jupyter_mltrack.store.store import Store

_VIEWS = {
    ViewType.ACTIVE_ONLY: [LifecycleStage.ACTIVE],
    ViewType.DELETED_ONLY: [LifecycleStage.DELETED],
    ViewType.ALL: [LifecycleStage.ACTIVE, LifecycleStage.DELETED],
}

_RUNS = """
SELECT runs.*, coalesce(e.artifact_location, $artifacts || '/' || runs.experiment_id)
    || '/' || runs.run_id || '/artifacts' AS artifact_uri
FROM runs LEFT JOIN experiments AS e USING (experiment_id)
"""

_INPUTS = """
SELECT run_id, name, digest, source_type, source, "schema", profile, tags
FROM inputs WHERE list_contains($ids, run_id) ORDER BY run_id, q
"""

_HISTORY = """
SELECT value, "timestamp", step FROM metric_history
WHERE run_id = $run AND key = $key ORDER BY q
"""


def runs(
    store: Store,
    *,
    experiment_ids: Sequence[str],
    filter_string: str = "",
    view: int = ViewType.ACTIVE_ONLY,
    order_by: Sequence[str] = (),
    limit: int = 1000,
    offset: int = 0,
) -> list[Run]:
    """The runs of some experiments that match a filter.

    Raises:
        FilterSyntaxError: if ``filter_string`` or ``order_by`` do not parse.
    """
    bound: dict[str, Any] = {
        "artifacts": str(store.artifacts),
        "experiments": list(experiment_ids),
        "stages": _VIEWS[view],
    }
    compiler = Compiler(RUN_COLUMNS, bound)
    condition = compiler.where(parse_filter(filter_string, RUNS))
    order = compiler.order_by(
        parse_order_by(order_by, RUNS), "start_time DESC, number DESC, run_id ASC"
    )
    query = f"""
        SELECT * FROM ({_RUNS}) AS runs
        WHERE list_contains($experiments, experiment_id) AND list_contains($stages, lifecycle_stage)
            AND {condition}
        ORDER BY {order} LIMIT {limit:d} OFFSET {offset:d}"""  # noqa: S608  (values are bound, numbers are numbers)
    return store.answer(lambda connection: _as_runs(connection, query, bound))


def run(store: Store, run_id: str) -> Run | None:
    """One run, deleted ones too."""
    bound = {"artifacts": str(store.artifacts), "run": run_id}
    query = f"{_RUNS} WHERE run_id = $run"
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
    rows = store.rows("SELECT max(number) FROM runs WHERE experiment_id = ?", [experiment_id])
    return int(rows[0][0] or 0)


def metric_history(store: Store, run_id: str, key: str) -> list[Metric]:
    """All points of a metric, in the order in which they were logged."""
    rows = store.rows(_HISTORY, {"run": run_id, "key": key})
    return [Metric(key, value, ts, step, run_id=run_id) for value, ts, step in rows]


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
    compiler = Compiler(EXPERIMENT_COLUMNS, {"stages": _VIEWS[view]})
    condition = compiler.where(parse_filter(filter_string, EXPERIMENTS))
    orders = parse_order_by(order_by or ["creation_time DESC"], EXPERIMENTS)
    order = compiler.order_by(orders, "try_cast(experiment_id AS BIGINT) DESC")
    query = f"""
        SELECT * FROM experiments WHERE list_contains($stages, lifecycle_stage) AND {condition}
        ORDER BY {order} LIMIT {limit:d} OFFSET {offset:d}"""  # noqa: S608  (values are bound, numbers are numbers)
    return _as_experiments(store, store.records(query, compiler.bound))


def experiment(store: Store, experiment_id: str) -> Experiment | None:
    """One experiment by id, deleted ones too."""
    query = "SELECT * FROM experiments WHERE experiment_id = ?"
    found = _as_experiments(store, store.records(query, [experiment_id]))
    return found[0] if found else None


def experiment_by_name(store: Store, name: str) -> Experiment | None:
    """One experiment by name, deleted ones too."""
    found = _as_experiments(
        store, store.records("SELECT * FROM experiments WHERE name = ?", [name])
    )
    return found[0] if found else None


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
    result = connection.execute(query, bound)
    names = [column[0] for column in result.description or ()]
    rows = [dict(zip(names, row, strict=True)) for row in result.fetchall()]
    ids = [row["run_id"] for row in rows]
    inputs: dict[str, list[DatasetInput]] = {}
    for run_id, *values, tags in (
        connection.execute(_INPUTS, {"ids": ids}).fetchall() if ids else ()
    ):
        used = [InputTag(key, value) for key, value in tags.items()]
        inputs.setdefault(run_id, []).append(DatasetInput(Dataset(*values), used))
    return [_as_run(row, inputs.get(row["run_id"], [])) for row in rows]


def _as_run(row: dict[str, Any], inputs: list[DatasetInput]) -> Run:
    info = RunInfo(
        run_id=row["run_id"],
        experiment_id=row["experiment_id"],
        user_id=row["user_id"],
        status=row["status"],
        start_time=row["start_time"],
        end_time=row["end_time"],
        lifecycle_stage=row["lifecycle_stage"],
        artifact_uri=row["artifact_uri"],
        run_name=row["run_name"] or "",
        number=row["number"],
        duration=row["duration"],
    )
    data = RunData(metrics=row["metrics"], params=row["params"], tags=row["tags"])
    return Run(info, data, RunInputs(dataset_inputs=inputs))
