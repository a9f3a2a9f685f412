import math
import os

from jupyter_mltrack.events import Metric, Tag
from jupyter_mltrack.magics.live import OwnMetrics
from jupyter_mltrack.store import Store


def own(store: Store) -> OwnMetrics:
    """What is read of the run ``r``."""
    return OwnMetrics(store.folder, store.journal.token, "r")


def test_what_was_logged_since_the_start(store: Store) -> None:
    """Of this run only, in order, without opening the database."""
    store.append(Metric(run="r", key="loss", value=9))
    metrics = own(store)
    assert not metrics.read()
    for run, key, value in [("r", "loss", 1), ("other", "loss", 5), ("r", "rmse", "NaN")]:
        store.append(Metric(run=run, key=key, value=value))
    store.append(Tag(run="r", key="note", text='"op":"metric"'))
    store.append(Metric(run="r", key="loss", value=0.5))
    assert metrics.read()
    assert metrics.histories["loss"] == [1.0, 0.5]
    assert math.isnan(metrics.histories["rmse"][0])
    assert not metrics.read()
    assert not store.path.exists()


def test_a_line_that_is_being_written(store: Store) -> None:
    """It is read when it is whole."""
    store.append(Metric(run="r", key="a", value=1))
    metrics = own(store)
    (path,) = store.folder.glob("*.ndjson")
    store.append(Metric(run="r", key="a", value=2))
    whole = path.read_bytes()
    os.truncate(path, len(whole) - 5)
    assert not metrics.read()
    with path.open("ab") as journal:
        journal.write(whole[-5:])
    assert metrics.read()
    assert metrics.histories == {"a": [2.0]}


def test_long_histories_are_thinned(store: Store) -> None:
    """The curve keeps its shape and its last value, the memory is bounded."""
    store.append(Metric(run="r", key="a", value=-1))
    metrics = own(store)
    store.append_all([Metric(run="r", key="a", value=i) for i in range(50_000)])
    assert metrics.read()
    values = metrics.histories["a"]
    assert len(values) <= 10_001
    assert (values[0], values[-1]) == (0.0, 49_999.0)
    assert values == sorted(values)


def test_no_journal(store: Store) -> None:
    """Nothing is read where nothing was logged."""
    assert not own(store).read()
