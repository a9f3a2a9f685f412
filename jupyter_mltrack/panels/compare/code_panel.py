"""How the code of two runs differs, as a widget: choose two, see the cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import traitlets

from jupyter_mltrack.panels.browser_module import browser_module, style_sheet
from jupyter_mltrack.panels.compare.code_diff import code_diff
from jupyter_mltrack.panels.compare.code_twin import code_html, code_text
from jupyter_mltrack.panels.compare.table_of_differences import heads
from jupyter_mltrack.panels.panel import Panel, Question
from jupyter_mltrack.panels.wording import one_line
from jupyter_mltrack.store import differences

if TYPE_CHECKING:
    from jupyter_mltrack.tracking import TrackingClient

_MOST_CELLS = 200
_COMMIT = 10  # characters


class ChoosePair(Question, frozen=True, tag_field="kind", tag="pair"):
    """Two runs to compare.

    Attributes:
        before: Place of the run that the changes start from.
        after: Place of the other.
    """

    before: int
    after: int


class CodePanel(Panel):
    """The code of two runs, cell by cell.

    Args:
        client: Where the runs are.
        run_ids: The runs to choose from; at first the first is compared with the second.
    """

    _esm = browser_module("compare/code.js")
    _css = style_sheet("compare/code.css")
    questions = {ChoosePair: "_choose"}  # noqa: RUF012  (as the base class has it)
    heads: traitlets.List[Any] = traitlets.List().tag(sync=True)
    diff = traitlets.Dict().tag(sync=True)

    def __init__(self, client: TrackingClient, run_ids: Sequence[str]) -> None:
        self._store = client.store
        runs = differences.runs(client.store, run_ids)
        self._ids = [run.info.run_id for run in runs]
        super().__init__(heads=heads(runs), diff=self._diff(min(1, len(runs) - 1), 0))

    def choose(self, before: int, after: int) -> None:
        """Compare the runs at two places."""
        if not (0 <= before < len(self._ids) and 0 <= after < len(self._ids)):
            msg = f"There are {len(self._ids)} runs to choose from."
            raise IndexError(msg)
        self.diff = self._diff(before, after)

    def html(self) -> str:
        """The changed cells as static HTML."""
        return code_html(self.heads, self.diff)

    def text(self) -> str:
        """The changed lines as plain text."""
        return code_text(self.heads, self.diff)

    def _choose(self, asked: ChoosePair) -> dict[str, Any]:
        self.choose(asked.before, asked.after)
        return {}

    def _diff(self, before: int, after: int) -> dict[str, Any]:
        """Facts and cells of two runs; nothing without runs."""
        if not self._ids:
            return {"before": 0, "after": 0, "facts": [], "cells": [], "note": "No run is left."}
        with self._store.reading():
            ids = [self._ids[before], self._ids[after]]
            origins = differences.code(self._store, ids)
            cells = [differences.cells(self._store, run, _MOST_CELLS) for run in ids]
        old, new = (origins.get(run, {}) for run in ids)
        return {
            "before": before,
            "after": after,
            "facts": _facts(old, new),
            "cells": code_diff(*cells),
            "note": _note(old, new, known=any(cells), same=before == after),
        }


def _facts(old: dict[str, Any], new: dict[str, Any]) -> list[dict[str, str]]:
    """Where both came from, line by line."""
    lines = []
    for label, write in (("Source", _source), ("Commit", _commit), ("Branch", _branch)):
        one, other = write(old), write(new)
        if one or other:
            lines.append({"label": label, "before": one or "–", "after": other or "–"})
    return lines


def _source(origin: dict[str, Any]) -> str:
    return one_line(origin.get("source_name") or "", 120)


def _branch(origin: dict[str, Any]) -> str:
    return one_line(origin.get("git_branch") or "", 60)


def _commit(origin: dict[str, Any]) -> str:
    commit = one_line(origin.get("git_commit") or "", 60)[:_COMMIT]
    return f"{commit}, with changes not committed" if commit and origin.get("git_dirty") else commit


def _note(old: dict[str, Any], new: dict[str, Any], *, known: bool, same: bool) -> str:
    """What to do where there is nothing to see."""
    if same:
        return "The same run twice: choose another one."
    if known:
        return ""
    commits = [one_line(origin.get("git_commit") or "", 60)[:_COMMIT] for origin in (old, new)]
    if all(commits) and commits[0] != commits[1]:
        return f"These runs came from no notebook. In a terminal: git diff {' '.join(commits)}"
    if all(commits):
        return "These runs came from no notebook, and from the same commit."
    return "The code of these runs is not known: they came from no notebook and no git checkout."
