from __future__ import annotations

import math
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from jupyter_mltrack.events import Event, Metric, RunStage, RunStarted, RunStatus
from jupyter_mltrack.store import Store
from jupyter_mltrack.store.curves import Axis, Curves, Series, curves, metric_keys, progress

START = 1_790_000_000_000
Point = tuple[int, float]  # step, value


def run_id(number: int) -> str:
    """The id of a run."""
    return f"{number:032x}"


def log(store: Store, number: int, key: str, points: list[Point]) -> None:
    """A run that logs a point every 250 ms, beginning a second after its start."""
    events: list[Event] = [RunStarted(run_id(number), "0", START + number, number, "ada")]
    events += [
        Metric(run_id(number), key, value, step, START + number + 1000 + 250 * nth)
        for nth, (step, value) in enumerate(points)
    ]
    store.append_all(events)


def rows_of(found: Curves, series: Series) -> list[tuple[float, float, float, float]]:
    """The rows of a series: x, lowest, highest, mean."""
    rows = slice(series.first, series.first + series.size)
    columns = (found.x, found.lowest, found.highest, found.mean)
    return list(zip(*(column[rows].tolist() for column in columns), strict=True))


def plainly(points: list[Point], buckets: int) -> list[tuple[float, float, float, float]]:
    """What `curves` does with one long series, in plain Python."""
    low = min(step for step, _ in points)
    width = max(step for step, _ in points) - low or 1
    parts: dict[tuple[int, bool], list[Point]] = {}
    for step, value in points:
        nth = min(int((step - low) / width * buckets), buckets - 1)
        parts.setdefault((nth, math.isfinite(value)), []).append((step, value))
    rows = []
    for (nth, is_finite), inside in parts.items():
        steps = [step for step, _ in inside]
        x = math.fsum(steps) / len(steps)
        if nth in {0, buckets - 1}:
            x = float(min(steps) if nth == 0 else max(steps))
        values = [value for _, value in inside]
        if is_finite:
            rows.append((x, min(values), max(values), math.fsum(values) / len(values)))
        else:
            rows.append((x, math.nan, math.nan, math.nan))
    return rows


def in_order(rows: list[Any]) -> list[Any]:
    """Rows by x, those with NaN last; with NaN as a word, which equals itself."""
    words = [tuple("NaN" if math.isnan(v) else pytest.approx(v) for v in row) for row in rows]
    return [
        words[nth]
        for nth in sorted(range(len(rows)), key=lambda n: (rows[n][0], math.isnan(rows[n][3])))
    ]


VALUES = st.one_of(st.floats(-1e6, 1e6), st.sampled_from([math.nan, math.inf, -math.inf, 0.0, 5e5]))


@settings(max_examples=25, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 500), VALUES), min_size=1, max_size=120),
    st.integers(1, 40),
)
def test_buckets_are_what_plain_python_makes(points: list[Point], buckets: int) -> None:
    """The same rows; no extreme is lost, and what is not finite breaks the line."""
    with TemporaryDirectory() as folder:
        store = Store(Path(folder) / "s1.duckdb")
        log(store, 1, "loss", points)
        found = curves(store, [run_id(1)], ["loss"], buckets=buckets)
        store.close()
        store.finish_sealing()
    [series] = found.series
    rows = rows_of(found, series)
    assert len(rows) <= 2 * buckets
    finite = [value for _, value in points if math.isfinite(value)]
    if finite:
        assert np.nanmin(found.lowest) == min(finite)
        assert np.nanmax(found.highest) == max(finite)
    assert np.isnan(found.mean).any() == (len(finite) < len(points))
    assert series.whole == (len(points) <= buckets)
    if not series.whole:
        assert in_order(rows) == in_order(plainly(points, buckets))


def test_a_short_series_is_given_whole(store: Store) -> None:
    """Every point as it was logged, in the order of steps, of equal steps the earlier first."""
    log(store, 1, "loss", [(2, 0.5), (0, 1.0), (2, 0.25), (1, math.nan)])
    found = curves(store, [run_id(1)], ["loss"], buckets=4)
    assert found.series == [Series(0, 0, 0, 4, whole=True)]
    assert found.x.tolist() == [0, 1, 2, 2]
    assert found.mean.tolist() == [1.0, pytest.approx(math.nan, nan_ok=True), 0.5, 0.25]
    assert found.lowest.tolist()[2:] == found.highest.tolist()[2:] == [0.5, 0.25]


@pytest.mark.parametrize(
    ("axis", "first", "last"),
    [("step", 0, 9), ("relative", 1.0, 3.25), ("time", START / 1000 + 1.001, START / 1000 + 3.251)],
)
def test_axes(store: Store, axis: Axis, first: float, last: float) -> None:
    """Steps, seconds since the run began, or the time of day."""
    log(store, 1, "loss", [(step, step / 10) for step in range(10)])
    found = curves(store, [run_id(1)], ["loss"], axis=axis)
    assert (found.x[0], found.x[-1]) == (pytest.approx(first), pytest.approx(last))


def test_runs_and_keys_keep_their_places(store: Store) -> None:
    """Series are numbered by where run and key stand in the question; unknown ones have none."""
    log(store, 1, "loss", [(0, 1.0)])
    log(store, 2, "accuracy", [(0, 2.0)])
    log(store, 3, "other", [(0, 3.0)])
    asked = [run_id(3), run_id(2), "no such run", run_id(1)]
    found = curves(store, asked, ["loss", "accuracy", "no such key"])
    assert [(one.run, one.key) for one in found.series] == [(3, 0), (1, 1)]
    assert found.mean.tolist() == [1.0, 2.0]
    assert metric_keys(store, asked[1:]) == [("accuracy", 1, 1), ("loss", 1, 1)]


def test_a_range_is_cut_finer(store: Store) -> None:
    """The buckets of a zoomed picture lie within its range alone."""
    log(store, 1, "loss", [(step, float(step)) for step in range(1000)])
    wide = curves(store, [run_id(1)], ["loss"], buckets=10)
    close = curves(store, [run_id(1)], ["loss"], low=100, high=119, buckets=20)
    assert len(wide.x) == 10
    assert close.x.tolist() == close.mean.tolist() == [float(step) for step in range(100, 120)]


def test_huge_numbers_have_a_mean(store: Store) -> None:
    """Their sum would be infinite."""
    log(store, 1, "loss", [(step, 1.7e308) for step in range(10)])
    found = curves(store, [run_id(1)], ["loss"], buckets=1)
    assert found.mean.tolist() == [1.7e308]


def test_runs_removed_for_ever_have_no_curves(store: Store) -> None:
    """Nothing of them is shown."""
    log(store, 1, "loss", [(0, 1.0)])
    store.append(RunStage(run_id(1), "deleted", START))
    store.append(RunStage(run_id(1), "purged", START))
    assert curves(store, [run_id(1)], ["loss"]).series == []
    assert progress(store, [run_id(1)]) == {}


def test_progress_counts_points(store: Store) -> None:
    """Of all metrics of a run; its status comes along."""
    log(store, 1, "loss", [(0, 1.0), (1, 0.5)])
    log(store, 2, "loss", [])
    store.append(RunStatus(run_id(2), "FAILED", START + 5000, 5.0))
    assert progress(store, [run_id(1), run_id(2)]) == {
        run_id(1): ("RUNNING", 2),
        run_id(2): ("FAILED", 0),
    }
