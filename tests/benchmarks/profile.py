"""The ``profile`` benchmark: where the time of ``log_metric``, of a fold and of a search goes."""

from __future__ import annotations

import cProfile
import os
import pstats
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Self

from tests.benchmarks import fold, search
from tests.benchmarks.figures import Figure, percentile
from tests.benchmarks.setting import Setting
from tests.benchmarks.table import aligned, duration

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CALLS = 20_000
_LINES = 14


def layers(ours: ModuleType, folder: Path, calls: int) -> dict[str, int]:
    """Job: p50 of one logged point, entered at every floor of the package."""
    import jupyter_mltrack as mlflow
    from jupyter_mltrack.events import Metric
    from jupyter_mltrack.store.lines import encode

    mlflow.set_tracking_uri(str(ours.database(folder)))
    client = mlflow.MlflowClient()
    with mlflow.start_run(experiment_id="0") as run:
        run_id, store = run.info.run_id, client.store
        client.log_metric(run_id, "loss", 1.0)

        def event(step: int) -> Metric:
            return Metric(run_id, "loss", 1 / (step + 1), step)

        line = encode(event(0))
        file = os.open(folder / "floor.ndjson", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        entries: dict[str, Callable[[int], object]] = {
            "an empty call": lambda _: None,
            "os.write of a line": lambda _: os.write(file, line),
            "making an event": event,
            "+ encoding it, with its CRC": lambda step: encode(event(step)),
            "Store.append of a new event": lambda step: store.append(event(step)),
            "MlflowClient.log_metric": lambda step: client.log_metric(
                run_id, "loss", 1 / (step + 1), step=step
            ),
            "log_metric": lambda step: mlflow.log_metric("loss", 1 / (step + 1), step=step),
        }
        return {name: _p50(call, calls) for name, call in entries.items()}


def statements(ours: ModuleType, folder: Path, shape: dict[str, int]) -> dict[str, int]:
    """Job: nanoseconds of a fold, by the name of the statement that runs."""
    import duckdb

    from jupyter_mltrack.store import Store
    from tests.benchmarks.stores import write_points

    duckdb.connect().close()  # its import is no part of a fold
    path = ours.database(folder)
    write_points(path, **shape)
    store = Store(path)
    marks: list[tuple[str, int]] = []
    store.folding.tracer = lambda name, _: marks.append((name, time.perf_counter_ns()))
    began = time.perf_counter_ns()
    store.fold()
    ended = time.perf_counter_ns()
    spent = {"(open, read and check the lines)": marks[0][1] - began}
    for (name, start), (_, end) in zip(marks, [*marks[1:], ("", ended)], strict=True):
        words = "commit, then the next bite or close" if name == "commit" else name
        spent[words] = spent.get(words, 0) + end - start
    store.finish_sealing()
    return spent


class Watched:
    """A DuckDB connection that Python's profiler sees: compiled methods are invisible to it."""

    def __init__(self, connection: DuckDBPyConnection) -> None:
        self._connection = connection

    def __getattr__(self, name: str) -> object:
        return getattr(self._connection, name)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()

    def cursor(self) -> Watched:
        """Another connection to the same database."""
        return Watched(self._connection.cursor())

    def execute(self, *given: object) -> Self:
        """Run a statement."""
        self._connection.execute(*given)  # type: ignore[arg-type]
        return self

    def fetchall(self) -> list[tuple[object, ...]]:
        """Make Python objects of all rows."""
        return self._connection.fetchall()

    def fetchone(self) -> tuple[object, ...] | None:
        """Make Python objects of a row."""
        return self._connection.fetchone()

    def df(self) -> object:
        """Make a DataFrame of all rows."""
        return self._connection.df()

    def close(self) -> None:
        """Let go of the file; what was written is checkpointed."""
        self._connection.close()


def search_parts(ours: ModuleType, folder: Path, rounds: int) -> dict[str, int]:
    """Job: nanoseconds of one search, by who spends them, from Python's own profiler."""
    import duckdb

    open_for_real = duckdb.connect

    def connect(*given: Any, **named: Any) -> Watched:
        return Watched(open_for_real(*given, **named))

    duckdb.connect = connect  # type: ignore[assignment]
    first_page = ours.searches(folder)["first page"]
    first_page()
    profiler = cProfile.Profile()
    with profiler:
        for _ in range(rounds):
            first_page()
    spent: dict[str, int] = {}
    for place, told in pstats.Stats(profiler).stats.items():  # type: ignore[attr-defined]
        who = _who(*place)
        spent[who] = spent.get(who, 0) + round(told[2] * 1e9 / rounds)
    return spent


def measure(setting: Setting) -> list[Figure]:
    """Print the three profiles; there are no figures to compare."""
    calls = setting.share(_CALLS, least=10)
    spent = setting.ask("ours", layers, calls)
    print(_table("log_metric, p50 entered at every floor", spent.items(), share=False))
    for words, full in fold.SHAPES.items():
        shape = fold.shrunk(full, setting)
        told = setting.ask("ours", statements, shape)
        points = shape["runs"] * shape["keys"] * shape["steps"]
        print(_table(f"a fold of {points:,} points, {words}", _largest(told)))
    for size in (search.SIZES[0], search.SIZES[-1]):
        runs = setting.share(size)
        with setting.workers.store() as folder:
            setting.workers.ask(folder, "ours", search.fill, 0, runs)
            told = setting.workers.ask(folder, "ours", search_parts, setting.rounds)
        print(_table(f"first page of {runs:,} runs (the profiler slows Python)", _largest(told)))
    return []


def _p50(call: Callable[[int], object], calls: int) -> int:
    now = time.perf_counter_ns
    spent = []
    for step in range(calls):
        began = now()
        call(step)
        spent.append(now() - began)
    return percentile(sorted(spent), 0.5)


def _who(file: str, line: int, function: str) -> str:
    """Name DuckDB's methods and our functions one by one, other packages as a whole."""
    del line
    path = Path(file)
    if path.name == Path(__file__).name and function in {"connect", *vars(Watched)}:
        return f"DuckDB: {function}"
    if "jupyter_mltrack" in path.parts:
        return f"{path.parent.name}/{path.name}: {function}"
    if "site-packages" in path.parts:
        return path.parts[path.parts.index("site-packages") + 1]
    return "Python"


def _largest(spent: dict[str, int]) -> Iterator[tuple[str, int]]:
    """Order by time; what is small is summed up."""
    ordered = sorted(spent.items(), key=lambda item: -item[1])
    yield from ordered[:_LINES]
    if rest := ordered[_LINES:]:
        yield f"{len(rest)} others", sum(ns for _, ns in rest)


def _table(title: str, spent: Iterable[tuple[str, int]], *, share: bool = True) -> str:
    rows = list(spent)
    whole = sum(ns for _, ns in rows) or 1
    cells = [[name, duration(ns), f"{ns / whole:.0%}" if share else ""] for name, ns in rows]
    if share:
        cells.append(["together", duration(whole), "100%"])
    return f"\n{title}\n\n" + aligned([["where", "time", "share" if share else ""], *cells], left=1)
