"""The rows of the list of experiments, ready to be written: texts are cut, numbers are words."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypedDict

from jupyter_mltrack.panels.comparison import direction
from jupyter_mltrack.panels.sparkline import sparkline_lines
from jupyter_mltrack.panels.wording import exact, moment, number, one_line
from jupyter_mltrack.store.experiment_list import ListedExperiment

#: So many rows are shown; a search finds the others.
MOST_ROWS = 300

_LONGEST_NAME, _LONGEST_NOTE, _LONGEST_TAG, _MOST_TAGS = 120, 2_000, 60, 20


class BestData(TypedDict):
    """The best value of an experiment's first metric."""

    key: str
    text: str
    exact: str


class ExperimentRow(TypedDict):
    """An experiment as it is shown.

    Attributes:
        tags: Key and value of each, cut.
        last: When the last run began, in ms since 1970; None without runs.
        activity: A small curve of how many runs began when, as points of SVG polylines.
    """

    id: str
    name: str
    description: str
    tags: list[tuple[str, str]]
    runs: int
    running: int
    failed: int
    last: int | None
    last_at: str
    best: BestData | None
    activity: list[str]
    active: bool
    deleted: bool


def row(found: ListedExperiment, active_id: str | None) -> ExperimentRow:
    """One experiment, ready to be shown."""
    tags = list(found.tags.items())[:_MOST_TAGS]
    return ExperimentRow(
        id=found.experiment_id,
        name=one_line(found.name, _LONGEST_NAME),
        description=_text(found.description),
        tags=[(one_line(key, _LONGEST_TAG), one_line(text, _LONGEST_TAG)) for key, text in tags],
        runs=found.runs,
        running=found.running,
        failed=found.failed,
        last=found.last_run,
        last_at=moment(found.last_run) if found.last_run is not None else "",
        best=_best(found),
        activity=sparkline_lines(found.activity) if found.runs > 1 else [],
        active=found.experiment_id == active_id,
        deleted=found.is_deleted,
    )


def ordered(
    found: Sequence[ListedExperiment], column: str, *, descending: bool
) -> list[ListedExperiment]:
    """The experiments in the order of a column; what has no value there comes last."""
    key = COLUMNS[column]
    having = [one for one in found if key(one) is not None]
    lacking = [one for one in found if key(one) is None]
    return sorted(having, key=key, reverse=descending) + lacking


def _last(found: ListedExperiment) -> int | None:
    return found.last_run if found.last_run is not None else found.created


#: By what the list can be sorted.
COLUMNS: dict[str, Callable[[ListedExperiment], Any]] = {
    "name": lambda found: found.name.lower(),
    "runs": lambda found: found.runs,
    "last": _last,
}


def _best(found: ListedExperiment) -> BestData | None:
    if found.metric is None:
        return None
    key, low, high = found.metric
    value = low if direction(key) == "lower" else high
    return BestData(key=one_line(key, 40), text=number(value), exact=exact(value))


def _text(text: str) -> str:
    """A text of several lines that can be sent: cut, and without half characters."""
    return text[:_LONGEST_NOTE].encode("utf-8", "replace").decode()
