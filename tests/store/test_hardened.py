"""Promise 22, the store's part: SQL of users reads the store and reaches nothing else."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.store import Store, sql
from tests.store.writers import Slots, begun, count, fork, kill, point

STATEMENTS = """
COPY (SELECT 1) TO '{folder}/stolen.csv'
COPY (SELECT 1) TO '{path}'
COPY (SELECT 1) TO '{path}' (USE_TMP_FILE false)
COPY (SELECT 1) TO '{path}.wal'
COPY (SELECT 1) TO '{path}.wal' (USE_TMP_FILE false)
COPY (SELECT 1) TO '{path}.tmp/x.csv'
COPY (SELECT 1) TO '{folder}/tmp_m.duckdb'
COPY base.meta FROM '/etc/passwd'
COPY base.meta FROM '{folder}/secret.csv'
EXPLAIN ANALYZE COPY (SELECT 1) TO '{path}.wal'
PREPARE p AS COPY (SELECT 1) TO '{path}.wal'; EXECUTE p
EXPORT DATABASE '{folder}/export'
EXPORT DATABASE '{path}.tmp'
IMPORT DATABASE '{folder}'
ATTACH '{folder}/other.duckdb' AS other
ATTACH '{path}' AS again
ATTACH '/etc/passwd' AS other (TYPE sqlite)
ATTACH 'https://example.com/x.duckdb' AS other
SELECT * FROM read_csv('{folder}/secret.csv')
SELECT * FROM '{folder}/secret.csv'
SELECT * FROM read_text('{folder}/secret.csv')
SELECT * FROM read_blob('{path}')
SELECT * FROM read_blob('{path}.wal')
SELECT * FROM read_json('{folder}/secret.csv')
SELECT * FROM read_parquet('{folder}/secret.csv')
SELECT * FROM read_duckdb('{path}')
SELECT * FROM parquet_metadata('{folder}/secret.csv')
SELECT * FROM sniff_csv('{folder}/secret.csv')
SELECT * FROM glob('{folder}/*')
SELECT * FROM glob('/etc/*')
SELECT * FROM read_text('{journal}/format')
SELECT * FROM read_text('/proc/self/environ')
SELECT * FROM read_csv('https://example.com/x.csv')
SELECT * FROM 's3://bucket/x.parquet'
SELECT * FROM query('SELECT * FROM read_text(''/etc/passwd'')')
SELECT * FROM query_table('{folder}/secret.csv')
SELECT getenv('HOME')
INSTALL httpfs
LOAD httpfs
INSTALL '{folder}/x.duckdb_extension'
LOAD '{folder}/x.duckdb_extension'
UPDATE EXTENSIONS
CREATE SECRET (TYPE s3)
CREATE PERSISTENT SECRET (TYPE s3)
SET enable_external_access = true
PRAGMA enable_external_access = true
SET lock_configuration = false
RESET lock_configuration
SET disabled_filesystems = ''
RESET disabled_filesystems
SET python_enable_replacements = true
SET python_scan_all_frames = true
SET allowed_directories = ['/']
SET allowed_paths = ['/etc/passwd']
SET autoinstall_known_extensions = true
SET allow_community_extensions = true
SET temp_directory = '{folder}/elsewhere'
SET home_directory = '{folder}'
SET secret_directory = '{folder}'
SET extension_directory = '{folder}'
SET log_query_path = '{folder}/log'
SET memory_limit = '1kB'
SET threads = 1
PRAGMA profiling_output = '{folder}/profile.json'
PRAGMA enable_profiling = 'json'
CALL enable_logging(storage = 'file', storage_config = {{'path': '{folder}/log'}})
SELECT * FROM secret_frame
SELECT * FROM secret_list
""".strip().splitlines()

#: Harmless in the copy that is made in memory for one question, refused on the file.
CHANGES = """
DELETE FROM base.runs
UPDATE base.runs SET status = 'FINISHED'
INSERT INTO base.meta VALUES (99, now())
TRUNCATE base.metric_history
CREATE TABLE t AS SELECT 1
CREATE VIEW v AS SELECT 1
CREATE OR REPLACE VIEW runs AS SELECT 1
CREATE MACRO m(x) AS x
CREATE TYPE t AS ENUM ('a')
CREATE SCHEMA s
CREATE SEQUENCE q
CREATE INDEX i ON base.runs (run_id)
DROP TABLE base.runs
DROP VIEW runs
DROP SCHEMA base CASCADE
ALTER TABLE base.runs RENAME TO r
COMMENT ON TABLE base.runs IS 'x'
BEGIN; DELETE FROM base.runs; COMMIT
""".strip().splitlines()


def hashed(folder: Path) -> dict[str, str]:
    """Every file below a folder and what is in it."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture
def filled(store: Store) -> Store:
    """A folded store, with a file beside it that queries must not read."""
    store.append_all([begun("r"), point("r", 1)])
    store.path.with_name("secret.csv").write_text("secret\n42\n")
    assert count(store) == 1
    return store


@pytest.fixture
def held(filled: Store) -> Iterator[Store]:
    """The same while a foreign program holds the database."""
    ready = Slots(1)

    def hold() -> None:
        connection = duckdb.connect(str(filled.path))
        ready[0] = 1
        time.sleep(600)
        connection.close()

    child = fork(hold)
    ready.wait_for(0, 1)
    yield filled
    kill(child)


def spoken(statement: str, store: Store) -> str:
    """A statement with the paths of this store."""
    return statement.format(path=store.path, folder=store.path.parent, journal=store.folder)


def asked(store: Store, statement: str) -> list[tuple[object, ...]]:
    """What a statement of a user gives."""
    return store.answer_shut_off(lambda connection: connection.execute(statement).fetchall())


def assert_refused(store: Store, statements: list[str]) -> None:
    """Each raises an error of DuckDB, and in the end no file is new or another one."""
    secret_frame = secret_list = [[42]]  # what a Python replacement scan would find
    before = hashed(store.path.parent)
    for statement in statements:
        with pytest.raises(duckdb.Error):
            asked(store, spoken(statement, store))
    assert hashed(store.path.parent) == before
    assert count(store) == 1
    assert secret_frame is secret_list


def test_no_statement_reaches_outside(filled: Store) -> None:
    """Neither files, network, extensions, settings nor variables of Python."""
    assert_refused(filled, STATEMENTS)


def test_no_statement_changes_the_store(filled: Store) -> None:
    """The connection is read-only."""
    assert_refused(filled, CHANGES)


@pytest.mark.parametrize("every", [8, pytest.param(1, marks=pytest.mark.nightly)])
def test_no_statement_reaches_outside_from_memory(held: Store, every: int) -> None:
    """The copy in memory, made while a foreign program holds the file, is as hard."""
    assert asked(held, "SELECT path FROM duckdb_databases()")[0] == (None,)
    assert_refused(held, STATEMENTS[::every])


def test_no_statement_changes_the_store_from_memory(held: Store) -> None:
    """What is changed in the copy in memory is gone with the next question."""
    before = hashed(held.path.parent)
    for statement in CHANGES[:1]:
        asked(held, statement)
    assert count(held) == count(held, "runs") == 1
    assert hashed(held.path.parent) == before


def test_no_statement_makes_the_store_look_damaged(filled: Store) -> None:
    """A refused statement does not cost the database file, asked in any way."""
    before = hashed(filled.path.parent)
    for statement in STATEMENTS[::3] + CHANGES[::3]:
        with pytest.raises(duckdb.Error):
            asked(filled, spoken(statement, filled))
    assert hashed(filled.path.parent) == before


def test_users_ask_where_nothing_is_reached(filled: Store) -> None:
    """Their door is the one that is shut off."""
    for statement in ["SELECT * FROM read_text('{path}')", "SELECT * FROM glob('{path}*')"]:
        with pytest.raises(InvalidParameterValue):
            sql.frame(filled, spoken(statement, filled))


def test_statements_of_ours_reach_nothing_else(filled: Store) -> None:
    """If one ever went wrong, it could change no row, and read no other file."""
    own = ("{path}", "PRAGMA enable_profiling", "PREPARE", "SET threads", "getenv")
    others = [one for one in STATEMENTS if not any(word in one for word in own)]
    before = hashed(filled.path.parent)
    for statement in others + CHANGES:
        with pytest.raises(duckdb.Error):
            filled.rows(spoken(statement, filled))
    assert len(others) > 40
    assert hashed(filled.path.parent) == before
    assert count(filled) == 1


def test_questions_are_answered(filled: Store) -> None:
    """Locked down does not mean mute."""
    for query in [
        "SELECT * FROM runs",
        "FROM metric_history SELECT avg(value)",
        "PIVOT metric_history ON key USING avg(value) GROUP BY run_id",
        "SUMMARIZE metric_history",
        "DESCRIBE runs",
        "SHOW TABLES",
        "EXPLAIN SELECT * FROM runs",
        "WITH x AS (SELECT 1) SELECT * FROM x, runs",
        "SELECT unnest(map_keys(metrics)) FROM runs",
    ]:
        assert filled.rows(query)
        assert asked(filled, query)
    assert filled.rows("SELECT run_id FROM runs") == asked(filled, "FROM runs SELECT run_id")
    assert filled.records("SELECT 1 AS a") == [{"a": 1}]


def test_bound_values_are_values(filled: Store) -> None:
    """A value is never read as SQL."""
    nasty = "r' OR '1'='1"
    assert filled.rows("SELECT * FROM runs WHERE run_id = ?", [nasty]) == []
    assert filled.rows("SELECT $x", {"x": nasty}) == [(nasty,)]


def test_the_environment_stays_out(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """No setting shows a variable of the environment."""
    monkeypatch.setenv("MLTRACK_TEST_SECRET", "s3cr3t-value")
    found = filled.rows("SELECT value FROM duckdb_settings()")
    assert not any("s3cr3t-value" in str(value) for (value,) in found)
    assert os.environ["MLTRACK_TEST_SECRET"]
