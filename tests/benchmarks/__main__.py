"""Benchmarks of jupyter_mltrack beside the tools people use today.

Run one from the root of the checkout::

    python -m tests.benchmarks logging             # all contenders, 5 rounds
    python -m tests.benchmarks logging --quick     # a look in about a minute
    python -m tests.benchmarks logging --only ours floor   # no peers, no download
    python -m tests.benchmarks logging --json figures.json

``logging`` times one logged metric point: ours, MLflow on SQLite, trackio,
tensorboardX, and the floor (a bare ``os.write`` of a line of ours). Then it kills
writers with SIGKILL and counts the points that were acknowledged and are gone.

The peers get a virtual environment of their own (``--peers-venv``, about 900 MB),
made at the first run and used again after that. Nothing is asserted about time: a
benchmark reports, the tests assert.

To add a benchmark, write a module with ``main(argv) -> int`` and name it in
``BENCHMARKS``.
"""

from __future__ import annotations

import sys
from importlib import import_module

BENCHMARKS = {
    "logging": "tests.benchmarks.logging_latency.bench",
}


def main(argv: list[str]) -> int:
    """Run the benchmark named first in ``argv``; the rest are its options."""
    if not argv or argv[0] not in BENCHMARKS:
        names = ", ".join(sorted(BENCHMARKS))
        print(f"usage: python -m tests.benchmarks NAME [--help]; NAME is one of: {names}")
        return 0 if argv in (["-h"], ["--help"]) else 2
    benchmark = import_module(BENCHMARKS[argv[0]])
    return int(benchmark.main(argv[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
