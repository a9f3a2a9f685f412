"""What in a model's folder would run if it were loaded. Looking runs nothing."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts import contained
from jupyter_mltrack.artifacts.contents import COMPILED, SIGNATURE_FILE
from jupyter_mltrack.errors import MltrackException, UnsafePath
from jupyter_mltrack.models.flavor import Flavor, Settings
from jupyter_mltrack.models.flavors import NAMES, flavor_named, flavor_of_loader
from jupyter_mltrack.models.model import Model

_log = logging.getLogger("jupyter_mltrack")

FUNCTION = "python_function"

#: The loader of ``PythonModel``: MLflow's ``mlflow/pyfunc/model.py``.
PYTHON_MODEL = "mlflow.pyfunc.model"


def dangers(folder: Path, model: Model) -> tuple[str, ...]:
    """What would run, each in a few words; nothing if the files are data alone.

    Raises:
        UnsafePath: if ``MLmodel`` names a file outside the folder, or one that has no digest.
    """
    _check_names(model.flavors)
    found = [*_of_flavors(folder, model), *_of_function(folder, model), *_of_code(folder, model)]
    return tuple(dict.fromkeys(found))


def flavors_of(model: Model) -> dict[str, Flavor]:
    """The flavors of this release that a model has, by name."""
    return {name: flavor_named(name) for name in sorted(model.flavors) if name in NAMES}


def code_folders(folder: Path, model: Model) -> dict[str, Path]:
    """The folders of bundled code, by what ``MLmodel`` calls them.

    Raises:
        UnsafePath: if one would be outside the model's folder, or is no text.
    """
    named = [settings.get("code") for settings in model.flavors.values()]
    return {name: contained(folder, name) for name in named if name}


def _of_flavors(folder: Path, model: Model) -> Iterator[str]:
    for name, flavor in flavors_of(model).items():
        settings = model.flavors[name]
        if not _is_safe(flavor, folder, settings):
            files = ", ".join(_named_files(folder, settings)) or "its files"
            how = settings.get("serialization_format")
            yield f"{name}: {files} can hold code" + (f" ({how!s:.40})" if how else "")


def _of_function(folder: Path, model: Model) -> Iterator[str]:
    settings = model.flavors.get(FUNCTION)
    if settings is None:
        return
    loader = settings.get("loader_module")
    flavor = flavor_of_loader(loader)
    if flavor is not None and flavor.name in model.flavors:
        return
    if loader == PYTHON_MODEL:
        files = ", ".join(_named_files(folder, settings)) or "its files"
        yield f"{FUNCTION}: a PythonModel, made of {files}"
    else:
        yield f"{FUNCTION}: its loader_module is {str(loader)[:80]!r}, which would be imported"


def _of_code(folder: Path, model: Model) -> Iterator[str]:
    for name, place in code_folders(folder, model).items():
        if place.is_dir():
            yield f"{name}: Python code that would be found by imports"


def _is_safe(flavor: Flavor, folder: Path, settings: Settings) -> bool:
    try:
        return flavor.is_safe(folder, settings)
    except MltrackException:
        raise
    except Exception:  # noqa: BLE001 - settings are anybody's
        _log.debug("Not safe: the settings of %s", flavor.name, exc_info=True)
        return False


def _named_files(folder: Path, settings: Settings) -> Iterator[str]:
    """The values in settings that are names of files or folders in the model's folder."""
    for value in _texts(settings):
        try:
            if contained(folder, value).exists():
                yield value[:80]
        except UnsafePath:
            continue


def _check_names(flavors: Mapping[str, Any]) -> None:
    """Refuse settings that name what the digest does not cover."""
    for value in _texts(flavors):
        names = value.split("/")
        if COMPILED in names or SIGNATURE_FILE in names:
            msg = f"MLmodel names {value[:200]!r}, and nobody vouches for such files."
            raise UnsafePath(msg)


def _texts(value: Any) -> Iterator[str]:
    """All texts in plain data."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list | tuple | set):
        for part in value:
            yield from _texts(part)
