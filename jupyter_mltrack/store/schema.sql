-- The queryable state of a store. Everything here is folded from the journals and can be thrown
-- away: `mltrack rebuild` makes it again. The tables of schema `base` are the fold's own; what
-- users read are the views of schema `main` (views.sql).
--
-- No indexes, keys or sequences: names are unique because they are given under the store's lock,
-- and the same statements must run on DuckLake.

CREATE SCHEMA base;

CREATE TABLE base.meta (format INTEGER, created_at TIMESTAMP);

-- One row for each journal: how far it is folded (bytes), and its writer.
CREATE TABLE base.journals (
    j       VARCHAR,      -- token, 12 hexadecimal digits, 20 in a shared store
    file    VARCHAR,      -- name without .ndjson
    bytes   BIGINT,       -- the watermark: all before this byte is in the tables
    q       UBIGINT,      -- highest Lamport clock folded
    t       DOUBLE,       -- wall clock of the last event, seconds
    m       DOUBLE,       -- monotonic clock of the last event, seconds
    host    VARCHAR, boot VARCHAR, pid BIGINT, uid BIGINT, versions MAP(VARCHAR, VARCHAR),
    owner   BIGINT        -- uid that the file belongs to, which nobody can claim
);

CREATE TABLE base.quarantine (
    file VARCHAR, byte_offset BIGINT, byte_length BIGINT, excerpt VARCHAR
);

-- Experiments change seldom: their events are kept as they came, `main.experiments` folds them.
CREATE TABLE base.experiment_events (
    experiment_id VARCHAR, field VARCHAR, key VARCHAR, text VARCHAR,
    t DOUBLE, q UBIGINT, j VARCHAR
);

-- One row for each run. `registers` holds the winning event of every field, so that events of
-- several processes can arrive in any order and still give one state.
CREATE TABLE base.runs (
    run_id VARCHAR, experiment_id VARCHAR, number INTEGER, user_id VARCHAR,
    status VARCHAR, lifecycle_stage VARCHAR,
    start_time BIGINT, end_time BIGINT, duration DOUBLE,
    params MAP(VARCHAR, VARCHAR), metrics MAP(VARCHAR, DOUBLE), tags MAP(VARCHAR, VARCHAR),
    stats MAP(VARCHAR, STRUCT(
        step BIGINT, ts BIGINT, "last" DOUBLE, "min" DOUBLE, "max" DOUBLE, count BIGINT)),
    registers STRUCT(op VARCHAR, key VARCHAR, text VARCHAR, ts BIGINT, seconds DOUBLE,
        q UBIGINT, j VARCHAR)[],
    birth STRUCT(j VARCHAR, m DOUBLE, cell INTEGER),
    journals STRUCT(j VARCHAR, q UBIGINT)[]    -- whose writers keep it running, how lately
);

CREATE TABLE base.metric_history (
    run_id VARCHAR, key VARCHAR, value DOUBLE, step BIGINT, "timestamp" BIGINT, q UBIGINT
);

CREATE TABLE base.inputs (
    run_id VARCHAR, name VARCHAR, digest VARCHAR, source_type VARCHAR, source VARCHAR,
    "schema" VARCHAR, profile VARCHAR, tags MAP(VARCHAR, VARCHAR), q UBIGINT
);

CREATE TABLE base.artifacts (
    run_id VARCHAR, path VARCHAR, size BIGINT, sha256 VARCHAR, t DOUBLE, q UBIGINT
);

-- One row for each logged model; `registers` and `journals` as those of runs.
CREATE TABLE base.logged_models (
    model_id VARCHAR, experiment_id VARCHAR, name VARCHAR, model_type VARCHAR,
    run_id VARCHAR, folder VARCHAR,            -- its run, and where it lies among the files of that
    status VARCHAR, status_message VARCHAR, lifecycle_stage VARCHAR,
    creation_timestamp BIGINT, last_updated_timestamp BIGINT, born UBIGINT,
    params MAP(VARCHAR, VARCHAR), tags MAP(VARCHAR, VARCHAR),
    registers STRUCT(field VARCHAR, key VARCHAR, text VARCHAR, message VARCHAR, ts BIGINT,
        q UBIGINT, j VARCHAR)[],
    journals VARCHAR[]
);

-- Points that were measured with a model, on a dataset, or both.
CREATE TABLE base.logged_model_metrics (
    model_id VARCHAR, run_id VARCHAR, key VARCHAR, value DOUBLE, step BIGINT, "timestamp" BIGINT,
    dataset_name VARCHAR, dataset_digest VARCHAR, q UBIGINT
);

-- Files of models that have a folder of their own; those of all others are files of their run.
CREATE TABLE base.logged_model_files (
    model_id VARCHAR, path VARCHAR, size BIGINT, sha256 VARCHAR, t DOUBLE, q UBIGINT
);

CREATE TABLE base.run_models (
    run_id VARCHAR, model_id VARCHAR, direction VARCHAR, step BIGINT, q UBIGINT
);

-- The registry changes seldom, and its past is asked for: all its events are kept as they came.
CREATE TABLE base.registry_events (
    registered VARCHAR, version INTEGER, field VARCHAR, key VARCHAR,
    "before" VARCHAR, text VARCHAR, comment VARCHAR, user_id VARCHAR, author BIGINT,
    digest VARCHAR, details VARCHAR, ts BIGINT, chain VARCHAR,
    refused VARCHAR,            -- why it does not count; NULL if it does
    q UBIGINT, j VARCHAR
);

CREATE TABLE base.cells (
    j VARCHAR, number INTEGER, sha256 VARCHAR, cell_id VARCHAR, execution_count INTEGER,
    notebook VARCHAR, seconds DOUBLE, ok BOOLEAN, t DOUBLE, q UBIGINT
);
CREATE TABLE base.cell_sources (sha256 VARCHAR, source VARCHAR);

-- What a process had installed; a run has the last of its own journal before its end.
CREATE TABLE base.environments (
    j VARCHAR, q UBIGINT, python VARCHAR, platform VARCHAR, packages MAP(VARCHAR, VARCHAR)
);
