"""Every signature is MLflow's: names of arguments, their order, their defaults."""

import inspect
from collections.abc import Callable
from typing import Any

import pytest

import jupyter_mltrack

# From `inspect.signature` of MLflow 3.17.2, without annotations.
FLUENT = """
ActiveModel(logged_model, set_by_user=True)
Image(image)
MlflowClient(tracking_uri=None, registry_uri=None, workspace_store_uri=None)
active_run()
clear_active_model()
create_experiment(name, artifact_location=None, tags=None)
create_external_model(name=None, source_run_id=None, tags=None, params=None, model_type=None,
    experiment_id=None)
delete_experiment(experiment_id)
delete_experiment_tag(key)
delete_logged_model_tag(model_id, key)
delete_run(run_id)
delete_tag(key)
disable_system_metrics_logging()
enable_system_metrics_logging()
end_run(status='FINISHED')
finalize_logged_model(model_id, status)
flush_artifact_async_logging()
flush_async_logging()
get_active_model_id()
get_artifact_uri(artifact_path=None)
get_experiment(experiment_id)
get_experiment_by_name(name)
get_logged_model(model_id)
get_parent_run(run_id)
get_registry_uri()
get_run(run_id)
get_tracking_uri()
initialize_logged_model(name=None, source_run_id=None, tags=None, params=None, model_type=None,
    experiment_id=None)
is_tracking_uri_set()
last_active_run()
last_logged_model()
load_table(artifact_file, run_ids=None, extra_columns=None)
log_artifact(local_path, artifact_path=None, run_id=None)
log_artifacts(local_dir, artifact_path=None, run_id=None)
log_dict(dictionary, artifact_file, run_id=None)
log_figure(figure, artifact_file, *, save_kwargs=None)
log_image(image, artifact_file=None, key=None, step=None, timestamp=None, synchronous=False)
log_input(dataset=None, context=None, tags=None, model=None)
log_inputs(datasets=None, contexts=None, tags_list=None, models=None)
log_metric(key, value, step=None, synchronous=None, timestamp=None, run_id=None, model_id=None,
    dataset=None)
log_metrics(metrics, step=None, synchronous=None, run_id=None, timestamp=None, model_id=None,
    dataset=None)
log_model_params(params, model_id=None)
log_outputs(models=None)
log_param(key, value, synchronous=None)
log_params(params, synchronous=None, run_id=None)
log_stream(stream, artifact_file, run_id=None)
log_table(data, artifact_file, run_id=None)
log_text(text, artifact_file, run_id=None)
register_model(model_uri, name, await_registration_for=300, *, tags=None, env_pack=None)
restore_experiment(experiment_id)
restore_run(run_id)
search_experiments(view_type=1, max_results=None, filter_string=None, order_by=None)
search_logged_models(experiment_ids=None, filter_string=None, datasets=None, max_results=None,
    order_by=None, output_format='pandas')
search_model_versions(max_results=None, filter_string=None, order_by=None)
search_registered_models(max_results=None, filter_string=None, order_by=None)
search_runs(experiment_ids=None, filter_string='', run_view_type=1, max_results=100000,
    order_by=None, output_format='pandas', search_all_experiments=False, experiment_names=None)
set_active_model(*, name=None, model_id=None)
set_experiment(experiment_name=None, experiment_id=None)
set_experiment_tag(key, value)
set_experiment_tags(tags)
set_logged_model_tags(model_id, tags)
set_model_version_tag(name, version=None, key=None, value=None)
set_registry_uri(uri)
set_system_metrics_node_id(node_id)
set_system_metrics_samples_before_logging(samples)
set_system_metrics_sampling_interval(interval)
set_tag(key, value, synchronous=None)
set_tags(tags, synchronous=None)
set_tracking_uri(uri)
start_run(run_id=None, experiment_id=None, run_name=None, nested=False, parent_run_id=None,
    tags=None, description=None, log_system_metrics=None)
validate_evaluation_results(validation_thresholds, candidate_result, baseline_result=None)
"""

CLIENT = """
__init__(self, tracking_uri=None, registry_uri=None, workspace_store_uri=None)
copy_model_version(self, src_model_uri, dst_name)
create_experiment(self, name, artifact_location=None, tags=None)
create_logged_model(self, experiment_id, name=None, source_run_id=None, tags=None, params=None,
    model_type=None)
create_model_version(self, name, source, run_id=None, tags=None, run_link=None, description=None,
    await_creation_for=300, model_id=None)
create_registered_model(self, name, tags=None, description=None, deployment_job_id=None)
create_run(self, experiment_id, start_time=None, tags=None, run_name=None)
delete_experiment(self, experiment_id)
delete_experiment_tag(self, experiment_id, key)
delete_logged_model(self, model_id)
delete_logged_model_tag(self, model_id, key)
delete_model_version(self, name, version)
delete_model_version_tag(self, name, version=None, key=None, stage=None)
delete_registered_model(self, name)
delete_registered_model_alias(self, name, alias)
delete_registered_model_tag(self, name, key)
delete_run(self, run_id)
delete_tag(self, run_id, key)
download_artifacts(self, run_id, path, dst_path=None)
finalize_logged_model(self, model_id, status)
get_experiment(self, experiment_id)
get_experiment_by_name(self, name)
get_latest_versions(self, name, stages=None)
get_logged_model(self, model_id)
get_metric_history(self, run_id, key)
get_model_version(self, name, version)
get_model_version_by_alias(self, name, alias)
get_model_version_download_uri(self, name, version)
get_model_version_stages(self, name, version)
get_parent_run(self, run_id)
get_registered_model(self, name)
get_run(self, run_id)
list_artifacts(self, run_id, path=None)
list_logged_model_artifacts(self, model_id, path=None)
load_table(self, experiment_id, artifact_file, run_ids=None, extra_columns=None)
log_artifact(self, run_id, local_path, artifact_path=None)
log_artifacts(self, run_id, local_dir, artifact_path=None)
log_batch(self, run_id, metrics=(), params=(), tags=(), synchronous=None)
log_dict(self, run_id, dictionary, artifact_file)
log_figure(self, run_id, figure, artifact_file, *, save_kwargs=None)
log_image(self, run_id, image, artifact_file=None, key=None, step=None, timestamp=None,
    synchronous=None)
log_inputs(self, run_id, datasets=None, models=None)
log_metric(self, run_id, key, value, timestamp=None, step=None, synchronous=None,
    dataset_name=None, dataset_digest=None, model_id=None)
log_model_artifact(self, model_id, local_path, artifact_path=None)
log_model_artifacts(self, model_id, local_dir, artifact_path=None)
log_model_params(self, model_id, params)
log_outputs(self, run_id, models)
log_param(self, run_id, key, value, synchronous=None)
log_stream(self, run_id, stream, artifact_file)
log_table(self, run_id, data, artifact_file)
log_text(self, run_id, text, artifact_file)
rename_experiment(self, experiment_id, new_name)
rename_registered_model(self, name, new_name)
restore_experiment(self, experiment_id)
restore_run(self, run_id)
search_experiments(self, view_type=1, max_results=1000, filter_string=None, order_by=None,
    page_token=None)
search_logged_models(self, experiment_ids, filter_string=None, datasets=None, max_results=None,
    order_by=None, page_token=None)
search_model_versions(self, filter_string=None, max_results=10000, order_by=None, page_token=None)
search_registered_models(self, filter_string=None, max_results=100, order_by=None,
    page_token=None)
search_runs(self, experiment_ids, filter_string='', run_view_type=1, max_results=1000,
    order_by=None, page_token=None)
set_experiment_tag(self, experiment_id, key, value)
set_logged_model_tags(self, model_id, tags)
set_model_version_tag(self, name, version=None, key=None, value=None, stage=None)
set_registered_model_alias(self, name, alias, version)
set_registered_model_tag(self, name, key, value)
set_tag(self, run_id, key, value, synchronous=None)
set_terminated(self, run_id, status=None, end_time=None)
transition_model_version_stage(self, name, version, stage, archive_existing_versions=False)
update_model_version(self, name, version, description=None)
update_registered_model(self, name, description=None, deployment_job_id=None)
update_run(self, run_id, status=None, name=None)
"""

# Arguments of ours behind MLflow's, with the reason.
MORE = {
    "create_logged_model": ("artifact_path", "a name as MLflow 2 took it, with '/' and '.'"),
    "finalize_logged_model": ("status_message", "why it failed"),
    "start_run": ("older", "run_uuid was the name of run_id in MLflow 1"),
    "search_runs": ("columns", "only some columns of the DataFrame"),
    "set_experiment_tag": ("third", "tutorials call it with (experiment, key, value)"),
}

# Arguments of ours that methods of the registry have, keyword-only, with the reason.
REGISTRY = {
    "at": "as of another time",
    "comment": "why, for the trail",
    "override": "why a gate does not count",
}

# What MLflow has and this release has not.
LATER = {
    "models": "import_checkpoints",
    "projects": "run",
    "the command `mltrack doctor`": "doctor",
    "needs a server": (
        "create_webhook delete_webhook get_webhook list_webhooks test_webhook update_webhook"
    ),
}


def signatures(table: str) -> list[str]:
    """The entries of a table, each on one line."""
    return table.replace("\n    ", " ").strip().splitlines()


def expected(entry: str) -> tuple[str, list[tuple[str, object, object]]]:
    """The name, and for each argument its name, its kind and its default."""
    made: dict[str, Any] = {}
    name = entry.partition("(")[0]
    exec(f"def {entry}: ...", {}, made)  # noqa: S102  (the tables above)
    return name, arguments(made[name])


def arguments(function: Callable[..., Any]) -> list[tuple[str, object, object]]:
    """Name, kind and default of each argument."""
    return [(p.name, p.kind, p.default) for p in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize("entry", signatures(FLUENT), ids=lambda entry: entry.partition("(")[0])
def test_a_function_has_mlflows_signature(entry: str) -> None:
    """Positional arguments of MLflow's tutorials mean the same here."""
    name, wanted = expected(entry)
    found = arguments(getattr(jupyter_mltrack, name))
    if name in MORE and len(found) > len(wanted):
        assert found.pop()[0] == MORE[name][0]
    assert found == wanted


@pytest.mark.parametrize("entry", signatures(CLIENT), ids=lambda entry: entry.partition("(")[0])
def test_a_method_has_mlflows_signature(entry: str) -> None:
    """Of `MlflowClient`."""
    name, wanted = expected(entry)
    everything = arguments(getattr(jupyter_mltrack.MlflowClient, name))
    ours = [(more, inspect.Parameter.KEYWORD_ONLY, None) for more in REGISTRY]
    found = [one for one in everything if one not in ours]
    if name in MORE and len(found) > len(wanted):
        assert found.pop()[0] == MORE[name][0]
    assert found == wanted


def test_what_comes_later_is_not_half_here() -> None:
    """A name of the list above that appears must get its row in a table."""
    client = vars(jupyter_mltrack.MlflowClient)
    for name in " ".join(LATER.values()).split():
        assert name not in client
        assert name not in jupyter_mltrack.__all__ or name == "run"  # the panel of a run


def test_the_tables_can_be_read() -> None:
    """A table that is read wrongly would prove nothing."""
    name, found = expected("f(a, b=None, *, c=(), **d)")
    assert name == "f"
    assert [each[0] for each in found] == ["a", "b", "c", "d"]
    assert len(signatures(FLUENT)) > 50
    assert len(signatures(CLIENT)) > 35
