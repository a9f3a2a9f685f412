"""The course of the ``logging`` benchmark: rounds, kills, tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from tests.benchmarks.contenders import floor
from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.logging_latency import report, worker
from tests.benchmarks.logging_latency.figures import Figures, Sample, combine
from tests.benchmarks.logging_latency.kill_check import KillFigures, kill_often
from tests.benchmarks.logging_latency.rows import POINT_CALL, ROWS, Row
from tests.benchmarks.process import WorkerError, Workers
from tests.benchmarks.setting import Setting

PAUSES = {"5 ms apart": 0.005, "flat out": 0.0}
"""How the killed writers log: like a training step now and then, and without rest."""


def measure(setting: Setting) -> list[Figure]:
    """Time and kill every contender; print all, return what has a target."""
    rows = [row for row in ROWS if row.contender in setting.only]
    bench = Bench(setting.workers, shrink=setting.shrink)
    samples = bench.rounds(rows, setting.rounds)
    kills = bench.kills(setting.only, setting.kills)
    print(report.text(samples, kills))
    setting.failures += bench.failures.values()
    points = {
        row.contender: combine(samples[row])
        for row in rows
        if row.call == POINT_CALL[row.contender] and samples[row]
    }
    return [*_latencies(points), *_ratios(points), *_losses(kills)]


def _latencies(points: Mapping[str, Figures]) -> Iterator[Figure]:
    """Give the latency of one point; the targets are those of ours."""
    for name, told in points.items():
        ours = name == "ours"
        yield Figure(
            what="one logged point, p50",
            contender=name,
            value=told["p50"],
            unit=Unit.NS,
            at_most=5_000 if ours else None,
        )
        yield Figure(
            what="one logged point, p99",
            contender=name,
            value=told["p99"],
            unit=Unit.NS,
            at_most=30_000 if ours else None,
        )
        yield Figure(
            what="points logged, one process",
            contender=name,
            value=told["calls_per_s"],
            unit=Unit.RATE,
        )


def _ratios(points: Mapping[str, Figures]) -> Iterator[Figure]:
    """Give p50 as multiples: ours of the floor, the peers of ours."""
    ours = points.get("ours")
    if ours is None:
        return
    if "floor" in points:
        yield Figure(
            what="one logged point, times the floor",
            contender="ours",
            value=ours["p50"] / points["floor"]["p50"],
            unit=Unit.TIMES,
            at_most=3,
        )
    for name, words, wanted in (("trackio_local", "trackio", 1), ("mlflow_sqlite", "MLflow", 500)):
        if name in points:
            yield Figure(
                what=f"one logged point, faster than {words}",
                contender="ours",
                value=points[name]["p50"] / ours["p50"],
                unit=Unit.TIMES,
                at_least=wanted,
            )


def _losses(kills: Mapping[str, Mapping[str, KillFigures]]) -> Iterator[Figure]:
    """Give the points that were acknowledged and are gone; of ours there is none."""
    for name, paces in kills.items():
        killed = list(paces.values())
        yield Figure(
            what="points lost to SIGKILL",
            contender=name,
            value=sum(told["lost"] for told in killed),
            unit=Unit.COUNT,
            note=f"of {sum(told['acknowledged'] for told in killed):,}",
            at_most=0 if name == "ours" else None,
        )


class Bench:
    """One run of the benchmark; a contender that fails is left out from then on."""

    def __init__(self, workers: Workers, *, shrink: int) -> None:
        """Use ``workers``, and make ``1 / shrink`` of each row's calls."""
        self.failures: dict[str, str] = {}
        self._workers = workers
        self._shrink = shrink

    def rounds(self, rows: Sequence[Row], rounds: int) -> dict[Row, list[Sample]]:
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

    def kills(self, contenders: Sequence[str], kills: int) -> dict[str, Mapping[str, KillFigures]]:
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
                    self._workers.ask(folder, row.contender, worker.measure, row.call, calls)
                )
            except WorkerError as error:
                self.failures[row.contender] = str(error)

    def _our_line(self) -> bytes | None:
        """Log a few points of ours and return the last metric line of the journal."""
        with self._workers.store() as folder:
            try:
                self._workers.ask(folder, "ours", worker.measure, "log_metric", 10)
            except WorkerError as error:
                self.failures["ours"] = str(error)
            lines = [
                line
                for journal in sorted(folder.glob("*.journal/*.ndjson"))
                for line in journal.read_bytes().splitlines(keepends=True)
                if b'"metric"' in line
            ]
        return lines[-1] if lines else None
