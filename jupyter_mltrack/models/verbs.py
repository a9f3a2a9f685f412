"""``save_model``, ``log_model`` and ``load_model``, written once for every flavor.

`save`, `log` and `load` take any `Flavor`, also one made for a single call. `verbs` makes of them
what users call: functions that name the model and the options as MLflow does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import Parameter, Signature, cleandoc, signature
from pathlib import Path
from typing import Any

from jupyter_mltrack.models.environment_files import model_environment
from jupyter_mltrack.models.flavor import Flavor
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.model_info import ModelInfo
from jupyter_mltrack.models.opening import open_model
from jupyter_mltrack.models.recording import Entry, record
from jupyter_mltrack.models.requirements import inferred_requirements
from jupyter_mltrack.models.saving import Wanted, save_folder
from jupyter_mltrack.models.signature import ModelSignature

Verbs = tuple[Callable[..., None], Callable[..., ModelInfo], Callable[..., Any]]


def save(
    flavor: Flavor,
    model: Any,
    path: str | Path,
    conda_env: Any = None,
    code_paths: Sequence[str | Path] | None = None,
    *,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: Mapping[str, Any] | None = None,
    extra_files: Sequence[str | Path] | None = None,
    **options: Any,
) -> None:
    """Save a model as a folder that MLflow can read: whole, or not at all.

    Args:
        flavor: How it is written.
        model: The model.
        path: The folder; it must be empty or not exist.
        conda_env: A conda environment instead of what is found to be needed: a dict or a file.
        code_paths: Files and folders of code that it needs to be loaded.
        mlflow_model: The description to complete; None begins a new one.
        signature: What goes in and comes out, see `infer_signature`; None finds it with the help
            of ``input_example``, False leaves it out.
        input_example: Some input: a DataFrame, an array, a list, a dict; it is kept.
        pip_requirements: Requirements instead of what is found to be needed: lines or a file.
        extra_pip_requirements: Requirements in addition to what is found.
        metadata: Plain data to note with it.
        extra_files: Paths or URIs of files to keep with it.
        **options: Options of the flavor.

    Raises:
        ResourceAlreadyExists: if there is something at ``path``.
        InvalidParameterValue: if the model cannot be saved as asked.
    """
    wanted = Wanted(
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
        extra_files=extra_files,
        options=options,
    )
    save_folder(flavor, model, Path(path), mlflow_model or Model(), wanted)


def log(
    flavor: Flavor,
    model: Any,
    artifact_path: str | None = None,
    conda_env: Any = None,
    code_paths: Sequence[str | Path] | None = None,
    *,
    name: str | None = None,
    registered_model_name: str | None = None,
    await_registration_for: int | None = 300,
    params: Mapping[str, Any] | None = None,
    tags: Mapping[str, Any] | None = None,
    model_type: str | None = None,
    step: int = 0,
    model_id: str | None = None,
    run_id: str | None = None,
    mlflow_model: Model | None = None,
    signature: ModelSignature | bool | None = None,
    input_example: Any = None,
    pip_requirements: Any = None,
    extra_pip_requirements: Any = None,
    metadata: Mapping[str, Any] | None = None,
    extra_files: Sequence[str | Path] | None = None,
    **options: Any,
) -> ModelInfo:
    """Log a model: to the active run if there is one, else to the active experiment.

    It lies among the files of the run under its name, and is a logged model with an id too.

    Args:
        flavor: How it is written.
        model: The model.
        artifact_path: Its name as MLflow 2 took it; it may be a path with ``/``.
        conda_env: A conda environment instead of what is found to be needed: a dict or a file.
        code_paths: Files and folders of code that it needs to be loaded.
        name: Its name.
        registered_model_name: The registered model that it becomes a version of; made if there is
            none.
        await_registration_for: Accepted as MLflow does: registering takes no time here.
        params: Its parameters; those of the run are added.
        tags: Its tags.
        model_type: What you call its kind, such as ``"classifier"``.
        step: The step of the run at which it was made.
        model_id: The id of a logged model that has no files yet.
        run_id: The run, if it is not the active one.
        mlflow_model: The description to complete; None begins a new one.
        signature: What goes in and comes out, see `infer_signature`; None finds it with the help
            of ``input_example``, False leaves it out.
        input_example: Some input: a DataFrame, an array, a list, a dict; it is kept.
        pip_requirements: Requirements instead of what is found to be needed: lines or a file.
        extra_pip_requirements: Requirements in addition to what is found.
        metadata: Plain data to note with it.
        extra_files: Paths or URIs of files to keep with it.
        **options: Options of the flavor.

    Returns:
        What was logged; ``.model_uri`` loads it.

    Raises:
        InvalidParameterValue: if the model cannot be kept as asked; then nothing is stored.
    """
    del await_registration_for
    wanted = Wanted(
        conda_env=conda_env,
        code_paths=code_paths,
        signature=signature,
        input_example=input_example,
        pip_requirements=pip_requirements,
        extra_pip_requirements=extra_pip_requirements,
        metadata=metadata,
        extra_files=extra_files,
        options=options,
    )
    entry = Entry(
        name=name,
        artifact_path=artifact_path,
        run_id=run_id,
        model_id=model_id,
        registered_model_name=registered_model_name,
        params=params,
        tags=tags,
        model_type=model_type,
        step=step,
    )
    return record(flavor, model, entry, mlflow_model or Model(), wanted)


def load(
    flavor: Flavor, model_uri: str | Path, dst_path: str | Path | None = None, **options: Any
) -> Any:
    """Load a model as its library knows it.

    Args:
        flavor: How it is read.
        model_uri: ``runs:/<run_id>/<name>``, ``models:/m-<id>``, ``models:/<name>/<version>``, a
            path, or a remote URI.
        dst_path: A folder to bring its files to; None leaves local ones where they are.
        **options: Options of the flavor.

    Raises:
        ResourceDoesNotExist: if there is no model.
        InvalidParameterValue: if the model is not of this flavor.
        ModelNotTrusted: if loading it would run what this user neither logged nor trusted.
    """
    opened = open_model(model_uri, dst_path)
    return flavor.read(opened.folder, opened.settings(flavor.name), **options)


def verbs(flavor: Flavor) -> Verbs:
    """The functions ``save_model``, ``log_model`` and ``load_model`` of a flavor.

    The first argument of the first two is called as MLflow calls it (`Flavor.argument`), and
    ``model`` works too.

    Example:
        >>> save_model, log_model, load_model = verbs(FLAVOR)
        >>> log_model(xgb_model=booster, name="model", model_format="json")
    """
    return (
        _public(save, flavor, "save_model"),
        _public(log, flavor, "log_model"),
        _public(load, flavor, "load_model"),
    )


def default_environment(
    flavor: Flavor,
) -> tuple[Callable[[], list[str]], Callable[[], dict[str, Any]]]:
    """The functions ``get_default_pip_requirements`` and ``get_default_conda_env`` of a flavor."""

    def get_default_pip_requirements() -> list[str]:
        """What every model of this flavor needs beside MLflow, as lines of requirements."""
        return inferred_requirements(flavor.packages)[1:]

    def get_default_conda_env() -> dict[str, Any]:
        """A conda environment in which every model of this flavor can be loaded."""
        return dict(model_environment(inferred_requirements(flavor.packages)).conda_env)

    return get_default_pip_requirements, get_default_conda_env


def _public(call: Callable[..., Any], flavor: Flavor, name: str) -> Callable[..., Any]:
    """A function of users, with the signature that help and editors show."""
    shown = _shown(call, flavor)

    others = {"model": flavor.argument, "code_path": "code_paths"}  # the second is MLflow 1's

    def verb(*args: Any, **given: Any) -> Any:
        for other, usual in others.items():
            if other in given and usual in shown.parameters and usual not in given:
                given[usual] = given.pop(other)
        bound = shown.bind(*args, **given)
        return call(flavor, *bound.args, **bound.kwargs)

    verb.__name__ = verb.__qualname__ = name
    verb.__module__ = type(flavor).__module__
    verb.__doc__ = _document(call, flavor)
    verb.__signature__ = shown  # type: ignore[attr-defined]
    return verb


def _shown(call: Callable[..., Any], flavor: Flavor) -> Signature:
    _, *others = signature(call).parameters.values()
    parameters = [
        each.replace(name=flavor.argument) if each.name == "model" else each
        for each in others
        if each.kind is not Parameter.VAR_KEYWORD or call is load
    ]
    if call is not load:
        parameters += [
            Parameter(name, Parameter.KEYWORD_ONLY, default=default)
            for name, default in flavor.options.items()
        ]
    return Signature(parameters, return_annotation=signature(call).return_annotation)


def _document(call: Callable[..., Any], flavor: Flavor) -> str:
    """The docstring of ``call`` as users see it: without the flavor, with its options' names."""
    names = ", ".join(f"{name}" for name in flavor.options)
    options = f"    {names}: Options of the flavor." if names else ""
    changes = {
        "    flavor: How it is written.\n": "",
        "    flavor: How it is read.\n": "",
        "    model: The model.": f"    {flavor.argument}: The model.",
    }
    if call is not load:
        changes["    **options: Options of the flavor."] = options
    text = cleandoc(call.__doc__ or "")
    for before, after in changes.items():
        text = text.replace(before, after)
    return text
