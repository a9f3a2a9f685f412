"""The names by which models shared with MLflow call for things, and what each stands for here.

What MLflow pickled names its own classes, and so does what is pickled here: MLflow then finds
them where it is, and this table finds ours where it is not. Code that says ``import mlflow`` is
run with an import that does the same.
"""

from __future__ import annotations

import builtins
import importlib
import pkgutil
from functools import cache
from types import ModuleType
from typing import Any

from jupyter_mltrack.errors import ResourceDoesNotExist

_PACKAGE = "jupyter_mltrack"
_HERE = f"{_PACKAGE}.models.pyfunc"

#: What is found elsewhere, or under another name, than MLflow has it: MLflow's name -> ours.
_MOVED = {
    "mlflow.exceptions:MlflowException": f"{_PACKAGE}.errors:MltrackException",
    "mlflow.models.model:set_model": f"{_HERE}.from_code:set_model",
    "mlflow.models.model_config:ModelConfig": f"{_HERE}.model_config:ModelConfig",
    "mlflow.models.signature:ModelSignature": "types:SimpleNamespace",
    "mlflow.models.signature:_TypeHints": "types:SimpleNamespace",
    "mlflow.models:ModelConfig": f"{_HERE}.model_config:ModelConfig",
    "mlflow.models:set_model": f"{_HERE}.from_code:set_model",
    "mlflow.pyfunc.model:PythonModel": f"{_HERE}.model:PythonModel",
    "mlflow.pyfunc.model:PythonModelContext": f"{_HERE}.model:PythonModelContext",
    "mlflow.pyfunc.model:_FunctionPythonModel": f"{_HERE}.model:FunctionModel",
    "mlflow.pyfunc.utils.data_validation:FuncInfo": f"{_HERE}.checking:FuncInfo",
    "mlflow.pyfunc.utils.data_validation:_validate_model_input": f"{_HERE}.checking:checked_call",
    "mlflow.pyfunc.utils.data_validation:pyfunc": f"{_HERE}.checking:pyfunc",
    "mlflow.pyfunc.utils:pyfunc": f"{_HERE}.checking:pyfunc",
    "mlflow.types.type_hints:TypeFromExample": f"{_HERE}.hints:TypeFromExample",
}
_BACK = {ours: theirs for theirs, ours in _MOVED.items() if ours.startswith(_PACKAGE)}

#: Our modules by MLflow's names for them, from the inside out.
_MODULES = {
    f"{_PACKAGE}.models.flavors": "mlflow",
    f"{_PACKAGE}.models.pyfunc": "mlflow.pyfunc",
    f"{_PACKAGE}.models.types": "mlflow.types",
    f"{_PACKAGE}.errors": "mlflow.exceptions",
    _PACKAGE: "mlflow",
}

#: Where a module of MLflow may be here, tried in this order.
_PLACES = (_PACKAGE, f"{_PACKAGE}.models", f"{_PACKAGE}.models.flavors")


def is_mlflow(module: str) -> bool:
    """Whether a module is MLflow's, by its name."""
    return module.partition(".")[0] == "mlflow"


def resolved(name: str) -> Any:
    """What a name of MLflow stands for here.

    Args:
        name: A module, or ``module:name``, as `pkgutil.resolve_name` takes it; a name that is not
            MLflow's is resolved as it is.

    Raises:
        ResourceDoesNotExist: if there is nothing of this name here, and no MLflow either.
    """
    module, _, attribute = name.partition(":")
    if not is_mlflow(module):
        return pkgutil.resolve_name(name)
    if name in _MOVED:
        return pkgutil.resolve_name(_MOVED[name])
    if module == "mlflow.types.schema" and attribute != "DataType":
        return pkgutil.resolve_name("types:SimpleNamespace")  # parts of a signature; not used
    found = _twin(module)
    try:
        return pkgutil.resolve_name(f"{found.__name__}:{attribute}") if found else _real(name)
    except AttributeError:
        return _real(name)


def name_in_mlflow(thing: object) -> str | None:
    """The name by which MLflow, too, finds what is ours; None for what is not, or only ours.

    Example:
        >>> name_in_mlflow(PythonModel)
        'mlflow.pyfunc.model:PythonModel'
    """
    if isinstance(thing, ModuleType):
        return module_in_mlflow(thing.__name__)
    module, name = getattr(thing, "__module__", None), getattr(thing, "__qualname__", None)
    if not isinstance(module, str) or module.partition(".")[0] != _PACKAGE or not name:
        return None
    if f"{module}:{name}" in _BACK:
        return _BACK[f"{module}:{name}"]
    package = importlib.import_module(_PACKAGE)
    return f"mlflow:{name}" if vars(package).get(name) is thing else None


def module_in_mlflow(name: str) -> str | None:
    """MLflow's name for a module of ours; None for any other module.

    Example:
        >>> module_in_mlflow("jupyter_mltrack.models.flavors.sklearn")
        'mlflow.sklearn'
    """
    for ours, theirs in _MODULES.items():
        if name == ours or name.startswith(f"{ours}."):
            return theirs + name.removeprefix(ours)
    return None


def module_as_mlflow(name: str) -> ModuleType:
    """Our module for one of MLflow, with all that MLflow has in it, wherever that is here.

    Raises:
        ResourceDoesNotExist: if there is nothing of this name here, and no MLflow either.
    """
    found = _twin(name)
    return _real(name) if found is None else _AsMlflow(name, found)


@cache
def names_for_code() -> dict[str, Any]:
    """The builtins for a model's own code: its ``import mlflow`` gives this package."""
    return vars(builtins) | {"__import__": _import}


class _AsMlflow(ModuleType):
    """A module of ours in the place of one of MLflow's."""

    def __init__(self, theirs: str, ours: ModuleType) -> None:
        super().__init__(ours.__name__, ours.__doc__)
        self._theirs = theirs
        self._ours = ours

    def __getattr__(self, name: str) -> Any:
        if f"{self._theirs}:{name}" in _MOVED:
            return resolved(f"{self._theirs}:{name}")
        found = getattr(self._ours, name, None) or _twin(f"{self._theirs}.{name}")
        if isinstance(found, ModuleType):
            return _AsMlflow(f"{self._theirs}.{name}", found)
        return getattr(self._ours, name) if found is None else found


def _import(
    name: str,
    global_names: Any = None,
    local_names: Any = None,
    fromlist: Any = (),
    level: int = 0,
) -> Any:
    """``__import__`` with our modules for those of MLflow."""
    if level or not is_mlflow(name) or _twin(name) is None:
        return builtins.__import__(name, global_names, local_names, fromlist, level)
    return module_as_mlflow(name if fromlist else "mlflow")


def _twin(module: str) -> ModuleType | None:
    """Our module for one of MLflow."""
    below = module.partition(".")[2]
    if not below:
        return importlib.import_module(_PACKAGE)
    for place in _PLACES:
        name = f"{place}.{below}"
        try:
            return importlib.import_module(name)
        except ModuleNotFoundError as error:
            if not name.startswith(f"{error.name}"):  # it is there, and lacks its library
                raise
    return None


def _real(name: str) -> Any:
    """The thing in MLflow itself, if that is installed beside us."""
    try:
        return pkgutil.resolve_name(name)
    except (ImportError, AttributeError) as error:
        msg = (
            f"The model needs {name.replace(':', '.')} of MLflow, which is not part of this"
            " release. Install MLflow beside it, or log the model again without it."
        )
        raise ResourceDoesNotExist(msg) from error
