"""The ``size`` benchmark: bytes on the disk for each point, everything a tool leaves there."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks import search, specimens
from tests.benchmarks.contenders import Keeper
from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.process import size_of
from tests.benchmarks.setting import Setting

STEPS = {
    "ours": 250_000,
    "mlflow_sqlite": 12_500,
    "trackio_local": 25_000,
    "tensorboardx": 25_000,
}
"""Steps of four noisy curves; the peers' are fewer so that they end."""
_CURVES = 4
_RUNS = {"ours": 10_000, "mlflow_sqlite": 200}


def log(contender: Keeper, folder: Path, steps: int) -> None:
    """Job: log the curves and close the store."""
    contender.log_series(folder, specimens.series(steps))


def measure(setting: Setting) -> list[Figure]:
    """Let each contender store points, then runs full of params."""
    return [*_points(setting), *_runs(setting)]


def _points(setting: Setting) -> Iterator[Figure]:
    for name in setting.who(*STEPS):
        steps = setting.share(STEPS[name])
        with setting.attempt(), setting.workers.store() as folder:
            print(f"storing {_CURVES * steps:,} points: {name}", flush=True)
            setting.workers.ask(folder, name, log, steps)
            yield Figure(
                what="a stored point",
                contender=name,
                value=size_of(folder) / (_CURVES * steps),
                unit=Unit.BYTES,
                note=f"{_CURVES * steps:,} points",
                at_most=25 if name == "ours" else None,
            )
            if name == "ours":
                yield from _parts(folder, _CURVES * steps)


def _parts(folder: Path, points: int) -> Iterator[Figure]:
    """Tell the database from the sealed journals."""
    for words, part in (("the database's", "*.duckdb"), ("the journal's", "*.journal/sealed/*")):
        value = sum(file.stat().st_size for file in folder.glob(part)) / points
        yield Figure(
            what=f"a stored point, {words} part", contender="ours", value=value, unit=Unit.BYTES
        )


def _runs(setting: Setting) -> Iterator[Figure]:
    values = specimens.PARAMS + specimens.METRICS
    for name in setting.who(*_RUNS):
        runs = setting.share(_RUNS[name])
        with setting.attempt(), setting.workers.store() as folder:
            setting.workers.ask(folder, name, search.fill, 0, runs)
            yield Figure(
                what=f"a run of {values} values",
                contender=name,
                value=size_of(folder) / runs,
                unit=Unit.BYTES,
                note=f"{runs:,} runs",
            )
