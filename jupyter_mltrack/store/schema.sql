-- The queryable state of a store. Everything here is folded from the journals and can be thrown
-- away: `mltrack rebuild` makes it again. Rows of schema `base` are the fold's own; read the
-- views of schema `main`, they stay as they are from release to release.
--
-- No indexes, keys or sequences: names are unique because they are given under the store's lock,
-- and the same statements must run on DuckLake.

CREATE SCHEMA base;

CREATE TABLE base.meta (format INTEGER, created_at TIMESTAMP);

-- One row for each journal: how far it is folded (bytes), and its writer.
CREATE TABLE base.journals (
    j       VARCHAR,      -- token, 12 hexadecimal digits
    file    VARCHAR,      -- name without .ndjson
    bytes   BIGINT,       -- the watermark: all before this byte is in the tables
    q       UBIGINT,      -- highest Lamport clock folded
    t       DOUBLE,       -- wall clock of the last event, seconds
    m       DOUBLE,       -- monotonic clock of the last event, seconds
    host    VARCHAR, boot VARCHAR, pid BIGINT, uid BIGINT, versions MAP(VARCHAR, VARCHAR)
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

CREATE TABLE base.cells (
    j VARCHAR, number INTEGER, sha256 VARCHAR, cell_id VARCHAR, execution_count INTEGER,
    notebook VARCHAR, seconds DOUBLE, ok BOOLEAN, t DOUBLE, q UBIGINT
);
CREATE TABLE base.cell_sources (sha256 VARCHAR, source VARCHAR);

-- What a process had installed; a run has the last of its own journal before its end.
CREATE TABLE base.environments (
    j VARCHAR, q UBIGINT, python VARCHAR, platform VARCHAR, packages MAP(VARCHAR, VARCHAR)
);

-- Views ----------------------------------------------------------------------------------------

CREATE VIEW experiments AS
WITH winners AS (
    SELECT experiment_id, field, key, arg_max({'text': text}, (q, j)).text AS text,
        min(t) AS first_t, max(t) AS t
    FROM (FROM base.experiment_events
        UNION ALL SELECT '0', 'name', '', 'Default', NULL, 0, '')  -- exists in every store
    GROUP BY experiment_id, field, key
)
SELECT
    experiment_id,
    any_value(text) FILTER (field = 'name') AS name,
    any_value(text) FILTER (field = 'artifact_location') AS artifact_location,
    coalesce(any_value(text) FILTER (field = 'stage'), 'active') AS lifecycle_stage,
    floor(min(first_t) * 1000)::BIGINT AS creation_time,
    floor(max(t) * 1000)::BIGINT AS last_update_time,
    coalesce(
        map_from_entries(list({'key': key, 'value': text} ORDER BY key)
            FILTER (field = 'tag' AND text IS NOT NULL)),
        MAP {}) AS tags
FROM winners
GROUP BY experiment_id;

CREATE VIEW runs AS
SELECT
    run_id, experiment_id, number, tags['mlflow.runName'] AS run_name, status, lifecycle_stage,
    start_time, end_time, duration, user_id, params, metrics, tags
FROM base.runs
WHERE experiment_id IS NOT NULL AND lifecycle_stage <> 'purged';

CREATE VIEW params AS
SELECT run_id, p.key AS key, p.value AS value
FROM (SELECT run_id, unnest(map_entries(params)) AS p FROM runs);

CREATE VIEW tags AS
SELECT run_id, t.key AS key, t.value AS value
FROM (SELECT run_id, unnest(map_entries(tags)) AS t FROM runs);

-- The latest value of a metric is the one with the highest (step, timestamp, value).
CREATE VIEW metrics AS
SELECT run_id, s.key AS key, s.value."last" AS value, s.value.step AS step,
    s.value.ts AS "timestamp", s.value."min" AS "min", s.value."max" AS "max",
    s.value.count AS count
FROM (SELECT run_id, unnest(map_entries(stats)) AS s
      FROM base.runs WHERE experiment_id IS NOT NULL AND lifecycle_stage <> 'purged');

CREATE VIEW metric_history AS
SELECT run_id, key, value, step, "timestamp", q FROM base.metric_history;

CREATE VIEW inputs AS SELECT * FROM base.inputs;

CREATE VIEW datasets AS
SELECT name, digest, source_type, source, "schema", profile, count(DISTINCT run_id) AS runs
FROM base.inputs GROUP BY ALL;

CREATE VIEW artifacts AS
SELECT run_id, path, arg_max(size, (q, t, sha256)) AS size, arg_max(sha256, (q, t, sha256)) AS sha256
FROM base.artifacts GROUP BY run_id, path;

-- Every executed cell of every session; a run followed those of its session up to its own.
CREATE VIEW cells AS
SELECT c.j AS session, c.number, c.cell_id, c.execution_count, c.notebook, c.seconds, c.ok,
    make_timestamp((c.t * 1000000)::BIGINT) AS executed_at, c.sha256, s.source
FROM base.cells AS c LEFT JOIN base.cell_sources AS s USING (sha256)
QUALIFY row_number() OVER (PARTITION BY c.j, c.number ORDER BY c.q DESC) = 1;

CREATE VIEW run_cells AS
SELECT r.run_id, c.* FROM base.runs AS r JOIN cells AS c
    ON c.session = r.birth.j AND c.number <= r.birth.cell
WHERE r.lifecycle_stage <> 'purged';

CREATE VIEW environments AS
SELECT r.run_id, arg_max(e, e.q).python AS python, arg_max(e, e.q).platform AS platform,
    arg_max(e, e.q).packages AS packages
FROM base.runs AS r JOIN base.environments AS e ON e.j = r.birth.j
    AND e.q <= coalesce(list_max(list_transform(
        list_filter(r.registers, lambda x: x.op = 'status'), lambda x: x.q)), e.q)
WHERE r.lifecycle_stage <> 'purged'
GROUP BY r.run_id;

CREATE VIEW quarantine AS SELECT * FROM base.quarantine;
