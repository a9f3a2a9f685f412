"""MLflow on SQLite, its default store, with the synchronous ``log_metric``."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from itertools import islice
from pathlib import Path

import mlflow  # type: ignore[import-not-found,import-untyped,unused-ignore]
from mlflow.entities import (  # type: ignore[import-not-found,import-untyped,unused-ignore]
    Metric,
    Param,
)

from tests.benchmarks import specimens
from tests.benchmarks.contenders import FIRST_PAGE, PAGE, SELECTIVE, Calls, Series


def version() -> str:
    """Return MLflow's version."""
    return str(mlflow.__version__)


@contextmanager
def opened(folder: Path) -> Iterator[Calls]:
    """Start a run in a new database."""
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    mlflow.set_experiment("bench")
    with mlflow.start_run() as run:
        (folder / "run_id").write_text(run.info.run_id)
        yield {"log_metric": lambda step: mlflow.log_metric("loss", 1 / (step + 1), step=step)}


def stored_steps(folder: Path) -> set[int]:
    """Read the series back as a user does."""
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    run_id = (folder / "run_id").read_text()
    return {point.step for point in mlflow.MlflowClient().get_metric_history(run_id, "loss")}


def stored_points(folder: Path) -> int:
    """Count the rows of the table."""
    with closing(sqlite3.connect(folder / "mlflow.db")) as connection:
        return int(connection.execute("SELECT count(*) FROM metrics").fetchone()[0])


def log_series(folder: Path, series: Series) -> None:
    """Log in batches of 1,000, the most that ``log_batch`` takes."""
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    run_id = client.create_run("0").info.run_id
    points = (
        Metric(key, value, specimens.START + step, step)
        for step, values in series
        for key, value in values.items()
    )
    while batch := list(islice(points, 1000)):
        client.log_batch(run_id, metrics=batch)


def fill(folder: Path, first: int, last: int) -> None:
    """Log each run with one batch, the quickest way there is."""
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    client = mlflow.MlflowClient()
    for made in map(specimens.run, range(first, last)):
        run_id = client.create_run("0", start_time=made.start).info.run_id
        metrics = [Metric(k, v, made.start + 1000, 0) for k, v in made.metrics.items()]
        params = [Param(k, v) for k, v in made.params.items()]
        client.log_batch(run_id, metrics=metrics, params=params)
        client.set_terminated(run_id, end_time=made.end)


def searches(folder: Path) -> Mapping[str, Callable[[], object]]:
    """Search as a notebook does."""
    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    client = mlflow.MlflowClient()

    def search(text: str, size: int = PAGE) -> object:
        return mlflow.search_runs(["0"], text, max_results=size, order_by=["metrics.rmse ASC"])

    return {
        "first page": lambda: search(FIRST_PAGE),
        "few of many": lambda: search(SELECTIVE),
        "page of 100": lambda: client.search_runs(["0"], FIRST_PAGE, max_results=100),
    }
