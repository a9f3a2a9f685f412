"""The client's half that deals with experiments."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.entities import Experiment, LifecycleStage, PagedList, ViewType
from jupyter_mltrack.entities.paged_list import page_offset, page_token
from jupyter_mltrack.errors import (
    InvalidParameterValue,
    InvalidState,
    ResourceAlreadyExists,
    ResourceDoesNotExist,
)
from jupyter_mltrack.events import Event, ExperimentCreated, ExperimentSet, RunStage
from jupyter_mltrack.store import queries
from jupyter_mltrack.tracking import limits

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mltrack.store import Place, Store
    from jupyter_mltrack.tracking.known import Known

#: The most experiments on one page.
PAGE_LIMIT = 50_000


class ExperimentMethods:
    """Create, find, change and delete experiments.

    Wherever an id is asked, the name of an experiment is accepted too, if no experiment has it
    as its id.
    """

    _store: Store
    _place: Place
    _known: Known

    def create_experiment(
        self, name: str, artifact_location: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> str:
        """Create an experiment.

        Returns:
            Its id.

        Raises:
            ResourceAlreadyExists: if the name is taken, by a deleted experiment too.
            InvalidParameterValue: if the name or a tag cannot be used.
        """
        limits.experiment_name(name)
        checked = {limits.key("tag", k): limits.text("tag", k, v) for k, v in (tags or {}).items()}
        self._notice_removal()
        with self._store.agreeing():
            found = queries.experiment_by_name(self._store, name)
            if found is not None:
                raise ResourceAlreadyExists(_taken(found))
            new = queries.next_experiment_id(self._store)
            location = str(artifact_location).rstrip("/") if artifact_location else None
            events: list[Event] = [ExperimentCreated(new, name, location)]
            events += [ExperimentSet(new, "tag", text, key) for key, text in checked.items()]
            self._store.append_all(events)
            self._store.sync()
        self._known.experiments.add(new)
        self._known.locations[new] = location or f"{self._store.artifacts}/{new}"
        return new

    def get_experiment(self, experiment_id: str) -> Experiment:
        """The experiment with this id (or name), deleted ones too.

        Raises:
            ResourceDoesNotExist: if there is none.
        """
        asked = str(experiment_id)
        with self._store.reading():
            by_id = queries.experiment(self._store, asked)
            found = by_id or queries.experiment_by_name(self._store, asked)
        if found is None:
            msg = (
                f"No Experiment with id={asked} exists. search_experiments() lists those there are."
            )
            raise ResourceDoesNotExist(msg)
        self._note(found)
        return found

    def get_experiment_by_name(self, name: str) -> Experiment | None:
        """The experiment of this name, deleted ones too; None if there is none."""
        found = queries.experiment_by_name(self._store, str(name))
        if found is not None:
            self._note(found)
        return found

    def search_experiments(
        self,
        view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int | None = 1000,
        filter_string: str | None = None,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Experiment]:
        """A page of the experiments that match a filter.

        Args:
            view_type: Which lifecycle stages: ``ViewType.ACTIVE_ONLY``, ``DELETED_ONLY``, ``ALL``.
            max_results: At most so many on a page.
            filter_string: Such as ``"name LIKE 'wine%' AND tags.team = 'a'"``.
            order_by: Such as ``["last_update_time DESC"]``; default is the newest first.
            page_token: The ``.token`` of the page before.

        Raises:
            FilterSyntaxError: with a caret at what cannot be parsed.
        """
        ViewType.to_string(view_type)
        limit = limits.max_results(1000 if max_results is None else max_results, PAGE_LIMIT)
        offset = page_offset(page_token)
        found = queries.experiments(
            self._store,
            filter_string=filter_string or "",
            view=view_type,
            order_by=list(order_by or ()),
            limit=limit + 1,
            offset=offset,
        )
        return one_page(found, limit, offset)

    def list_experiments(self, *args: Any, **kwargs: Any) -> PagedList[Experiment]:
        """The name of `search_experiments` in MLflow 1."""
        return self.search_experiments(*args, **kwargs)

    def rename_experiment(self, experiment_id: str, new_name: str) -> None:
        """Give an experiment another name.

        Raises:
            ResourceAlreadyExists: if another experiment has it.
            InvalidState: if the experiment is in the bin.
        """
        limits.experiment_name(new_name)
        with self._store.agreeing():
            found = self._active_experiment(experiment_id, "INVALID_STATE")
            other = queries.experiment_by_name(self._store, new_name)
            if other is not None and other.experiment_id != found.experiment_id:
                raise ResourceAlreadyExists(_taken(other))
            self._store.append(ExperimentSet(found.experiment_id, "name", new_name))

    def delete_experiment(self, experiment_id: str) -> None:
        """Put an experiment and its runs in the bin; `restore_experiment` brings them back.

        Its name stays taken.

        Raises:
            ResourceDoesNotExist: if there is none, or it is in the bin already.
        """
        with self._store.reading():
            found = self.get_experiment(experiment_id)
            if found.lifecycle_stage != LifecycleStage.ACTIVE:
                msg = f"No active experiment with id={found.experiment_id} exists; it is deleted."
                raise ResourceDoesNotExist(msg)
            self._known.experiments.discard(found.experiment_id)
            self._move(found.experiment_id, LifecycleStage.ACTIVE, LifecycleStage.DELETED)

    def restore_experiment(self, experiment_id: str) -> None:
        """Take an experiment and all its runs out of the bin.

        Raises:
            ResourceDoesNotExist: if there is none in the bin.
        """
        with self._store.reading():
            found = self.get_experiment(experiment_id)
            if found.lifecycle_stage != LifecycleStage.DELETED:
                msg = f"No deleted experiment with id={found.experiment_id} exists; it is active."
                raise ResourceDoesNotExist(msg)
            self._move(found.experiment_id, LifecycleStage.DELETED, LifecycleStage.ACTIVE)

    def set_experiment_tag(self, experiment_id: str, key: str, value: Any) -> None:
        """Set a tag of an experiment."""
        name = limits.key("tag", key)
        text = limits.text("tag", name, value)
        found = self._active_experiment(experiment_id)
        self._store.append(ExperimentSet(found.experiment_id, "tag", text, name))

    def delete_experiment_tag(self, experiment_id: str, key: str) -> None:
        """Remove a tag of an experiment.

        Raises:
            ResourceDoesNotExist: if it has no such tag.
        """
        found = self._active_experiment(experiment_id)
        if key not in found.tags:
            msg = f"No tag with name: {key} in experiment with id {found.experiment_id}."
            raise ResourceDoesNotExist(msg)
        self._store.append(ExperimentSet(found.experiment_id, "tag", None, key))

    def _move(self, experiment_id: str, before: str, after: str) -> None:
        """Bring an experiment and its runs from one lifecycle stage to another."""
        query = "SELECT run_id FROM runs WHERE experiment_id = ? AND lifecycle_stage = ?"
        runs = [run_id for (run_id,) in self._store.rows(query, [experiment_id, before])]
        now = int(time.time() * 1000)
        events: list[Event] = [ExperimentSet(experiment_id, "stage", after)]
        events += [RunStage(run_id, after, now) for run_id in runs]
        self._store.append_all(events)
        for run_id in runs:
            self._known.params.pop(run_id, None)

    def _notice_removal(self) -> None:
        """If somebody deleted the store, begin a new one and forget what was in the old one."""
        if self._store.starts_anew():
            self._known.forget()

    def _active_experiment(
        self, experiment_id: str, code: str = "INVALID_PARAMETER_VALUE"
    ) -> Experiment:
        """An experiment that is not in the bin.

        Raises:
            ResourceDoesNotExist: if there is none of this id or name.
            InvalidState: if it is in the bin; MLflow's code for that depends on what was asked.
        """
        found = self.get_experiment(experiment_id)
        if found.lifecycle_stage != LifecycleStage.ACTIVE:
            msg = (
                f"The experiment {found.name!r} (id {found.experiment_id}) must be in the 'active'"
                " state. Current state is deleted. Bring it back with restore_experiment()."
            )
            raise InvalidState(msg, code)
        return found

    def _note(self, found: Experiment) -> None:
        """Remember what a run in this experiment will ask for when it starts."""
        self._known.locations[found.experiment_id] = found.artifact_location
        if found.lifecycle_stage == LifecycleStage.ACTIVE:
            self._known.experiments.add(found.experiment_id)
        else:
            self._known.experiments.discard(found.experiment_id)

    def _experiment_ids(self, given: Any) -> list[str]:
        """What a caller passed as ``experiment_ids``: one or several ids or names."""
        if given is None:
            return []
        several = [given] if isinstance(given, (str, int)) else list(given)
        wanted = [str(one) for one in several]
        known = dict(self._store.rows("SELECT name, experiment_id FROM experiments"))
        ids = set(known.values())
        return [one if one in ids else known.get(one, one) for one in wanted]


def one_page(found: list[Any], limit: int, offset: int) -> PagedList[Any]:
    """``limit`` results, with a token if ``found`` has one more."""
    more = len(found) > limit
    return PagedList(found[:limit], page_token(offset + limit) if more else None)


def _taken(experiment: Experiment) -> str:
    if experiment.lifecycle_stage == LifecycleStage.DELETED:
        return (
            f"Experiment {experiment.name!r} already exists in deleted state. Bring it back with"
            f" restore_experiment({experiment.experiment_id!r}), or choose another name."
        )
    return f"Experiment(name={experiment.name}) already exists (id {experiment.experiment_id})."


def check_choice(name: object, experiment_id: object) -> None:
    """Exactly one of a name and an id is given.

    Raises:
        InvalidParameterValue: otherwise.
    """
    if (name is None) == (experiment_id is None):
        msg = "Must specify exactly one of: `experiment_name` or `experiment_id`."
        raise InvalidParameterValue(msg)
