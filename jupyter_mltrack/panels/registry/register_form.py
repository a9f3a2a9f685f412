"""The form that registers a model of a run: it opens below a table of runs, or on a run's page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import traitlets

from jupyter_mltrack.client import MltrackClient
from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.markup import element
from jupyter_mltrack.panels.panel import Panel, Question
from jupyter_mltrack.panels.registry.questions import Short, Typed
from jupyter_mltrack.panels.wording import identity, one_line
from jupyter_mltrack.store import registry_list
from jupyter_mltrack.store.registry_list import RunModel
from jupyter_mltrack.tracking.client import TrackingClient

_NONE = (
    "{run} has logged no model. Log one inside the run, such as"
    ' mlt.sklearn.log_model(model, name="model"), then register it.'
)
_MOST_NAMES = 300


class Register(Question, frozen=True, tag_field="kind", tag="register"):
    """Make a model a version of a registered model, which is made if there is none."""

    source: Short
    name: Short
    description: Typed = ""
    comment: Typed = ""


class Close(Question, frozen=True, tag_field="kind", tag="close"):
    """Take the form away."""


class RegisterForm(Panel):
    """Registers a model that a run has logged.

    Args:
        client: Of the store.
        run_id: The run.
        closing: Called when the form is no longer wanted.

    Attributes:
        choice: The models of the run, and the names there are; see the browser module.

    Raises:
        ResourceDoesNotExist: if there is no such run.
    """

    _esm = browser_module("registry/register_form.js")
    _css = style_sheet("registry/registry_view.css")
    questions = {Register: "hear_register", Close: "hear_close"}  # noqa: RUF012  (never changed)
    choice = traitlets.Dict().tag(sync=True)

    def __init__(
        self, client: TrackingClient, run_id: str, closing: Callable[[], None] = lambda: None
    ) -> None:
        self._client = MltrackClient(client.tracking_uri)
        self._closing = closing
        store = client.store
        with store.reading():
            title = identity(client.get_run(run_id).info)
            found = registry_list.models_of_run(store, run_id)
            names = [one.name for one in registry_list.listed(store, "", None, _MOST_NAMES)]
        self._sources = {_source(run_id, one): one for one in found}
        choice = {
            "run": title,
            "models": [
                {"source": source, "label": one_line(one.name, 120) or "(top)"}
                for source, one in self._sources.items()
            ],
            "names": names,
            "note": "" if found else _NONE.format(run=title),
        }
        super().__init__(choice=choice)

    def hear_register(self, asked: Register) -> dict[str, Any]:
        """Register one of the run's models."""
        if asked.source not in self._sources:
            msg = "This run has no such model. Choose one of those it has."
            raise InvalidParameterValue(msg)
        made, is_first = self._client.register(
            asked.source,
            asked.name.strip(),
            description=asked.description.strip() or None,
            comment=asked.comment,
        )
        what = "the first version" if is_first else f"version {made.version}"
        return {"said": f"It is {what} of {one_line(made.name, 120)} now."}

    def hear_close(self, _: Close) -> dict[str, Any]:
        """Take the form away."""
        self._closing()
        return {}

    def html(self) -> str:
        """What the form is about; it does nothing in a saved notebook."""
        return element("div", self.text())

    def text(self) -> str:
        """The same as text."""
        return str(self.choice["note"] or f"Register a model of {self.choice['run']}")


def _source(run_id: str, one: RunModel) -> str:
    return f"models:/{one.model_id}" if one.model_id else f"runs:/{run_id}/{one.folder}"
