"""Whether a point is durable once the call has returned: kill the writer and look.

A worker logs points and writes the number of each to a pipe after the call returned.
At a random moment it gets SIGKILL (on Windows: TerminateProcess). Every number that
reached the pipe was promised; a fresh process then counts what the store gives back.
First a writer that is closed in good order must have all its points found, so that
"lost" never means "we cannot read it".
"""

from __future__ import annotations

import random
import threading
import time
from typing import IO, TypedDict

from tests.benchmarks.logging_latency.rows import POINT_CALL
from tests.benchmarks.logging_latency.worker import measure, points, read_back
from tests.benchmarks.process import WorkerError, Workers, complaint

_FIRST_POINT_TIMEOUT_S = 120
_LIFETIME_S = (1.0, 4.0)
"""A writer's life after its first point: long enough for tools that flush twice a second."""


class KillFigures(TypedDict):
    """What some kills cost: points acknowledged and, of those, points lost."""

    kills: int
    acknowledged: int
    lost: int


def kill_often(
    workers: Workers,
    contender: str,
    *,
    kills: int,
    pause: float,
    lifetime: tuple[float, float] = _LIFETIME_S,
) -> KillFigures:
    """Kill ``kills`` writers, each with a store of its own, and add up the losses.

    Args:
        workers: Where workers run.
        contender: Name of the worker module.
        kills: How many writers to kill.
        pause: Seconds a writer sleeps between points; 0 means flat out.
        lifetime: Least and most seconds a writer lives after its first point.

    Raises:
        WorkerError: If a writer stops by itself or its store cannot be read.
    """
    _read_back_works(workers, contender)
    acknowledged = lost = 0
    for _ in range(kills):
        taken, found = _kill_once(workers, contender, pause, random.uniform(*lifetime))
        acknowledged += taken
        lost += taken - found
    return {"kills": kills, "acknowledged": acknowledged, "lost": lost}


def _read_back_works(workers: Workers, contender: str, calls: int = 20) -> None:
    """Find every point of a writer that was closed in good order."""
    with workers.store() as folder:
        workers.ask(folder, contender, measure, POINT_CALL[contender], calls)
        found = workers.ask(folder, contender, read_back, calls)["found"]
    if found != calls:
        msg = f"{contender}: {found} of {calls} points found in a store closed in good order"
        raise WorkerError(msg)


def _kill_once(workers: Workers, contender: str, pause: float, lifetime: float) -> tuple[int, int]:
    """Kill one writer; return the points acknowledged and those found again."""
    with workers.store() as folder:
        call = POINT_CALL[contender]
        with workers.start(folder, contender, points, call, pause) as writer:
            assert writer.stdout is not None
            pipe = _Acknowledgements(writer.stdout)
            try:
                pipe.first.wait(_FIRST_POINT_TIMEOUT_S)
                time.sleep(lifetime)
                stopped_by_itself = writer.poll() is not None
            finally:
                writer.kill()
            taken = pipe.total()
        if stopped_by_itself or not taken:
            raise WorkerError(complaint(folder, contender))
        answer = workers.ask(folder, contender, read_back, taken)
    return taken, answer["found"]


class _Acknowledgements:
    """Counts the lines of a pipe in a thread, so that the writer never waits for us."""

    def __init__(self, pipe: IO[bytes]) -> None:
        self.first = threading.Event()
        self._lines = 0
        self._thread = threading.Thread(target=self._count, args=(pipe,))
        self._thread.start()

    def _count(self, pipe: IO[bytes]) -> None:
        for line in pipe:
            self._lines += line.endswith(b"\n")
            self.first.set()
        self.first.set()

    def total(self) -> int:
        """Wait for the pipe's end and return how many whole lines came."""
        self._thread.join()
        return self._lines
