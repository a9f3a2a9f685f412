"""The finished run as text for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from tests.benchmarks.contenders import TITLES
from tests.benchmarks.logging_latency.figures import Figures, Sample, combine
from tests.benchmarks.logging_latency.kill_check import KillFigures
from tests.benchmarks.logging_latency.rows import ROWS, Row
from tests.benchmarks.table import aligned, duration, ratio

Samples = Mapping[Row, Sequence[Sample]]
Kills = Mapping[str, Mapping[str, KillFigures]]

_OURS, _FLOOR = ROWS[0], ROWS[1]
_NOTES = """\
p50, p99: median of the rounds; max: the worst call of all rounds; x floor and 'ours is
faster' compare p50. calls/s counts until the last call returned, stored/s until the store
was closed too; ours is folded from its journal into DuckDB later, when somebody reads.
'nothing' is what the clock and an empty call cost; it is in every figure."""


def text(samples: Samples, kills: Kills) -> str:
    """Write the whole report: versions, latencies, losses."""
    return "\n".join(
        [
            "",
            "; ".join(f"{TITLES[name]} {version}" for name, version in _versions(samples).items()),
            "",
            _latencies(_figures(samples)),
            "",
            _NOTES,
            "",
            _losses(kills),
        ]
    )


def _figures(samples: Samples) -> dict[Row, Figures]:
    """Combine the rounds of every row that has any."""
    return {row: combine(rounds) for row, rounds in samples.items() if rounds}


def _versions(samples: Samples) -> dict[str, str]:
    """Name the version of each contender measured."""
    return {row.contender: rounds[0]["version"] for row, rounds in samples.items() if rounds}


def _latencies(figures: Mapping[Row, Figures]) -> str:
    """Lay out the table of latencies."""
    heading = ["contender", "call", "p50", "p50 of the rounds", "p99", "max"]
    heading += ["calls/s", "stored/s", "x floor", "ours is faster"]
    ours = figures[_OURS]["p50"] if _OURS in figures else None
    floor = figures[_FLOOR]["p50"] if _FLOOR in figures else None
    rows = [
        [
            TITLES[row.contender],
            row.call,
            duration(told["p50"]),
            f"{duration(told['p50_low'])} - {duration(told['p50_high'])}",
            duration(told["p99"]),
            duration(told["max"]),
            f"{told['calls_per_s']:,.0f}",
            f"{told['stored_per_s']:,.0f}",
            ratio(told["p50"], floor),
            "" if row.contender in {"ours", "floor"} else ratio(told["p50"], ours),
        ]
        for row, told in figures.items()
    ]
    return aligned([heading, *rows], left=2)


def _losses(kills: Kills) -> str:
    """Lay out the table of points lost to SIGKILL."""
    if not kills:
        return "no writer was killed"
    paces = list(next(iter(kills.values())))
    heading = ["contender", "durable at return?", *(f"lost, {pace}" for pace in paces)]
    rows = [
        [
            TITLES[name],
            "no" if any(figures["lost"] for figures in told.values()) else "yes",
            *(f"{told[pace]['lost']:,} of {told[pace]['acknowledged']:,}" for pace in paces),
        ]
        for name, told in kills.items()
    ]
    killed = next(iter(next(iter(kills.values())).values()))["kills"]
    return (
        f"Killed with SIGKILL, {killed} writers each; points acknowledged and gone:\n\n"
        + aligned([heading, *rows], left=2)
    )
