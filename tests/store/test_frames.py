"""Runs as a DataFrame, column by column as MLflow gives them."""

import math

import pandas as pd
import pytest

from jupyter_mltrack.errors import FilterSyntaxError, InvalidParameterValue, StoreError
from jupyter_mltrack.events import Event, Metric, Param, RunStarted, RunStatus, Tag
from jupyter_mltrack.store import Store, confined, queries

INFO = ["run_id", "experiment_id", "status", "artifact_uri", "start_time", "end_time"]


def log(store: Store, run: str, *events: Event, start: int = 1000, end: int | None = 2000) -> None:
    """Log a run."""
    store.append_all([RunStarted(run, "0", start), *events])
    if end is not None:
        store.append(RunStatus(run, "FINISHED", end, 1.0))


def frame(store: Store, *columns: str, **search: object) -> pd.DataFrame:
    """The runs in the order of their ids."""
    wanted = queries.RunSearch(experiment_ids=["0"], order_by=["run_id"], **search)
    return queries.runs_frame(store, wanted, columns or None)


def test_no_runs_still_have_columns(store: Store) -> None:
    """Code that reads a column of an empty answer works."""
    found = frame(store)
    assert list(found.columns) == INFO
    assert len(found) == 0
    assert found["end_time"].dt.tz is not None


def test_columns_come_in_groups_in_the_order_in_which_keys_are_met(store: Store) -> None:
    """First what a run is, then metrics, params and tags."""
    log(store, "a", Metric("a", "b", 2.0), Param("a", "p", "1"), Tag("a", "t", "x"))
    log(store, "b", Metric("b", "a", 3.0), Metric("b", "b", 4.0), Tag("b", "u v", "y"))
    assert list(frame(store).columns) == [
        *INFO, "metrics.b", "metrics.a", "params.p", "tags.t", "tags.u v"
    ]  # fmt: skip


def test_what_is_missing_is_nan_or_none(store: Store) -> None:
    """NaN among metrics, None among params and tags."""
    log(store, "a", Metric("a", "m", 1.0), Param("a", "p", "1"), Tag("a", "t", "x"))
    log(store, "b")
    found = frame(store)
    assert found["metrics.m"].dtype == "float64"
    assert math.isnan(found["metrics.m"][1])
    assert found["params.p"].tolist() == ["1", None]
    assert found["tags.t"].tolist() == ["x", None]


def test_metrics_are_floats_also_where_none_is_finite(store: Store) -> None:
    """A column of NaN alone is no column of objects."""
    log(store, "a", Metric("a", "m", "NaN"), Metric("a", "i", "-Infinity"))
    found = frame(store)
    assert (found["metrics.m"].dtype, found["metrics.i"].dtype) == ("float64", "float64")
    assert found["metrics.i"][0] == -math.inf


def test_times_are_utc_and_nat_while_running(store: Store) -> None:
    """Times that pandas cannot express are NaT too, and spoil no other row."""
    log(store, "a", start=1_700_000_000_123)
    log(store, "b", end=None)
    log(store, "c", end=2**62)
    found = frame(store)
    assert str(found["start_time"].dt.tz) == "UTC"
    assert found["start_time"][0] == pd.Timestamp("2023-11-14 22:13:20.123", tz="UTC")
    assert found["end_time"].isna().tolist() == [False, True, True]


def test_a_frame_says_what_the_runs_say(store: Store) -> None:
    """The same search as a list and as a DataFrame."""
    for n in range(30):
        run = f"r{n:02}"
        points = [Metric(run, f"m{k}", float(n * k)) for k in range(n % 4)]
        log(store, run, *points, Param(run, f"p{n % 3}", str(n)), Tag(run, "who", f"u{n % 5}"))
    search = queries.RunSearch(experiment_ids=["0"], order_by=["metrics.m2 DESC"], limit=20)
    found = queries.runs_frame(store, search)
    runs = queries.runs(store, search)
    assert found["run_id"].tolist() == [run.info.run_id for run in runs]
    for group in ("metrics", "params", "tags"):
        keys = {key for run in runs for key in getattr(run.data, group)}
        columns = {name for name in found.columns if name.startswith(f"{group}.")}
        assert columns == {f"{group}.{key}" for key in keys}
        for name in columns:
            there = {n: value for n, value in enumerate(found[name]) if not pd.isna(value)}
            key = name.partition(".")[2]
            values = [getattr(run.data, group).get(key) for run in runs]
            assert there == {n: value for n, value in enumerate(values) if value is not None}


def test_columns_are_chosen(store: Store) -> None:
    """In the order and under the names that were asked for."""
    log(store, "a", Metric("a", "m", 1.5), Param("a", "lr", "0.1"), start=1000, end=5000)
    log(store, "b", end=None)
    found = frame(store, "params.lr", "metrics.m", "run_id", "start_time", "duration")
    assert list(found.columns) == ["params.lr", "metrics.m", "run_id", "start_time", "duration"]
    assert found["params.lr"].tolist() == ["0.1", None]
    assert found["metrics.m"].fillna(-1).tolist() == [1.5, -1]
    assert found["run_id"].tolist() == ["a", "b"]
    assert found["start_time"][0] == pd.Timestamp(1, unit="s", tz="UTC")


def test_an_answer_that_does_not_fit_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With what to do, and not taken for damage."""
    for n in range(20):
        log(store, f"r{n}", *(Param(f"r{n}", f"p{k}", "x" * 1000) for k in range(500)))
    store.fold()
    monkeypatch.setattr(confined, "memory_share", lambda: 16_000_000)
    with pytest.raises(StoreError, match="columns="):
        frame(store)
    assert not list(store.path.parent.glob("*damaged*"))


def test_a_metric_may_be_called_like_a_time(store: Store) -> None:
    """It stays a number."""
    log(store, "a", Metric("a", "start_time", 1.5))
    assert frame(store, "metrics.start_time")["metrics.start_time"].tolist() == [1.5]


def test_a_column_nobody_has_is_empty(store: Store) -> None:
    """As in a whole frame a missing value is NaN, or None."""
    log(store, "a")
    found = frame(store, "metrics.none", "tags.none")
    assert found["metrics.none"].isna().all()
    assert found["tags.none"].tolist() == [None]


def test_one_column_any_iterable_and_none(store: Store) -> None:
    """A bare string is one column, and an empty list is a mistake."""
    log(store, "a", Metric("a", "m", 1.5))
    search = queries.RunSearch(experiment_ids=["0"])
    for columns in ("metrics.m", (name for name in ["metrics.m"])):
        assert queries.runs_frame(store, search, columns)["metrics.m"].tolist() == [1.5]
    with pytest.raises(InvalidParameterValue, match="columns is empty"):
        queries.runs_frame(store, search, [])


@pytest.mark.parametrize("name", ["dataset.name", "metrics.a DESC", "nonsense", "metrics.a, b"])
def test_what_is_no_column_is_refused(store: Store, name: str) -> None:
    """With a caret, like every search."""
    with pytest.raises(FilterSyntaxError):
        frame(store, name)
