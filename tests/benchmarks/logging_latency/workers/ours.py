"""jupyter_mltrack, called as an MLflow tutorial calls it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jupyter_mltrack as mlflow
from tests.benchmarks.logging_latency.figures import Calls


def version() -> str:
    """Return the package's version."""
    return mlflow.__version__


@contextmanager
def opened(folder: Path) -> Iterator[Calls]:
    """Start a run in a new store."""
    mlflow.set_tracking_uri(str(folder / "bench.duckdb"))
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
    mlflow.set_tracking_uri(str(folder / "bench.duckdb"))
    run_id = (folder / "run_id").read_text()
    return {point.step for point in mlflow.MlflowClient().get_metric_history(run_id, "loss")}
