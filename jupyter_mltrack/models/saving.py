"""From a model to its folder: the flavor's files and all that every model has beside them.

A folder is written beside its place and renamed: it is there whole, or not at all.
"""

from __future__ import annotations

import logging
import secrets
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts.contained import PASSING
from jupyter_mltrack.artifacts.contents import files_of
from jupyter_mltrack.errors import InvalidParameterValue, ResourceAlreadyExists, StoreError
from jupyter_mltrack.models.code_paths import copy_code
from jupyter_mltrack.models.dangers import FUNCTION, PYTHON_MODEL
from jupyter_mltrack.models.enforcement import enforce_params, enforce_schema
from jupyter_mltrack.models.environment_files import CONDA_FILE, PYTHON_ENV_FILE, model_environment
from jupyter_mltrack.models.extra_files import copy_extra_files
from jupyter_mltrack.models.flavor import Flavor, Settings, Written
from jupyter_mltrack.models.inference import ANYTHING
from jupyter_mltrack.models.input_example import SavedInputExample
from jupyter_mltrack.models.mlmodel import MLMODEL_FILE
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.requirements import inferred_requirements
from jupyter_mltrack.models.signature import ModelSignature, infer_signature
from jupyter_mltrack.models.signing import sign
from jupyter_mltrack.models.types.schema import Schema

_log = logging.getLogger("jupyter_mltrack")


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What users may say of any model, beside the model itself.

    Attributes:
        conda_env: A conda environment, instead of what is found to be needed.
        code_paths: Files and folders of code to keep with it.
        signature: What goes in and comes out; False for none, None to find out.
        input_example: What goes in, to keep with it and to find the signature by.
        pip_requirements: Requirements instead of what is found.
        extra_pip_requirements: Requirements in addition.
        metadata: Plain data to note in ``MLmodel``.
        extra_files: Paths or URIs of files to keep with it.
        options: Those of its flavor.
    """

    conda_env: Any = None
    code_paths: Sequence[str | Path] | None = None
    signature: ModelSignature | bool | None = None
    input_example: Any = None
    pip_requirements: Any = None
    extra_pip_requirements: Any = None
    metadata: Mapping[str, Any] | None = None
    extra_files: Sequence[str | Path] | None = None
    options: Mapping[str, Any]


def save_folder(flavor: Flavor, model: Any, path: Path, meta: Model, wanted: Wanted) -> None:
    """Save a model as the folder ``path``, whole or not at all.

    Raises:
        ResourceAlreadyExists: if something is there already, but for an empty folder.
        InvalidParameterValue: if the model cannot be saved as asked.
    """
    target = Path(path).absolute()
    if target.is_file() or (target.is_dir() and any(target.iterdir())):
        msg = f"Path '{path}' already exists and is not empty. Choose another, or remove it."
        raise ResourceAlreadyExists(msg)
    with _complaints(target):
        target.parent.mkdir(parents=True, exist_ok=True)
        passing = target.with_name(f"{PASSING}{secrets.token_hex(8)}")
        passing.mkdir()
        try:
            write_files(flavor, model, passing, meta, wanted)
            describe(passing, meta)
            passing.replace(target)
        except BaseException:
            shutil.rmtree(passing, ignore_errors=True)
            raise


def write_files(flavor: Flavor, model: Any, folder: Path, meta: Model, wanted: Wanted) -> None:
    """Write everything but ``MLmodel`` into an empty folder, and note in ``meta`` what is there."""
    example = _kept_example(folder, meta, wanted.input_example)
    code = copy_code(wanted.code_paths, folder)
    written = flavor.write(model, folder, **wanted.options)
    settings = {**written.settings, **copy_extra_files(wanted.extra_files, folder)}
    if written.pyfunc is not None:
        meta.add_flavor(FUNCTION, **_function(flavor, written, code))
    if flavor.name == FUNCTION:  # a PythonModel is nothing but a function
        settings = meta.flavors[FUNCTION] | settings
    else:
        settings["code"] = code
    meta.add_flavor(flavor.name, **settings)
    if wanted.metadata is not None:
        meta.metadata = dict(wanted.metadata)
    _sign_off(flavor, model, meta, wanted.signature, example)
    meta.model_size_bytes = sum(file.stat().st_size for _, file in files_of(folder))
    packages = (*flavor.packages, *written.packages)
    chosen = (wanted.conda_env, wanted.pip_requirements)
    model_environment(
        inferred_requirements(packages, model) if chosen == (None, None) else (),
        conda_env=wanted.conda_env,
        pip_requirements=wanted.pip_requirements,
        extra_pip_requirements=wanted.extra_pip_requirements,
    ).write(folder)
    meta.to_yaml()  # what cannot be written is said before the store knows of the model


def describe(folder: Path, meta: Model) -> None:
    """Write ``MLmodel``, and sign the folder, which is complete now."""
    meta.save(folder / MLMODEL_FILE)
    sign(folder)


def _kept_example(folder: Path, meta: Model, example: Any) -> SavedInputExample | None:
    if example is None:
        return None
    saved = SavedInputExample.of(example)
    saved.write(folder)
    meta.saved_input_example_info = dict(saved.info)
    return saved


def _function(flavor: Flavor, written: Written, code: str | None) -> Settings:
    """What ``MLmodel`` says under ``python_function``, as MLflow's ``add_to_model`` makes it."""
    settings = {
        "loader_module": f"mlflow.{flavor.name}",
        "python_version": ".".join(map(str, sys.version_info[:3])),
        "env": {"conda": CONDA_FILE, "virtualenv": PYTHON_ENV_FILE},
        **(written.pyfunc or {}),
    }
    if code or settings["loader_module"] == PYTHON_MODEL:
        settings["code"] = code
    return settings


def _sign_off(
    flavor: Flavor,
    model: Any,
    meta: Model,
    signature: ModelSignature | bool | None,
    example: SavedInputExample | None,
) -> None:
    """Give the model the signature that was given, or the one its example shows."""
    if isinstance(signature, ModelSignature):
        meta.signature = signature
    elif signature is not None and signature is not False:
        msg = f"signature is a ModelSignature, False for none, or None; not {signature!r}."
        raise InvalidParameterValue(msg)
    elif signature is None and meta.signature is None and example and FUNCTION in meta.flavors:
        meta.signature = _shown_signature(flavor, model, meta, example)


def _shown_signature(
    flavor: Flavor, model: Any, meta: Model, example: SavedInputExample
) -> ModelSignature | None:
    """The signature of an example and of what the model makes of it; None if that fails."""
    settings = meta.flavors[FUNCTION] | meta.flavors[flavor.name]
    try:
        given = infer_signature(example.data, params=example.params)
        inputs = given.inputs or ANYTHING
        data = enforce_schema(deepcopy(example.data), inputs)
        params = enforce_params(example.params, given.params)
        found = flavor.predictor(model, settings).predict(data, params=params)
        outputs = infer_signature(model_output=_predictions(found, inputs)).outputs
        return ModelSignature(inputs, outputs, given.params)
    except Exception as error:  # noqa: BLE001 - a model raises whatever it likes
        _log.debug("No signature from the input example", exc_info=True)
        _log.warning(
            "The signature cannot be told from the input example, because the model fails on it:"
            " %r. The model is kept without one; give signature=, or another example.",
            error,
        )
        return None


def _predictions(found: Any, inputs: Schema) -> Any:
    """A flat array for the rows of a table is one prediction each: a column without a name."""
    is_flat = type(found).__name__ == "ndarray" and found.ndim == 1
    if is_flat and not inputs.is_tensor_spec():
        import pandas as pd

        return pd.Series(found)
    return found


@contextmanager
def _complaints(target: Path) -> Iterator[None]:
    """Say in our words why the folder cannot be written."""
    try:
        yield
    except OSError as error:
        msg = f"Cannot save the model at {target}: {error.strerror or error}."
        raise StoreError(msg) from error
