"""What is said of a model that was logged or saved: read it, and change it afterwards.

The model's own files stay as they are. What this user signed is signed again.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from jupyter_mltrack.artifacts.contents import SIGNATURE_FILE, Contents
from jupyter_mltrack.entities.logged_model import LoggedModel
from jupyter_mltrack.errors import InvalidParameterValue, InvalidState, ResourceDoesNotExist
from jupyter_mltrack.models.environment_files import model_dependencies, model_environment
from jupyter_mltrack.models.flavors import flavor_named
from jupyter_mltrack.models.locating import located
from jupyter_mltrack.models.model import Model
from jupyter_mltrack.models.model_info import ModelInfo
from jupyter_mltrack.models.opening import open_model
from jupyter_mltrack.models.requirement_lines import names_package, read_lines
from jupyter_mltrack.models.requirements import inferred_requirements
from jupyter_mltrack.models.signature import ModelSignature
from jupyter_mltrack.models.signing import is_signed, sign
from jupyter_mltrack.models.whole_file import write_whole
from jupyter_mltrack.registry.client import RegistryClient
from jupyter_mltrack.tracking.fluent.stores import client


def get_model_info(model_uri: str) -> ModelInfo:
    """What is known of the model at a URI; nothing of it is loaded.

    Args:
        model_uri: ``runs:/<run_id>/<name>``, ``models:/m-<id>``, ``models:/<name>/<version>``, a
            path, or a remote URI.

    Raises:
        ResourceDoesNotExist: if there is no model.

    Example:
        >>> mlflow.models.get_model_info("runs:/4f0c…/model").signature
    """
    return Model.load(located(model_uri)).get_model_info()


def set_signature(model_uri: str, signature: ModelSignature) -> None:
    """Give a model another signature.

    Args:
        model_uri: As in `get_model_info`, of a model of this store or on this machine.
        signature: The signature, see `infer_signature`.

    Raises:
        ResourceDoesNotExist: if there is no model.
        InvalidParameterValue: if this is no signature.
        InvalidState: if the model is registered: files of a version stay as they are.
    """
    given: object = signature
    if not isinstance(given, ModelSignature):
        msg = f"The signature is a ModelSignature, see infer_signature; not {type(given)}."
        raise InvalidParameterValue(msg)

    def change(folder: Path) -> None:
        model = Model.load(folder)
        model.signature = signature
        model.save(folder)

    _change(model_uri, change)


def update_model_requirements(
    model_uri: str, operation: Literal["add", "remove"], requirement_list: Sequence[str]
) -> None:
    """Add to what must be installed for a model, or take from it.

    Args:
        model_uri: As in `set_signature`.
        operation: ``"add"`` or ``"remove"``.
        requirement_list: Lines such as ``"polars>=1"``; to remove, a name is enough.

    Raises:
        InvalidParameterValue: for another operation, or lines that are no requirements.
    """
    if operation not in {"add", "remove"}:
        msg = f"The operation is 'add' or 'remove', not {operation!r}."
        raise InvalidParameterValue(msg)
    given = read_lines(list(requirement_list)).requirements
    names = {canonicalize_name(Requirement(line).name) for line in given}

    def change(folder: Path) -> None:
        lines = read_lines(str(model_dependencies(folder))).requirements
        if operation == "remove":
            kept = [line for line in lines if not names_package(line, names)]
        else:
            kept = [*lines, *given]
        model_environment((), pip_requirements=kept).write(folder)

    _change(model_uri, change)


def infer_pip_requirements(
    model_uri: str, flavor: str, fallback: list[str] | None = None
) -> list[str]:
    """What must be installed to load a model, found by loading it with a flavor.

    Args:
        model_uri: As in `get_model_info`; it must be trusted.
        flavor: The name of the flavor.
        fallback: What to return if the model cannot be loaded; None raises.
    """
    try:
        opened = open_model(model_uri)
        found = flavor_named(flavor)
        model = found.read(opened.folder, opened.settings(flavor))
    except Exception:
        if fallback is None:
            raise
        return fallback
    return inferred_requirements(found.packages, model)


def _change(model_uri: str, change: Callable[[Path], None]) -> None:
    """Change a copy of the model's folder, then put what differs in its place."""
    folder = located(model_uri)
    put = _putter(model_uri, folder)
    before = Contents.of(folder)
    with tempfile.TemporaryDirectory(prefix="mltrack-") as made:
        copy = Path(made) / "model"
        shutil.copytree(folder, copy)
        change(copy)
        after = Contents.of(copy).files
        changed = [path for path, digest in after.items() if before.files.get(path) != digest]
        if is_signed(folder, before):
            sign(copy)
            changed.append(SIGNATURE_FILE)
        for path in changed:
            put(copy / path, path)


def _putter(model_uri: str, folder: Path) -> Callable[[Path, str], None]:
    """What puts a file in the place of another: into the store, or a folder no store knows."""
    known = _known(Model.load(folder).model_id)
    in_store = str(model_uri).startswith(("models:", "runs:"))
    if known is not None and (in_store or known.artifact_location == str(folder.absolute())):
        model_id = known.model_id
        _refuse_registered(model_id)

        def put(source: Path, path: str) -> None:
            client().log_model_artifact(model_id, source, path.rpartition("/")[0] or None)

        return put
    if in_store:
        msg = f"{model_uri} was not logged with log_model(), so it stays as it is. Log it so."
        raise InvalidParameterValue(msg)
    return lambda source, path: write_whole(folder / path, source.read_text("utf-8"))


def _refuse_registered(model_id: str) -> None:
    versions = RegistryClient().search_model_versions(f"model_id = '{model_id}'")
    if versions:
        names = ", ".join(f"{one.name} version {one.version}" for one in versions)
        msg = (
            f"The model is registered as {names}, and files of a version stay as they are. Log the"
            " model again, with its signature and requirements, and register that."
        )
        raise InvalidState(msg)


def _known(model_id: str | None) -> LoggedModel | None:
    try:
        return client().get_logged_model(model_id) if model_id else None
    except ResourceDoesNotExist:
        return None
