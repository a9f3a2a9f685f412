"""Files of the active run; see the methods of the same names of `TrackingClient`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jupyter_mltrack.tracking.fluent.experiments import active_experiment_id
from jupyter_mltrack.tracking.fluent.logging import target

if TYPE_CHECKING:
    import io

    import pandas as pd


def log_artifact(
    local_path: str, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Store a file, or a folder, with the run."""
    user, run = target(run_id)
    user.log_artifact(run, local_path, artifact_path)


def log_artifacts(
    local_dir: str, artifact_path: str | None = None, run_id: str | None = None
) -> None:
    """Store what is in a folder with the run."""
    user, run = target(run_id)
    user.log_artifacts(run, local_dir, artifact_path)


def log_text(text: str, artifact_file: str, run_id: str | None = None) -> None:
    """Store a text as a file of the run."""
    user, run = target(run_id)
    user.log_text(run, text, artifact_file)


def log_dict(dictionary: Any, artifact_file: str, run_id: str | None = None) -> None:
    """Store a dict or list as JSON, or as YAML if the name ends so."""
    user, run = target(run_id)
    user.log_dict(run, dictionary, artifact_file)


def log_figure(
    figure: Any, artifact_file: str, *, save_kwargs: dict[str, Any] | None = None
) -> None:
    """Store a Matplotlib or Plotly figure in the format that the name says."""
    user, run = target()
    user.log_figure(run, figure, artifact_file, save_kwargs=save_kwargs)


def log_image(
    image: Any,
    artifact_file: str | None = None,
    key: str | None = None,
    step: int | None = None,
    timestamp: int | None = None,
    synchronous: bool | None = False,
) -> None:
    """Store an image: under a name, or as one of a series with ``key`` and ``step``."""
    user, run = target()
    user.log_image(run, image, artifact_file, key, step, timestamp, synchronous)


def log_table(
    data: dict[str, Any] | pd.DataFrame, artifact_file: str, run_id: str | None = None
) -> None:
    """Store a table as ``.json`` or ``.parquet``; a second call appends rows."""
    user, run = target(run_id)
    user.log_table(run, data, artifact_file)


def log_stream(
    stream: io.BufferedIOBase | io.RawIOBase, artifact_file: str, run_id: str | None = None
) -> None:
    """Store what a binary stream holds as a file of the run."""
    user, run = target(run_id)
    user.log_stream(run, stream, artifact_file)


def load_table(
    artifact_file: str, run_ids: list[str] | None = None, extra_columns: list[str] | None = None
) -> pd.DataFrame:
    """Tables that runs of the active experiment stored under one name, one below the other."""
    user, _ = target("")
    return user.load_table(active_experiment_id(), artifact_file, run_ids, extra_columns)


def get_artifact_uri(artifact_path: str | None = None) -> str:
    """Where the files of the active run are, or one of them."""
    user, run = target()
    root = user.get_run(run).info.artifact_uri
    return f"{root}/{artifact_path}" if artifact_path else root
