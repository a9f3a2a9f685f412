"""SQL of users: bound values, answers as DataFrames, clear refusals, an end when it is asked."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.errors import InvalidParameterValue, StoreError
from jupyter_mltrack.store import Store, sql
from tests.store.writers import Slots, fork, join, one_of_each, point

ENDLESS = {
    "rows": "SELECT * FROM range(1000000000000)",
    "an aggregate": """SELECT count(*) FROM range(100000000) AS a, range(10000000) AS b
        WHERE a.range * 7 % 11 < b.range % 3""",
}


@pytest.fixture
def filled(store: Store) -> Store:
    """A store with a run of everything."""
    store.append_all(one_of_each("r"))
    return store


@contextmanager
def interrupted(seconds: float) -> Iterator[None]:
    """Press Ctrl-C after so many seconds."""
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        yield
    timer.join()


VALUES = [
    (3, 3),
    (np.int64(3), 3),
    (np.float64(0.5), 0.5),
    (True, True),
    ("it's", "it's"),
    (None, None),
    (dt.datetime(2026, 11, 2, 8), dt.datetime(2026, 11, 2, 8)),  # noqa: DTZ001
    (np.datetime64("2026-11-02T00:00:00", "ns"), dt.datetime(2026, 11, 2)),  # noqa: DTZ001
    (pd.Timestamp("2026-11-02"), dt.datetime(2026, 11, 2)),  # noqa: DTZ001
]


@pytest.mark.parametrize(("value", "expected"), VALUES)
def test_a_value_is_bound(filled: Store, value: Any, expected: Any) -> None:
    """By name or by place; Python's, NumPy's and pandas' own."""
    for query, params in (("SELECT $x AS x", {"x": value}), ("SELECT ? AS x", [value])):
        found = sql.frame(filled, query, params)["x"][0]
        assert pd.isna(found) if expected is None else found == expected


@pytest.mark.parametrize("values", [["a", "b"], ("a", "b"), {"a", "b"}, np.array(["a", "b"])])
def test_a_list_is_bound(filled: Store, values: Any) -> None:
    """Such as the ids that were found before; an empty one finds nothing."""
    query = "SELECT x FROM (VALUES ('a'), ('c')) AS t(x) WHERE x IN $values"
    assert sql.frame(filled, query, {"values": values})["x"].tolist() == ["a"]
    assert sql.frame(filled, query, {"values": list(values)[:0]}).empty
    numbers = sql.frame(filled, "SELECT 3 IN $values AS x", {"values": [np.int64(3), np.int64(4)]})
    assert numbers["x"].tolist() == [True]


def test_the_types_of_an_answer(filled: Store) -> None:
    """Ids are text, times are datetimes without a zone, MAPs are dicts, counts are integers."""
    frame = sql.frame(filled, "SELECT * FROM runs JOIN metrics USING (run_id)")
    assert (frame["run_id"][0], frame["experiment_id"][0]) == ("r", "of-r")
    assert frame["started_at"].dtype == "datetime64[us]"
    assert frame["tags"][0] == {"mlflow.runName": "name of r"}
    assert frame["params"][0]["lr"] == "0.1"
    assert {frame[name].dtype.kind for name in ("count", "step", "number", "start_time")} == {"i"}


def test_many_rows_are_one_frame(filled: Store) -> None:
    """Fetched in pieces, with one index and one type."""
    frame = sql.frame(filled, "SELECT range AS x, range % 7 AS y FROM range(1300000)")
    assert frame.index.equals(pd.RangeIndex(1_300_000))
    assert frame["x"].is_monotonic_increasing
    assert frame["y"].dtype == "int64"


REFUSED = {
    "": "One statement at a time, please: here are none.",
    "SELECT 1; SELECT 2": "One statement at a time, please: here are 2.",
    "SELEC 1": "Parser Error: syntax error at or near",
    "DELETE FROM base.runs": "SQL here only reads, it has no DELETE.",
    "SET threads = 1": "SQL here only reads, it has no SET.",
    "COPY runs TO 'x.csv'": "SQL here only reads, it has no COPY.",
    "CALL pragma_version()": "SQL here only reads, it has no CALL.",
    "CREATE TYPE t AS ENUM ('a')": "SQL here only reads, it has no CREATE.",
    "PIVOT runs ON status; SELECT 1": "One statement at a time, please: here are 2.",
    "SELECT * FROM rums": 'Did you mean "runs"?',
    "SELECT * FROM nowhere": "Views: artifacts, cells, code, datasets,",
    "SELECT metrics['surrogate_loss'] FROM nowhere": "Views: artifacts, cells, code, datasets,",
    "SELECT run_nam FROM runs": '"run_name"',
    "SELECT $x": "Values were not provided",
    "SELECT * FROM read_csv('/etc/passwd')": "Permission Error",
}


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_refused(filled: Store, query: str) -> None:
    """With the reason, as the caller's mistake."""
    with pytest.raises(InvalidParameterValue) as error:
        sql.frame(filled, query)
    assert REFUSED[query] in str(error.value)


def test_params_must_be_several(filled: Store) -> None:
    """A text is not taken for a list of letters."""
    with pytest.raises(InvalidParameterValue, match="a list or a dict"):
        sql.frame(filled, "SELECT ?", "x")
    with pytest.raises(InvalidParameterValue, match="object"):
        sql.frame(filled, "SELECT ?", [object()])


def test_placeholders() -> None:
    """Names, whatever stands in quotes or comments."""
    assert sql.placeholders("SELECT $a, '$b' -- $c\n, $d + $a") == {"a", "d"}
    assert sql.placeholders("SELECT ?, ?") == {"1", "2"}


@pytest.mark.parametrize("what", ENDLESS)
def test_an_interrupt_ends_a_query_at_once(filled: Store, what: str) -> None:
    """And leaves the lock to others."""
    filled.fold()
    with interrupted(0.5):
        began = time.monotonic()
        sql.frame(filled, ENDLESS[what])
    seconds = time.monotonic() - began - 0.5
    print(f"\n{what}: ended {seconds * 1000:.0f} ms after the interrupt")
    assert seconds < 20  # it would never end by itself
    done = Slots(1)
    join([fork(lambda: done.__setitem__(0, len(Store(filled.path).rows("FROM runs"))))])
    assert done[0] == 1
    assert len(sql.frame(filled, "FROM runs")) == 1


def test_an_interrupt_of_a_question_of_ours_is_one(filled: Store) -> None:
    """An `except Exception` around a search does not swallow what DuckDB makes of it."""

    def interrupted(_: object) -> None:
        msg = "Query interrupted"
        raise RuntimeError(msg)

    with pytest.raises(KeyboardInterrupt):
        filled.answer(interrupted)


def test_an_interrupt_is_heard_where_calls_go_on_after_a_signal(filled: Store) -> None:
    """Polars asks the system for that when it is imported; an endless wait then hears nothing."""
    filled.fold()
    signal.siginterrupt(signal.SIGINT, False)  # noqa: FBT003  (its signature)
    try:
        with interrupted(1):
            sql.frame(filled, ENDLESS["an aggregate"])
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # which takes it back


@pytest.mark.parametrize(
    "query",
    [
        "SELECT * FROM range(1000000000000)",
        "SELECT list(range) FROM range(1000000000)",
    ],
)
def test_memory_is_not_filled(filled: Store, query: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither by the answer nor by the work on it; nothing is spilled beside the store."""
    small = 150_000_000
    monkeypatch.setattr(sql, "memory_share", lambda: small)
    monkeypatch.setattr("jupyter_mltrack.store.confined.memory_share", lambda: small)
    with pytest.raises(StoreError, match="does not fit into a quarter"):
        sql.frame(filled, query)
    assert {path.name for path in filled.path.parent.iterdir()} == {
        "mltrack.duckdb",
        "mltrack.journal",
    }


def test_logging_goes_on_while_a_query_runs(filled: Store) -> None:
    """A long question of one thread makes no logging call wait."""
    filled.fold()
    times: list[float] = []
    thread = threading.Thread(target=lambda: times.extend(log(filled) for _ in range(50)))
    with interrupted(0.8):
        thread.start()
        sql.frame(filled, ENDLESS["an aggregate"])
    thread.join()
    assert len(times) == 50
    assert max(times) < 0.3


def log(store: Store) -> float:
    """Seconds that one logging call takes."""
    time.sleep(0.005)
    began = time.perf_counter()
    store.append(point("r", 1.0))
    return time.perf_counter() - began


def test_before_anything_is_stored(tmp_path: Path) -> None:
    """There are the views, and nothing is made; the client has the method too."""
    client = MltrackClient(str(tmp_path / "mltrack.duckdb"))
    assert client.sql("SELECT name FROM experiments")["name"].tolist() == ["Default"]
    assert not client.store.exists()
