"""What the environment says. The only file that reads it.

MLflow's own variables are honoured where they mean the same here, so a shell profile or a
Dockerfile written for MLflow keeps working.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal, cast

#: The release of this package.
VERSION = "0.1.0"

Durability = Literal["process", "disk"]

_TRUE = {"1", "true", "yes", "on"}

#: What a setting that names something may say to mean a plain yes.
YES = frozenset(_TRUE)


def _first(*names: str) -> str | None:
    return next((value for name in names if (value := os.environ.get(name))), None)


def tracking_uri() -> str | None:
    """The store to use when none was set in code (MLTRACK_TRACKING_URI)."""
    return _first("MLTRACK_TRACKING_URI", "MLFLOW_TRACKING_URI")


def experiment_name() -> str | None:
    """The experiment to use when none was set in code, by name."""
    return _first("MLTRACK_EXPERIMENT_NAME", "MLFLOW_EXPERIMENT_NAME")


def experiment_id() -> str | None:
    """The experiment to use when none was set in code, by id."""
    return _first("MLTRACK_EXPERIMENT_ID", "MLFLOW_EXPERIMENT_ID")


def take_run_id() -> str | None:
    """The run that a parent process handed down; it is taken once and then forgotten."""
    found = _first("MLTRACK_RUN_ID", "MLFLOW_RUN_ID")
    for name in ("MLTRACK_RUN_ID", "MLFLOW_RUN_ID"):
        os.environ.pop(name, None)
    return found


def hand_down(
    *, uri: str | None = None, experiment: str | None = None, notebook: str | None = None
) -> None:
    """Let child processes use the same store and experiment, and know which notebook they run."""
    if uri is not None:
        os.environ["MLTRACK_TRACKING_URI"] = uri
    if experiment is not None:
        os.environ["MLTRACK_EXPERIMENT_ID"] = experiment
    if notebook is not None:
        os.environ["MLTRACK_NOTEBOOK"] = notebook


def take_back_experiment() -> None:
    """Forget the experiment handed down by `hand_down`: the store has changed."""
    os.environ.pop("MLTRACK_EXPERIMENT_ID", None)


def system_metrics() -> bool:
    """Whether runs log system metrics unless told otherwise."""
    value = _first("MLTRACK_SYSTEM_METRICS", "MLFLOW_ENABLE_SYSTEM_METRICS_LOGGING")
    return (value or "").lower() in _TRUE


def strict() -> bool:
    """Whether trouble of the machine (disk, permissions) raises instead of warning once."""
    return (_first("MLTRACK_STRICT") or "").lower() in _TRUE


def shared() -> str | None:
    """The group that a new store is shared with (MLTRACK_SHARED); None for a private store.

    A name, a number, or one of `YES` for the own group.
    """
    value = _first("MLTRACK_SHARED")
    return None if value is None or value.lower() in {"0", "false", "no", "off"} else value


def mask_secrets() -> bool:
    """Whether credentials are masked before they are written; only a plain no turns it off."""
    return (_first("MLTRACK_MASK_SECRETS") or "").lower() not in {"0", "false", "no", "off"}


def cards() -> bool:
    """Whether runs that a cell starts get a card (MLTRACK_CARD); only a plain no turns it off."""
    return (_first("MLTRACK_CARD") or "").lower() not in {"0", "false", "no", "off"}


def durability() -> Durability:
    """``process``: a returned call survives the death of the process. ``disk``: of the machine."""
    value = _first("MLTRACK_DURABILITY") or "process"
    return cast("Durability", value) if value in ("process", "disk") else "process"


def notebook_path() -> str | None:
    """The notebook this kernel runs, as the Jupyter server (or our runner) tells."""
    return _first("MLTRACK_NOTEBOOK", "JPY_SESSION_NAME")


def user() -> str | None:
    """The name of the user, as the login set it."""
    return _first("LOGNAME", "USER", "LNAME", "USERNAME")


def data_folder() -> Path:
    """What this user has beside the stores, such as the key that signs models.

    MLTRACK_DATA_DIR, else ``jupyter_mltrack`` in XDG_DATA_HOME, else in ``~/.local/share``:
    https://specifications.freedesktop.org/basedir-spec/latest/.
    """
    if own := _first("MLTRACK_DATA_DIR"):
        return Path(own).absolute()
    shared = _first("XDG_DATA_HOME")
    home = Path(shared) if shared and Path(shared).is_absolute() else _home() / ".local/share"
    return home / "jupyter_mltrack"


def _home() -> Path:
    """The user's home; for a user without one a path at which nothing can be made."""
    try:
        return Path.home()
    except RuntimeError:
        return Path(os.devnull)
