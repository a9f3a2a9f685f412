"""MLflow on SQLite, its default store, with the synchronous ``log_metric``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import mlflow  # type: ignore[import-not-found,import-untyped,unused-ignore]

from tests.benchmarks.logging_latency.figures import Calls


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
