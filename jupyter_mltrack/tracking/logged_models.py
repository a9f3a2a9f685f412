"""The client's half that deals with logged models: create, change, finish, find.

A model belongs to an experiment; the run that made it, if there was one, is its source run. Its
files are the business of `model_files.py`.
"""

from __future__ import annotations

import time
from contextlib import ExitStack, suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.artifacts import checked
from jupyter_mltrack.entities import LoggedModel, LoggedModelStatus, PagedList
from jupyter_mltrack.entities.paged_list import page_offset
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist, StoreError
from jupyter_mltrack.events import ModelCreated, ModelSet
from jupyter_mltrack.ids import new_run_id, new_run_name
from jupyter_mltrack.store import model_search
from jupyter_mltrack.tracking import active, limits
from jupyter_mltrack.tracking.experiments import one_page
from jupyter_mltrack.tracking.known import Home
from jupyter_mltrack.tracking.runs import RunMethods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

#: The most models on one page, and how many there are if nobody says.
PAGE_LIMIT = 50_000
PAGE = 100

#: What MLflow does not take in the name of a model.
_FORBIDDEN = ("/", ":", ".", "%", '"', "'")


class LoggedModelMethods(RunMethods):
    """Create, change, finish and find logged models."""

    def create_logged_model(
        self,
        experiment_id: str,
        name: str | None = None,
        source_run_id: str | None = None,
        tags: Mapping[str, Any] | None = None,
        params: Mapping[str, Any] | None = None,
        model_type: str | None = None,
        *,
        artifact_path: str | None = None,
    ) -> LoggedModel:
        """Begin a logged model; it is PENDING until `finalize_logged_model`.

        If this process dies before that, it becomes FAILED. Its files lie among those of its
        source run, in a folder of its name (of its name and id, if that folder is taken); without
        a run of the same experiment in a folder of its own.

        Args:
            experiment_id: Where it belongs (id or name).
            name: Its name; default is a random one.
            source_run_id: The run that makes it.
            tags: Its first tags.
            params: Its first parameters.
            model_type: What you call its kind, such as ``"classifier"``.
            artifact_path: Its name as MLflow 2 took it, which may be a path with ``/`` and dots;
                give this or ``name``. Not in MLflow.

        Raises:
            InvalidParameterValue: if it cannot be called so; then nothing is made.
            ResourceDoesNotExist: if there is no such experiment or run.
            InvalidState: if one of them is in the bin.

        Example:
            >>> model = client.create_logged_model("0", name="ridge", source_run_id=run_id)
            >>> model.model_uri
            'models:/m-5f0c…'
        """
        self._notice_removal()
        model_id = f"m-{new_run_id()}"
        called = _name(name, artifact_path, model_id)
        now = int(time.time() * 1000)
        changes = _changes(model_id, "tag", tags, now) + _changes(model_id, "param", params, now)
        kind = None if model_type is None else limits.text("model", "type", model_type)
        experiment = str(experiment_id)
        if experiment not in self._known.experiments:
            experiment = self._active_experiment(experiment).experiment_id
        with ExitStack() as agreement:
            folder = self._folder_for(agreement, model_id, called, source_run_id, experiment)
            born = ModelCreated(
                model_id, experiment, called, now, source_run_id, folder, kind
            )  # fmt: skip
            self._store.append_all([born, *changes])
        home = self._home(model_id, experiment, source_run_id, folder)
        self._known.models[model_id] = home
        active.note_model(self, model_id)
        made = self._known.begun[model_id] = LoggedModel(
            experiment, model_id, called, home.uri, now, now, kind, source_run_id,
            LoggedModelStatus.PENDING, None,
            {one.key: str(one.text) for one in changes if one.field == "tag"},
            {one.key: str(one.text) for one in changes if one.field == "param"},
        )  # fmt: skip
        return made

    def finalize_logged_model(
        self, model_id: str, status: str | LoggedModelStatus, *, status_message: str | None = None
    ) -> LoggedModel:
        """Say that a model is READY, or FAILED; that is on the disk when this returns.

        Args:
            model_id: The model.
            status: ``"READY"`` or ``"FAILED"``.
            status_message: Why it failed. Not in MLflow.

        Returns:
            The model as it is now.

        Raises:
            InvalidParameterValue: if there is no such status.
            ResourceDoesNotExist: if there is no such model.
        """
        new = LoggedModelStatus.named(status)
        message = None if status_message is None else limits.text("model", "status", status_message)
        begun = self._known.begun.pop(model_id, None)
        found = model_search.model(self._store, _checked_id(model_id)) or begun
        if found is None:  # not even one of ours that the disk has refused so far
            found = self.get_logged_model(model_id)
        now = int(time.time() * 1000)
        self._store.append(ModelSet(model_id, "status", new.value, "", now, message))
        self._store.sync()
        return replace(found, status=new, status_message=message, last_updated_timestamp=now)

    def get_logged_model(self, model_id: str) -> LoggedModel:
        """A model with all that is known of it.

        Raises:
            ResourceDoesNotExist: if there is none, or it is deleted.
        """
        found = model_search.model(self._store, _checked_id(model_id))
        if found is None:
            msg = (
                f"Model {model_id!r} not found in {self._place.path}."
                " search_logged_models() lists those there are."
            )
            raise ResourceDoesNotExist(msg)
        return found

    def delete_logged_model(self, model_id: str) -> None:
        """Delete a model; its files stay until `gc` removes them.

        Raises:
            ResourceDoesNotExist: if there is none, or it is deleted already.
        """
        self.get_logged_model(model_id)
        self._known.models.pop(model_id, None)
        self._set(ModelSet(model_id, "stage", "deleted"))

    def set_logged_model_tags(self, model_id: str, tags: Mapping[str, Any]) -> None:
        """Set tags of a model, over older values: all, or none if one is refused."""
        changes = _changes(model_id, "tag", tags, 0)
        self._model_home(model_id)
        self._set(*changes)

    def delete_logged_model_tag(self, model_id: str, key: str) -> None:
        """Remove a tag of a model.

        Raises:
            ResourceDoesNotExist: if it has no such tag.
        """
        if key not in self.get_logged_model(model_id).tags:
            msg = f"No tag with key {key!r} found for model with ID {model_id!r}."
            raise ResourceDoesNotExist(msg)
        self._set(ModelSet(model_id, "tag", None, key))

    def log_model_params(self, model_id: str, params: Mapping[str, Any]) -> None:
        """Log parameters of a model, which keeps the first value of each: all, or none.

        Raises:
            InvalidParameterValue: if it has another value for one of them.
        """
        changes = _changes(model_id, "param", params, 0)
        known = self.get_logged_model(model_id).params
        for change in changes:
            if known.get(change.key, change.text) != change.text:
                msg = (
                    f"Changing param values is not allowed. Param with key={change.key!r} was"
                    f" already logged with value={known[change.key]!r} for model {model_id!r}."
                )
                raise InvalidParameterValue(msg)
        self._set(*(change for change in changes if change.key not in known))

    def search_logged_models(
        self,
        experiment_ids: Sequence[str] | str,
        filter_string: str | None = None,
        datasets: Sequence[Mapping[str, str]] | None = None,
        max_results: int | None = None,
        order_by: Sequence[Mapping[str, Any]] | None = None,
        page_token: str | None = None,
    ) -> PagedList[LoggedModel]:
        """A page of the models that match a filter.

        Args:
            experiment_ids: Ids (or names) of the experiments; one string is one id.
            filter_string: Such as ``"metrics.rmse < 7 AND params.alpha = '0.1'"``; attributes are
                name, model_id, model_type, status, source_run_id, creation_time and others.
            datasets: Only metrics on these count, such as ``[{"dataset_name": "test"}]``, also
                with a ``"dataset_digest"``; models without any are left out.
            max_results: At most so many on a page; default 100.
            order_by: Such as ``[{"field_name": "metrics.rmse", "ascending": True,
                "dataset_name": "test"}]``; default is the newest first.
            page_token: The ``.token`` of the page before.

        Raises:
            FilterSyntaxError: with a caret at what cannot be parsed.
            InvalidParameterValue: if ``datasets`` or ``order_by`` are not as they should be.
        """
        limit = limits.max_results(max_results or PAGE, PAGE_LIMIT)
        offset = page_offset(page_token)
        search = model_search.ModelSearch(
            experiment_ids=self._experiment_ids(experiment_ids),
            filter_string=filter_string or "",
            datasets=model_search.checked_datasets(datasets),
            order_by=model_search.checked_order(order_by),
            limit=limit + 1,
            offset=offset,
        )
        return one_page(model_search.models(self._store, search), limit, offset)

    def newest_model(self, experiment_ids: Sequence[str], name: str) -> LoggedModel | None:
        """The newest model of this name in these experiments; None if there is none."""
        return model_search.newest(self._store, list(experiment_ids), name)

    def logged_model_at(self, run_id: str, name: str) -> LoggedModel | None:
        """The newest READY model of this name that a run made; None if there is none.

        Args:
            run_id: The run.
            name: Its name, or the folder among the run's files that it lies in.
        """
        return model_search.newest_ready(self._store, run_id, name)

    def _set(self, *changes: ModelSet) -> None:
        now = int(time.time() * 1000)
        for change in changes:
            change.ts = now
        self._store.append_all(changes)

    def _model_home(self, model_id: str) -> Home:
        """Where the files of a model are; a model that is known already costs nothing.

        Raises:
            ResourceDoesNotExist: if there is no such model.
        """
        home = self._known.models.get(model_id)
        if home is None:
            found = self.get_logged_model(model_id)
            folder = model_search.folder(self._store, model_id)
            home = Home(found.source_run_id if folder else None, folder, found.artifact_location)
            self._known.models[model_id] = home
        return home

    def _home(self, model_id: str, experiment: str, run_id: str | None, folder: str | None) -> Home:
        if run_id is not None and folder is not None:
            return Home(run_id, folder, f"{self._known.artifact_uris[run_id]}/{folder}")
        return Home(None, None, f"{self._location(experiment)}/models/{model_id}/artifacts")

    def _folder_for(
        self, agreement: ExitStack, model_id: str, name: str, run_id: str | None, experiment: str
    ) -> str | None:
        """The folder that a new model gets among the files of its run.

        Nobody else can take one until ``agreement`` is closed. It gets none if nothing can be
        agreed on, or if the run is of another experiment.
        """
        if run_id is None:
            return None
        self._open_params(run_id)
        files = self._artifact_folder(run_id)
        with suppress(StoreError):
            agreement.enter_context(self._store.agreeing())
            found = model_search.folder_state(self._store, run_id, name)
            if found.experiment_id != experiment:
                return None
            if found.is_inside_another:
                return model_id
            return f"{name}-{model_id}" if found.is_taken or files.list(name) else name
        return None


def _checked_id(model_id: object) -> str:
    if not isinstance(model_id, str) or not model_id:
        msg = f"`model_id` must be a non-empty string, but got {model_id!r}."
        raise InvalidParameterValue(msg)
    return model_id


def _name(name: object, artifact_path: str | None, model_id: str) -> str:
    """What a model is called.

    Raises:
        InvalidParameterValue: if it cannot be called so.
    """
    if name is not None and artifact_path is not None:
        msg = "Give name or artifact_path, not both: they mean the same."
        raise InvalidParameterValue(msg)
    if artifact_path is not None:
        return checked(checked(artifact_path) + f"-{model_id}").removesuffix(f"-{model_id}")
    if name is None:
        return new_run_name()
    if not isinstance(name, str) or not name or any(sign in name for sign in _FORBIDDEN):
        msg = (
            f"Invalid model name ({name!r}) provided. Model name must be a non-empty string and"
            f" cannot contain the following characters: {_FORBIDDEN}"
        )
        raise InvalidParameterValue(msg)
    return checked(f"{name}-{model_id}").removesuffix(f"-{model_id}")


def _changes(model_id: str, field: str, given: Mapping[str, Any] | None, ts: int) -> list[ModelSet]:
    """Tags or params as events, after all checks."""
    return [
        ModelSet(model_id, field, limits.text(field, key, value), limits.key(field, key), ts)
        for key, value in (given or {}).items()
    ]
