"""The names under which users find things that live elsewhere.

MLflow's tutorials say ``mlflow.data``, ``mlflow.exceptions``, ``from mlflow.tracking import
MlflowClient``. One table each says where that is here, and one finder gives the *same* module
object under both names: a second copy would break ``isinstance``.
"""

from __future__ import annotations

import importlib
import sys
from importlib.machinery import ModuleSpec
from typing import TYPE_CHECKING, Any, cast

from jupyter_mltrack.tracking import notebook

if TYPE_CHECKING:
    from collections.abc import Sequence
    from importlib.abc import Loader
    from types import ModuleType

    from jupyter_mltrack.tracking.active import OpenRun

_PACKAGE = "jupyter_mltrack"

#: Modules by the name users give them; they are loaded when they are first used, also the one
#: that is where its name says. What is below a package is found below that name too.
MODULES: dict[str, str] = {
    "autolog": "autolog",
    "catboost": "models.flavors.catboost",
    "data": "tracking.datasets",
    "exceptions": "errors",
    "gates": "registry.gates",
    "keras": "models.flavors.keras",
    "lightgbm": "models.flavors.lightgbm",
    "metrics": "models.evaluation.metrics",
    "models": "models",
    "onnx": "models.flavors.onnx",
    "plot": "panels.plot",
    "pmdarima": "models.flavors.pmdarima",
    "prophet": "models.flavors.prophet",
    "pyfunc": "models.pyfunc",
    "pytorch": "models.flavors.pytorch",
    "sklearn": "models.flavors.sklearn",
    "statsmodels": "models.flavors.statsmodels",
    "tensorflow": "models.flavors.tensorflow",
    "types": "models.types",
    "xgboost": "models.flavors.xgboost",
}

#: Flavors whose trainings can be logged by themselves, and that lend nothing else.
_AUTOLOGGED = "catboost lightgbm pytorch sklearn statsmodels xgboost".split()

#: Callbacks for users who log by themselves; they need Keras.
_CALLBACKS = {
    name: f"autolog.keras_callbacks:{name}"
    for name in ("MlflowCallback", "MlflowModelCheckpointCallback")
}

#: Names that a module on a lower floor gets from a higher one: module -> name -> where it is.
LENT: dict[str, dict[str, str]] = {
    **{f"models.flavors.{name}": {"autolog": f"autolog.{name}:autolog"} for name in _AUTOLOGGED},
    "models.flavors.keras": {"autolog": "autolog.keras:autolog", **_CALLBACKS},
    "models.flavors.tensorflow": {"autolog": "autolog.tensorflow:autolog", **_CALLBACKS},
    "artifacts": {
        "download_artifacts": "registry.fetching:download_artifacts",
        "list_artifacts": "registry.fetching:list_artifacts",
        "load_dict": "registry.fetching:load_dict",
        "load_image": "registry.fetching:load_image",
        "load_text": "registry.fetching:load_text",
    },
    "tracking": {
        "MlflowClient": "client:MltrackClient",
        "MltrackClient": "client:MltrackClient",
        "get_tracking_uri": "tracking.fluent.stores:get_tracking_uri",
        "set_tracking_uri": "tracking.fluent.stores:set_tracking_uri",
    },
}

#: Names of the package itself that are loaded when they are first used.
LAZY: dict[str, str] = {
    "compare": "panels.compare:compare",
    "distrust": "models.trust:distrust",
    "evaluate": "models.evaluation:evaluate",
    "experiments": "panels.experiments:experiments",
    "registry": "panels.registry:registry",
    "run": "panels.page:run",
    "runs": "panels.table:runs",
    "trust": "models.trust:trust",
    "ui": "panels.frame:ui",
    "validate_evaluation_results": "models.evaluation:validate_evaluation_results",
}


#: Names of MLflow whose part is not here yet.
NOT_YET = frozenset("projects spark".split())


def install() -> None:
    """Put the names in place and begin to watch the notebook; again is free."""
    if not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())  # else Python finds what is below a package again
    for module in LENT:
        if f"{_PACKAGE}.{module}" in sys.modules:
            _lend(module)
    vars(sys.modules[_PACKAGE]).pop("registry", None)  # the folder; users mean the panel
    notebook.session().show_card = _show_card
    notebook.session().watch()


def _lend(module: str) -> None:
    """Let a module that is loaded find the names it has from a higher floor, when they are used."""
    if module in LENT:
        home, names = sys.modules[f"{_PACKAGE}.{module}"], LENT[module]

        def lent(name: str) -> Any:
            if name in names:
                return find(names[name])
            msg = f"module {home.__name__!r} has no attribute {name!r}"
            raise AttributeError(msg)

        vars(home).update(__getattr__=lent, __dir__=lambda: sorted({*vars(home), *names}))


def _show_card(opened: OpenRun) -> None:
    find("magics.live:begin")(opened)


def lazy(name: str) -> Any:
    """A name of the package that is loaded on first use.

    Raises:
        AttributeError: if there is no such name.
    """
    if name in LAZY:
        return find(LAZY[name])
    if name in MODULES:
        return importlib.import_module(f"{_PACKAGE}.{name}")
    msg = f"module {_PACKAGE!r} has no attribute {name!r}"
    if name in NOT_YET:
        msg += ": projects and Spark ML are not in this release"
    raise AttributeError(msg)


def find(where: str) -> Any:
    """The thing at ``module:name`` below the package."""
    module, _, name = where.partition(":")
    return getattr(importlib.import_module(f"{_PACKAGE}.{module}"), name)


class _Finder:
    """Finds `MODULES`; no subclass of `MetaPathFinder`, whose module is slow to import."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """A spec for a name of the table, None for any other."""
        del path, target
        package, *below = fullname.split(".")
        if package != _PACKAGE or not below or MODULES.get(below[0], below[0]) == below[0]:
            return None
        same = _SameModule(".".join([MODULES[below[0]], *below[1:]]))
        return ModuleSpec(fullname, cast("Loader", same))


class _SameModule:
    """Gives a module that is loaded under another name."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._spec: ModuleSpec | None = None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The module itself, loaded if need be."""
        del spec
        module = importlib.import_module(f"{_PACKAGE}.{self._name}")
        self._spec = module.__spec__
        _lend(self._name)
        return module

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is left to do, but the import system has renamed the module: take that back."""
        module.__spec__ = self._spec
