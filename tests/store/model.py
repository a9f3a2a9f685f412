"""What the views of a store must show, by plain Python over the events that were logged."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import duckdb  # noqa: TC002  (one block of imports)

from jupyter_mltrack.events import Event, Metric, Param, RunStage, RunStarted, RunStatus, Tag


def rank(value: float | str) -> tuple[bool, float]:
    """Order of values as DuckDB has it: NaN is the greatest."""
    number = float(value)
    return (math.isnan(number), 0.0 if math.isnan(number) else number)


def summary(points: list[Metric]) -> tuple[Any, ...]:
    """The row of a metric: its latest point, its extremes, and how many there are."""
    last = max(points, key=lambda point: (point.step, point.ts, rank(point.value)))
    known = [float(point.value) for point in points if not math.isnan(float(point.value))]
    extremes = (min(known), max(known)) if known else (None, None)
    return (float(last.value), last.step, last.ts, *extremes, len(points))


def states(written: Iterable[Event]) -> dict[str, dict[str, Any]]:
    """Each run after all its events, in the order (q, j)."""
    state: dict[str, dict[str, Any]] = {}
    for event in sorted(written, key=lambda event: (event.q, event.j)):
        run = state.setdefault(
            event.run,  # type: ignore[attr-defined]
            {"born": False, "params": {}, "tags": {}, "points": {}}
            | {"status": "RUNNING", "since": 0, "stage": "active"},
        )
        match event:
            case RunStarted():
                run["born"] = True
            case Param():
                run["params"].setdefault(event.key, event.text)
            case Tag():
                run["tags"][event.key] = event.text
            case Metric():
                run["points"].setdefault(event.key, []).append(event)
            case RunStatus():
                run["status"], run["since"] = event.text, event.q
            case RunStage() if run["stage"] != "purged":
                run["stage"] = event.text
    return state


def expected(written: Iterable[Event]) -> dict[str, list[str]]:
    """What `shown` gives for a store with these events."""
    left = {name: run for name, run in states(written).items() if run["stage"] != "purged"}
    alive = {name: run for name, run in left.items() if run["born"]}
    return {
        "runs": rows((name, run["status"], run["stage"]) for name, run in alive.items()),
        "params": rows((n, k, v) for n, run in alive.items() for k, v in run["params"].items()),
        "tags": rows(
            (n, k, v) for n, run in alive.items() for k, v in run["tags"].items() if v is not None
        ),
        "metrics": rows(
            (name, key, *summary(points))
            for name, run in alive.items()
            for key, points in run["points"].items()
        ),
        "metric_history": rows(
            (name, key, float(point.value), point.step, point.ts, point.q)
            for name, run in left.items()
            for key, points in run["points"].items()
            for point in points
        ),
    }


def rows(found: Any) -> list[str]:
    """Rows as the views are compared: as text, so that NaN equals itself, in one order."""
    return sorted(map(repr, found))


def shown(connection: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """What the views show of that which the model knows."""
    queries = {
        "runs": "SELECT run_id, status, lifecycle_stage FROM runs",
        "params": "SELECT run_id, key, value FROM params",
        "tags": "SELECT run_id, key, value FROM tags",
        "metrics": 'SELECT run_id, key, value, step, "timestamp", "min", "max", count FROM metrics',
        "metric_history": 'SELECT run_id, key, value, step, "timestamp", q FROM metric_history',
    }
    return {name: rows(connection.execute(query).fetchall()) for name, query in queries.items()}
