"""The course of the ``logging`` benchmark: options, rounds, kills, tables."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from tests.benchmarks import machine, peers
from tests.benchmarks.logging_latency import report
from tests.benchmarks.logging_latency.contenders import PEERS, ROWS, TITLES, Row
from tests.benchmarks.logging_latency.figures import Sample
from tests.benchmarks.logging_latency.kill_check import KillFigures, kill_often
from tests.benchmarks.logging_latency.process import WorkerError, Workers
from tests.benchmarks.logging_latency.workers import floor

PAUSES = {"5 ms apart": 0.005, "flat out": 0.0}
"""How the killed writers log: like a training step now and then, and without rest."""


def main(argv: list[str]) -> int:
    """Run the benchmark; return 1 if a contender failed."""
    options = _parse(argv)
    rows = [row for row in ROWS if row.contender in options.only]
    python = peers.interpreter(options.peers_venv) if PEERS & set(options.only) else None
    workers = Workers(peers_python=python, stores=options.stores)
    described = machine.describe()
    bench = Bench(workers, shrink=10 if options.quick else 1)
    samples = bench.rounds(rows, 2 if options.quick else options.rounds)
    kills = bench.kills(options.only, 2 if options.quick else options.kills)
    print(report.text(described, samples, kills))
    if options.json:
        told = report.as_json(described, samples, kills)
        options.json.write_text(json.dumps(told, indent=1), encoding="utf-8")
    for problem in bench.failures.values():
        print(f"\n{problem}")
    return 1 if bench.failures else 0


class Bench:
    """One run of the benchmark; a contender that fails is left out from then on."""

    def __init__(self, workers: Workers, *, shrink: int) -> None:
        """Use ``workers``, and make ``1 / shrink`` of each row's calls."""
        self.failures: dict[str, str] = {}
        self._workers = workers
        self._shrink = shrink

    def rounds(self, rows: list[Row], rounds: int) -> dict[Row, list[Sample]]:
        """Time every row once a round, so that a drifting machine hits all alike."""
        samples: dict[Row, list[Sample]] = {row: [] for row in rows}
        line = self._our_line() if {"ours", "floor"} <= {r.contender for r in rows} else None
        if line:
            print(f"a metric line of ours, which the floor writes too: {len(line)} bytes")
        for number in range(rounds):
            print(f"round {number + 1} of {rounds}", flush=True)
            for row in rows:
                if row.contender not in self.failures:
                    self._measure(row, samples[row], line)
        return samples

    def kills(self, contenders: list[str], kills: int) -> dict[str, Mapping[str, KillFigures]]:
        """Kill writers of every contender at each pace; none if ``kills`` is 0."""
        if not kills:
            return {}
        print(f"killing {kills} writers of each contender at each pace", flush=True)
        figures: dict[str, Mapping[str, KillFigures]] = {}
        for contender in contenders:
            if contender in self.failures:
                continue
            try:
                figures[contender] = {
                    pace: kill_often(self._workers, contender, kills=kills, pause=pause)
                    for pace, pause in PAUSES.items()
                }
            except WorkerError as error:
                self.failures[contender] = str(error)
        return figures

    def _measure(self, row: Row, samples: list[Sample], line: bytes | None) -> None:
        with self._workers.store() as folder:
            if line and row.contender == "floor":
                floor.specimen(folder).write_bytes(line)
            calls = max(row.calls // self._shrink, 1)
            try:
                samples.append(
                    self._workers.ask(folder, row.contender, "measure", row.call, str(calls))
                )
            except WorkerError as error:
                self.failures[row.contender] = str(error)

    def _our_line(self) -> bytes | None:
        """Log a few points of ours and return the last metric line of the journal."""
        with self._workers.store() as folder:
            try:
                self._workers.ask(folder, "ours", "measure", "log_metric", "10")
            except WorkerError as error:
                self.failures["ours"] = str(error)
            lines = [
                line
                for journal in sorted(folder.glob("*.journal/*.ndjson"))
                for line in journal.read_bytes().splitlines(keepends=True)
                if b'"metric"' in line
            ]
        return lines[-1] if lines else None


def _parse(argv: list[str]) -> argparse.Namespace:
    """Read the options of ``python -m tests.benchmarks logging``."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks logging")
    add = parser.add_argument
    add("--rounds", type=int, default=5, help="rounds, each timing every contender once (5)")
    add(
        "--kills",
        type=int,
        default=5,
        help="writers to kill per contender and pace (5; 0: none)",
    )
    add("--quick", action="store_true", help="2 rounds of a tenth of the calls, 2 kills")
    add("--only", nargs="+", choices=list(TITLES), default=list(TITLES), help="who takes part")
    add("--json", type=Path, metavar="FILE", help="also write all figures to FILE")
    add("--stores", type=Path, metavar="DIR", help="disk to measure on (the temporary folder)")
    add(
        "--peers-venv",
        type=Path,
        metavar="DIR",
        default=peers.DEFAULT_FOLDER,
        help=f"environment of the other tools, made if missing ({peers.DEFAULT_FOLDER})",
    )
    return parser.parse_args(argv)
