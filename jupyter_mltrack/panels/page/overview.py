"""What the header and the Overview tab show of a run, ready to be written."""

from __future__ import annotations

import math
from typing import Any

from jupyter_mltrack.entities import Run
from jupyter_mltrack.entities.tags import DESCRIPTION, ERROR, RESERVED
from jupyter_mltrack.panels.page.changes import changes_of
from jupyter_mltrack.panels.page.story import Story, is_of_machine
from jupyter_mltrack.panels.page.texts import beginning
from jupyter_mltrack.panels.palette import run_colour
from jupyter_mltrack.panels.sparkline import sparkline_lines
from jupyter_mltrack.panels.wording import (
    duration,
    exact,
    identity,
    moment,
    number,
    one_line,
    seconds_of,
    status,
)
from jupyter_mltrack.store.details import Kin, MetricSummary

#: A longer table is filtered by the kernel.
MOST_ROWS = 200
#: Longer values are cut until somebody asks for the whole.
LONGEST_VALUE = 300
_OPEN = {"RUNNING", "SCHEDULED"}


def head_of(story: Story, back: str | None) -> dict[str, Any]:
    """The header: who the run is and how it is.

    Args:
        story: The run.
        back: What is shown when the reader goes back.
    """
    info = story.run.info
    state = status(info.status)
    seconds = seconds_of(info)
    return {
        "run_id": info.run_id,
        "title": identity(info),
        "colour": run_colour(info.run_id),
        "status": state._asdict(),
        "running": info.status in _OPEN,
        "started": info.start_time,
        "took": None if seconds is None else duration(seconds),
        "deleted": info.lifecycle_stage != "active",
        "experiment": one_line(story.experiment, 80),
        "parent": _link_of(story.parent) if story.parent else None,
        "back": back,
    }


def overview_of(story: Story) -> dict[str, Any]:
    """The Overview tab."""
    run = story.run
    return {
        "changes": changes_of(story),
        "failed": run.info.status == "FAILED",
        "error": beginning(run.data.tags.get(ERROR, ""), 5000)[0],
        "facts": _facts(run),
        "children": [_kin_link(child) for child in story.children],
        "more_children": story.child_count - len(story.children),
        "params": param_rows(run, ""),
        "metrics": metric_rows(story, ""),
        "tags": _tags(run),
        "description": beginning(run.data.tags.get(DESCRIPTION, ""))[0],
    }


def is_ours(key: str) -> bool:
    """Whether a tag is set by the tracker, and not by the reader."""
    return key.startswith(RESERVED)


def param_rows(run: Run, text: str) -> dict[str, Any]:
    """The params whose name or value holds a text, at most 200."""
    found = [
        (key, value)
        for key, value in run.data.params.items()
        if text in key.lower() or text in value.lower()
    ]
    rows = [_value_row(*one) for one in sorted(found)[:MOST_ROWS]]
    return {"rows": rows, "found": len(found), "total": len(run.data.params)}


def metric_rows(story: Story, text: str) -> dict[str, Any]:
    """The metrics whose name holds a text, at most 200; those of the machine last."""
    found = [metric for metric in story.metrics if text in metric.key.lower()]
    found.sort(key=lambda metric: is_of_machine(metric.key))
    rows = [_metric_row(metric, story.curves.get(metric.key, [])) for metric in found[:MOST_ROWS]]
    return {"rows": rows, "found": len(found), "total": len(story.metrics)}


def _value_row(key: str, value: str) -> dict[str, Any]:
    text, is_cut = beginning(value, LONGEST_VALUE)
    return {"key": key, "label": one_line(key, 250), "value": text, "cut": is_cut}


def _metric_row(metric: MetricSummary, curve: list[float]) -> dict[str, Any]:
    extremes = [metric.lowest, metric.highest]
    return {
        "key": metric.key,
        "label": one_line(metric.key, 250),
        "text": number(metric.value),
        "exact": exact(metric.value) if math.isfinite(metric.value) else str(metric.value),
        "step": f"{metric.step:,}",
        "extremes": ["" if value is None else number(value) for value in extremes],
        "points": f"{metric.points:,}",
        "lines": sparkline_lines(curve),
    }


def _tags(run: Run) -> list[dict[str, Any]]:
    """All tags but the description; those of the reader first."""
    shown = sorted(run.data.tags.items(), key=lambda one: (is_ours(one[0]), one[0]))
    return [
        {**_value_row(key, value), "ours": is_ours(key)}
        for key, value in shown
        if key != DESCRIPTION
    ][:MOST_ROWS]


def _facts(run: Run) -> list[dict[str, str]]:
    info, tags = run.info, run.data.tags
    ended = moment(info.end_time) if info.end_time is not None else ""
    source = tags.get("mlflow.source.name", "")
    facts = {
        "Started": moment(info.start_time),
        "Ended": ended,
        "User": info.user_id,
        "Source": source,
        "Run ID": info.run_id,
    }
    return [{"label": label, "text": one_line(text, 200)} for label, text in facts.items() if text]


def _link_of(run: Run) -> dict[str, str]:
    info = run.info
    return _kin_link(Kin(info.run_id, info.number, info.run_name, info.status))


def _kin_link(kin: Kin) -> dict[str, str]:
    name = one_line(kin.name, 60) or kin.run_id[:8]
    state = status(kin.status)
    return {
        "run_id": kin.run_id,
        "label": f"#{kin.number} {name}" if kin.number else name,
        "glyph": state.glyph,
        "word": state.word,
        "tone": state.tone,
        "colour": run_colour(kin.run_id),
    }
