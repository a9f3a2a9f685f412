"""Whole models of PyTorch in a file: pickled, or as TorchScript.

A folder names the module that pickled in ``data/pickle_module_info.txt``. MLflow's own is a module
of MLflow (``mlflow/pytorch/pickle_module.py``) that pickles as cloudpickle does, so that classes
from a notebook travel along. The one here answers to that name, and MLflow finds its own.
"""

from __future__ import annotations

import importlib
import pickle
import warnings
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist

#: The name of MLflow's own.
DEFAULT = "mlflow.pytorch.pickle_module"

FILE = "model.pth"
_PICKLED_BY = "pickle_module_info.txt"


def write(model: Any, folder: Path, module: ModuleType | None, protocol: int) -> str:
    """Write a model and the name of the module that pickled it.

    Args:
        model: A ``torch.nn.Module`` or TorchScript.
        folder: Where to.
        module: What pickles; None is cloudpickle.
        protocol: The protocol of the pickle.

    Returns:
        The name of the module.

    Raises:
        InvalidParameterValue: if the model cannot be pickled.
    """
    import torch

    chosen = module or of_cloudpickle()
    (folder / _PICKLED_BY).write_text(chosen.__name__, encoding="utf-8")
    if isinstance(model, torch.jit.ScriptModule):
        model.save(str(folder / FILE))
        return chosen.__name__
    try:
        torch.save(model, folder / FILE, pickle_module=chosen, pickle_protocol=protocol)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        msg = (
            f"The {type(model).__name__} cannot be pickled: {error}. Take out what it holds of this"
            " process, or keep its weights alone with log_state_dict()."
        )
        raise InvalidParameterValue(msg) from error
    return chosen.__name__


def read(folder: Path, options: dict[str, Any]) -> Any:
    """The model; it has passed the gate, so all that the pickle names is made.

    Args:
        folder: Where it is.
        options: Keyword arguments of ``torch.load``.

    Raises:
        ResourceDoesNotExist: if the module that pickled it is not installed.
    """
    import torch

    file = folder / FILE
    if _is_script(file):
        with _old_but_there():
            load: Any = torch.jit.load
            return load(str(file), map_location=options.get("map_location"))
    by = folder / _PICKLED_BY
    name = by.read_text(encoding="utf-8").strip() if by.is_file() else DEFAULT
    module = options.get("pickle_module") or _named(name)
    return torch.load(file, **{"weights_only": False, **options, "pickle_module": module})


@cache
def of_cloudpickle() -> ModuleType:
    """What torch asks of a module for pickling, with cloudpickle's Pickler."""
    import cloudpickle

    module = ModuleType(DEFAULT, "cloudpickle, as torch.save and torch.load want it")
    vars(module).update(
        Pickler=cloudpickle.CloudPickler,
        Unpickler=pickle.Unpickler,
        dump=cloudpickle.dump,
        dumps=cloudpickle.dumps,
        load=pickle.load,
        loads=pickle.loads,
    )
    return module


def _named(name: str) -> ModuleType:
    """The module that a model's folder names."""
    if name == DEFAULT:
        return of_cloudpickle()
    try:
        return importlib.import_module(name)
    except ImportError as error:
        msg = (
            f"The model was pickled with the module {name[:200]!r}, which cannot be imported:"
            f" {error}. Install it, or give load_model another pickle_module."
        )
        raise ResourceDoesNotExist(msg) from error


@contextmanager
def _old_but_there() -> Iterator[None]:
    """Without the warning that TorchScript will end: whoever has such a model knows."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "`torch.jit", DeprecationWarning)
        yield


def _is_script(file: Path) -> bool:
    """Whether TorchScript wrote the file, by the record that only it has."""
    if not zipfile.is_zipfile(file):
        return False
    with zipfile.ZipFile(file) as archive:
        return any(name.endswith("/constants.pkl") for name in archive.namelist())
