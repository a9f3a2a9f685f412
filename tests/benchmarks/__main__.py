"""Benchmarks of jupyter_mltrack beside the tools people use today.

Run them from the root of the checkout::

    python -m tests.benchmarks                        # all of them, about ten minutes
    python -m tests.benchmarks --quick                # a tenth of the sizes, about three minutes
    python -m tests.benchmarks logging search         # some of them
    python -m tests.benchmarks --only ours floor      # no peers, no download
    python -m tests.benchmarks --json figures.json --markdown table.md
    python -m tests.benchmarks profile                # where the time goes

=========== ===============================================================================
logging     one logged metric point, and whether it survives SIGKILL
concurrent  eight processes begin at once in a folder without a store
fold        journals become tables
search      filter, order and get the first page, at 1,000 to 100,000 runs
size        bytes a point, bytes a run
imports     the import statement
memory      what a process holds
serving     requests for predictions, answered by two servers of one model
growth      the ten-millionth point
panels      what a user waits for in JupyterLab and Chromium
profile     where the time of ``log_metric``, fold and search goes; only when it is named
=========== ===============================================================================

The peers (MLflow on SQLite, trackio, tensorboardX) get a virtual environment of their own
(``--peers-venv``, about 900 MB), made at the first run and used again after that. Every target of
the project is printed with what was reached. Nothing is asserted about time: a benchmark reports,
the tests assert.

To add a benchmark, write a module with ``measure(setting) -> list[Figure]`` and name it in
``BENCHMARKS``.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from tests.benchmarks import machine, peers, report
from tests.benchmarks.contenders import PEERS, TITLES
from tests.benchmarks.process import Workers
from tests.benchmarks.setting import Setting

if TYPE_CHECKING:
    from tests.benchmarks.figures import Figure

BENCHMARKS = {
    "logging": "tests.benchmarks.logging_latency.bench",
    "concurrent": "tests.benchmarks.concurrent",
    "search": "tests.benchmarks.search",
    "fold": "tests.benchmarks.fold",
    "size": "tests.benchmarks.size",
    "imports": "tests.benchmarks.imports",
    "growth": "tests.benchmarks.growth",
    "panels": "tests.benchmarks.panels",
    "serving": "tests.benchmarks.serving",
    "memory": "tests.benchmarks.memory",
}
"""Name → module, in the order of a whole run: stores that one makes the next looks at."""
ON_REQUEST = {"profile": "tests.benchmarks.profile"}


def main(argv: list[str]) -> int:
    """Run the benchmarks named, or all; return 1 if a contender failed."""
    options = _parse(argv)
    described = machine.describe()
    print(report.heading(described))
    with tempfile.TemporaryDirectory(prefix="mltrack-bench-", dir=options.stores) as kept:
        setting = _setting(options, Path(kept))
        results = {name: _run(name, setting) for name in options.names}
    results = {name: figures for name, figures in results.items() if figures}
    if results:
        print(f"\nsummary\n\n{report.summary(results)}")
    if options.json:
        told = report.as_json(results, described)
        options.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    if options.markdown:
        options.markdown.write_text(report.markdown(results, described) + "\n", encoding="utf-8")
    for problem in setting.failures:
        print(f"\n{problem}")
    return 1 if setting.failures else 0


def _run(name: str, setting: Setting) -> list[Figure]:
    print(f"\n===== {name}\n", flush=True)
    began = time.monotonic()
    figures: list[Figure] = []
    with setting.attempt():
        figures += import_module((BENCHMARKS | ON_REQUEST)[name]).measure(setting)
    if figures:
        print(f"\n{report.table(figures)}")
    print(f"\n{name} took {time.monotonic() - began:.0f} s", flush=True)
    return figures


def _setting(options: argparse.Namespace, kept: Path) -> Setting:
    alone = {*ON_REQUEST, "panels"}  # its peers are in the environment of the tests
    needs_peers = PEERS & set(options.only) and set(options.names) - alone
    python = peers.interpreter(options.peers_venv) if needs_peers else None
    return Setting(
        workers=Workers(peers_python=python, stores=options.stores),
        only=options.only,
        shrink=options.shrink or (10 if options.quick else 1),
        rounds=2 if options.quick else options.rounds,
        kills=min(options.kills, 1) if options.quick else options.kills,
        kept=kept,
    )


def _parse(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    add = parser.add_argument
    names = [*BENCHMARKS, *ON_REQUEST]
    add("names", nargs="*", metavar="NAME", help=f"what to run, or all: {', '.join(names)}")
    add("--quick", action="store_true", help="a tenth of the sizes, 2 rounds, 1 kill")
    add("--shrink", type=int, default=0, metavar="N", help="one N-th of the sizes")
    add("--only", nargs="+", choices=list(TITLES), default=list(TITLES), help="who takes part")
    add("--rounds", type=int, default=5, help="of `logging`; three times as many searches (5)")
    add("--kills", type=int, default=3, help="of each contender at each pace in `logging` (3)")
    add("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    add("--markdown", type=Path, metavar="FILE", help="also write the README's table to FILE")
    add("--stores", type=Path, metavar="DIR", help="disk to measure on (the temporary folder)")
    add(
        "--peers-venv",
        type=Path,
        metavar="DIR",
        default=peers.DEFAULT_FOLDER,
        help=f"environment of the other tools, made if missing ({peers.DEFAULT_FOLDER})",
    )
    options = parser.parse_args(argv)
    if options.names in ([], ["all"]):
        options.names = list(BENCHMARKS)
    if unknown := set(options.names) - set(names):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return options


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
