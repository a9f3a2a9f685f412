"""What changed since the run before: params, metrics, code and data."""

from __future__ import annotations

import math
from typing import TypedDict

from jupyter_mltrack.entities import Run
from jupyter_mltrack.panels.comparison import changes, delta
from jupyter_mltrack.panels.page.story import Story, is_of_machine
from jupyter_mltrack.panels.wording import (
    exact,
    identity,
    number,
    one_line,
    param_value,
    short_identity,
)

_MOST = 12
_LONGEST = 60
_COMMIT = "mlflow.source.git.commit"
_DIRTY = "mlflow.source.git.dirty"


class Change(TypedDict):
    """One param or metric before and now, as text; None where there is none.

    Attributes:
        hint: The full values.
        delta: Of a metric: ``▲ 0.012``.
        tone: ``good``, ``bad`` or ``""``.
    """

    label: str
    before: str | None
    after: str | None
    hint: str
    delta: str
    tone: str


class Changes(TypedDict):
    """Since ``since``; ``code`` and ``data`` are ``changed``, ``same`` or why it is not known."""

    since: str
    since_id: str
    since_name: str
    params: list[Change]
    more_params: int
    same_params: int
    metrics: list[Change]
    more_metrics: int
    code: str
    data: str


def changes_of(story: Story) -> Changes | None:
    """What changed since the run before; None if there is none."""
    run, before = story.run, story.before
    if before is None:
        return None
    params = changes(before.data.params, run.data.params)
    metrics = _metric_changes(before, run)
    return Changes(
        since=short_identity(before.info),
        since_id=before.info.run_id,
        since_name=identity(before.info),
        params=[_param(*one) for one in params[:_MOST]],
        more_params=max(0, len(params) - _MOST),
        same_params=sum(before.data.params.get(key) == v for key, v in run.data.params.items()),
        metrics=metrics[:_MOST],
        more_metrics=max(0, len(metrics) - _MOST),
        code=_code(story, before),
        data=_data(before, run),
    )


def _param(key: str, before: str | None, after: str | None) -> Change:
    return Change(
        label=one_line(key, _LONGEST),
        before=None if before is None else param_value(before, _LONGEST),
        after=None if after is None else param_value(after, _LONGEST),
        hint=f"{_hint(before)} → {_hint(after)}",
        delta="",
        tone="",
    )


def _hint(value: str | None) -> str:
    return "not set" if value is None else one_line(value, 200)


def _metric_changes(before: Run, run: Run) -> list[Change]:
    old, new = before.data.metrics, run.data.metrics
    keys = [key for key in sorted({**new, **old}) if not is_of_machine(key)]
    return [_metric(key, old.get(key), new.get(key)) for key in keys]


def _metric(key: str, before: float | None, after: float | None) -> Change:
    text, tone = delta(key, before, after)
    return Change(
        label=one_line(key, _LONGEST),
        before=None if before is None else number(before),
        after=None if after is None else number(after),
        hint=f"{_digits(before)} → {_digits(after)}",
        delta=text,
        tone=tone,
    )


def _digits(value: float | None) -> str:
    return "not logged" if value is None else exact(value) if math.isfinite(value) else str(value)


def _code(story: Story, before: Run) -> str:
    """Compares the run's own cell, and the commit."""
    was, now = story.code_before, story.code
    tags, old_tags = story.run.data.tags, before.data.tags
    commits = old_tags.get(_COMMIT), tags.get(_COMMIT)
    cells = was.cell_sha256 if was else None, now.cell_sha256
    if commits == (None, None) and cells == (None, None):
        return "not known"
    parts = [word for word, (one, other) in (("cell", cells), ("commit", commits)) if one != other]
    if parts:
        return f"changed: {' and '.join(parts)}"
    is_dirty = "true" in {tags.get(_DIRTY), old_tags.get(_DIRTY)}
    return "same cell and commit, with changes not committed" if is_dirty else "same"


def _data(before: Run, run: Run) -> str:
    was, now = _datasets(before), _datasets(run)
    if not was and not now:
        return "none noted"
    if was == now:
        return "same"
    names = sorted({name for name, _ in was ^ now})
    return f"changed: {one_line(', '.join(names), _LONGEST)}"


def _datasets(run: Run) -> set[tuple[str, str]]:
    inputs = (one.dataset for one in run.inputs.dataset_inputs)
    return {(dataset.name, dataset.digest) for dataset in inputs}
