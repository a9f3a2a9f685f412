-- How a bite of journal lines becomes tables. All statements of one bite run in one transaction,
-- together with the journal's new watermark, so that every event counts exactly once.

-- name: read_points
CREATE OR REPLACE TEMP TABLE points AS
SELECT run, key, value, coalesce(step, 0) AS step, coalesce(ts, round(t * 1000)::BIGINT) AS ms,
    j, q, t, coalesce(m, q / 1000000.0) AS m  -- left out where it says the same
FROM read_json($points, format = 'newline_delimited', maximum_object_size = 2000000,
    hive_partitioning = false, columns = {  -- a folder may be called run=5
    run: 'VARCHAR', key: 'VARCHAR', value: 'DOUBLE', step: 'BIGINT', ts: 'BIGINT',
    j: 'VARCHAR', q: 'UBIGINT', t: 'DOUBLE', m: 'DOUBLE'
})
WHERE run IS NOT NULL;

-- name: read_bite
-- All events but the points, which are many and need few columns.
CREATE OR REPLACE TEMP TABLE bite AS
SELECT * REPLACE (coalesce(m, q / 1000000.0) AS m)
FROM read_json($path, format = 'newline_delimited', maximum_object_size = 2000000,
    hive_partitioning = false, columns = {
    op: 'VARCHAR', j: 'VARCHAR', q: 'UBIGINT', t: 'DOUBLE', m: 'DOUBLE',
    run: 'VARCHAR', key: 'VARCHAR', ts: 'BIGINT',
    text: 'VARCHAR', seconds: 'DOUBLE', experiment: 'VARCHAR', field: 'VARCHAR',
    artifact_location: 'VARCHAR', number: 'INTEGER', user: 'VARCHAR', cell: 'INTEGER',
    name: 'VARCHAR', digest: 'VARCHAR', source_type: 'VARCHAR', source: 'VARCHAR',
    schema: 'VARCHAR', profile: 'VARCHAR', tags: 'MAP(VARCHAR, VARCHAR)',
    path: 'VARCHAR', size: 'BIGINT', sha256: 'VARCHAR',
    cell_id: 'VARCHAR', execution_count: 'INTEGER', notebook: 'VARCHAR', ok: 'BOOLEAN',
    python: 'VARCHAR', platform: 'VARCHAR', packages: 'MAP(VARCHAR, VARCHAR)',
    host: 'VARCHAR', boot: 'VARCHAR', pid: 'BIGINT', uid: 'BIGINT',
    versions: 'MAP(VARCHAR, VARCHAR)',
    model: 'VARCHAR', model_type: 'VARCHAR', folder: 'VARCHAR', message: 'VARCHAR',
    value: 'DOUBLE', step: 'BIGINT', dataset_name: 'VARCHAR', dataset_digest: 'VARCHAR',
    registered: 'VARCHAR', version: 'INTEGER', "before": 'VARCHAR', comment: 'VARCHAR',
    author: 'BIGINT', details: 'VARCHAR', chain: 'VARCHAR'
});

-- name: add_model_points
-- They are points of their run, too.
INSERT INTO points
SELECT run, key, value, coalesce(step, 0), coalesce(ts, round(t * 1000)::BIGINT), j, q, t, m
FROM bite WHERE op = 'model_metric';

-- name: find_touched
CREATE OR REPLACE TEMP TABLE touched AS
SELECT run AS run_id, any_value(r.rowid) AS row_id
FROM (SELECT run FROM bite WHERE run IS NOT NULL UNION SELECT run FROM points)
LEFT JOIN base.runs AS r ON run_id = run
GROUP BY run;

-- name: take_touched
CREATE OR REPLACE TEMP TABLE before AS
SELECT run_id, experiment_id, number, user_id, start_time, stats, registers, birth, journals
FROM base.runs WHERE rowid IN (SELECT row_id FROM touched WHERE row_id IS NOT NULL);

-- name: drop_touched
DELETE FROM base.runs WHERE rowid IN (SELECT row_id FROM touched WHERE row_id IS NOT NULL);

-- name: merge_registers
-- Of a param the first event wins, of everything else the last, in the order (q, j). What is
-- purged stays so.
CREATE OR REPLACE TEMP TABLE merged_registers AS
WITH candidates AS (
    SELECT run_id, unnest(registers) AS r FROM before
    UNION ALL
    SELECT run, {'op': op, 'key': coalesce(key, ''), 'text': text, 'ts': ts,
        'seconds': seconds, 'q': q, 'j': j}
    FROM bite WHERE op IN ('param', 'tag', 'status', 'stage')
), winners AS (
    SELECT run_id, CASE r.op
        WHEN 'param' THEN arg_min(r, (r.q, r.j))
        ELSE arg_max(r, (r.op = 'stage' AND r.text = 'purged', r.q, r.j)) END AS r
    FROM candidates GROUP BY run_id, r.op, r.key
)
SELECT run_id,
    list(r ORDER BY r.q, r.j) AS registers,
    list({'key': r.key, 'value': r.text} ORDER BY r.q, r.j) FILTER (r.op = 'param') AS params,
    list({'key': r.key, 'value': r.text} ORDER BY r.q, r.j)
        FILTER (r.op = 'tag' AND r.text IS NOT NULL) AS tags,
    any_value(r) FILTER (r.op = 'status') AS status,
    any_value(r.text) FILTER (r.op = 'stage') AS stage
FROM winners GROUP BY run_id;

-- name: merge_stats
-- Not arg_max: compared as part of a struct, -0.0 would become 0.0.
CREATE OR REPLACE TEMP TABLE merged_stats AS
WITH candidates AS (
    SELECT run_id, s.key AS key, s.value AS s
    FROM (SELECT run_id, unnest(map_entries(stats)) AS s FROM before)
    UNION ALL
    SELECT run, key, {
        'step': max(step),
        'ts': last(ms ORDER BY step, ms, value NULLS FIRST),
        'last': last(value ORDER BY step, ms, value NULLS FIRST),
        'min': min(value) FILTER (NOT isnan(value)),
        'max': max(value) FILTER (NOT isnan(value)),
        'count': count(*)}
    FROM points GROUP BY run, key
), latest AS (
    SELECT run_id, key, max(s.step) AS step,
        last(s.ts ORDER BY s.step, s.ts, s."last" NULLS FIRST) AS ts,
        last(s."last" ORDER BY s.step, s.ts, s."last" NULLS FIRST) AS "last",
        min(s."min") AS low, max(s."max") AS high, sum(s.count)::BIGINT AS count
    FROM candidates GROUP BY run_id, key
)
SELECT run_id,
    list({'key': key, 'value': "last"} ORDER BY key) AS metrics,
    list({'key': key, 'value': {'step': step, 'ts': ts, 'last': "last",
        'min': low, 'max': high, 'count': count}} ORDER BY key) AS stats
FROM latest GROUP BY run_id;

-- name: put_touched
INSERT INTO base.runs BY NAME
WITH births AS (
    SELECT run AS run_id, arg_min({'experiment_id': experiment, 'number': coalesce(number, 0),
        'user_id': coalesce("user", ''), 'start_time': ts,
        'birth': {'j': j, 'm': m, 'cell': coalesce(cell, 0)}}, (q, j)) AS b
    FROM bite WHERE op = 'run' GROUP BY run
), writers AS (
    SELECT run_id, list({'j': j, 'q': q} ORDER BY j) AS journals FROM (
        SELECT run_id, j, max(q) AS q FROM (
            SELECT run_id, w.j AS j, w.q AS q
            FROM (SELECT run_id, unnest(journals) AS w FROM before)
            UNION ALL
            SELECT run, j, q FROM bite
            WHERE run IS NOT NULL AND (op NOT IN ('tag', 'stage', 'status') OR text = 'RUNNING')
            UNION ALL
            SELECT run, j, q FROM points)
        GROUP BY run_id, j)
    GROUP BY run_id
)
SELECT
    run_id,
    coalesce(o.experiment_id, b.experiment_id) AS experiment_id,
    coalesce(o.number, b.number) AS number,
    coalesce(o.user_id, b.user_id) AS user_id,
    coalesce(r.status.text, 'RUNNING') AS status,
    coalesce(r.stage, 'active') AS lifecycle_stage,
    coalesce(o.start_time, b.start_time) AS start_time,
    r.status.ts AS end_time,
    coalesce(r.status.seconds,
        (r.status.ts - coalesce(o.start_time, b.start_time)) / 1000.0) AS duration,
    coalesce(map_from_entries(r.params), MAP {}) AS params,
    coalesce(map_from_entries(s.metrics), MAP {}) AS metrics,
    coalesce(map_from_entries(r.tags), MAP {}) AS tags,
    coalesce(map_from_entries(s.stats), MAP {}) AS stats,
    coalesce(r.registers, []) AS registers,
    coalesce(o.birth, b.birth) AS birth,
    coalesce(w.journals, []) AS journals
FROM touched
LEFT JOIN before AS o USING (run_id)
LEFT JOIN births USING (run_id)
LEFT JOIN merged_registers AS r USING (run_id)
LEFT JOIN merged_stats AS s USING (run_id)
LEFT JOIN writers AS w USING (run_id);

-- name: put_history
-- Each series in one piece, as it is read; numbers are sorted at half the cost of names.
INSERT INTO base.metric_history
SELECT run, key, value, step, ms, q FROM points ORDER BY hash(run), hash(key), q;

-- name: put_experiments
INSERT INTO base.experiment_events
SELECT experiment, 'name', '', text, t, q, j FROM bite WHERE op = 'experiment'
UNION ALL
SELECT experiment, 'artifact_location', '', artifact_location, t, q, j
FROM bite WHERE op = 'experiment'
UNION ALL
SELECT experiment, field, coalesce(key, ''), text, t, q, j FROM bite WHERE op = 'experiment_set';

-- name: put_inputs
INSERT INTO base.inputs
SELECT run, name, digest, source_type, source, schema, profile, coalesce(tags, MAP {}), q
FROM bite WHERE op = 'input';

-- name: put_artifacts
INSERT INTO base.artifacts
SELECT run, path, size, sha256, t, q FROM bite WHERE op = 'artifact';

-- name: put_environments
INSERT INTO base.environments
SELECT j, q, python, platform, packages FROM bite WHERE op = 'environment';

-- name: put_cells
INSERT INTO base.cells
SELECT j, number, sha256, cell_id, execution_count, notebook, seconds, coalesce(ok, true), t, q
FROM bite WHERE op = 'cell';

-- name: put_cell_sources
INSERT INTO base.cell_sources
SELECT sha256, any_value(source) FROM bite
WHERE op = 'cell' AND source IS NOT NULL AND sha256 NOT IN (SELECT sha256 FROM base.cell_sources)
GROUP BY sha256;

-- name: put_registry
INSERT INTO base.registry_events
SELECT registered, coalesce(version, 0), field, coalesce(key, ''), "before", text, comment,
    coalesce("user", ''), coalesce(author, -1), digest, details, coalesce(ts, 0),
    coalesce(chain, ''), NULL, q, j
FROM bite WHERE op = $mark;  -- what is believed, see `registry_lines.py`

-- name: find_purged
-- Also what another journal says of a purged run only now.
CREATE OR REPLACE TEMP TABLE purged AS
SELECT run_id FROM base.runs SEMI JOIN touched USING (run_id) WHERE lifecycle_stage = 'purged';

-- name: forget_history
DELETE FROM base.metric_history WHERE run_id IN (FROM purged);

-- name: forget_inputs
DELETE FROM base.inputs WHERE run_id IN (FROM purged);

-- name: forget_artifacts
DELETE FROM base.artifacts WHERE run_id IN (FROM purged);

-- name: put_run_models
INSERT INTO base.run_models
SELECT run, model, field, coalesce(step, 0), q FROM bite WHERE op = 'model_use';

-- name: put_model_points
INSERT INTO base.logged_model_metrics
SELECT b.model, b.run, b.key, b.value, coalesce(b.step, 0),
    coalesce(b.ts, round(b.t * 1000)::BIGINT), b.dataset_name, b.dataset_digest, b.q
FROM bite AS b WHERE op = 'model_metric';

-- name: put_model_files
INSERT INTO base.logged_model_files
SELECT model, path, size, sha256, t, q FROM bite WHERE op = 'model_file';

-- name: find_touched_models
-- Those that lie among the files of a run that was purged, too: they are purged with it.
CREATE OR REPLACE TEMP TABLE touched_models AS
SELECT model AS model_id, any_value(k.rowid) AS row_id
FROM (
    SELECT model FROM bite WHERE op IN ('model', 'model_set', 'model_file')
    UNION SELECT model_id FROM base.logged_models
        WHERE folder IS NOT NULL AND run_id IN (FROM purged))
LEFT JOIN base.logged_models AS k ON model_id = model
GROUP BY model;

-- name: take_touched_models
CREATE OR REPLACE TEMP TABLE models_before AS
SELECT model_id, experiment_id, name, model_type, run_id, folder, creation_timestamp, born,
    registers, journals
FROM base.logged_models
WHERE rowid IN (SELECT row_id FROM touched_models WHERE row_id IS NOT NULL);

-- name: drop_touched_models
DELETE FROM base.logged_models
WHERE rowid IN (SELECT row_id FROM touched_models WHERE row_id IS NOT NULL);

-- name: merge_models
-- As `merge_registers`.
CREATE OR REPLACE TEMP TABLE merged_models AS
WITH candidates AS (
    SELECT model_id, unnest(registers) AS r FROM models_before
    UNION ALL
    SELECT model, {'field': field, 'key': coalesce(key, ''), 'text': text, 'message': message,
        'ts': ts, 'q': q, 'j': j}
    FROM bite WHERE op = 'model_set'
), winners AS (
    SELECT model_id, CASE r.field
        WHEN 'param' THEN arg_min(r, (r.q, r.j))
        ELSE arg_max(r, (r.field = 'stage' AND r.text = 'purged', r.q, r.j)) END AS r
    FROM candidates GROUP BY model_id, r.field, r.key
)
SELECT model_id,
    list(r ORDER BY r.q, r.j) AS registers,
    list({'key': r.key, 'value': r.text} ORDER BY r.q, r.j) FILTER (r.field = 'param') AS params,
    list({'key': r.key, 'value': r.text} ORDER BY r.q, r.j)
        FILTER (r.field = 'tag' AND r.text IS NOT NULL) AS tags,
    any_value(r) FILTER (r.field = 'status') AS status,
    any_value(r.text) FILTER (r.field = 'stage') AS stage,
    max(r.ts) AS changed
FROM winners GROUP BY model_id;

-- name: put_touched_models
INSERT INTO base.logged_models BY NAME
WITH births AS (
    SELECT model AS model_id, arg_min({'experiment_id': experiment, 'name': name,
        'model_type': model_type, 'run_id': run, 'folder': folder, 'ts': ts, 'q': q}, (q, j)) AS b
    FROM bite WHERE op = 'model' GROUP BY model
), writers AS (
    SELECT model_id, list(DISTINCT j ORDER BY j) AS journals FROM (
        SELECT model_id, unnest(journals) AS j FROM models_before
        UNION ALL
        SELECT model, j FROM bite
        WHERE op IN ('model', 'model_file')
            OR (op = 'model_set' AND (field = 'param' OR text = 'PENDING')))
    GROUP BY model_id
)
SELECT
    model_id,
    coalesce(o.experiment_id, b.experiment_id) AS experiment_id,
    coalesce(o.name, b.name) AS name,
    coalesce(o.model_type, b.model_type) AS model_type,
    coalesce(o.run_id, b.run_id) AS run_id,
    coalesce(o.folder, b.folder) AS folder,
    coalesce(r.status.text, 'PENDING') AS status,
    r.status.message AS status_message,
    CASE WHEN coalesce(o.folder, b.folder) IS NOT NULL AND coalesce(o.run_id, b.run_id) IN (
            SELECT run_id FROM base.runs WHERE lifecycle_stage = 'purged') THEN 'purged'
        ELSE coalesce(r.stage, 'active') END AS lifecycle_stage,
    coalesce(o.creation_timestamp, b.ts) AS creation_timestamp,
    greatest(coalesce(o.creation_timestamp, b.ts), r.changed) AS last_updated_timestamp,
    coalesce(o.born, b.q) AS born,
    coalesce(map_from_entries(r.params), MAP {}) AS params,
    coalesce(map_from_entries(r.tags), MAP {}) AS tags,
    coalesce(r.registers, []) AS registers,
    coalesce(w.journals, []) AS journals
FROM touched_models
LEFT JOIN models_before AS o USING (model_id)
LEFT JOIN births USING (model_id)
LEFT JOIN merged_models AS r USING (model_id)
LEFT JOIN writers AS w USING (model_id);

-- name: find_purged_models
CREATE OR REPLACE TEMP TABLE purged_models AS
SELECT model_id, run_id, folder, coalesce(list_max(list_transform(
    list_filter(registers, lambda r: r.field = 'stage'), lambda r: r.q)), 0) AS since
FROM base.logged_models WHERE lifecycle_stage = 'purged';

-- name: forget_model_points
DELETE FROM base.logged_model_metrics
WHERE model_id IN (SELECT model_id FROM purged_models) OR run_id IN (FROM purged);

-- name: forget_model_files
DELETE FROM base.logged_model_files WHERE model_id IN (SELECT model_id FROM purged_models);

-- name: forget_run_models
DELETE FROM base.run_models
WHERE model_id IN (SELECT model_id FROM purged_models) OR run_id IN (FROM purged);

-- name: forget_files_of_models
-- Those that lay among the files of a run; what came to their place later is of the run alone.
DELETE FROM base.artifacts WHERE rowid IN (
    SELECT a.rowid FROM base.artifacts AS a JOIN purged_models AS p ON p.run_id = a.run_id
    WHERE starts_with(a.path, p.folder || '/') AND a.q < p.since);

-- name: note_progress
CREATE OR REPLACE TEMP TABLE progress AS
SELECT unnest($files) AS file, unnest($tokens) AS j, unnest($bytes) AS bytes,
    unnest($owners) AS owner;

-- name: take_watermarks
CREATE OR REPLACE TEMP TABLE watermarks_before AS
SELECT * FROM base.journals SEMI JOIN progress USING (file);

-- name: drop_watermarks
DELETE FROM base.journals WHERE file IN (SELECT file FROM progress);

-- name: put_watermarks
INSERT INTO base.journals BY NAME
WITH written AS (
    SELECT j, max(q) AS q, arg_max(t, q) AS t, arg_max(m, q) AS m,
        any_value(host) AS host, any_value(boot) AS boot, any_value(pid) AS pid,
        any_value(uid) AS uid, any_value(versions) AS versions
    FROM (FROM bite UNION ALL BY NAME SELECT j, q, t, m FROM points) GROUP BY j
)
SELECT
    p.file, p.bytes, p.j, p.owner,
    coalesce(greatest(o.q, n.q), 0) AS q,
    coalesce(n.t, o.t) AS t,
    coalesce(n.m, o.m) AS m,
    coalesce(o.host, n.host) AS host,
    coalesce(o.boot, n.boot) AS boot,
    coalesce(o.pid, n.pid) AS pid,
    coalesce(o.uid, n.uid) AS uid,
    coalesce(o.versions, n.versions) AS versions
FROM progress AS p
LEFT JOIN written AS n USING (j)
LEFT JOIN watermarks_before AS o ON o.file = p.file;

-- name: put_damage
INSERT INTO base.quarantine
SELECT unnest($files), unnest($offsets), unnest($lengths), unnest($excerpts);

-- name: find_orphans
-- Of a resumed run only those count who wrote to it since it was resumed.
WITH unended AS (
    SELECT run_id, birth, journals, coalesce(list_max(list_transform(
        list_filter(registers, lambda r: r.op = 'status'), lambda r: r.q)), 0) AS since
    FROM base.runs WHERE status = 'RUNNING' AND experiment_id IS NOT NULL
), written AS (
    SELECT run_id, birth, list_transform(
        list_filter(journals, lambda w: w.q >= since), lambda w: w.j) AS writers
    FROM unended
)
SELECT r.run_id, round(max(w.t) * 1000)::BIGINT AS ts,
    max(w.m - r.birth.m) FILTER (w.j = r.birth.j) AS seconds
FROM written AS r LEFT JOIN base.journals AS w ON list_contains(r.writers, w.j)
WHERE NOT list_has_any(r.writers, $living::VARCHAR[])
GROUP BY r.run_id;

-- name: find_orphan_models
SELECT k.model_id, round(max(w.t) * 1000)::BIGINT AS ts
FROM base.logged_models AS k LEFT JOIN base.journals AS w ON list_contains(k.journals, w.j)
WHERE k.status = 'PENDING' AND k.lifecycle_stage = 'active' AND k.experiment_id IS NOT NULL
    AND NOT list_has_any(k.journals, $living::VARCHAR[])
GROUP BY k.model_id;
