"""The views that users ask: what they show, their comments, and how a release renews them."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from jupyter_mltrack.events import Artifact, Cell, Environment, Input, Param, RunStage, Tag
from jupyter_mltrack.store import Store, sql, statements
from tests.store.schema_page import ORDER, tables, written_tables
from tests.store.writers import begun, finished, one_of_each

OLD_VIEWS = """
BEGIN;
DROP VIEW code;
CREATE OR REPLACE VIEW runs AS SELECT run_id FROM base.runs;
CREATE VIEW forgotten AS SELECT 1 AS x;
CREATE OR REPLACE VIEW base.release AS SELECT 'an older one' AS views;
COMMIT;
"""


@pytest.fixture
def filled(store: Store) -> Store:
    """A run with something of everything, and one that was purged."""
    store.append_all(one_of_each("r"))
    store.append_all(
        [
            Cell(number=1, sha256="own", source="train()", seconds=1.0),
            begun("gone"),
            Param(run="gone", key="lr", text="1"),
            Tag(run="gone", key="k", text="v"),
            Input(run="gone", name="n2", digest="d2", source_type="local", source="s"),
            Artifact(run="gone", path="a", size=1, sha256="s"),
            RunStage(run="gone", text="purged", ts=5),
        ]
    )
    return store


def test_the_page_says_what_the_database_says(store: Store) -> None:
    """Every view, every column, its type and its sentence; `tests.store.schema_page` mends it."""
    assert written_tables() == tables(store)


def test_every_view_and_column_has_a_sentence(store: Store) -> None:
    """One that ends with a full stop, and fits a table."""
    for view, (said, columns) in sql.views(store).items():
        for sentence in (said, *(about for _, _, about in columns)):
            assert sentence, view
            assert sentence.endswith("."), sentence
            assert "|" not in sentence


@pytest.mark.parametrize("view", ORDER)
def test_no_view_shows_what_was_purged(filled: Store, view: str) -> None:
    """And every view of runs shows the one that was not."""
    rows = filled.rows(f"SELECT * FROM {view}")  # noqa: S608  (names of ours)
    assert "gone" not in {value for row in rows for value in row if isinstance(value, str)}
    assert view == "quarantine" or rows
    assert not {"d2", "r-gone"} & {value for row in rows for value in row if isinstance(value, str)}


def test_times_are_timestamps_too(filled: Store) -> None:
    """The ms of MLflow, and the same as UTC."""
    query = "SELECT start_time, started_at, end_time, ended_at FROM runs"
    start = dt.datetime(1970, 1, 1, 0, 0, 1)  # noqa: DTZ001  (as DuckDB gives it)
    assert filled.rows(query) == [(1000, start, 2000, start + dt.timedelta(seconds=1))]


def test_params_as_numbers(store: Store) -> None:
    """What is no number is NULL."""
    given = {"a": "0.1", "b": "1e-3", "c": "7", "d": "ridge", "e": "", "f": "True"}
    store.append_all([begun("r"), *(Param(run="r", key=k, text=v) for k, v in given.items())])
    found = dict(store.rows("SELECT key, as_number FROM params"))
    assert found == {"a": 0.1, "b": 0.001, "c": 7.0, "d": None, "e": None, "f": None}


def test_a_run_knows_its_experiment_and_parent(filled: Store) -> None:
    """By name, in the same row."""
    filled.append(Tag(run="r", key="mlflow.parentRunId", text="p"))
    query = "SELECT experiment_name, parent_run_id, run_name FROM runs"
    assert filled.rows(query) == [("name of r", "p", "name of r")]


def test_code_changes_with_the_cell_and_the_commit(store: Store) -> None:
    """The digest is equal for equal code; without cell and commit there is none."""
    for number, (sha, commit) in enumerate([("x", "1"), ("x", "1"), ("y", "1"), ("x", "2")], 1):
        store.append(Cell(number=number, sha256=sha, source=sha))
        birth = begun(f"r{number}")
        birth.cell = number
        store.append(birth)
        store.append(Tag(run=f"r{number}", key="mlflow.source.git.commit", text=commit))
    store.append(begun("r5"))
    digests = dict(store.rows("SELECT run_id, digest FROM code"))
    assert digests["r1"] == digests["r2"]
    assert len(set(digests.values())) == 4
    assert digests["r5"] is None


def test_the_environment_at_the_end_of_the_run(store: Store) -> None:
    """Not what the process imported later; one row a package."""
    store.append_all(
        [
            Environment(python="3.11", platform="l", packages={"a": "1"}),
            begun("r"),
            Environment(python="3.11", platform="l", packages={"a": "1", "b": "2"}),
            finished("r"),
            Environment(python="3.11", platform="l", packages={"a": "1", "b": "2", "c": "3"}),
        ]
    )
    assert store.rows("FROM packages ORDER BY name") == [("r", "a", "1"), ("r", "b", "2")]


def test_views_of_another_release_are_renewed(filled: Store) -> None:
    """By the first fold, under the lock; tables stay as they are, and it is done once."""
    filled.fold()
    with duckdb.connect(str(filled.path)) as connection:
        connection.execute(OLD_VIEWS)
    newer = Store(filled.path)
    assert set(sql.views(newer)) == set(ORDER)
    assert newer.rows("SELECT count(*) FROM code JOIN runs USING (run_id)") == [(1,)]
    before = filled.path.stat().st_mtime_ns
    Store(filled.path).fold()
    assert filled.path.stat().st_mtime_ns == before


def test_views_are_renewed_all_or_none(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who dies on the way leaves those that were there, and their note."""
    filled.fold()
    with monkeypatch.context() as dying:
        broken = "CREATE VIEW half AS SELECT 1 AS x; SELECT nothing"
        dying.setattr(statements, "views", lambda: broken)
        with pytest.raises(duckdb.BinderException):
            Store(filled.path).fold()
    with duckdb.connect(str(filled.path), read_only=True) as connection:
        assert connection.execute("SELECT count(*) FROM runs").fetchone() == (1,)
        query = "SELECT view_name FROM duckdb_views() WHERE schema_name = 'main' AND NOT internal"
        assert {name for (name,) in connection.execute(query).fetchall()} == set(ORDER)


def test_the_text_of_the_views_decides(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A changed statement changes the database that is there."""
    filled.fold()
    more = statements.views() + "CREATE OR REPLACE VIEW added AS SELECT 42 AS x;"
    monkeypatch.setattr(statements, "views", lambda: more)
    assert Store(filled.path).rows("FROM added") == [(42,)]
