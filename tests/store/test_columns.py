from __future__ import annotations

import math

import numpy as np

from jupyter_mltrack.events import Metric, Param, RunStage, RunStarted, RunStatus, Tag
from jupyter_mltrack.store import Store, columns


def log(store: Store, run: str, params: dict[str, str], metrics: dict[str, float | str]) -> None:
    """A run that has ended."""
    store.append(RunStarted(run, "0", 1000, 1, "ada"))
    store.append(Tag(run, "mlflow.runName", f"name of {run}"))
    for key, text in params.items():
        store.append(Param(run, key, text))
    for key, value in metrics.items():
        store.append(Metric(run, key, value, 0, 1000))
    store.append(RunStatus(run, "FINISHED", 2000, 1.0))


def test_columns_are_in_the_order_of_the_ids(store: Store) -> None:
    """Each id once; those that no run has are left out; what is missing is NaN or -1."""
    log(store, "a", {"lr": "0.1", "depth": "3"}, {"loss": 1.0})
    log(store, "b", {"lr": "0.02"}, {"loss": "NaN", "f1": 0.5})
    log(store, "c", {"lr": "10"}, {"loss": "Infinity"})
    found = columns.columns(store, ["c", "gone", "a", "b", "a"])
    assert found.run_ids == ["c", "a", "b"]
    assert found.names == ["name of c", "name of a", "name of b"]
    assert found.numbers == [1, 1, 1]
    assert found.experiment_ids == ["0", "0", "0"]
    np.testing.assert_array_equal(found.metrics["loss"], [math.inf, 1.0, math.nan])
    np.testing.assert_array_equal(found.metrics["f1"], [math.nan, math.nan, 0.5])
    assert found.params["lr"].texts == ["0.02", "0.1", "10"]
    assert list(found.params["lr"].codes) == [2, 1, 0]
    assert list(found.params["depth"].codes) == [-1, 0, -1]


def test_texts_of_a_param_are_numbers_by_size_then_others(store: Store) -> None:
    """What is no number, and NaN, has no number."""
    for run, text in zip("abcde", ("none", "9", "10", "nan", "1e3"), strict=True):
        log(store, run, {"p": text}, {})
    texts = columns.columns(store, list("abcde")).params["p"]
    assert texts.texts == ["9", "10", "1e3", "nan", "none"]
    assert texts.numbers == [9.0, 10.0, 1000.0, None, None]


def test_nothing_is_asked_for(store: Store) -> None:
    """No ids, or none that exist, give empty columns."""
    assert columns.columns(store, []).run_ids == []
    log(store, "a", {}, {})
    found = columns.columns(store, ["gone"])
    assert (found.run_ids, found.metrics, found.params) == ([], {}, {})
    assert columns.frame(store, ["gone"]).empty


def test_frame_has_the_runs_in_order(store: Store) -> None:
    """As `search_runs` gives them, those in the bin too."""
    for run in "abc":
        log(store, run, {"lr": run}, {"loss": 1.0})
    store.append(RunStage("b", "deleted", 3000))
    frame = columns.frame(store, ["c", "b"])
    assert list(frame["run_id"]) == ["c", "b"]
    assert list(frame["params.lr"]) == ["c", "b"]
    assert frame["metrics.loss"].dtype == "float64"
