"""The functions that users call: each calls the client of the store in use."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from jupyter_mltrack.entities import PagedList
from jupyter_mltrack.entities.model_registry import ModelVersion, RegisteredModel
from jupyter_mltrack.registry import searching
from jupyter_mltrack.registry.client import RegistryClient
from jupyter_mltrack.registry.registering import Registered

T = TypeVar("T")


def register_model(
    model_uri: str,
    name: str,
    await_registration_for: int | None = 300,
    *,
    tags: Mapping[str, Any] | None = None,
    env_pack: Any = None,
) -> ModelVersion:
    """Make a model a version of a registered model, which is made if there is none.

    Its files stay where they are.

    Args:
        model_uri: ``runs:/<run_id>/<name>``, ``models:/m-<id>``, the URI of another version, a
            path, or a URI that fsspec knows.
        name: The registered model; it may have no ``/``, ``:`` or ``@``.
        await_registration_for: Accepted as MLflow does; nobody needs to wait.
        tags: First tags of the version.
        env_pack: Accepted as MLflow does; it means something on Databricks only.

    Returns:
        The version. A line on stderr says its number.

    Raises:
        InvalidParameterValue: if the name or a tag cannot be used.
        ResourceDoesNotExist: if there is nothing at ``model_uri``.
        InvalidState: if the model at ``model_uri`` was never stored completely.

    Example:
        >>> mlflow.register_model(f"runs:/{run.info.run_id}/model", "wine")
        >>> mlflow.pyfunc.load_model("models:/wine/1")
    """
    del await_registration_for, env_pack
    made = RegistryClient().register(model_uri, name, tags=tags)
    tell(made)
    return made.version


def search_registered_models(
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[RegisteredModel]:
    """All registered models that match a filter.

    Args:
        max_results: At most so many; None is all.
        filter_string: Such as ``"name LIKE 'wine%' AND tags.team = 'a'"``.
        order_by: Such as ``["last_updated_timestamp DESC"]``; default is by name.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
    """
    search = RegistryClient().search_registered_models
    return _all(
        lambda most, token: search(filter_string, most, order_by, token),
        searching.MODELS_LIMIT,
        max_results,
    )


def search_model_versions(
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[ModelVersion]:
    """All versions of registered models that match a filter.

    Args:
        max_results: At most so many; None is all.
        filter_string: Such as ``"name = 'wine' AND stage = 'Production'"``.
        order_by: Such as ``["version_number DESC"]``; default is what changed last.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.

    Example:
        >>> mlflow.search_model_versions(filter_string="run_id = '4f0c…'")
    """
    search = RegistryClient().search_model_versions
    return _all(
        lambda most, token: search(filter_string, most, order_by, token),
        searching.VERSIONS_LIMIT,
        max_results,
    )


def set_model_version_tag(
    name: str, version: str | int | None = None, key: str | None = None, value: Any = None
) -> None:
    """Set a tag of a version, over an older value.

    Args:
        name: The registered model.
        version: Its number.
        key: The key.
        value: The value; it becomes a string.

    Raises:
        ResourceDoesNotExist: if there is no such version.
    """
    RegistryClient().set_model_version_tag(name, version, key, value)


def tell(made: Registered) -> None:
    """Say on stderr what was registered, as MLflow says it."""
    version, first = made
    said = (
        f"Successfully registered model '{version.name}'."
        if first
        else f"Registered model '{version.name}' already exists. Creating a new version of this"
        " model..."
    )
    sys.stderr.write(f"{said}\nCreated version '{version.version}' of model '{version.name}'.\n")


def _all(
    search: Callable[[int, str | None], PagedList[T]], most_on_page: int, most: int | None
) -> list[T]:
    """The results of all pages, at most ``most``."""
    found: list[T] = []
    token: str | None = None
    while most is None or len(found) < most:
        size = most_on_page if most is None else min(most_on_page, most - len(found))
        page = search(size, token)
        found += page
        token = page.token
        if not token:
            break
    return found
