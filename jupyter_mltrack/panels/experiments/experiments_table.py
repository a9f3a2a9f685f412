"""The widget that lists experiments."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any, cast

import traitlets

from jupyter_mltrack.entities.tags import DESCRIPTION
from jupyter_mltrack.errors import InvalidParameterValue, ResourceDoesNotExist, StoreError
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.experiments import questions as ask
from jupyter_mltrack.panels.experiments.experiments_twin import list_html, list_text
from jupyter_mltrack.panels.experiments.rows import COLUMNS, MOST_ROWS, ExperimentRow, ordered, row
from jupyter_mltrack.panels.panel import Panel
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.store import experiment_list
from jupyter_mltrack.store.experiment_list import ListedExperiment
from jupyter_mltrack.tracking import fluent
from jupyter_mltrack.tracking.client import TrackingClient

_LONGEST_LABEL = 60
STARTER = """\
import jupyter_mltrack as mlt

mlt.set_experiment("my first experiment")
with mlt.start_run():
    mlt.log_param("alpha", 0.5)
    mlt.log_metric("rmse", 0.79)"""


class ExperimentsTable(Panel):
    """The experiments of a store: search, sort, make, change.

    Args:
        client: Of the store.
        filter_string: In the language of `search_experiments`.
        opening: Called with the id of an experiment whose runs somebody wants to see.

    Attributes:
        view: What is shown; see the browser module.
        query: The filter.

    Raises:
        FilterSyntaxError: with a caret at what cannot be parsed.
    """

    _esm = browser_module("experiments/experiments_table.js")
    _css = style_sheet("experiments/experiments_table.css")
    questions = {  # noqa: RUF012  (never changed)
        ask.Search: "hear_search",
        ask.Sort: "hear_sort",
        ask.Deleted: "hear_deleted",
        ask.Create: "hear_create",
        ask.Texts: "hear_texts",
        ask.Change: "hear_change",
        ask.Tag: "hear_tag",
        ask.Delete: "hear_delete",
        ask.Restore: "hear_restore",
        ask.Activate: "hear_activate",
        ask.Open: "hear_open",
        ask.News: "hear_news",
    }
    view = traitlets.Dict().tag(sync=True)
    query = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        client: TrackingClient,
        filter_string: str = "",
        opening: Callable[[str], None] | None = None,
    ) -> None:
        self._client = client
        self._opening = opening
        self._column, self._descending = "last", True
        self._shows_deleted = False
        self._state: tuple[int, frozenset[str]] | None = None
        self._found: list[ListedExperiment] = []
        super().__init__(query=filter_string)
        self.refresh()

    @property
    def rows(self) -> list[ExperimentRow]:
        """What the rows show."""
        return cast("list[ExperimentRow]", self.view["rows"])

    @property
    def found(self) -> list[ListedExperiment]:
        """The experiments that match, in the order shown."""
        return list(self._found)

    def search(self, filter_string: str) -> None:
        """Show what matches a filter; one that cannot be parsed changes nothing.

        Raises:
            FilterSyntaxError: with a caret at the mistake.
        """
        self.refresh(filter_string)
        self.query = filter_string

    def refresh(self, filter_string: str | None = None) -> None:
        """Read the list anew, with another filter if one is given."""
        query = self.query if filter_string is None else filter_string
        store = self._client.store
        began = time.perf_counter()
        with store.reading():
            state = experiment_list.state(store)
            found = experiment_list.listed(store, query, deleted=self._shows_deleted)
            active, deleted = experiment_list.counted(store)
            current = next(iter(fluent.searched_experiment_ids()), None)
        took = round((time.perf_counter() - began) * 1000)
        self._found = ordered(found, self._column, descending=self._descending)
        total = deleted if self._shows_deleted else active
        is_new = not query and not self._shows_deleted and not any(one.runs for one in found)
        self._state = state
        self.view = {
            "rows": [row(one, current) for one in self._found[:MOST_ROWS]],
            "summary": f"{_count(len(found), total)} · {took} ms",
            "omitted": max(0, len(found) - MOST_ROWS),
            "sort": {"column": self._column, "descending": self._descending},
            "deleted": self._shows_deleted,
            "in_bin": deleted,
            "starter": STARTER if is_new and total <= 1 else "",
        }

    def html(self) -> str:
        """The list at rest."""
        return list_html(self.rows, str(self.view["summary"]), str(self.view["starter"]))

    def text(self) -> str:
        """The list as plain text."""
        return list_text(self.rows, str(self.view["summary"]))

    # What a browser asks ------------------------------------------------------------------------

    def hear_search(self, asked: ask.Search) -> dict[str, Any]:
        """Search."""
        self.search(asked.filter)
        return {}

    def hear_sort(self, asked: ask.Sort) -> dict[str, Any]:
        """Sort by a column."""
        if asked.column not in COLUMNS:
            msg = f"There is no column {asked.column!r} to sort by."
            raise InvalidParameterValue(msg)
        self._column, self._descending = asked.column, asked.descending
        return self._changed()

    def hear_deleted(self, asked: ask.Deleted) -> dict[str, Any]:
        """Show the bin, or leave it."""
        self._shows_deleted = asked.on
        return self._changed()

    def hear_create(self, asked: ask.Create) -> dict[str, Any]:
        """Make an experiment."""
        tags = {DESCRIPTION: asked.description} if asked.description.strip() else {}
        new = self._client.create_experiment(asked.name.strip(), tags=tags)
        self._shows_deleted = False
        return self._changed({"experiment": new})

    def hear_texts(self, asked: ask.Texts) -> dict[str, Any]:
        """Name and description uncut, and each tag's key with its label."""
        found = self._client.get_experiment(asked.experiment)
        keys = [key for key in found.tags if not key.startswith("mlflow.")]
        return {
            "name": found.name,
            "description": found.tags.get(DESCRIPTION, ""),
            "tags": [{"key": key, "label": one_line(key, _LONGEST_LABEL)} for key in keys],
        }

    def hear_change(self, asked: ask.Change) -> dict[str, Any]:
        """Rename and describe; what was not touched is left as it is."""
        found = self._client.get_experiment(asked.experiment)
        if asked.name is not None:
            self._client.rename_experiment(found.experiment_id, asked.name.strip())
        if asked.description is not None:
            self._describe(asked.experiment, asked.description)
        return self._changed()

    def hear_tag(self, asked: ask.Tag) -> dict[str, Any]:
        """Set a tag, or remove it."""
        if asked.value is not None:
            self._client.set_experiment_tag(asked.experiment, asked.key, asked.value)
        elif asked.key in self._client.get_experiment(asked.experiment).tags:
            self._client.delete_experiment_tag(asked.experiment, asked.key)
        else:
            msg = f"This experiment has no tag {one_line(asked.key, _LONGEST_LABEL)!r} any more."
            raise ResourceDoesNotExist(msg)
        return self._changed()

    def hear_delete(self, asked: ask.Delete) -> dict[str, Any]:
        """Put an experiment in the bin."""
        fluent_id = self._client.get_experiment(asked.experiment).experiment_id
        if self._client is fluent.client():  # it may be the active one
            fluent.delete_experiment(fluent_id)
        else:
            self._client.delete_experiment(fluent_id)
        return self._changed({"undo": True})

    def hear_restore(self, asked: ask.Restore) -> dict[str, Any]:
        """Take an experiment out of the bin."""
        self._client.restore_experiment(asked.experiment)
        return self._changed()

    def hear_activate(self, asked: ask.Activate) -> dict[str, Any]:
        """Log to an experiment from now on."""
        if self._client is not fluent.client():
            msg = "This list is of another store: set_tracking_uri() chooses the store to log to."
            raise InvalidParameterValue(msg)
        fluent.set_experiment(experiment_id=asked.experiment)
        return self._changed()

    def hear_open(self, asked: ask.Open) -> dict[str, Any]:
        """Show the runs of an experiment."""
        found = self._client.get_experiment(asked.experiment)
        if self._opening is not None:
            self._opening(found.experiment_id)
        return {}

    def hear_news(self, _: ask.News) -> dict[str, Any]:
        """Read the list anew if anything was logged, or a process that logs has ended."""
        if experiment_list.state(self._client.store) == self._state:
            return {"changed": False}
        try:
            self.refresh()
        except StoreError as trouble:
            return {"changed": False, "note": f"This was read a while ago: {trouble}"}
        return {"changed": True}

    def _describe(self, experiment_id: str, text: str) -> None:
        if text.strip():
            self._client.set_experiment_tag(experiment_id, DESCRIPTION, text)
        elif DESCRIPTION in self._client.get_experiment(experiment_id).tags:
            self._client.delete_experiment_tag(experiment_id, DESCRIPTION)

    def _changed(self, answer: dict[str, Any] | None = None) -> dict[str, Any]:
        """Show what is now."""
        self.refresh()
        return answer or {}


def _count(found: int, total: int) -> str:
    noun = "experiment" if total == 1 else "experiments"
    return f"{total:,} {noun}" if found == total else f"{found:,} of {total:,} {noun}"
