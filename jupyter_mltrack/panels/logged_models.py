"""The models that the runs of an experiment kept among their files."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import traitlets

from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.markup import Html, element, fitting
from jupyter_mltrack.panels.palette import FONT, TEXT, run_colour
from jupyter_mltrack.panels.panel import Panel, Question
from jupyter_mltrack.panels.wording import moment, one_line
from jupyter_mltrack.store.logged_models import ListedModel, logged_models
from jupyter_mltrack.tracking.client import TrackingClient

_NONE = (
    "No run of {names} has kept a model: none of its artifact folders holds an MLmodel file."
    ' Keep one with mlt.log_artifacts("folder of the model", "model") inside a run.'
)
_CELL = "padding:3px 12px;text-align:left"
_MOST_ROWS, _MOST_BYTES, _FRAME_BYTES = 40, 15_000, 1_000


class OpenRun(Question, frozen=True, tag_field="kind", tag="open"):
    """Show the run that kept a model."""

    run: str


class LoggedModels(Panel):
    """A list of models; each opens the run that kept it.

    Args:
        client: Of the store.
        experiment_ids: Whose models.
        opening: Called with the id of a run that somebody wants to see.
    """

    _esm = browser_module("logged_models.js")
    _css = style_sheet("frame.css")
    questions = {OpenRun: "open_run"}  # noqa: RUF012  (never changed)
    rows: traitlets.List[Any] = traitlets.List().tag(sync=True)
    note = traitlets.Unicode().tag(sync=True)

    def __init__(
        self,
        client: TrackingClient,
        experiment_ids: Sequence[str],
        opening: Callable[[str], None] = lambda _: None,
    ) -> None:
        found = logged_models(client.store, experiment_ids)
        names = " or ".join(client.get_experiment(one).name for one in experiment_ids)
        self._opening = opening
        super().__init__(
            rows=[_row(one) for one in found],
            note="" if found else _NONE.format(names=one_line(names, 80) or "this notebook"),
        )

    def open_run(self, asked: OpenRun) -> dict[str, Any]:
        """Show a run, if it is one of the list."""
        if any(row["run"] == asked.run for row in self.rows):
            self._opening(asked.run)
        return {}

    def html(self) -> str:
        """The list at rest."""
        if self.note:
            return element("div", self.note)
        rows = map(_html_row, self.rows[:_MOST_ROWS])
        head = [element("th", words, style=_CELL) for words in ("Model", "Run", "Logged")]
        lines = fitting(rows, _MOST_BYTES - _FRAME_BYTES)
        table = element("table", element("tr", *head), *lines)
        more = f"and {left:,} more" if (left := len(self.rows) - len(lines)) else ""
        return element("div", table, more, style=f"color:{TEXT};font:13px/20px {FONT}")

    def text(self) -> str:
        """The list as plain text."""
        lines = [f"{row['folder']}  {row['title']}  {row['logged_at']}" for row in self.rows]
        return self.note or "\n".join(lines[:_MOST_ROWS])


def _row(found: ListedModel) -> dict[str, Any]:
    name = one_line(found.run_name or "", 60) or found.run_id[:8]
    return {
        "run": found.run_id,
        "title": f"#{found.number} {name}" if found.number else name,
        "colour": run_colour(found.run_id),
        "folder": one_line(found.folder, 120) or "(top)",
        "logged": found.logged,
        "logged_at": moment(found.logged),
    }


def _html_row(row: dict[str, Any]) -> Html:
    cells = [element("td", row[key], style=_CELL) for key in ("folder", "title", "logged_at")]
    return element("tr", *cells)
