"""jupyter_mltrack: experiment tracking for notebooks, with MLflow's API and no server.

Use it as MLflow is used::

    import jupyter_mltrack as mlflow

    with mlflow.start_run():
        mlflow.log_param("alpha", 0.5)
        mlflow.log_metric("rmse", 0.79)
    mlflow.search_runs()

In a notebook, ``%load_ext jupyter_mltrack`` brings ``%%track``, ``%mltrack`` and ``%mlsql``.
"""

import typing as _typing

from jupyter_mltrack import names as _names
from jupyter_mltrack.client import MlflowClient, MltrackClient
from jupyter_mltrack.errors import MlflowException, MltrackException
from jupyter_mltrack.registry.fluent import (
    register_model,
    search_model_versions,
    search_registered_models,
    set_model_version_tag,
)
from jupyter_mltrack.settings import VERSION as __version__  # noqa: N811  (its usual name)
from jupyter_mltrack.tracking.fluent import (
    ActiveModel,
    ActiveRun,
    active_run,
    clear_active_model,
    create_experiment,
    create_external_model,
    delete_experiment,
    delete_experiment_tag,
    delete_logged_model_tag,
    delete_run,
    delete_tag,
    disable_system_metrics_logging,
    enable_system_metrics_logging,
    end_run,
    finalize_logged_model,
    flush_artifact_async_logging,
    flush_async_logging,
    gc,
    get_active_model_id,
    get_artifact_uri,
    get_experiment,
    get_experiment_by_name,
    get_logged_model,
    get_parent_run,
    get_registry_uri,
    get_run,
    get_tracking_uri,
    initialize_logged_model,
    is_tracking_uri_set,
    last_active_run,
    last_logged_model,
    list_experiments,
    list_run_infos,
    load_table,
    log_artifact,
    log_artifacts,
    log_dict,
    log_figure,
    log_image,
    log_input,
    log_inputs,
    log_metric,
    log_metrics,
    log_model_params,
    log_outputs,
    log_param,
    log_params,
    log_stream,
    log_table,
    log_text,
    restore_experiment,
    restore_run,
    search_experiments,
    search_logged_models,
    search_runs,
    set_active_model,
    set_experiment,
    set_experiment_tag,
    set_experiment_tags,
    set_logged_model_tags,
    set_registry_uri,
    set_system_metrics_node_id,
    set_system_metrics_samples_before_logging,
    set_system_metrics_sampling_interval,
    set_tag,
    set_tags,
    set_tracking_uri,
    sql,
    start_run,
)
from jupyter_mltrack.tracking.images import Image

__all__ = [
    "ActiveModel",
    "ActiveRun",
    "Image",
    "MlflowClient",
    "MlflowException",
    "MltrackClient",
    "MltrackException",
    "__version__",
    "active_run",
    "clear_active_model",
    "compare",
    "create_experiment",
    "create_external_model",
    "delete_experiment",
    "delete_experiment_tag",
    "delete_logged_model_tag",
    "delete_run",
    "delete_tag",
    "disable_system_metrics_logging",
    "distrust",
    "enable_system_metrics_logging",
    "end_run",
    "evaluate",
    "experiments",
    "finalize_logged_model",
    "flush_artifact_async_logging",
    "flush_async_logging",
    "gc",
    "get_active_model_id",
    "get_artifact_uri",
    "get_experiment",
    "get_experiment_by_name",
    "get_logged_model",
    "get_parent_run",
    "get_registry_uri",
    "get_run",
    "get_tracking_uri",
    "initialize_logged_model",
    "is_tracking_uri_set",
    "last_active_run",
    "last_logged_model",
    "list_experiments",
    "list_run_infos",
    "load_table",
    "log_artifact",
    "log_artifacts",
    "log_dict",
    "log_figure",
    "log_image",
    "log_input",
    "log_inputs",
    "log_metric",
    "log_metrics",
    "log_model_params",
    "log_outputs",
    "log_param",
    "log_params",
    "log_stream",
    "log_table",
    "log_text",
    "register_model",
    "registry",
    "restore_experiment",
    "restore_run",
    "run",
    "runs",
    "search_experiments",
    "search_logged_models",
    "search_model_versions",
    "search_registered_models",
    "search_runs",
    "set_active_model",
    "set_experiment",
    "set_experiment_tag",
    "set_experiment_tags",
    "set_logged_model_tags",
    "set_model_version_tag",
    "set_registry_uri",
    "set_system_metrics_node_id",
    "set_system_metrics_samples_before_logging",
    "set_system_metrics_sampling_interval",
    "set_tag",
    "set_tags",
    "set_tracking_uri",
    "sql",
    "start_run",
    "trust",
    "ui",
    "validate_evaluation_results",
]

_names.install()


def __getattr__(name: str) -> _typing.Any:
    """Names that are loaded when they are first used."""
    return _names.lazy(name)


def __dir__() -> list[str]:
    """All public names, the lazy ones too."""
    return sorted({*__all__, *_names.MODULES})


def load_ipython_extension(ipython: _typing.Any) -> None:
    """``%load_ext jupyter_mltrack``: bring the magics; nothing is stored before the first run."""
    from jupyter_mltrack import magics

    magics.load(ipython)


def unload_ipython_extension(ipython: _typing.Any) -> None:
    """``%unload_ext jupyter_mltrack``: take the magics away."""
    from jupyter_mltrack import magics

    magics.unload(ipython)


def _jupyter_labextension_paths() -> list[dict[str, str]]:
    """Where the built JupyterLab extension is."""
    return [{"src": "labextension", "dest": "jupyter-mltrack"}]
