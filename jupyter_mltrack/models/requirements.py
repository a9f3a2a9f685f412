"""What must be installed to load a model, found in this process: no second one is started."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from functools import cache, partial
from typing import Any

from jupyter_mltrack.models.installed import distributions_of, installed_version, normalised
from jupyter_mltrack.models.mlmodel import MLFLOW_VERSION
from jupyter_mltrack.models.origins import modules_of

#: The line without which MLflow's own tools cannot serve the model.
MLFLOW_REQUIREMENT = f"mlflow=={MLFLOW_VERSION}"

#: What every environment has, or what stands for the line above.
_NEVER = frozenset(
    "jupyter-mltrack mlflow mlflow-skinny mlflow-tracing pip setuptools wheel".split()
)

#: Modules whose code does not travel with a model, though they need not belong to a distribution.
_NOT_USERS = sys.stdlib_module_names | {"jupyter_mltrack"}


def inferred_requirements(flavor_packages: Iterable[str], model: Any = None) -> list[str]:
    """What to install to load a model, as lines of ``requirements.txt``.

    Args:
        flavor_packages: The distributions that the model's flavor always needs, such as
            ``scikit-learn``; who has another build of one (``xgboost-cpu``) need not have it.
        model: The model itself: the distributions of the classes in it count, and what the
            code of classes from a notebook uses.

    Returns:
        First MLflow, then ``name==version`` of each in alphabetical order.

    Example:
        >>> inferred_requirements(["scikit-learn", "cloudpickle"], LinearRegression())
        ['mlflow==3.17.2', 'cloudpickle==3.1.2', 'numpy==2.4.6', 'scikit-learn==1.9.1']
    """
    packages = tuple(flavor_packages)
    known = cache(partial(distributions_of, likely=packages))

    def is_users(module: str) -> bool:
        return module.partition(".")[0] not in _NOT_USERS and not known(module)

    names = {normalised(name) for name in packages}
    names |= {name for module in modules_of(model, is_users) for name in known(module)}
    return [MLFLOW_REQUIREMENT, *(line for name in sorted(names - _NEVER) if (line := _pin(name)))]


def _pin(name: str) -> str | None:
    version = installed_version(name)
    return None if version is None else f"{name}=={version}"
