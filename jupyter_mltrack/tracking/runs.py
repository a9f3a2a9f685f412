"""The client's half that deals with runs as a whole: start, find, end, delete."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jupyter_mltrack.artifacts import open_folder
from jupyter_mltrack.entities import (
    LifecycleStage,
    PagedList,
    Run,
    RunData,
    RunInfo,
    RunStatus,
    ViewType,
)
from jupyter_mltrack.entities.paged_list import page_offset
from jupyter_mltrack.errors import InvalidState, ResourceDoesNotExist, StoreError
from jupyter_mltrack.events import Event, RunStage, RunStarted, Tag
from jupyter_mltrack.events import RunStatus as StatusChanged
from jupyter_mltrack.ids import check_run_id, new_run_id, new_run_name
from jupyter_mltrack.store import numbers, queries
from jupyter_mltrack.tracking import births, limits, notebook
from jupyter_mltrack.tracking.experiments import ExperimentMethods, one_page

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from jupyter_mltrack.artifacts import ArtifactFolder

#: The most runs on one page.
PAGE_LIMIT = 50_000
RUN_NAME = "mlflow.runName"
PARENT = "mlflow.parentRunId"


class RunMethods(ExperimentMethods):
    """Start, find, end and delete runs."""

    def create_run(
        self,
        experiment_id: str,
        start_time: int | None = None,
        tags: Mapping[str, Any] | None = None,
        run_name: str | None = None,
    ) -> Run:
        """Begin a run; it is RUNNING until `set_terminated`, or until this process dies.

        Args:
            experiment_id: Where it belongs.
            start_time: In ms since 1970; default is now.
            tags: Its first tags.
            run_name: Its name; default is the tag ``mlflow.runName``, else a random one.
        """
        self._notice_removal()
        experiment = str(experiment_id)
        if experiment not in self._known.experiments:
            experiment = self._active_experiment(experiment).experiment_id
        given = {limits.key("tag", k): limits.text("tag", k, v) for k, v in (tags or {}).items()}
        name = limits.text("run", "name", run_name or given.get(RUN_NAME) or new_run_name())
        given[RUN_NAME] = name
        user = given.get("mlflow.user") or births.user()
        start = int(time.time() * 1000) if start_time is None else limits.timestamp(start_time)
        number = self._next_number(experiment)
        run_id = new_run_id()
        cell = notebook.session().write_cells(self._store)
        events: list[Event] = [RunStarted(run_id, experiment, start, number, user, cell)]
        events += [Tag(run_id, key, text) for key, text in given.items()]
        self._store.append_all(events)
        self._known.params[run_id] = {}
        self._known.began[run_id] = time.monotonic()
        self._note_environment()
        uri = self._known.artifact_uris[run_id] = self._artifact_uri(experiment, run_id)
        info = RunInfo(
            run_id, experiment, user, "RUNNING", start, None,
            LifecycleStage.ACTIVE, uri, name, number,
        )  # fmt: skip
        return Run(info, RunData(tags=given))

    def get_run(self, run_id: str) -> Run:
        """A run with all it logged so far, deleted runs too.

        Raises:
            ResourceDoesNotExist: if there is none.
        """
        found = queries.run(self._store, check_run_id(run_id))
        if found is None:
            msg = f"Run with id={run_id} not found in {self._place.path}."
            raise ResourceDoesNotExist(msg)
        return found

    def get_parent_run(self, run_id: str) -> Run | None:
        """The run that ``run_id`` is nested in; None if it is not."""
        with self._store.reading():
            parent = self.get_run(run_id).data.tags.get(PARENT)
            return self.get_run(parent) if parent else None

    def update_run(self, run_id: str, status: str | None = None, name: str | None = None) -> None:
        """Change the status or the name of a run."""
        self._open_params(run_id)
        if status is not None:
            self._set_status(run_id, status, None)
        if name is not None:
            self._store.append(Tag(run_id, RUN_NAME, limits.text("run", "name", name)))

    def set_terminated(
        self, run_id: str, status: str | None = None, end_time: int | None = None
    ) -> None:
        """End a run; its events are on the disk when this returns.

        Args:
            run_id: The run.
            status: FINISHED (default), FAILED or KILLED.
            end_time: In ms since 1970; default is now.

        Raises:
            ResourceDoesNotExist: if there is no such run.
        """
        if run_id not in self._known.params:  # one that was put in the bin while open ends too
            self.get_run(run_id)
        self._set_status(run_id, status or "FINISHED", end_time)

    def delete_run(self, run_id: str) -> None:
        """Put a run in the bin; `restore_run` brings it back until `gc` empties the bin."""
        self._open_params(run_id)
        self._known.params.pop(run_id, None)
        self._store.append(RunStage(run_id, LifecycleStage.DELETED, int(time.time() * 1000)))

    def restore_run(self, run_id: str) -> None:
        """Take a run out of the bin."""
        self.get_run(run_id)
        self._store.append(RunStage(run_id, LifecycleStage.ACTIVE, int(time.time() * 1000)))

    def search_runs(
        self,
        experiment_ids: Sequence[str] | str,
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 1000,
        order_by: Sequence[str] | None = None,
        page_token: str | None = None,
    ) -> PagedList[Run]:
        """A page of the runs that match a filter.

        Args:
            experiment_ids: Ids (or names) of the experiments; one string is one id.
            filter_string: Such as ``"metrics.rmse < 7 AND params.model = 'ridge'"``.
            run_view_type: ``ViewType.ACTIVE_ONLY``, ``DELETED_ONLY`` or ``ALL``.
            max_results: At most so many on a page.
            order_by: Such as ``["metrics.rmse ASC"]``; default is the newest first.
            page_token: The ``.token`` of the page before.

        Raises:
            FilterSyntaxError: with a caret at what cannot be parsed.
        """
        limit = limits.max_results(max_results, PAGE_LIMIT)
        offset = page_offset(page_token)
        with self._store.reading():
            search = self._search(experiment_ids, filter_string, run_view_type, order_by)
            search = replace(search, limit=limit + 1, offset=offset)
            found = queries.runs(self._store, search)
        return one_page(found, limit, offset)

    def search_runs_frame(
        self,
        experiment_ids: Sequence[str] | str,
        filter_string: str = "",
        run_view_type: int = ViewType.ACTIVE_ONLY,
        max_results: int = 100_000,
        order_by: Sequence[str] | None = None,
        columns: Sequence[str] | None = None,
    ) -> pd.DataFrame:
        """The runs that match a filter, as a DataFrame; many times as fast as a list of runs.

        Args:
            experiment_ids: As in `search_runs`, and so the next three.
            filter_string: What must hold.
            run_view_type: Which lifecycle stages.
            order_by: The order of the rows.
            max_results: At most so many rows.
            columns: Only these, as fields such as ``"metrics.rmse"`` or ``"run_name"``.

        Raises:
            FilterSyntaxError: with a caret at what cannot be parsed.
        """
        with self._store.reading():
            search = self._search(experiment_ids, filter_string, run_view_type, order_by)
            search = replace(search, limit=max(0, int(max_results)))
            return queries.runs_frame(self._store, search, columns)

    def _search(
        self, experiment_ids: Any, filter_string: str, view: int, order_by: Sequence[str] | None
    ) -> queries.RunSearch:
        ViewType.to_string(view)
        return queries.RunSearch(
            experiment_ids=self._experiment_ids(experiment_ids),
            filter_string=filter_string or "",
            view=view,
            order_by=order_by or (),
        )

    def _artifact_folder(self, run_id: str) -> ArtifactFolder:
        """Where the files of a run are."""
        uri = self._known.artifact_uris.get(run_id)
        if uri is None:
            uri = self._known.artifact_uris[run_id] = self.get_run(run_id).info.artifact_uri
        return open_folder(uri)

    def list_run_infos(self, experiment_id: str, **search: Any) -> list[RunInfo]:
        """What the runs of an experiment are, without their data (MLflow 1's name for it)."""
        return [run.info for run in self.search_runs([experiment_id], **search)]

    def check_open(self, run_id: str) -> None:
        """Return if this run can be logged to; a run that is logged to already costs nothing.

        Raises:
            ResourceDoesNotExist: if there is no such run.
            InvalidState: if it is deleted.
        """
        self._open_params(run_id)

    def _open_params(self, run_id: str) -> dict[str, str]:
        """The params of a run that may be logged to.

        Raises:
            ResourceDoesNotExist: if there is no such run.
            InvalidState: if it is deleted.
        """
        known = self._known.params.get(run_id)
        if known is None:
            run = self.get_run(run_id)
            if run.info.lifecycle_stage != LifecycleStage.ACTIVE:
                msg = (
                    f"The run {run_id} must be in the 'active' state. Current state is deleted."
                    " Bring it back with restore_run()."
                )
                raise InvalidState(msg, "INVALID_PARAMETER_VALUE")
            known = self._known.params.setdefault(run_id, dict(run.data.params))
        return known

    def _set_status(self, run_id: str, status: str, end_time: int | None) -> None:
        ended = RunStatus.is_terminated(RunStatus.from_string(status))
        now = int(time.time() * 1000)
        end = (now if end_time is None else limits.timestamp(end_time)) if ended else None
        seconds = self._seconds_of(run_id) if ended and end_time is None else None
        if ended:
            self._note_environment()
        self._store.append(StatusChanged(run_id, status, end, seconds))
        if ended:
            self._store.sync()

    def _next_number(self, experiment_id: str) -> int:
        def highest() -> int:
            return queries.highest_number(self._store, experiment_id)

        with self._known.counting:
            try:
                return numbers.take(self._store.folder, experiment_id, highest)
            except StoreError:  # nobody should wait for a number
                return 0

    def _artifact_uri(self, experiment_id: str, run_id: str) -> str:
        return f"{self._location(experiment_id)}/{run_id}/artifacts"

    def _location(self, experiment_id: str) -> str:
        """Where the files of an experiment are."""
        root = self._known.locations.get(experiment_id)
        return self.get_experiment(experiment_id).artifact_location if root is None else root

    def _seconds_of(self, run_id: str) -> float | None:
        """How long a run that was started in this process has been going on."""
        began = self._known.began.get(run_id)
        return None if began is None else time.monotonic() - began

    def _note_environment(self) -> None:
        """Record package versions, if they are not what this journal says already."""
        event = births.environment()
        token = self._store.journal.token
        if self._known.packages.get(token) != event.packages:
            self._known.packages[token] = event.packages
            self._store.append(event)
