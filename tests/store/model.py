"""What the views of a store must show, by plain Python over the events that were logged."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import duckdb  # noqa: TC002  (one block of imports)

from jupyter_mltrack.events import (
    Event,
    Metric,
    ModelCreated,
    ModelMetric,
    ModelSet,
    ModelUsed,
    Param,
    RunStage,
    RunStarted,
    RunStatus,
    Tag,
)


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
        if getattr(event, "run", None) is None:
            continue
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


def models(written: list[Event]) -> dict[str, dict[str, Any]]:
    """Each logged model after all its events, in the order (q, j)."""
    state: dict[str, dict[str, Any]] = {}
    runs = states(written)
    for event in sorted(written, key=lambda event: (event.q, event.j)):
        if not isinstance(event, ModelCreated | ModelSet):
            continue
        model = state.setdefault(
            event.model,
            {"born": None, "tag": {}, "param": {}, "status": "PENDING", "stage": "active"},
        )
        if isinstance(event, ModelCreated):
            model["born"] = model["born"] or event
        elif event.field == "param":
            model["param"].setdefault(event.key, event.text)
        elif event.field == "tag":
            model["tag"][event.key] = event.text
        elif event.field == "status" or model["stage"] != "purged":
            model[event.field] = event.text
    for model in state.values():
        if (born := model["born"]) and born.folder:
            purged = runs.get(born.run, {"stage": ""})["stage"] == "purged"
            model["stage"] = "purged" if purged else model["stage"]
    return state


def expected_models(written: list[Event]) -> dict[str, list[str]]:
    """What `shown` gives of logged models."""
    known, runs = models(written), states(written)
    purged = {name for name, model in known.items() if model["stage"] == "purged"}
    purged |= {name for name, run in runs.items() if run["stage"] == "purged"}
    points = [event for event in written if isinstance(event, ModelMetric)]
    used = [event for event in written if isinstance(event, ModelUsed)]
    first = {(use.run, use.model): use for use in sorted(used, key=lambda use: (-use.q, use.step))}
    return {
        "logged_models": rows(
            (
                name, model["born"].run, model["status"], model["stage"], model["param"],
                {key: text for key, text in model["tag"].items() if text is not None},
            )
            for name, model in known.items()
            if model["born"] and name not in purged
        ),
        "logged_model_metrics": rows(
            (point.model, point.run, point.key, float(point.value), point.step, point.q)
            for point in points
            if not {point.model, point.run} & purged
        ),
        "run_models": rows(
            (run, model, use.step) for (run, model), use in first.items()
            if not {run, model} & purged
        ),
    }  # fmt: skip


def expected(written: Iterable[Event]) -> dict[str, list[str]]:
    """What `shown` gives for a store with these events."""
    written = list(written)
    left = {name: run for name, run in states(written).items() if run["stage"] != "purged"}
    alive = {name: run for name, run in left.items() if run["born"]}
    return expected_models(written) | {
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
        "logged_models": """SELECT model_id, run_id, status, lifecycle_stage, params,
            tags FROM logged_models""",
        "logged_model_metrics": """SELECT model_id, run_id, key, value, step,
            q FROM logged_model_metrics""",
        "run_models": "SELECT run_id, model_id, step FROM run_models",
    }
    return {name: rows(connection.execute(query).fetchall()) for name, query in queries.items()}
