"""The widget that shows the registry: its models, or the page of one."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

import traitlets

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.entities.model_registry import ModelVersion
from jupyter_mltrack.errors import (
    GatesFailed,
    InvalidParameterValue,
    ResourceDoesNotExist,
    StoreError,
)
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.panel import Panel, Question
from jupyter_mltrack.panels.registry import questions as ask
from jupyter_mltrack.panels.registry.changing import CHANGES
from jupyter_mltrack.panels.registry.instants import instant
from jupyter_mltrack.panels.registry.model_page import (
    CHANGES_AT_ONCE,
    VERSIONS_AT_ONCE,
    Look,
    baseline,
    page_of,
    stages_of,
)
from jupyter_mltrack.panels.registry.model_rows import MOST_ROWS, STARTER, found, row, summary
from jupyter_mltrack.panels.registry.registry_twin import list_html, list_text, page_html, page_text
from jupyter_mltrack.panels.registry.timeline import gates
from jupyter_mltrack.panels.registry.version_facts import version_facts
from jupyter_mltrack.store import experiment_list, registry_list

if TYPE_CHECKING:
    from ipywidgets import Widget

_GONE = "This model was deleted. Go back to the list of models."
_FEWEST_COMPARED = 2


class RegistryView(Panel):
    """The models of a registry, and the page of one at a time.

    Args:
        client: Of the store.
        below: Puts a panel below this one; None takes it away.

    Attributes:
        models: The list, see the browser module.
        page: The page of a model, see `page_of`; empty while the list is shown.
        query: The filter of the list.
    """

    _esm = browser_module("registry/registry_view.js")
    _css = style_sheet("registry/registry_view.css")
    questions: ClassVar[Mapping[type[Question], str]] = {
        ask.Search: "hear_search",
        ask.Open: "hear_open",
        ask.Back: "hear_back",
        ask.AsOf: "hear_as_of",
        ask.More: "hear_more",
        ask.VersionFacts: "hear_version",
        ask.TextOf: "hear_text",
        ask.Gates: "hear_gates",
        ask.OpenRun: "hear_run",
        ask.Compare: "hear_compare",
        ask.Close: "hear_close",
        ask.News: "hear_news",
        **dict.fromkeys(CHANGES, "hear_change"),
    }
    models = traitlets.Dict().tag(sync=True)
    page = traitlets.Dict().tag(sync=True)
    query = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        client: MltrackClient,
        filter_string: str = "",
        below: Callable[[Widget | None], None] = lambda _: None,
    ) -> None:
        self._client = client
        self._below = below
        self._look: Look | None = None
        self._logged: object = None
        self._changes = -1
        super().__init__(query=filter_string)
        self.refresh(filter_string)

    def show(self, name: str, at: int | None = None) -> None:
        """Show the page of a model.

        Raises:
            ResourceDoesNotExist: if there is none of this name, or was none then.
        """
        model = self._client.get_registered_model(name)
        self._see(Look(model_id=model.registered_model_id, at=at))

    def refresh(self, query: str | None = None) -> None:
        """Read all anew, the list with another filter if one is given.

        Raises:
            FilterSyntaxError: with a caret at the mistake; what was shown stays.
        """
        store = self._client.store
        wanted = self.query if query is None else query
        began = time.perf_counter()
        with store.reading():
            logged = experiment_list.state(store)
            total, changes = registry_list.counted(store)
            matching = found(self._client, wanted)
            stages = self._client.registry_stages()
            page = None if self._look is None else page_of(self._client, self._look)
        took = round((time.perf_counter() - began) * 1000)
        shown = matching[:MOST_ROWS]
        self._logged, self._changes = logged, changes
        with self.hold_sync():
            self.query = wanted
            self.models = {
                "rows": [row(one, stages) for one in shown],
                "summary": summary(len(shown), total, took),
                "omitted": len(matching) > len(shown),
                "starter": "" if total else STARTER,
            }
            if self._look is None or page is not None:
                self.page = page or {}
            else:
                self.page = {**self.page, "gone": _GONE}

    def html(self) -> str:
        """The registry at rest: its models, or the versions of the one that is shown."""
        return page_html(self.page) if self.page else list_html(self.models)

    def text(self) -> str:
        """The same as plain text."""
        return page_text(self.page) if self.page else list_text(self.models)

    # What a browser asks ------------------------------------------------------------------------

    def hear_search(self, asked: ask.Search) -> dict[str, Any]:
        """Search."""
        self.refresh(asked.filter)
        return {}

    def hear_open(self, asked: ask.Open) -> dict[str, Any]:
        """Show a model."""
        self._see(Look(model_id=asked.model))
        return {}

    def hear_back(self, _: ask.Back) -> dict[str, Any]:
        """Show the list."""
        self._look = None
        self._below(None)
        self.refresh()
        return {}

    def hear_as_of(self, asked: ask.AsOf) -> dict[str, Any]:
        """Show the model as it was."""
        at = asked.moment if asked.moment is not None else instant(asked.when)
        self._see(replace(self._seen(), at=at))
        return {}

    def hear_more(self, asked: ask.More) -> dict[str, Any]:
        """Show more versions, or more of the trail."""
        look = self._seen()
        if asked.trail:
            self._see(replace(look, changes=look.changes + CHANGES_AT_ONCE))
        else:
            self._see(replace(look, versions=look.versions + VERSIONS_AT_ONCE))
        return {}

    def hear_version(self, asked: ask.VersionFacts) -> dict[str, Any]:
        """All about a version."""
        client, look = self._client, self._seen()
        with client.store.reading():
            version = self._version(asked.version)
            standing = registry_list.standing(client.store, look.model_id, look.at)
            base = baseline(client, look, standing, [version], stages_of(client, standing))
            return version_facts(client, version, base, look.at)

    def hear_text(self, asked: ask.TextOf) -> dict[str, Any]:
        """A description as it is kept."""
        if asked.version is not None:
            return {"text": self._version(asked.version).description or ""}
        return {"text": self._client.get_registered_model(self._name()).description or ""}

    def hear_gates(self, asked: ask.Gates) -> dict[str, Any]:
        """What the gates of a stage say."""
        results = self._client.check_gates(self._name(), asked.version, asked.stage)
        return {"gates": gates(results)}

    def hear_change(self, asked: Question) -> dict[str, Any]:
        """Change the registry, and show what is now."""
        if self._seen().at is not None:
            msg = "This is the past, which nobody changes. Go back to now first."
            raise InvalidParameterValue(msg)
        try:
            CHANGES[type(asked)](self._client, self._name(), asked)
        except GatesFailed as refusal:
            return {"gates": gates(refusal.results)}
        self.refresh()
        return {}

    def hear_run(self, asked: ask.OpenRun) -> dict[str, Any]:
        """Show the run of a version below."""
        from jupyter_mltrack.panels.page import RunPage

        (run_id,) = self._runs([asked.version])
        self._below(RunPage(self._client, run_id))
        return {}

    def hear_compare(self, asked: ask.Compare) -> dict[str, Any]:
        """Compare the runs of versions below."""
        from jupyter_mltrack.panels.compare import ComparePanel

        runs = list(dict.fromkeys(self._runs(asked.versions)))
        if len(runs) < _FEWEST_COMPARED:
            msg = "These versions come from one run: there is nothing to compare."
            raise InvalidParameterValue(msg)
        self._below(ComparePanel(self._client, runs, view="params"))
        return {}

    def hear_close(self, _: ask.Close) -> dict[str, Any]:
        """Remove what is below."""
        self._below(None)
        return {}

    def hear_news(self, _: ask.News) -> dict[str, Any]:
        """Read all anew if anybody changed the registry."""
        store = self._client.store
        logged = experiment_list.state(store)
        if logged == self._logged:
            return {"changed": False}
        try:
            if registry_list.counted(store)[1] == self._changes:
                self._logged = logged
                return {"changed": False}
            self.refresh()
        except StoreError as trouble:
            return {"changed": False, "note": f"This was read a while ago: {trouble}"}
        return {"changed": True}

    def _see(self, look: Look) -> None:
        """Look at something else; if there is nothing, what was shown stays.

        Raises:
            ResourceDoesNotExist: if there is no such model at that instant.
        """
        page = page_of(self._client, look)
        if page is None:
            msg = _GONE if look.at is None else "There was no such model at that time yet."
            raise ResourceDoesNotExist(msg)
        self._look, self.page = look, page

    def _seen(self) -> Look:
        if self._look is None:
            msg = "No model is open: choose one from the list."
            raise InvalidParameterValue(msg)
        return self._look

    def _name(self) -> str:
        """The name that the model has now."""
        model = registry_list.one(self._client.store, self._seen().model_id)
        if model is None:
            raise ResourceDoesNotExist(_GONE)
        return model.name

    def _version(self, number: int) -> ModelVersion:
        look = self._seen()
        version = registry_list.version(self._client.store, look.model_id, number, look.at)
        if version is None:
            msg = f"There is no version {number} any more."
            raise ResourceDoesNotExist(msg)
        return version

    def _runs(self, versions: Sequence[int]) -> list[str]:
        """The runs that made versions.

        Raises:
            ResourceDoesNotExist: if one has none.
        """
        found = [self._version(number) for number in versions]
        without = [str(one.version) for one in found if not one.run_id]
        if without:
            msg = f"Version {', '.join(without)} was registered without a run."
            raise ResourceDoesNotExist(msg)
        return [str(one.run_id) for one in found]
