"""Runs as a DataFrame, column by column as MLflow gives them."""

import math

import pandas as pd

from jupyter_mltrack.entities import Run, RunData, RunInfo
from jupyter_mltrack.tracking.frames import runs_frame

INFO = ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]


def run(name: str, data: RunData | None = None, start: int = 1000, end: int | None = 2000) -> Run:
    """A run that is called `name`."""
    info = RunInfo(name, "0", "ann", "FINISHED", start, end, "active", f"/files/{name}", name)
    return Run(info, data)


def test_no_runs_still_have_columns() -> None:
    """Code that reads a column of an empty answer works."""
    frame = runs_frame([])
    assert list(frame.columns) == INFO
    assert len(frame) == 0
    assert frame["end_time"].dt.tz is not None


def test_columns_come_in_groups_in_the_order_in_which_keys_are_met() -> None:
    """First what a run is, then metrics, params and tags."""
    one = run("a", RunData({"z": 1.0, "b": 2.0}, {"p": "1"}, {"t": "x"}))
    two = run("b", RunData({"a": 3.0, "b": 4.0}, {}, {"u v": "y"}))
    assert list(runs_frame([one, two]).columns) == [
        *INFO, "metrics.z", "metrics.b", "metrics.a", "params.p", "tags.t", "tags.u v"
    ]  # fmt: skip


def test_what_is_missing_is_nan_or_none() -> None:
    """NaN among metrics, None among params and tags."""
    frame = runs_frame([run("a", RunData({"m": 1.0}, {"p": "1"}, {"t": "x"})), run("b")])
    assert frame["metrics.m"].dtype == "float64"
    assert math.isnan(frame["metrics.m"][1])
    assert frame["params.p"].tolist() == ["1", None]
    assert frame["tags.t"].tolist() == ["x", None]


def test_metrics_are_floats_also_where_none_is_finite() -> None:
    """A column of NaN alone is no column of objects."""
    frame = runs_frame([run("a", RunData({"m": math.nan, "i": math.inf}))])
    assert (frame["metrics.m"].dtype, frame["metrics.i"].dtype) == ("float64", "float64")


def test_times_are_utc_and_nat_while_running() -> None:
    """Times that pandas cannot express are NaT too, and spoil no other row."""
    frame = runs_frame([run("a", start=1_700_000_000_123), run("b", end=None), run("c", end=2**62)])
    assert str(frame["start_time"].dt.tz) == "UTC"
    assert frame["start_time"][0] == pd.Timestamp("2023-11-14 22:13:20.123", tz="UTC")
    assert frame["end_time"].isna().tolist() == [False, True, True]
