"""The flavors: one module per library, found by name, imported when first used.

A module has the library's one `Flavor` as ``FLAVOR``, and ends with the functions users call::

    FLAVOR = Sklearn()

    save_model, log_model, load_model = verbs(FLAVOR)
    get_default_pip_requirements, get_default_conda_env = default_environment(FLAVOR)
"""

from __future__ import annotations

import importlib
from typing import cast

from jupyter_mltrack.errors import ResourceDoesNotExist
from jupyter_mltrack.models.flavor import Flavor

__all__ = ["NAMES", "flavor_named", "flavor_of_loader"]

#: The flavors there are, by the name they have in ``MLmodel``; each is the module of that name.
NAMES = frozenset(
    "catboost keras lightgbm onnx pmdarima prophet pytorch sklearn statsmodels tensorflow"
    " xgboost".split()
)

_LOADER = "mlflow."


def flavor_named(name: str) -> Flavor:
    """The flavor that ``MLmodel`` calls so.

    Raises:
        ResourceDoesNotExist: if there is none in this release.
    """
    if name not in NAMES:
        msg = f"This release knows no flavor {name!r}; it knows {', '.join(sorted(NAMES))}."
        raise ResourceDoesNotExist(msg)
    return cast("Flavor", importlib.import_module(f"{__name__}.{name}").FLAVOR)


def flavor_of_loader(loader_module: object) -> Flavor | None:
    """The flavor whose models ``MLmodel`` loads as functions with this ``loader_module``.

    Example:
        >>> flavor_of_loader("mlflow.sklearn").name
        'sklearn'

    Returns:
        None if it is no flavor of ours: a ``PythonModel``, or a module of somebody's.
    """
    if not isinstance(loader_module, str) or not loader_module.startswith(_LOADER):
        return None
    name = loader_module.removeprefix(_LOADER)
    return flavor_named(name) if name in NAMES else None
