"""The jobs of one contender: timed calls, points until killed, reading back."""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from tests.benchmarks.contenders import Contender
from tests.benchmarks.logging_latency.figures import Sample, summarise


def measure(contender: Contender, folder: Path, call_name: str, calls: int) -> Sample:
    """Time ``calls`` calls one by one, after a warm-up that logs the steps from ``calls`` on."""
    with contender.opened(folder) as offered:
        call = offered[call_name]
        for step in range(calls, calls + min(1_000, calls // 10 + 1)):
            call(step)
        now = time.perf_counter_ns
        spent = array("q", bytes(8 * calls))
        began = now()
        for step in range(calls):
            start = now()
            call(step)
            spent[step] = now() - start
        returned = now()
    return summarise(
        spent, returned_ns=returned - began, stored_ns=now() - began, version=contender.version()
    )


def points(contender: Contender, folder: Path, call_name: str, pause: float) -> Iterator[int]:
    """Log points until killed; acknowledge each after the call has returned."""
    with contender.opened(folder) as offered:
        call = offered[call_name]
        for step in count():
            call(step)
            yield step
            if pause:
                time.sleep(pause)


def read_back(contender: Contender, folder: Path, acknowledged: int) -> dict[str, int]:
    """Count which of the first ``acknowledged`` points the store still gives back."""
    found = contender.stored_steps(folder) & set(range(acknowledged))
    return {"acknowledged": acknowledged, "found": len(found)}
