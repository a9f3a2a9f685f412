"""The process that works for one contender: timed calls, points until killed, reading back.

::

    python -m tests.benchmarks.logging_latency.worker CONTENDER measure FOLDER CALL N
    python -m tests.benchmarks.logging_latency.worker CONTENDER points FOLDER CALL PAUSE_S
    python -m tests.benchmarks.logging_latency.worker CONTENDER read-back FOLDER N

``measure`` and ``read-back`` print one JSON object on stdout. ``points`` writes the
number of each point to stdout once the contender has taken it, and goes on for ever.
"""

from __future__ import annotations

import json
import os
import sys
import time
from array import array
from contextlib import AbstractContextManager
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Protocol, cast

from tests.benchmarks.logging_latency.figures import Calls, Sample, summarise


class Contender(Protocol):
    """What a module in ``workers/`` offers."""

    def version(self) -> str:
        """Return the version of what is measured, or an empty string."""

    def opened(self, folder: Path) -> AbstractContextManager[Calls]:
        """Open a store in ``folder`` and a run in it; give call name → call(step)."""

    def stored_steps(self, folder: Path) -> set[int]:
        """Return the steps that can be read back from the store."""


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


def points(contender: Contender, folder: Path, call_name: str, pause: float, out: int) -> None:
    """Log points until killed; acknowledge each on ``out`` after the call has returned."""
    with contender.opened(folder) as offered:
        call = offered[call_name]
        for step in count():
            call(step)
            os.write(out, b"%d\n" % step)
            if pause:
                time.sleep(pause)


def read_back(contender: Contender, folder: Path, acknowledged: int) -> dict[str, int]:
    """Count which of the first ``acknowledged`` points the store still gives back."""
    found = contender.stored_steps(folder) & set(range(acknowledged))
    return {"acknowledged": acknowledged, "found": len(found)}


def main(name: str, verb: str, folder: Path, *options: str) -> None:
    """Do one verb. What the tools print themselves goes to stderr, out of the answer's way."""
    out = os.dup(1)
    os.dup2(2, 1)
    contender = cast("Contender", import_module(f"{__package__}.workers.{name}"))
    if verb == "points":
        points(contender, folder, options[0], float(options[1]), out)
    elif verb == "measure":
        os.write(out, json.dumps(measure(contender, folder, options[0], int(options[1]))).encode())
    else:
        os.write(out, json.dumps(read_back(contender, folder, int(options[0]))).encode())


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), *sys.argv[4:])
