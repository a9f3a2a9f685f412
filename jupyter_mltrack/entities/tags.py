"""Tags with a meaning of their own."""

from __future__ import annotations

#: The description of a run or an experiment, as in MLflow.
DESCRIPTION = "mlflow.note.content"

#: Why a tracked cell failed: the traceback's last line.
ERROR = "mltrack.error"

#: How the names of tags begin that users do not set.
RESERVED = ("mlflow.", "mltrack.")
