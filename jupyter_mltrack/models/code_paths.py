"""Code that travels with a model: copied into its folder, and found by imports when it is loaded.

Imports find a copy of the sources in a temporary folder, not the model's folder itself: what was
compiled from them, and what somebody changes later, is never run. Modules of the same names that
came with another model make way, as each model must find its own.
"""

from __future__ import annotations

import atexit
import hashlib
import shutil
import sys
import tempfile
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from jupyter_mltrack.artifacts.contents import CODE_FOLDER, COMPILED
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.tracking.files import files_below

#: How the temporary folders are called, by which their modules are known.
_PREFIX = "mltrack-code-"


def copy_code(code_paths: Sequence[str | Path] | None, folder: Path) -> str | None:
    """Copy files and folders into the folder ``code`` of a model, each under its own name.

    Args:
        code_paths: Which; stores of this package and what Python compiled are left out.
        folder: The model's folder.

    Returns:
        What ``MLmodel`` says under ``code``; None if there is none.

    Raises:
        InvalidParameterValue: if it is no list, or something is not there.
    """
    if code_paths is None:
        return None
    if isinstance(code_paths, str | Path) or not isinstance(code_paths, Sequence):
        msg = f"code_paths is a list of files and folders, not a {type(code_paths).__name__}."
        raise InvalidParameterValue(msg)
    code = folder / CODE_FOLDER
    code.mkdir()
    for source in map(Path, code_paths):
        if not source.exists():
            msg = f"There is nothing at {str(source)!r}, which code_paths names."
            raise InvalidParameterValue(msg)
        copy_tree(source, code / source.resolve().name)
    return CODE_FOLDER


def copy_tree(source: Path, target: Path) -> None:
    """Copy a file, or a folder without stores and without what Python compiled."""
    if source.is_file():
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return
    target.mkdir(parents=True, exist_ok=True)
    for file in files_below(source):
        relative = file.relative_to(source)
        if COMPILED not in relative.parts:
            place = target / relative
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)


def put_on_path(code: Path) -> None:
    """Let imports find the code of a model first, from now on.

    Args:
        code: The folder ``code`` of a model that the gate has let in.
    """
    place = _copied(code, _digest(code))
    if place in sys.path:
        sys.path.remove(place)
    sys.path.insert(0, place)
    _make_way(Path(place))


@lru_cache(maxsize=64)
def _copied(code: Path, digest: str) -> str:
    """A copy of the code, one for each state of it that this process loaded."""
    del digest
    place = tempfile.mkdtemp(prefix=_PREFIX)
    atexit.register(shutil.rmtree, place, ignore_errors=True)
    copy_tree(code, Path(place))
    return place


def _digest(code: Path) -> str:
    digest = hashlib.sha256()
    for file in files_below(code):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(code)}\0{len(content)}\0".encode() + content)
    return digest.hexdigest()


def _make_way(place: Path) -> None:
    """Forget modules that came with another model and are called like one that is here."""
    names = {entry.name.partition(".")[0] for entry in place.iterdir()}
    for name, module in list(sys.modules.items()):
        if name.partition(".")[0] in names and _is_of_another(module, place):
            del sys.modules[name]


def _is_of_another(module: Any, place: Path) -> bool:
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None) or getattr(module, "__file__", None)
    if not isinstance(origin, str):
        origin = next(iter(getattr(module, "__path__", ())), "")
    return f"/{_PREFIX}" in origin and not Path(origin).is_relative_to(place)
