import math
from pathlib import Path

import pytest

from jupyter_mltrack.events import Input, Metric, Param, RunStarted
from jupyter_mltrack.search import Field
from jupyter_mltrack.store import Store, listed_rows, listing
from jupyter_mltrack.store.listed_rows import Keys
from jupyter_mltrack.store.listing import DATASET, Wanted

ALL = Wanted(experiment_ids=["0"])


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Four runs: a, b, c of experiment 0, the newest first, and d of experiment 1."""
    store = Store(tmp_path / "mltrack.duckdb")
    for number, (run, experiment) in enumerate((("c", "0"), ("b", "0"), ("a", "0"), ("d", "1"))):
        store.append(RunStarted(run, experiment, 1000 + number, number + 1, "ada"))
    return store


def curve(store: Store, values: list[float | str]) -> list[float]:
    """The curve of run a after these points."""
    store.append_all([Metric("a", "loss", value, step) for step, value in enumerate(values)])
    return listed_rows.rows(store, ["a"], Keys(curves=["loss"]))["a"].curves[0]


def test_runs_are_listed_in_order(store: Store) -> None:
    """With how many there are, whatever the filter finds."""
    assert listing.find(store, ALL).ids == ["a", "b", "c"]
    found = listing.find(store, Wanted(experiment_ids=["0", "1"], filter_string="number > 2"))
    assert (found.ids, found.total) == (["d", "a"], 4)


def test_spreads_are_of_all_that_was_found(store: Store) -> None:
    """Of values that differ, of values that are the same, and of those that some runs lack."""
    nan = "NaN"
    for run, same, other in (("a", nan, 1.5), ("b", nan, nan), ("c", nan, -2.0), ("d", 1.0, 9.0)):
        store.append_all([Metric(run, "same", same), Metric(run, "other", other)])
    store.append_all([Param("a", "p", "x"), Param("b", "p", "x")])
    spreads = {one.key: one for one in listing.find(store, ALL).spreads}
    assert spreads["same"][2:6] == (3, True, None, None)
    assert spreads["other"][2:6] == (3, False, -2.0, 1.5)
    assert spreads["p"][:6] == ("param", "p", 2, True, "x", "x")


def test_another_order_asks_for_no_more(store: Store) -> None:
    """What is known of the runs stays known."""
    known = listing.find(store, ALL)
    store.append(Param("a", "p", "x"))
    grouped = Wanted(experiment_ids=["0"], group=Field("param", "p"))
    found = listing.find(store, grouped, known)
    assert found.spreads is known.spreads
    assert found.values == ["x", None, None]


def test_runs_are_grouped_by_dataset(store: Store) -> None:
    """Of several, by the first name."""
    for name in ("train", "test"):
        store.append(Input("b", name, "digest", "local", "{}"))
    found = listing.find(store, Wanted(experiment_ids=["0"], group=DATASET))
    assert found.values == [None, "test", None]
    assert listed_rows.rows(store, ["b"], Keys(data=True))["b"].data == "test digest, train digest"


def test_group_figures_leave_out_what_is_not_finite(store: Store) -> None:
    """And a single value has no deviation."""
    wanted = Wanted(experiment_ids=["0"], group=Field("param", "p"))
    for run, text, value in (("a", "x", 1.0), ("b", "x", 3.0), ("c", "y", "Infinity")):
        store.append_all([Param(run, "p", text), Metric(run, "m", value)])
    figures = listed_rows.group_figures(store, wanted, ["x", "y", None], ["m"])
    assert figures["x"]["m"] == (2.0, pytest.approx(math.sqrt(2)), 2)
    assert figures["y"] == figures[None] == {}


def test_missing_runs_are_left_out(store: Store) -> None:
    """They may have been removed for ever."""
    rows = listed_rows.rows(store, ["a", "nobody"], Keys(params=["p"]))
    assert list(rows) == ["a"]
    assert rows["a"].params == [None]


def test_short_curves_are_whole(store: Store) -> None:
    """With their gaps."""
    assert curve(store, [1.0, 3.0, 2.0]) == [1.0, 3.0, 2.0]


def test_curves_break_where_a_value_is_not_finite(store: Store) -> None:
    """NaN, and infinite ones too."""
    found = curve(store, [1.0, "NaN", "Infinity", 2.0])
    assert [math.isnan(value) for value in found] == [False, True, True, False]


def test_long_curves_keep_their_peaks(store: Store) -> None:
    """The extremes of each of 36 parts, in their order."""
    values: list[float | str] = [math.sin(step / 200) for step in range(5_000)]
    values[2_345] = 9.0
    found = curve(store, values)
    assert len(found) == 72
    assert 9.0 in found
    assert found[0] == 0.0
    assert found[1] == pytest.approx(math.sin(138 / 200))
