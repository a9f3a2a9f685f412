"""The ``concurrent`` benchmark: eight processes log to a store that none of them has made yet.

All begin at the same instant. Two more processes read ours meanwhile; the peers are not read. What
was acknowledged is counted, and what the store gives back in the end. Then the same on a store that
was made before, without readers: a tool that cannot make its store eight times at once still gets a
figure.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tests.benchmarks.contenders import Searcher, Sharer
from tests.benchmarks.figures import Figure, Unit, percentile
from tests.benchmarks.logging_latency.rows import POINT_CALL
from tests.benchmarks.process import WorkerError, finish
from tests.benchmarks.setting import Setting

WRITERS = 8
READERS = 2
POINTS = {"ours": 100_000, "mlflow_sqlite": 100, "trackio_local": 5_000}
"""Points of each writer; the peers' are fewer so that they end."""
_READY_S = 120


def write(contender: Sharer, folder: Path, call_name: str, points: int) -> dict[str, Any]:
    """Job: wait for the others, open the store, log; an error costs a point, not the writer."""
    _wait(folder, "go")
    began, logged, errors = time.monotonic_ns(), 0, []
    try:
        with contender.opened(folder) as offered:
            call = offered[call_name]
            for step in range(points):
                try:
                    call(step)
                    logged += 1
                except Exception as error:  # noqa: BLE001  (a locked database, whatever it is called)
                    errors.append(repr(error))
    except Exception as error:  # noqa: BLE001  (this writer never came to log)
        errors.append(repr(error))
    return {
        "began": began,
        "ended": time.monotonic_ns(),
        "logged": logged,
        "errors": len(errors),
        "first_error": errors[0][:300] if errors else "",
    }


def make(contender: Sharer, folder: Path) -> None:
    """Job: make the store, and a run without points."""
    with contender.opened(folder):
        pass


def read(contender: Searcher, folder: Path) -> dict[str, Any]:
    """Job: search again and again while the others write."""
    search = contender.searches(folder)["page of 100"]
    spent, errors = [], 0
    _wait(folder, "go")
    while folder.exists() and not (folder / "done").exists():
        began = time.perf_counter_ns()
        try:
            search()
        except Exception:  # noqa: BLE001  (counted)
            errors += 1
        spent.append(time.perf_counter_ns() - began)
        time.sleep(0.05)
    return {"spent": spent, "errors": errors}


def count(contender: Sharer, folder: Path) -> int:
    """Job: how many points the store gives back."""
    return contender.stored_points(folder)


def measure(setting: Setting) -> list[Figure]:
    """Let every contender's writers begin at once."""
    figures: list[Figure] = []
    for name in setting.who(*POINTS):
        points = setting.share(POINTS[name], least=5)
        print(f"{WRITERS} writers x {points:,} points: {name}", flush=True)
        with setting.attempt(), setting.workers.store() as folder:
            figures += _course(setting, folder, name, points, cold=True)
        with setting.attempt(), setting.workers.store() as folder:
            setting.workers.ask(folder, name, make)
            figures += _course(setting, folder, name, points, cold=False)
    return figures


def _course(
    setting: Setting, folder: Path, name: str, points: int, *, cold: bool
) -> Iterator[Figure]:
    start = setting.workers.start
    readers = READERS if name == "ours" and cold else 0
    writing = [start(folder, name, write, POINT_CALL[name], points) for _ in range(WRITERS)]
    reading = [start(folder, name, read) for _ in range(readers)]
    try:
        _let_go(folder, len(writing) + len(reading))
        wrote = [finish(process, folder, name) for process in writing]
        (folder / "done").touch()
        answers = [finish(process, folder, name) for process in reading]
    finally:
        for process in (*writing, *reading):
            process.kill()
    found = setting.workers.ask(folder, name, count)
    yield from _written(name, wrote, found, points, "a cold start" if cold else "a warm start")
    if answers:
        yield from _read(name, answers)


def _written(
    name: str, wrote: list[dict[str, Any]], found: int, points: int, start: str
) -> Iterator[Figure]:
    ours = name == "ours"
    logged = sum(one["logged"] for one in wrote)
    seconds = (max(o["ended"] for o in wrote) - min(o["began"] for o in wrote)) / 1e9
    note = f"{WRITERS} x {points:,}"
    for complaint in {one["first_error"] for one in wrote} - {""}:
        print(f"{name}: {complaint}")
    told = (
        (f"points of {WRITERS} processes", logged / seconds, Unit.RATE, None),
        ("errors", sum(one["errors"] for one in wrote), Unit.COUNT, 0),
        ("processes that could not log", sum(not o["logged"] for o in wrote), Unit.COUNT, 0),
        ("points missing or doubled", abs(WRITERS * points - found), Unit.COUNT, 0),
    )
    for what, value, unit, limit in told:
        yield Figure(
            what=f"{what}, {start}",
            contender=name,
            value=value,
            unit=unit,
            note=note,
            at_most=limit if ours else None,
        )


def _read(name: str, answers: list[dict[str, Any]]) -> Iterator[Figure]:
    spent = sorted(ns for answer in answers for ns in answer["spent"])
    note = f"{len(spent)} searches"
    for words, value in (
        ("p50", percentile(spent, 0.50)),
        ("p99", percentile(spent, 0.99)),
        ("max", spent[-1]),
    ):
        yield Figure(
            what=f"search meanwhile, {words}",
            contender=name,
            value=value,
            unit=Unit.NS,
            note=note,
            at_most=1e9 if words == "p99" else None,
        )
    errors = sum(answer["errors"] for answer in answers)
    yield Figure(what="errors of readers", contender=name, value=errors, unit=Unit.COUNT, at_most=0)


def _wait(folder: Path, word: str) -> None:
    """Say that this process is ready, and wait for the word."""
    (folder / f"ready-{time.monotonic_ns()}").touch()
    deadline = time.monotonic() + _READY_S
    while not (folder / word).exists():
        if time.monotonic() > deadline:  # nobody is there any more to give the word
            raise TimeoutError(word)
        time.sleep(0.001)


def _let_go(folder: Path, processes: int) -> None:
    """Give the word when all are ready."""
    deadline = time.monotonic() + _READY_S
    while len(list(folder.glob("ready-*"))) < processes:
        if time.monotonic() > deadline:
            msg = f"not all of {processes} processes were ready after {_READY_S} s"
            raise WorkerError(msg)
        time.sleep(0.01)
    (folder / "go").touch()
