"""``pyfunc.save_model`` and ``log_model``, with MLflow's arguments."""

from __future__ import annotations

import platform
from pathlib import Path
from typing import Any

from jupyter_mltrack.models import verbs
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.model_info import ModelInfo
from jupyter_mltrack.models.pyfunc.model_config import read_config
from jupyter_mltrack.models.pyfunc.prepared import prepared
from jupyter_mltrack.models.pyfunc.python_function import NAME, PythonFunction, Source
from jupyter_mltrack.models.pyfunc.shared_code import own_code

get_default_pip_requirements, get_default_conda_env = verbs.default_environment(PythonFunction())

#: What MLflow's own tools read; accepted, and not used here.
_IGNORED = {"prompts", "uv_extras", "uv_groups", "uv_project_path"}
_NOTED = {"auth_policy", "resources"}


def save_model(
    path: str | Path,
    loader_module: str | None = None,
    data_path: str | Path | None = None,
    code_paths: list[str] | None = None,
    infer_code_paths: bool = False,
    conda_env: Any = None,
    mlflow_model: Model | None = None,
    python_model: Any = None,
    artifacts: dict[str, str] | None = None,
    signature: Any = None,
    input_example: Any = None,
    *,
    model_config: str | Path | dict[str, Any] | None = None,
    streamable: bool | None = None,
    **others: Any,
) -> None:
    """Save a Python model as a folder that MLflow can read: whole, or not at all.

    Args:
        path: The folder; it must be empty or not exist.
        loader_module: A module whose ``_load_pyfunc(path)`` loads the model; instead of
            ``python_model``.
        data_path: What that gets: a file or a folder.
        code_paths: Files and folders of code that it needs to be loaded.
        infer_code_paths: Whether to find the user's own modules that the model needs, and keep
            them; what a notebook itself defines is kept anyway.
        conda_env: A conda environment instead of what is found to be needed: a dict or a file.
        mlflow_model: The description to complete; None begins a new one.
        python_model: An instance of a `PythonModel`, a function of one argument, or the path of a
            ``.py`` or ``.ipynb`` file that calls ``set_model``.
        artifacts: Files that it needs: paths or URIs by the name it uses for them.
        signature: What goes in and comes out; None tells it from type hints or the example.
        input_example: Some input, or a tuple of it and a dict of params; it is kept.
        model_config: Its configuration: a dict, or the path of a YAML file.
        streamable: Whether it has ``predict_stream``; None looks.
        **others: ``pip_requirements``, ``extra_pip_requirements``, ``metadata``, ``resources``,
            ``auth_policy`` and more, as for every model.

    Raises:
        ResourceAlreadyExists: if there is something at ``path``.
        InvalidParameterValue: if arguments do not go together, or the model cannot be saved.

    Example:
        >>> mlflow.pyfunc.save_model("doubler", python_model=Doubler())
    """
    source = _source(loader_module, data_path, artifacts, model_config, streamable)
    ready = prepared(python_model, source, input_example, _noted(mlflow_model, others))
    verbs.save(
        ready.flavor,
        ready.model,
        path,
        conda_env,
        own_code(ready.model) if infer_code_paths and code_paths is None else code_paths,
        mlflow_model=ready.meta,
        signature=ready.signature_besides(signature),
        input_example=input_example,
        **others,
    )


def log_model(
    artifact_path: str | None = None,
    loader_module: str | None = None,
    data_path: str | Path | None = None,
    code_paths: list[str] | None = None,
    infer_code_paths: bool = False,
    conda_env: Any = None,
    python_model: Any = None,
    artifacts: dict[str, str] | None = None,
    registered_model_name: str | None = None,
    signature: Any = None,
    input_example: Any = None,
    *,
    model_config: str | Path | dict[str, Any] | None = None,
    streamable: bool | None = None,
    name: str | None = None,
    **others: Any,
) -> ModelInfo:
    """Log a Python model: to the active run if there is one, else to the active experiment.

    Args:
        artifact_path: Its name as MLflow 2 took it; it may be a path with ``/``.
        loader_module: A module whose ``_load_pyfunc(path)`` loads the model; instead of
            ``python_model``.
        data_path: What that gets: a file or a folder.
        code_paths: Files and folders of code that it needs to be loaded.
        infer_code_paths: Whether to find the user's own modules that the model needs, and keep
            them; what a notebook itself defines is kept anyway.
        conda_env: A conda environment instead of what is found to be needed: a dict or a file.
        python_model: An instance of a `PythonModel`, a function of one argument, or the path of a
            ``.py`` or ``.ipynb`` file that calls ``set_model``.
        artifacts: Files that it needs: paths or URIs by the name it uses for them.
        registered_model_name: The registered model that it becomes a version of; made if there is
            none.
        signature: What goes in and comes out; None tells it from type hints or the example.
        input_example: Some input, or a tuple of it and a dict of params; it is kept.
        model_config: Its configuration: a dict, or the path of a YAML file.
        streamable: Whether it has ``predict_stream``; None looks.
        name: Its name.
        **others: ``pip_requirements``, ``params``, ``tags``, ``model_type``, ``step`` and more,
            as for every model.

    Returns:
        What was logged; ``.model_uri`` loads it.

    Raises:
        InvalidParameterValue: if arguments do not go together, or the model cannot be saved; then
            nothing is stored.

    Example:
        >>> info = mlflow.pyfunc.log_model(name="doubler", python_model=Doubler())
        >>> mlflow.pyfunc.load_model(info.model_uri).predict(df)
    """
    source = _source(loader_module, data_path, artifacts, model_config, streamable)
    ready = prepared(python_model, source, input_example, _noted(None, others))
    return verbs.log(
        ready.flavor,
        ready.model,
        artifact_path,
        conda_env,
        own_code(ready.model) if infer_code_paths and code_paths is None else code_paths,
        name=name,
        registered_model_name=registered_model_name,
        mlflow_model=ready.meta,
        signature=ready.signature_besides(signature),
        input_example=input_example,
        **others,
    )


def add_to_model(
    model: Model,
    loader_module: str,
    data: str | None = None,
    code: str | None = None,
    conda_env: str | None = None,
    python_env: str | None = None,
    model_config: dict[str, Any] | None = None,
    model_code_path: str | None = None,
    **kwargs: Any,
) -> Model:
    """Say in the description of a model how it is loaded as a function.

    Args:
        model: The description; it is changed.
        loader_module: The module whose ``_load_pyfunc`` loads it.
        data: What that gets; this and the following paths are relative to the model's folder.
        code: The folder of its code.
        conda_env: Its conda environment.
        python_env: Its ``python_env.yaml``.
        model_config: Its configuration.
        model_code_path: The file that makes it.
        **kwargs: Further keys: plain data.

    Returns:
        The same description.
    """
    env = {"conda": conda_env, "virtualenv": python_env}
    given = {
        "code": code,
        "data": data,
        "env": {name: file for name, file in env.items() if file},
        "config": model_config,
        "model_code_path": model_code_path,
    }
    return model.add_flavor(
        NAME,
        **kwargs,
        loader_module=loader_module,
        python_version=platform.python_version(),
        **{name: value for name, value in given.items() if value},
    )


def _source(
    loader_module: str | None,
    data_path: str | Path | None,
    artifacts: dict[str, str] | None,
    model_config: str | Path | dict[str, Any] | None,
    streamable: bool | None,
) -> Source:
    return Source(
        loader_module=loader_module,
        data_path=data_path,
        artifacts=artifacts or {},
        model_config=read_config(model_config),
        streamable=streamable,
    )


def _noted(meta: Model | None, others: dict[str, Any]) -> Model:
    """The description with what MLflow's hosts need, which is taken out of ``others``."""
    meta = meta or Model()
    for name in _IGNORED & others.keys():
        del others[name]
    for name in _NOTED & others.keys():
        if (value := others.pop(name)) is not None:
            setattr(meta, name, value)
    return meta
