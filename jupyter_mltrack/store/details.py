"""What the page of one run asks the store, one function for each question; values are bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from jupyter_mltrack.store.statements import quoted

if TYPE_CHECKING:
    from jupyter_mltrack.entities import RunInfo
    from jupyter_mltrack.store.store import Store

_LIVE = "experiment_id IS NOT NULL AND lifecycle_stage <> 'purged'"

#: A curve is made of the lowest and the highest value of each of so many parts.
_PARTS = 36

_STATE = f"""
SELECT status, lifecycle_stage, cardinality(params),
    list_max(list_transform(registers, lambda x: x.q)),
    list_sum(list_transform(map_values(stats), lambda x: x.count)),
    (SELECT count(*) FROM base.artifacts WHERE run_id = $run),
    (SELECT count(*) FROM base.inputs WHERE run_id = $run)
FROM base.runs WHERE run_id = $run AND {_LIVE}
"""  # noqa: S608  (all parts are constant)

# Points keep their order; of a part the extreme that comes first is first.
_CURVES = """
WITH points AS (
    SELECT key, value, row_number() OVER nth AS place, count(*) OVER (PARTITION BY key) AS total
    FROM base.metric_history WHERE run_id = $run AND list_contains($keys, key)
    WINDOW nth AS (PARTITION BY key ORDER BY step, "timestamp", q)
), parts AS (
    SELECT key, (place - 1) * $parts // greatest(total, $parts) AS part,
        min((value, place)) FILTER (NOT isnan(value)) AS low,
        max((value, place)) FILTER (NOT isnan(value)) AS high
    FROM points GROUP BY key, part
)
SELECT key, list(CASE
        WHEN low IS NULL THEN ['NaN'::DOUBLE]
        WHEN low[2] = high[2] THEN [low[1]]
        WHEN low[2] < high[2] THEN [low[1], high[1]] ELSE [high[1], low[1]] END ORDER BY part)
FROM parts GROUP BY key
"""

_CODE = """
SELECT r.birth.j AS session, r.birth.cell AS cell, c.sha256 AS cell_sha256
FROM base.runs AS r
LEFT JOIN base.cells AS c ON c.j = r.birth.j AND c.number = r.birth.cell
WHERE r.run_id = $run LIMIT 1
"""


class CodeVersion(NamedTuple):
    """Where the code of a run is: its session, its own cell and the digest of that.

    Attributes:
        session: The process that started the run.
        cell: The number of its cell in the session; None outside a notebook.
        cell_sha256: The digest of the cell's source.
    """

    session: str | None
    cell: int | None
    cell_sha256: str | None


class Kin(NamedTuple):
    """A run as a link shows it."""

    run_id: str
    number: int
    name: str
    status: str


class MetricSummary(NamedTuple):
    """A metric of a run: its latest value and step, its extremes and how many points it has."""

    key: str
    value: float
    step: int
    lowest: float | None
    highest: float | None
    points: int


class CellLine(NamedTuple):
    """An executed cell: its place in the session, and the first characters of its source."""

    number: int
    execution_count: int | None
    notebook: str | None
    seconds: float | None
    ok: bool | None
    beginning: str


def ids_beginning(store: Store, prefix: str, limit: int) -> list[str]:
    """At most ``limit`` ids of runs that begin with ``prefix``; deleted runs too."""
    query = f"""
        SELECT run_id FROM base.runs WHERE starts_with(run_id, $prefix) AND {_LIVE}
        ORDER BY run_id LIMIT $limit"""  # noqa: S608
    return [row[0] for row in store.rows(query, {"prefix": prefix, "limit": limit})]


def newest_run(store: Store) -> str | None:
    """The id of the run that began last; None if there is none."""
    query = f"""
        SELECT run_id FROM base.runs WHERE lifecycle_stage = 'active' AND {_LIVE}
        ORDER BY start_time DESC, number DESC LIMIT 1"""  # noqa: S608
    rows = store.rows(query)
    return rows[0][0] if rows else None


def run_state(store: Store, run_id: str) -> tuple[Any, ...] | None:
    """What is another tuple as soon as anything was logged to a run; None if there is no run."""
    rows = store.rows(_STATE, {"run": run_id})
    return rows[0] if rows else None


def run_before(store: Store, info: RunInfo, parent: str | None) -> str | None:
    """The id of the run before a run: of the same experiment, and inside the same run."""
    order, value = ("number", info.number) if info.number else ("start_time", info.start_time)
    query = f"""
        SELECT run_id FROM base.runs
        WHERE experiment_id = $experiment AND lifecycle_stage = 'active' AND run_id <> $run
            AND {quoted(order)} < $value AND tags['mlflow.parentRunId'] IS NOT DISTINCT FROM $parent
        ORDER BY {quoted(order)} DESC LIMIT 1"""  # noqa: S608  (one of two columns)
    bound = {
        "experiment": info.experiment_id,
        "run": info.run_id,
        "value": value,
        "parent": parent,
    }
    rows = store.rows(query, bound)
    return rows[0][0] if rows else None


def children(store: Store, run_id: str, limit: int) -> tuple[list[Kin], int]:
    """The runs directly inside a run, the first ones, and how many there are."""
    query = f"""
        SELECT run_id, number, tags['mlflow.runName'], status, count(*) OVER ()
        FROM base.runs
        WHERE tags['mlflow.parentRunId'] = $run AND lifecycle_stage = 'active' AND {_LIVE}
        ORDER BY start_time, number LIMIT $limit"""  # noqa: S608
    rows = store.rows(query, {"run": run_id, "limit": limit})
    found = [Kin(row[0], row[1] or 0, row[2] or "", row[3]) for row in rows]
    return found, rows[0][4] if rows else 0


def metric_summaries(store: Store, run_id: str) -> list[MetricSummary]:
    """All metrics of a run, sorted by name."""
    query = """
        SELECT key, value, step, "min", "max", count FROM metrics
        WHERE run_id = $run ORDER BY key"""
    return [MetricSummary(*row) for row in store.rows(query, {"run": run_id})]


def metric_curves(store: Store, run_id: str, keys: list[str]) -> dict[str, list[float]]:
    """The course of metrics by name, each in at most 72 values: no peak is lost."""
    rows = store.rows(_CURVES, {"run": run_id, "keys": keys, "parts": _PARTS})
    return {key: [value for part in parts for value in part] for key, parts in rows}


def code_version(store: Store, run_id: str) -> CodeVersion:
    """Which cell a run came from."""
    rows = store.rows(_CODE, {"run": run_id})
    return CodeVersion(*rows[0]) if rows else CodeVersion(None, None, None)


def cell_source(store: Store, session: str, number: int) -> str | None:
    """The source of one cell of a session; None if there is no such cell."""
    query = "SELECT source FROM cells WHERE session = $session AND number = $number"
    rows = store.rows(query, {"session": session, "number": number})
    return rows[0][0] if rows else None


def cells_until(store: Store, session: str, number: int, limit: int) -> tuple[list[CellLine], int]:
    """The last cells of a session up to one, in their order; and how many there are in all."""
    query = """
        SELECT number, execution_count, notebook, seconds, ok, left(source, 200), count(*) OVER ()
        FROM cells WHERE session = $session AND number <= $number
        ORDER BY number DESC LIMIT $limit"""
    rows = store.rows(query, {"session": session, "number": number, "limit": limit})
    found = [CellLine._make((*row[:5], row[5] or "")) for row in reversed(rows)]
    return found, rows[0][6] if rows else 0


def environment(store: Store, run_id: str) -> dict[str, Any] | None:
    """``python``, ``platform`` and ``packages`` of a run; None if they are not known."""
    query = "SELECT python, platform, packages FROM environments WHERE run_id = $run"
    return next(iter(store.records(query, {"run": run_id})), None)


def session(store: Store, token: str) -> dict[str, Any] | None:
    """``host``, ``pid`` and ``versions`` of the process with this token; None if unknown."""
    query = "SELECT host, pid, versions FROM sessions WHERE session = $session"
    return next(iter(store.records(query, {"session": token})), None)
