"""jupyter_mltrack, called as an MLflow tutorial calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import jupyter_mltrack as mlflow
from jupyter_mltrack.store import Store
from tests.benchmarks import stores
from tests.benchmarks.contenders import FIRST_PAGE, PAGE, SELECTIVE, Calls, Series


def version() -> str:
    """Return the package's version."""
    return mlflow.__version__


def database(folder: Path) -> Path:
    """Return the path of the store in a folder."""
    return folder / "bench.duckdb"


@contextmanager
def opened(folder: Path) -> Iterator[Calls]:
    """Start a run in a new store."""
    mlflow.set_tracking_uri(str(database(folder)))
    mlflow.set_experiment("bench")
    client = mlflow.MlflowClient()
    keys = [f"loss_{number}" for number in range(10)]
    with mlflow.start_run() as run:
        run_id = run.info.run_id
        (folder / "run_id").write_text(run_id)
        yield {
            "log_metric": lambda step: mlflow.log_metric("loss", 1 / (step + 1), step=step),
            "client.log_metric": lambda step: client.log_metric(
                run_id, "loss", 1 / (step + 1), step=step
            ),
            "log_metrics, 10 keys": lambda step: mlflow.log_metrics(
                dict.fromkeys(keys, 1 / (step + 1)), step=step
            ),
            "log_param": lambda step: mlflow.log_param(f"param_{step}", step),
        }


def stored_steps(folder: Path) -> set[int]:
    """Read the series back as a user does."""
    mlflow.set_tracking_uri(str(database(folder)))
    run_id = (folder / "run_id").read_text()
    return {point.step for point in mlflow.MlflowClient().get_metric_history(run_id, "loss")}


def stored_points(folder: Path) -> int:
    """Count the folded points."""
    rows = Store(database(folder)).rows("SELECT count(*) FROM metric_history")
    return int(rows[0][0])


def log_series(folder: Path, series: Series) -> None:
    """Log one point a call, then fold and seal."""
    mlflow.set_tracking_uri(str(database(folder)))
    with mlflow.start_run():
        for step, values in series:
            for key, value in values.items():
                mlflow.log_metric(key, value, step=step)
    settle(folder)


def settle(folder: Path) -> None:
    """Let go of the journal, fold it and seal it, as the next process to look would."""
    mlflow.MlflowClient().store.close()
    store = Store(database(folder))
    store.fold()
    store.finish_sealing()


def fill(folder: Path, first: int, last: int) -> None:
    """Write the runs to one journal and fold it."""
    stores.grow(database(folder), range(first, last), experiments=1)


def searches(folder: Path) -> Mapping[str, Callable[[], object]]:
    """Search as a notebook does; every search opens the database and closes it."""
    mlflow.set_tracking_uri(str(database(folder)))
    client = mlflow.MlflowClient()

    def search(text: str, size: int = PAGE) -> object:
        return mlflow.search_runs(["0"], text, max_results=size, order_by=["metrics.rmse ASC"])

    def few_columns() -> object:
        return mlflow.search_runs(
            ["0"], FIRST_PAGE, max_results=PAGE, columns=["metrics.rmse", "params.lr"]
        )

    def second_page() -> object:
        token = client.search_runs(["0"], FIRST_PAGE, max_results=100).token
        return client.search_runs(["0"], FIRST_PAGE, max_results=100, page_token=token)

    def count() -> object:
        (row,) = client.store.rows("SELECT count(*) FROM runs WHERE metrics['rmse'] > 0")
        return range(row[0])

    return {
        "first page": lambda: search(FIRST_PAGE),
        "few of many": lambda: search(SELECTIVE),
        "page of 100": lambda: client.search_runs(["0"], FIRST_PAGE, max_results=100),
        "two pages of 100": second_page,
        "two columns of the first page": few_columns,
        "counting": count,
    }
