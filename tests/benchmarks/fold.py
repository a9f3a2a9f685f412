"""The ``fold`` benchmark: how fast journals become tables.

The floor is a plain ``INSERT ... SELECT FROM read_json`` of the same bytes, without checks, without
rows of runs; ``sqlite3`` gets the same points as tuples that are ready in memory.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from types import ModuleType
from typing import Any

from tests.benchmarks import search
from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.setting import Setting

SHAPES = {
    "8 runs x 4 keys": {"journals": 8, "runs": 8, "keys": 4, "steps": 31_250},
    "10,000 runs x 2 keys": {"journals": 8, "runs": 10_000, "keys": 2, "steps": 50},
}
"""A million points each."""
_ROUNDS = 3
SMALL = (10, 100, 1_000)
_FLOOR_SQL = """
CREATE TABLE points AS SELECT run, key, value, coalesce(step, 0) AS step, t, q
FROM read_json($files, format = 'newline_delimited', columns = {op: 'VARCHAR', run: 'VARCHAR',
    key: 'VARCHAR', value: 'DOUBLE', step: 'BIGINT', t: 'DOUBLE', q: 'UBIGINT'})
WHERE op = 'metric'"""


def fold(ours: ModuleType, folder: Path, shape: dict[str, int]) -> dict[str, float]:
    """Job: write points, then time the fold of all and the two floors on the same bytes."""
    from jupyter_mltrack.store import Store
    from tests.benchmarks.stores import write_points

    path = ours.database(folder)
    points = write_points(path, **shape)
    files = [str(file) for file in (folder / f"{path.stem}.journal").glob("*.ndjson")]
    plain = _seconds_of_plain_duckdb(folder, files)
    store = Store(path)
    began = time.perf_counter()
    store.fold()
    took = time.perf_counter() - began
    stored = ours.stored_points(folder)
    store.finish_sealing()
    return {
        "points": points,
        "stored": stored,
        "ours": points / took,
        "plain": points / plain,
        "sqlite": points / _seconds_of_sqlite(folder, points),
    }


def small_folds(ours: ModuleType, folder: Path, events: int, rounds: int) -> list[float]:
    """Job: log some points of one run to a big store; time each fold, from open to close."""
    from jupyter_mltrack.events import Metric, RunStarted
    from jupyter_mltrack.store import Store

    store = Store(ours.database(folder))
    store.fold()
    run = f"{time.time_ns():032x}"
    store.append(RunStarted(run, "0", time.time_ns() // 1_000_000))
    spent = []
    for number in range(rounds):
        store.append_all(
            [Metric(run, f"metric_{n % 4}", n / events, number * events + n) for n in range(events)]
        )
        began = time.perf_counter_ns()
        store.fold()
        spent.append(time.perf_counter_ns() - began)
    store.close()
    return spent


def measure(setting: Setting) -> list[Figure]:
    """Fold a million points in two shapes, then a few on a big store."""
    if "ours" not in setting.only:
        return []
    return [*_large(setting), *_small(setting)]


def shrunk(shape: dict[str, int], setting: Setting) -> dict[str, int]:
    """Return a shape with fewer of what it has many of."""
    many = "runs" if shape["runs"] > shape["steps"] else "steps"
    return shape | {many: setting.share(shape[many], least=8)}


def _large(setting: Setting) -> Iterator[Figure]:
    for words, full in SHAPES.items():
        shape = shrunk(full, setting)
        rounds: list[dict[str, Any]] = [setting.ask("ours", fold, shape) for _ in range(_ROUNDS)]
        told = {key: median(one[key] for one in rounds) for key in rounds[0]}
        note = f"{told['points']:,} points, median of {_ROUNDS}"
        rows = {"ours": told["ours"]}
        if "floor" in setting.only:
            rows |= {"plain read_json": told["plain"], "sqlite3": told["sqlite"]}
        for contender, rate in rows.items():
            yield Figure(
                what=f"fold, {words}",
                contender=contender,
                value=rate,
                unit=Unit.RATE,
                note=note,
                at_least=500_000 if contender == "ours" else None,
            )
        missing = told["points"] - told["stored"]
        yield Figure(
            what=f"points missing, {words}",
            contender="ours",
            value=missing,
            unit=Unit.COUNT,
            at_most=0,
        )


def _small(setting: Setting) -> Iterator[Figure]:
    runs = setting.share(search.SIZES[-1])
    folder = setting.kept_store(search.KEPT, "ours", search.fill, 0, runs)
    for events in SMALL:
        spent = setting.workers.ask(folder, "ours", small_folds, events, setting.rounds)
        yield Figure(
            what=f"fold of {events:,} events into {runs:,} runs, p50",
            contender="ours",
            value=median(spent),
            unit=Unit.NS,
        )


def _seconds_of_plain_duckdb(folder: Path, files: list[str]) -> float:
    import duckdb

    began = time.perf_counter()
    with duckdb.connect(folder / "plain.duckdb") as connection:
        connection.execute(_FLOOR_SQL, {"files": files})
    return time.perf_counter() - began


def _seconds_of_sqlite(folder: Path, points: int) -> float:
    rows = [(f"{n % 8:032x}", f"metric_{n % 4}", n / 3, n, n) for n in range(points)]
    began = time.perf_counter()
    with closing(sqlite3.connect(folder / "plain.db")) as connection, connection:
        connection.execute("CREATE TABLE points (run TEXT, key TEXT, value REAL, step INT, t INT)")
        connection.executemany("INSERT INTO points VALUES (?, ?, ?, ?, ?)", rows)
    return time.perf_counter() - began
