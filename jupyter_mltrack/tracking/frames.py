"""Runs as a DataFrame, in the columns that MLflow gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from jupyter_mltrack.entities import Run


def runs_frame(runs: Sequence[Run]) -> pd.DataFrame:
    """One row a run.

    Columns: run_id, experiment_id, status, artifact_uri, start_time, end_time (UTC, NaT while
    running), then ``metrics.<key>`` (float64, NaN where missing), ``params.<key>`` and
    ``tags.<key>`` (str, None where missing), each group in the order in which keys are met.
    """
    import pandas as pd

    infos = [run.info for run in runs]
    columns: dict[str, Any] = {
        "run_id": [info.run_id for info in infos],
        "experiment_id": [info.experiment_id for info in infos],
        "status": [info.status for info in infos],
        "artifact_uri": [info.artifact_uri for info in infos],
        "start_time": _times([info.start_time for info in infos]),
        "end_time": _times([info.end_time for info in infos]),
    }
    for group, missing in (("metrics", float("nan")), ("params", None), ("tags", None)):
        maps = [getattr(run.data, group) for run in runs]
        for key in dict.fromkeys(key for one in maps for key in one):
            values = [one.get(key, missing) for one in maps]
            columns[f"{group}.{key}"] = (
                pd.array(values, dtype="float64") if group == "metrics" else
                pd.Series(values, dtype=object)
            )  # fmt: skip
    return pd.DataFrame(columns)


def _times(milliseconds: Any) -> Any:
    """Times in UTC; NaT for None, and for what pandas cannot express."""
    import pandas as pd

    return pd.to_datetime(milliseconds, unit="ms", utc=True, errors="coerce")
