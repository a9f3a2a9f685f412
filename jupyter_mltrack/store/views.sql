-- What users see of a store: the views of schema `main`, each with its sentence and those of its
-- columns. SCHEMA.md is the same for reading; a test keeps the two equal.
--
-- Of the runs that were removed for ever nothing is shown; those in the bin are, and
-- `lifecycle_stage` tells. A new view or column may come with any release. The digest of this
-- text is noted in the database, and the first fold of another release makes the views anew.
-- Times are TIMESTAMPs in UTC; `…_time` and `timestamp` are the same in ms, under MLflow's names.

CREATE OR REPLACE VIEW experiments AS
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
    round(min(first_t) * 1000)::BIGINT AS creation_time,
    round(max(t) * 1000)::BIGINT AS last_update_time,
    coalesce(
        map_from_entries(list({'key': key, 'value': text} ORDER BY key)
            FILTER (field = 'tag' AND text IS NOT NULL)),
        MAP {}) AS tags,
    epoch_ms(round(min(first_t) * 1000)::BIGINT) AS created_at,
    epoch_ms(round(max(t) * 1000)::BIGINT) AS updated_at
FROM winners
GROUP BY experiment_id;
COMMENT ON VIEW experiments IS 'One row for each experiment; those in the bin too.';
COMMENT ON COLUMN experiments.experiment_id IS 'Its id, a whole number as text.';
COMMENT ON COLUMN experiments.name IS 'Its name.';
COMMENT ON COLUMN experiments.artifact_location IS
    'Where files of its runs go; NULL is the store''s own folder.';
COMMENT ON COLUMN experiments.lifecycle_stage IS '''active'', or ''deleted'' in the bin.';
COMMENT ON COLUMN experiments.creation_time IS '`created_at` in ms since 1970.';
COMMENT ON COLUMN experiments.last_update_time IS '`updated_at` in ms since 1970.';
COMMENT ON COLUMN experiments.tags IS 'Its tags: `tags[''team'']`.';
COMMENT ON COLUMN experiments.created_at IS 'When it was made; NULL for Default, until it is changed.';
COMMENT ON COLUMN experiments.updated_at IS 'When its name, stage or tags changed last.';

CREATE OR REPLACE VIEW runs AS
SELECT
    r.run_id, r.tags['mlflow.runName'] AS run_name,
    r.experiment_id, e.name AS experiment_name, r.number, r.status, r.lifecycle_stage,
    epoch_ms(r.start_time) AS started_at, epoch_ms(r.end_time) AS ended_at, r.duration,
    r.user_id, r.tags['mlflow.parentRunId'] AS parent_run_id,
    r.params, r.metrics, r.tags, r.start_time, r.end_time
FROM base.runs AS r LEFT JOIN experiments AS e ON e.experiment_id = r.experiment_id
WHERE r.experiment_id IS NOT NULL AND r.lifecycle_stage <> 'purged';
COMMENT ON VIEW runs IS 'One row for each run, with its params, latest metrics and tags as MAPs.';
COMMENT ON COLUMN runs.run_id IS 'Its id, 32 hexadecimal digits.';
COMMENT ON COLUMN runs.run_name IS 'Its name; several runs may have the same.';
COMMENT ON COLUMN runs.experiment_id IS 'The experiment it belongs to.';
COMMENT ON COLUMN runs.experiment_name IS 'The name of that experiment.';
COMMENT ON COLUMN runs.number IS 'Its number within the experiment, from 1.';
COMMENT ON COLUMN runs.status IS
    '''RUNNING'', ''FINISHED'', ''FAILED'' (an exception) or ''KILLED'' (its kernel died, or it was interrupted).';
COMMENT ON COLUMN runs.lifecycle_stage IS '''active'', or ''deleted'' in the bin.';
COMMENT ON COLUMN runs.started_at IS 'When it began.';
COMMENT ON COLUMN runs.ended_at IS 'When it ended; NULL while it runs.';
COMMENT ON COLUMN runs.duration IS 'How long it took, in seconds; NULL while it runs.';
COMMENT ON COLUMN runs.user_id IS 'Who ran it.';
COMMENT ON COLUMN runs.parent_run_id IS 'The run it is nested in; NULL if in none.';
COMMENT ON COLUMN runs.params IS 'Its params, always text: `params[''lr'']::DOUBLE`.';
COMMENT ON COLUMN runs.metrics IS 'Its metrics, each at its latest step: `metrics[''loss'']`.';
COMMENT ON COLUMN runs.tags IS 'Its tags: `tags[''team'']`.';
COMMENT ON COLUMN runs.start_time IS '`started_at` in ms since 1970.';
COMMENT ON COLUMN runs.end_time IS '`ended_at` in ms since 1970.';

CREATE OR REPLACE VIEW params AS
SELECT run_id, p.key AS key, p.value AS value, try_cast(p.value AS DOUBLE) AS as_number
FROM (SELECT run_id, unnest(map_entries(params)) AS p
      FROM base.runs WHERE experiment_id IS NOT NULL AND lifecycle_stage <> 'purged');
COMMENT ON VIEW params IS 'One row for each param of each run.';
COMMENT ON COLUMN params.run_id IS 'The run.';
COMMENT ON COLUMN params.key IS 'The name of the param.';
COMMENT ON COLUMN params.value IS 'Its value, as text.';
COMMENT ON COLUMN params.as_number IS 'Its value as a number; NULL if it is none.';

-- The latest value of a metric is the one with the highest (step, timestamp, value).
CREATE OR REPLACE VIEW metrics AS
SELECT run_id, s.key AS key, s.value."last" AS value, s.value.step AS step,
    s.value.ts AS "timestamp", s.value."min" AS "min", s.value."max" AS "max",
    s.value.count AS count, epoch_ms(s.value.ts) AS logged_at
FROM (SELECT run_id, unnest(map_entries(stats)) AS s
      FROM base.runs WHERE experiment_id IS NOT NULL AND lifecycle_stage <> 'purged');
COMMENT ON VIEW metrics IS 'One row for each metric of each run: its latest value and its extremes.';
COMMENT ON COLUMN metrics.run_id IS 'The run.';
COMMENT ON COLUMN metrics.key IS 'The name of the metric.';
COMMENT ON COLUMN metrics.value IS 'Its value at the highest step, of several the latest; may be NaN.';
COMMENT ON COLUMN metrics.step IS 'That step.';
COMMENT ON COLUMN metrics."timestamp" IS '`logged_at` in ms since 1970.';
COMMENT ON COLUMN metrics."min" IS 'The lowest of all its values, without NaN.';
COMMENT ON COLUMN metrics."max" IS 'The highest of all its values, without NaN.';
COMMENT ON COLUMN metrics.count IS 'How many points it has.';
COMMENT ON COLUMN metrics.logged_at IS 'When the latest value was logged.';

CREATE OR REPLACE VIEW metric_history AS
SELECT run_id, key, value, step, "timestamp", q, epoch_ms("timestamp") AS logged_at
FROM base.metric_history;
COMMENT ON VIEW metric_history IS 'One row for each point that was logged.';
COMMENT ON COLUMN metric_history.run_id IS 'The run.';
COMMENT ON COLUMN metric_history.key IS 'The name of the metric.';
COMMENT ON COLUMN metric_history.value IS 'The value; may be NaN or infinite.';
COMMENT ON COLUMN metric_history.step IS 'The step; 0 if none was given.';
COMMENT ON COLUMN metric_history."timestamp" IS '`logged_at` in ms since 1970.';
COMMENT ON COLUMN metric_history.q IS 'Grows in the order in which a process logged.';
COMMENT ON COLUMN metric_history.logged_at IS 'When it was logged, or the time that was given.';

CREATE OR REPLACE VIEW tags AS
SELECT run_id, t.key AS key, t.value AS value
FROM (SELECT run_id, unnest(map_entries(tags)) AS t
      FROM base.runs WHERE experiment_id IS NOT NULL AND lifecycle_stage <> 'purged');
COMMENT ON VIEW tags IS 'One row for each tag of each run.';
COMMENT ON COLUMN tags.run_id IS 'The run.';
COMMENT ON COLUMN tags.key IS 'The name of the tag; those beginning with `mlflow.` are set by us.';
COMMENT ON COLUMN tags.value IS 'Its value.';

CREATE OR REPLACE VIEW inputs AS
SELECT run_id, name, digest, source_type, source, "schema", profile, tags, q,
    tags['mlflow.data.context'] AS context
FROM base.inputs;
COMMENT ON VIEW inputs IS 'One row for each time a run noted a dataset as its input.';
COMMENT ON COLUMN inputs.run_id IS 'The run.';
COMMENT ON COLUMN inputs.name IS 'The name of the dataset.';
COMMENT ON COLUMN inputs.digest IS 'A digest of its content: equal data have the same.';
COMMENT ON COLUMN inputs.source_type IS 'What kind of source it came from.';
COMMENT ON COLUMN inputs.source IS 'The source, as JSON.';
COMMENT ON COLUMN inputs."schema" IS 'Its columns and their types, as JSON.';
COMMENT ON COLUMN inputs.profile IS 'Its size, as JSON.';
COMMENT ON COLUMN inputs.tags IS 'What the run says of it.';
COMMENT ON COLUMN inputs.q IS 'Grows in the order in which a process logged.';
COMMENT ON COLUMN inputs.context IS 'What it was used for, such as ''training''.';

CREATE OR REPLACE VIEW datasets AS
SELECT name, digest, source_type, source, "schema", profile, count(DISTINCT run_id) AS runs
FROM base.inputs GROUP BY ALL;
COMMENT ON VIEW datasets IS 'One row for each dataset that any run noted.';
COMMENT ON COLUMN datasets.name IS 'Its name.';
COMMENT ON COLUMN datasets.digest IS 'A digest of its content: equal data have the same.';
COMMENT ON COLUMN datasets.source_type IS 'What kind of source it came from.';
COMMENT ON COLUMN datasets.source IS 'The source, as JSON.';
COMMENT ON COLUMN datasets."schema" IS 'Its columns and their types, as JSON.';
COMMENT ON COLUMN datasets.profile IS 'Its size, as JSON.';
COMMENT ON COLUMN datasets.runs IS 'How many runs used it.';

CREATE OR REPLACE VIEW artifacts AS
SELECT run_id, path, arg_max(size, (q, t, sha256)) AS size,
    arg_max(sha256, (q, t, sha256)) AS sha256,
    make_timestamp((arg_max(t, (q, t, sha256)) * 1000000)::BIGINT) AS logged_at
FROM base.artifacts GROUP BY run_id, path;
COMMENT ON VIEW artifacts IS 'One row for each file of each run, as it was stored last.';
COMMENT ON COLUMN artifacts.run_id IS 'The run.';
COMMENT ON COLUMN artifacts.path IS 'Its path within the run''s artifacts.';
COMMENT ON COLUMN artifacts.size IS 'Its size in bytes.';
COMMENT ON COLUMN artifacts.sha256 IS 'The SHA-256 of its content.';
COMMENT ON COLUMN artifacts.logged_at IS 'When it was stored.';

CREATE OR REPLACE VIEW logged_models AS
WITH latest AS (
    SELECT model_id, key, last(value ORDER BY step, "timestamp", value NULLS FIRST) AS value
    FROM base.logged_model_metrics GROUP BY model_id, key
), measured AS (
    SELECT model_id, map_from_entries(list({'key': key, 'value': value} ORDER BY key)) AS metrics
    FROM latest GROUP BY model_id
)
SELECT
    m.model_id, m.name, m.experiment_id, e.name AS experiment_name, m.run_id, m.folder,
    m.model_type, m.status, m.status_message, m.lifecycle_stage,
    epoch_ms(m.creation_timestamp) AS created_at, epoch_ms(m.last_updated_timestamp) AS updated_at,
    m.params, coalesce(measured.metrics, MAP {}) AS metrics, m.tags,
    m.creation_timestamp, m.last_updated_timestamp
FROM base.logged_models AS m
LEFT JOIN experiments AS e ON e.experiment_id = m.experiment_id
LEFT JOIN measured ON measured.model_id = m.model_id
WHERE m.experiment_id IS NOT NULL AND m.lifecycle_stage <> 'purged';
COMMENT ON VIEW logged_models IS
    'One row for each logged model, with its params, latest metrics and tags as MAPs.';
COMMENT ON COLUMN logged_models.model_id IS 'Its id, `m-` and 32 hexadecimal digits.';
COMMENT ON COLUMN logged_models.name IS 'Its name; several models may have the same.';
COMMENT ON COLUMN logged_models.experiment_id IS 'The experiment it belongs to.';
COMMENT ON COLUMN logged_models.experiment_name IS 'The name of that experiment.';
COMMENT ON COLUMN logged_models.run_id IS 'The run that made it; NULL if it was made without one.';
COMMENT ON COLUMN logged_models.folder IS
    'Its folder among the artifacts of that run; NULL if it has a folder of its own.';
COMMENT ON COLUMN logged_models.model_type IS 'What its kind is called; NULL if nobody said.';
COMMENT ON COLUMN logged_models.status IS
    '''PENDING'' while it is being stored, ''READY'' when it is whole, or ''FAILED''.';
COMMENT ON COLUMN logged_models.status_message IS 'Why it failed, if that is known.';
COMMENT ON COLUMN logged_models.lifecycle_stage IS '''active'', or ''deleted'' in the bin.';
COMMENT ON COLUMN logged_models.created_at IS 'When it was begun.';
COMMENT ON COLUMN logged_models.updated_at IS 'When its status, stage, params or tags changed last.';
COMMENT ON COLUMN logged_models.params IS 'Its params, always text: `params[''alpha'']::DOUBLE`.';
COMMENT ON COLUMN logged_models.metrics IS
    'Its metrics, each at its latest step on whichever dataset: `metrics[''rmse'']`.';
COMMENT ON COLUMN logged_models.tags IS 'Its tags: `tags[''team'']`.';
COMMENT ON COLUMN logged_models.creation_timestamp IS '`created_at` in ms since 1970.';
COMMENT ON COLUMN logged_models.last_updated_timestamp IS '`updated_at` in ms since 1970.';

CREATE OR REPLACE VIEW logged_model_metrics AS
SELECT model_id, run_id, key, value, step, "timestamp", dataset_name, dataset_digest, q,
    epoch_ms("timestamp") AS logged_at
FROM base.logged_model_metrics WHERE model_id IS NOT NULL;
COMMENT ON VIEW logged_model_metrics IS
    'One row for each point that was measured with a model; `metric_history` has it too.';
COMMENT ON COLUMN logged_model_metrics.model_id IS 'The model.';
COMMENT ON COLUMN logged_model_metrics.run_id IS 'The run that logged the point.';
COMMENT ON COLUMN logged_model_metrics.key IS 'The name of the metric.';
COMMENT ON COLUMN logged_model_metrics.value IS 'The value; may be NaN or infinite.';
COMMENT ON COLUMN logged_model_metrics.step IS 'The step; 0 if none was given.';
COMMENT ON COLUMN logged_model_metrics."timestamp" IS '`logged_at` in ms since 1970.';
COMMENT ON COLUMN logged_model_metrics.dataset_name IS
    'The dataset that it was measured on; NULL if nobody said.';
COMMENT ON COLUMN logged_model_metrics.dataset_digest IS 'The digest of that dataset.';
COMMENT ON COLUMN logged_model_metrics.q IS 'Grows in the order in which a process logged.';
COMMENT ON COLUMN logged_model_metrics.logged_at IS 'When it was logged, or the time that was given.';

CREATE OR REPLACE VIEW logged_model_files AS
SELECT m.model_id, substr(a.path, length(m.folder) + 2) AS path, a.size, a.sha256, a.logged_at
FROM base.logged_models AS m
JOIN artifacts AS a ON a.run_id = m.run_id AND starts_with(a.path, m.folder || '/')
WHERE m.experiment_id IS NOT NULL AND m.lifecycle_stage <> 'purged'
UNION ALL
SELECT model_id, path, arg_max(size, (q, t, sha256)), arg_max(sha256, (q, t, sha256)),
    make_timestamp((arg_max(t, (q, t, sha256)) * 1000000)::BIGINT)
FROM base.logged_model_files GROUP BY model_id, path;
COMMENT ON VIEW logged_model_files IS
    'One row for each file of each model, wherever it lies, as it was stored last.';
COMMENT ON COLUMN logged_model_files.model_id IS 'The model.';
COMMENT ON COLUMN logged_model_files.path IS 'Its path within the model.';
COMMENT ON COLUMN logged_model_files.size IS 'Its size in bytes.';
COMMENT ON COLUMN logged_model_files.sha256 IS 'The SHA-256 of its content.';
COMMENT ON COLUMN logged_model_files.logged_at IS 'When it was stored.';

CREATE OR REPLACE VIEW run_models AS
SELECT run_id, model_id, direction, arg_min(step, (q, step)) AS step, min(q) AS q
FROM base.run_models GROUP BY run_id, model_id, direction;
COMMENT ON VIEW run_models IS 'One row for each model that a run made or used.';
COMMENT ON COLUMN run_models.run_id IS 'The run.';
COMMENT ON COLUMN run_models.model_id IS 'The model.';
COMMENT ON COLUMN run_models.direction IS
    '''output'' of a model that the run made, ''input'' of one that it used.';
COMMENT ON COLUMN run_models.step IS 'The step at which it was made; 0 if none was given.';
COMMENT ON COLUMN run_models.q IS 'Grows in the order in which a process logged.';

-- The registry. Each view is a macro asked for now; with an instant it says what was true then:
-- FROM model_versions_at(TIMESTAMP '2026-05-03 14:00'). What counts is all before the first change
-- that is stamped later, so a past is never torn apart. What a clock that was behind stamped counts
-- from the highest stamp before it on. What a clock that was ahead stamped, and all that came after
-- it, counts only from the time on that it showed: that is told late, which is the lesser evil.

CREATE OR REPLACE MACRO registry_events_at(instant) AS TABLE
SELECT * EXCLUDE (refused) FROM base.registry_events
WHERE refused IS NULL AND (instant IS NULL OR NOT coalesce((q, j) >= (
    SELECT min((q, j)) FROM base.registry_events
    WHERE refused IS NULL AND ts > epoch_ms(instant::TIMESTAMP)), false));

-- Of each field the change that made it what it is; those of a birth are kept as they came first.
CREATE OR REPLACE MACRO registry_state_at(instant) AS TABLE
WITH changes AS (
    SELECT registered, version, field, key, q, j, ts, {'text': text, 'ts': ts, 'user_id': user_id,
        'author': author, 'digest': digest, 'details': details} AS c
    FROM registry_events_at(instant) WHERE registered <> ''
)
SELECT registered, version, field, key,
    CASE field WHEN 'created' THEN arg_min(c, (q, j)) ELSE arg_max(c, (q, j)) END AS c,
    max(ts) FILTER (field NOT IN ('tag', 'alias')) AS changed
FROM changes GROUP BY registered, version, field, key;

CREATE OR REPLACE MACRO registered_models_at(instant) AS TABLE
WITH states AS (
    SELECT registered,
        any_value(c) FILTER (version = 0 AND field = 'created') AS b,
        any_value(c.text) FILTER (version = 0 AND field = 'name') AS name,
        any_value(c.text) FILTER (version = 0 AND field = 'description') AS description,
        coalesce(map_from_entries(list({'key': key, 'value': c.text} ORDER BY key)
            FILTER (version = 0 AND field = 'tag' AND c.text IS NOT NULL)), MAP {}) AS tags,
        coalesce(map_from_entries(list(
            {'key': key, 'value': try_cast(c.text AS INTEGER)} ORDER BY key)
            FILTER (version = 0 AND field = 'alias' AND c.text IS NOT NULL)), MAP {}) AS aliases,
        max(changed) AS changed
    FROM registry_state_at(instant) GROUP BY registered
    HAVING count(*) FILTER (version = 0 AND field = 'deleted') = 0
)
SELECT
    coalesce(name, b.text) AS name, registered AS registered_model_id, description, tags,
    aliases, b.user_id, epoch_ms(b.ts) AS created_at, epoch_ms(changed) AS updated_at,
    b.ts AS creation_timestamp, changed AS last_updated_timestamp
FROM states WHERE b IS NOT NULL;

CREATE OR REPLACE MACRO model_versions_at(instant) AS TABLE
WITH found AS (
    FROM registry_state_at(instant)
), models AS (
    SELECT registered, coalesce(any_value(c.text) FILTER (field = 'name'),
            any_value(c.text) FILTER (field = 'created')) AS name,
        list({'alias': key, 'version': try_cast(c.text AS INTEGER)} ORDER BY key)
            FILTER (field = 'alias') AS aliases
    FROM found WHERE version = 0 GROUP BY registered
    HAVING count(*) FILTER (field = 'created') = 1 AND count(*) FILTER (field = 'deleted') = 0
), states AS (
    SELECT registered, version,
        any_value(c) FILTER (field = 'created') AS b,
        any_value(c) FILTER (field = 'stage') AS stage,
        any_value(c.text) FILTER (field = 'status') AS status,
        any_value(c.text) FILTER (field = 'status_message') AS status_message,
        any_value(c.text) FILTER (field = 'description') AS description,
        coalesce(map_from_entries(list({'key': key, 'value': c.text} ORDER BY key)
            FILTER (field = 'tag' AND c.text IS NOT NULL)), MAP {}) AS tags,
        max(changed) AS changed
    FROM found WHERE version > 0 GROUP BY registered, version
    HAVING count(*) FILTER (field = 'deleted') = 0
)
SELECT
    m.name, version, coalesce(s.stage.text, 'None') AS stage, coalesce(status, 'READY') AS status,
    coalesce(list_transform(list_filter(m.aliases, lambda a: a.version = s.version),
        lambda a: a.alias), []) AS aliases,
    description, tags,
    b.details->>'$.run_id' AS run_id, b.details->>'$.model_id' AS model_id, b.text AS source,
    b.digest, b.user_id, epoch_ms(b.ts) AS created_at, epoch_ms(changed) AS updated_at,
    epoch_ms(s.stage.ts) AS staged_at, status_message, b.details->>'$.run_link' AS run_link,
    b.details->>'$.location' AS location, b.author,
    registered AS registered_model_id,
    b.ts AS creation_timestamp, changed AS last_updated_timestamp
FROM states AS s JOIN models AS m USING (registered)
WHERE b IS NOT NULL;

CREATE OR REPLACE MACRO model_aliases_at(instant) AS TABLE
SELECT name, unnest(aliases) AS alias, version FROM model_versions_at(instant);

CREATE OR REPLACE VIEW registered_models AS FROM registered_models_at(NULL);
COMMENT ON VIEW registered_models IS
    'One row for each registered model; `registered_models_at(instant)` has those of another time.';
COMMENT ON COLUMN registered_models.name IS 'Its name, of which there is one only.';
COMMENT ON COLUMN registered_models.registered_model_id IS
    'Its id, which stays when the name changes.';
COMMENT ON COLUMN registered_models.description IS 'What it is, in words; NULL if nobody said.';
COMMENT ON COLUMN registered_models.tags IS 'Its tags: `tags[''team'']`.';
COMMENT ON COLUMN registered_models.aliases IS
    'The version that each alias stands for: `aliases[''champion'']`.';
COMMENT ON COLUMN registered_models.user_id IS 'Who made it.';
COMMENT ON COLUMN registered_models.created_at IS 'When it was made.';
COMMENT ON COLUMN registered_models.updated_at IS
    'When it or one of its versions changed last; tags and aliases apart.';
COMMENT ON COLUMN registered_models.creation_timestamp IS '`created_at` in ms since 1970.';
COMMENT ON COLUMN registered_models.last_updated_timestamp IS '`updated_at` in ms since 1970.';

CREATE OR REPLACE VIEW model_versions AS FROM model_versions_at(NULL);
COMMENT ON VIEW model_versions IS
    'One row for each version of a registered model; `model_versions_at(instant)` has those of another time.';
COMMENT ON COLUMN model_versions.name IS 'The registered model.';
COMMENT ON COLUMN model_versions.version IS
    'Its number, from 1; that of a deleted one is not given again.';
COMMENT ON COLUMN model_versions.stage IS
    '''None'', ''Staging'', ''Production'', ''Archived'', or one of your own.';
COMMENT ON COLUMN model_versions.status IS
    '''READY''; ''PENDING_REGISTRATION'' or ''FAILED_REGISTRATION'' if it is not usable.';
COMMENT ON COLUMN model_versions.aliases IS 'The aliases that stand for it.';
COMMENT ON COLUMN model_versions.description IS 'What it is, in words; NULL if nobody said.';
COMMENT ON COLUMN model_versions.tags IS 'Its tags: `tags[''tests'']`.';
COMMENT ON COLUMN model_versions.run_id IS 'The run that made it; NULL if none did.';
COMMENT ON COLUMN model_versions.model_id IS 'The logged model that it is; NULL if it is none.';
COMMENT ON COLUMN model_versions.source IS 'Where its files came from, as it was registered.';
COMMENT ON COLUMN model_versions.digest IS 'SHA-256 of its files, when it was registered.';
COMMENT ON COLUMN model_versions.user_id IS 'Who registered it.';
COMMENT ON COLUMN model_versions.created_at IS 'When it was registered.';
COMMENT ON COLUMN model_versions.updated_at IS 'When it changed last; tags and aliases apart.';
COMMENT ON COLUMN model_versions.staged_at IS
    'When its stage changed last; NULL if it never did.';
COMMENT ON COLUMN model_versions.status_message IS
    'Why it has this status; NULL if there is nothing to say.';
COMMENT ON COLUMN model_versions.run_link IS
    'A link to the run elsewhere; NULL if nobody gave one.';
COMMENT ON COLUMN model_versions.location IS
    'Where its files are, `runs:/…` if with a run; NULL if they are a logged model.';
COMMENT ON COLUMN model_versions.author IS 'Uid of who registered it.';
COMMENT ON COLUMN model_versions.registered_model_id IS 'Id of the registered model.';
COMMENT ON COLUMN model_versions.creation_timestamp IS '`created_at` in ms since 1970.';
COMMENT ON COLUMN model_versions.last_updated_timestamp IS '`updated_at` in ms since 1970.';

CREATE OR REPLACE VIEW model_aliases AS FROM model_aliases_at(NULL);
COMMENT ON VIEW model_aliases IS
    'One row for each alias; `model_aliases_at(instant)` has those of another time.';
COMMENT ON COLUMN model_aliases.name IS 'The registered model.';
COMMENT ON COLUMN model_aliases.alias IS 'The alias.';
COMMENT ON COLUMN model_aliases.version IS 'The version that it stands for.';

CREATE OR REPLACE VIEW registry_events AS
WITH names AS (
    SELECT registered, arg_max(text, (q, j)) AS name FROM base.registry_events
    WHERE version = 0 AND field IN ('created', 'name') AND refused IS NULL GROUP BY registered
)
SELECT
    row_number() OVER (ORDER BY e.q, e.j) AS number, epoch_ms(e.ts) AS changed_at, n.name,
    nullif(e.version, 0) AS version, e.field, nullif(e.key, '') AS key,
    e."before" AS old_value, e.text AS new_value, e.comment, e.user_id, e.author, s.host, s.pid,
    e.digest,
    CASE WHEN e.refused IS DISTINCT FROM 'it cannot be read' THEN e.details END AS details,
    e.refused, e.registered AS registered_model_id,
    e.ts AS "timestamp", e.chain
FROM base.registry_events AS e
LEFT JOIN names AS n USING (registered)
LEFT JOIN base.journals AS s ON s.j = e.j;
COMMENT ON VIEW registry_events IS
    'The trail of the registry: one row for each change that was ever made, refused ones too.';
COMMENT ON COLUMN registry_events.number IS 'Its place in the trail, from 1.';
COMMENT ON COLUMN registry_events.changed_at IS 'When, as the clock of that machine stood.';
COMMENT ON COLUMN registry_events.name IS
    'The registered model, by its last name; NULL for what holds in the whole store.';
COMMENT ON COLUMN registry_events.version IS 'The version; NULL for the model itself.';
COMMENT ON COLUMN registry_events.field IS
    '''created'', ''name'', ''description'', ''tag'', ''alias'', ''stage'', ''status'', ''deleted''; ''stages'', ''gates'' and ''approvers'' are rules.';
COMMENT ON COLUMN registry_events.key IS 'Which tag, which alias, or the rules of which stage.';
COMMENT ON COLUMN registry_events.old_value IS 'What it was; NULL if nothing.';
COMMENT ON COLUMN registry_events.new_value IS 'What it is since; NULL if it was taken away.';
COMMENT ON COLUMN registry_events.comment IS 'What whoever did it said of it.';
COMMENT ON COLUMN registry_events.user_id IS 'Who did it.';
COMMENT ON COLUMN registry_events.author IS 'The uid of who did it.';
COMMENT ON COLUMN registry_events.host IS 'The machine.';
COMMENT ON COLUMN registry_events.pid IS 'The process.';
COMMENT ON COLUMN registry_events.digest IS 'SHA-256 of the version''s files.';
COMMENT ON COLUMN registry_events.details IS
    'JSON: what the gates said, and why they were overridden.';
COMMENT ON COLUMN registry_events.refused IS 'Why it does not count; NULL if it does.';
COMMENT ON COLUMN registry_events.registered_model_id IS 'Id of the registered model.';
COMMENT ON COLUMN registry_events."timestamp" IS '`changed_at` in ms since 1970.';
COMMENT ON COLUMN registry_events.chain IS
    'SHA-256 over this change and all before it.';

CREATE OR REPLACE VIEW cells AS
SELECT c.j AS session, c.number, c.cell_id, c.execution_count, c.notebook, c.seconds, c.ok,
    make_timestamp((c.t * 1000000)::BIGINT) AS executed_at, c.sha256, s.source
FROM base.cells AS c LEFT JOIN base.cell_sources AS s USING (sha256)
QUALIFY row_number() OVER (PARTITION BY c.j, c.number ORDER BY c.q DESC) = 1;
COMMENT ON VIEW cells IS
    'One row for each notebook cell that was executed, in sessions that had a run.';
COMMENT ON COLUMN cells.session IS 'The session of the kernel, see `sessions`.';
COMMENT ON COLUMN cells.number IS 'Its place in the session, from 1.';
COMMENT ON COLUMN cells.cell_id IS 'The notebook''s id of the cell; NULL if the front end sends none.';
COMMENT ON COLUMN cells.execution_count IS 'The number in brackets beside it; NULL while it runs.';
COMMENT ON COLUMN cells.notebook IS 'The path of the notebook, if it is known.';
COMMENT ON COLUMN cells.seconds IS 'How long it ran; NULL if it never ended.';
COMMENT ON COLUMN cells.ok IS 'False if it ended with an exception.';
COMMENT ON COLUMN cells.executed_at IS 'When it was noted: at its end, or when a run began in it.';
COMMENT ON COLUMN cells.sha256 IS 'The SHA-256 of its source.';
COMMENT ON COLUMN cells.source IS 'Its source.';

CREATE OR REPLACE VIEW run_cells AS
SELECT r.run_id, c.*, c.number = r.birth.cell AS is_own
FROM base.runs AS r JOIN cells AS c ON c.session = r.birth.j AND c.number <= r.birth.cell
WHERE r.experiment_id IS NOT NULL AND r.lifecycle_stage <> 'purged';
COMMENT ON VIEW run_cells IS
    'One row for each run and each cell executed before it in its session, up to its own.';
COMMENT ON COLUMN run_cells.run_id IS 'The run.';
COMMENT ON COLUMN run_cells.session IS 'The session of the kernel, see `sessions`.';
COMMENT ON COLUMN run_cells.number IS 'The cell''s place in the session, from 1.';
COMMENT ON COLUMN run_cells.cell_id IS 'The notebook''s id of the cell; NULL if the front end sends none.';
COMMENT ON COLUMN run_cells.execution_count IS 'The number in brackets beside it; NULL while it runs.';
COMMENT ON COLUMN run_cells.notebook IS 'The path of the notebook, if it is known.';
COMMENT ON COLUMN run_cells.seconds IS 'How long it ran; NULL if it never ended.';
COMMENT ON COLUMN run_cells.ok IS 'False if it ended with an exception.';
COMMENT ON COLUMN run_cells.executed_at IS 'When it was noted: at its end, or when a run began in it.';
COMMENT ON COLUMN run_cells.sha256 IS 'The SHA-256 of its source.';
COMMENT ON COLUMN run_cells.source IS 'Its source.';
COMMENT ON COLUMN run_cells.is_own IS 'Whether it is the cell in which the run began.';

CREATE OR REPLACE VIEW code AS
SELECT
    r.run_id,
    left(sha256(nullif(
        concat_ws(' ', r.tags['mlflow.source.git.commit'], c.sha256), '')), 16) AS digest,
    r.tags['mlflow.source.name'] AS source_name, r.tags['mlflow.source.type'] AS source_type,
    r.tags['mlflow.source.git.commit'] AS git_commit,
    r.tags['mlflow.source.git.branch'] AS git_branch,
    try_cast(r.tags['mlflow.source.git.dirty'] AS BOOLEAN) AS git_dirty,
    r.birth.j AS session, c.number AS cell, c.sha256 AS cell_sha256, c.source AS cell_source
FROM base.runs AS r LEFT JOIN cells AS c ON c.session = r.birth.j AND c.number = r.birth.cell
WHERE r.experiment_id IS NOT NULL AND r.lifecycle_stage <> 'purged';
COMMENT ON VIEW code IS 'One row for each run: the code it came from.';
COMMENT ON COLUMN code.run_id IS 'The run.';
COMMENT ON COLUMN code.digest IS
    'Another one as soon as the commit or the run''s own cell is another; NULL if neither is known.';
COMMENT ON COLUMN code.source_name IS 'The notebook or the script.';
COMMENT ON COLUMN code.source_type IS '''NOTEBOOK'', ''LOCAL'' (a script), or what the caller said.';
COMMENT ON COLUMN code.git_commit IS 'The commit that was checked out; NULL outside a checkout.';
COMMENT ON COLUMN code.git_branch IS 'The branch.';
COMMENT ON COLUMN code.git_dirty IS 'Whether files of the checkout differed from the commit.';
COMMENT ON COLUMN code.session IS 'The process that started the run, see `sessions`.';
COMMENT ON COLUMN code.cell IS 'The number of the run''s own cell in the session; NULL outside a notebook.';
COMMENT ON COLUMN code.cell_sha256 IS 'The SHA-256 of that cell''s source.';
COMMENT ON COLUMN code.cell_source IS 'The source of that cell.';

CREATE OR REPLACE VIEW environments AS
WITH latest AS (
    SELECT r.run_id, arg_max(e.rowid, e.q) AS row_id
    FROM base.runs AS r JOIN base.environments AS e ON e.j = r.birth.j
        AND e.q <= coalesce(list_max(list_transform(
            list_filter(r.registers, lambda x: x.op = 'status'), lambda x: x.q)), e.q)
    WHERE r.experiment_id IS NOT NULL AND r.lifecycle_stage <> 'purged'
    GROUP BY r.run_id
)
SELECT run_id, e.python, e.platform, e.packages
FROM latest JOIN base.environments AS e ON e.rowid = row_id;
COMMENT ON VIEW environments IS 'One row for each run: what it ran on.';
COMMENT ON COLUMN environments.run_id IS 'The run.';
COMMENT ON COLUMN environments.python IS 'The version of Python.';
COMMENT ON COLUMN environments.platform IS 'The operating system and its version.';
COMMENT ON COLUMN environments.packages IS
    'Versions of the packages imported before the run ended: `packages[''numpy'']`.';

CREATE OR REPLACE VIEW packages AS
SELECT run_id, p.key AS name, p.value AS version
FROM (SELECT run_id, unnest(map_entries(packages)) AS p FROM environments);
COMMENT ON VIEW packages IS 'One row for each package that each run had imported.';
COMMENT ON COLUMN packages.run_id IS 'The run.';
COMMENT ON COLUMN packages.name IS 'The name by which it is imported.';
COMMENT ON COLUMN packages.version IS 'Its version.';

CREATE OR REPLACE VIEW sessions AS
SELECT j AS session, host, pid, versions,
    make_timestamp((t * 1000000)::BIGINT) AS last_seen_at
FROM base.journals;
COMMENT ON VIEW sessions IS 'One row for each kernel or process that logged.';
COMMENT ON COLUMN sessions.session IS 'Its id, 12 hexadecimal digits.';
COMMENT ON COLUMN sessions.host IS 'The machine.';
COMMENT ON COLUMN sessions.pid IS 'The process.';
COMMENT ON COLUMN sessions.versions IS 'Versions of jupyter_mltrack and of what it stands on.';
COMMENT ON COLUMN sessions.last_seen_at IS 'When it logged last.';

CREATE OR REPLACE VIEW quarantine AS
SELECT file, byte_offset, byte_length, excerpt FROM base.quarantine;
COMMENT ON VIEW quarantine IS
    'One row for each damaged piece of a journal; nothing of it is shown as a value.';
COMMENT ON COLUMN quarantine.file IS 'The journal, without `.ndjson`.';
COMMENT ON COLUMN quarantine.byte_offset IS 'Where the piece begins.';
COMMENT ON COLUMN quarantine.byte_length IS 'How long it is.';
COMMENT ON COLUMN quarantine.excerpt IS 'Its beginning.';
