"""Experiments of the store in use."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from jupyter_mltrack import settings
from jupyter_mltrack.entities import LifecycleStage, ViewType
from jupyter_mltrack.errors import InvalidState, ResourceAlreadyExists
from jupyter_mltrack.tracking import active
from jupyter_mltrack.tracking.experiments import check_choice
from jupyter_mltrack.tracking.fluent.stores import client

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mltrack.entities import Experiment

_log = logging.getLogger("jupyter_mltrack")


def create_experiment(
    name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
) -> str:
    """Create an experiment and return its id; see `TrackingClient.create_experiment`."""
    return client().create_experiment(name, artifact_location, tags)


def set_experiment(
    experiment_name: str | None = None, experiment_id: str | None = None
) -> Experiment:
    """Log to this experiment from now on; one that does not exist yet is created.

    Raises:
        InvalidState: if it is in the bin.
    """
    check_choice(experiment_name, experiment_id)
    user = client()
    if experiment_id is not None:
        found = user.get_experiment(experiment_id)
    else:
        found = experiment_by_name(str(experiment_name))
    if found.lifecycle_stage != LifecycleStage.ACTIVE:
        msg = (
            f"Cannot set a deleted experiment {found.name!r} as the active experiment. Bring it"
            f" back with restore_experiment({found.experiment_id!r}), or create a new one."
        )
        raise InvalidState(msg, "INVALID_PARAMETER_VALUE")
    active.choose_experiment(user.store.path, found.experiment_id)
    return found


def active_experiment_id() -> str:
    """The id of the experiment that a new run goes to.

    Set in code; else in the environment; else, with the extension loaded, the one named after
    the notebook; else the default experiment.
    """
    settled, name = _settled()
    if settled is not None or name is None:
        return settled or "0"
    found = experiment_by_name(name).experiment_id
    active.choose_experiment(client().store.path, found)
    return found


def searched_experiment_ids() -> list[str]:
    """Where a search looks that names no experiment: in the active one, if it exists yet."""
    settled, name = _settled()
    if settled is not None or name is None:
        return [settled or "0"]
    found = client().get_experiment_by_name(name)
    return [found.experiment_id] if found is not None else []


def _settled() -> tuple[str | None, str | None]:
    """The id of the active experiment; or its name, if only that is known; or neither."""
    chosen = active.chosen_experiment(client().store.path) or settings.experiment_id()
    if chosen is not None:
        return chosen, None
    return None, settings.experiment_name() or active.notebook_experiment()


def get_experiment(experiment_id: str) -> Experiment:
    """The experiment with this id (or name)."""
    return client().get_experiment(experiment_id)


def get_experiment_by_name(name: str) -> Experiment | None:
    """The experiment of this name; None if there is none."""
    return client().get_experiment_by_name(name)


def search_experiments(
    view_type: int = ViewType.ACTIVE_ONLY,
    max_results: int | None = None,
    filter_string: str | None = None,
    order_by: Sequence[str] | None = None,
) -> list[Experiment]:
    """The experiments that match a filter, all pages; see `TrackingClient.search_experiments`."""
    found: list[Experiment] = []
    token: str | None = None
    while True:
        left = 10_000 if max_results is None else min(10_000, max_results - len(found))
        if left <= 0:
            return found
        page = client().search_experiments(view_type, left, filter_string, order_by, token)
        found += page
        token = page.token
        if not token:
            return found


def set_experiment_tag(key: str, value: Any, *third: Any) -> None:
    """Tag an experiment: ``(key, value)`` the active one, ``(experiment, key, value)`` that one.

    MLflow takes two arguments here; its tutorials also use three.
    """
    experiment, key, value = (key, value, *third) if third else (active_experiment_id(), key, value)
    client().set_experiment_tag(experiment, key, value)


def set_experiment_tags(tags: Mapping[str, Any]) -> None:
    """Tag the active experiment."""
    user, experiment = client(), active_experiment_id()
    with user.store.reading():
        for key, value in tags.items():
            user.set_experiment_tag(experiment, key, value)


def delete_experiment_tag(key: str) -> None:
    """Remove a tag of the active experiment."""
    client().delete_experiment_tag(active_experiment_id(), key)


def delete_experiment(experiment_id: str) -> None:
    """Put an experiment, by id or name, in the bin."""
    user = client()
    with user.store.reading():
        found = user.get_experiment(experiment_id)
        user.delete_experiment(found.experiment_id)
    if active.chosen_experiment(user.store.path) == found.experiment_id:
        active.forget_experiment(user.store.path)


def restore_experiment(experiment_id: str) -> None:
    """Take an experiment, by id or name, out of the bin."""
    client().restore_experiment(experiment_id)


def list_experiments(*args: Any, **kwargs: Any) -> list[Experiment]:
    """The name of `search_experiments` in MLflow 1."""
    return search_experiments(*args, **kwargs)


def experiment_by_name(name: str) -> Experiment:
    """The experiment of this name, created if it does not exist."""
    user = client()
    found = user.get_experiment_by_name(name)
    if found is None:
        try:
            return user.get_experiment(user.create_experiment(name))
        except ResourceAlreadyExists:  # another process was faster
            return user.get_experiment(name)
    return found
