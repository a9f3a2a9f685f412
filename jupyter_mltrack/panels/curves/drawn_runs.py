"""The runs of a curves panel: what a browser is told of them, and by what they can be grouped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from jupyter_mltrack.entities import RunInfo
from jupyter_mltrack.panels.palette import RUN_COLOURS, run_colour
from jupyter_mltrack.panels.wording import identity, one_line, param_value
from jupyter_mltrack.store.curves import MetricKey, RunHead

#: Strokes and gaps of lines, in pixels: the first, second, … run of one colour.
DASHES = ("", "7 3", "2 3", "9 3 2 3", "12 4")
SYSTEM = "system/"

_MOST_GROUPINGS, _MOST_WORDS = 40, 24


class RunLine(TypedDict):
    """A run as the panel draws it."""

    label: str
    colour: str
    dash: str
    running: bool


class MetricItem(TypedDict):
    """A metric to choose."""

    label: str
    system: bool
    hint: str


class Grouping(TypedDict):
    """A param or tag by which runs can be grouped: the words, and which one each run has."""

    label: str
    words: list[str]
    of: list[int]


def run_lines(runs: Iterable[RunHead]) -> list[RunLine]:
    """How each run is drawn; those that share a colour differ in their dashes."""
    met: dict[str, int] = {}
    lines: list[RunLine] = []
    for run in runs:
        colour = run_colour(run.run_id)
        nth = met[colour] = met.get(colour, -1) + 1
        lines.append(
            RunLine(
                label=run_label(run),
                colour=colour,
                dash=DASHES[nth % len(DASHES)],
                running=run.status == "RUNNING",
            )
        )
    return lines


def run_label(run: RunHead) -> str:
    """``#41 brisk-otter``."""
    start, number = run.start_time, run.number
    info = RunInfo(run.run_id, "", "", run.status, start, None, "", "", run.name, number)
    return identity(info)


def metric_item(metric: MetricKey) -> MetricItem:
    """A metric, and how much there is of it."""
    runs = "1 run" if metric.runs == 1 else f"{metric.runs} runs"
    points = "1 point" if metric.points == 1 else f"up to {metric.points:,} points"
    return MetricItem(
        label=one_line(metric.key, 80),
        system=metric.key.startswith(SYSTEM),
        hint=f"{runs}, {points}",
    )


def groupings(runs: Sequence[RunHead]) -> list[Grouping]:
    """The params and tags that split these runs into groups, two at least."""
    found: list[Grouping] = []
    for kind in ("params", "tags"):
        maps: list[dict[str, str]] = [getattr(run, kind) for run in runs]
        for key in dict.fromkeys(key for one in maps for key in one):
            if kind == "tags" and key.startswith("mlflow."):
                continue
            words = [param_value(one[key], 40) if key in one else "–" for one in maps]
            different = sorted(set(words), key=_naturally)
            if 1 < len(different) <= _MOST_WORDS:
                label = one_line(key, 60) + ("" if kind == "params" else " (tag)")
                of = [different.index(word) for word in words]
                found.append(Grouping(label=label, words=different, of=of))
    return found[:_MOST_GROUPINGS]


def group_colour(nth: int) -> str:
    """The colour of the nth group."""
    return RUN_COLOURS[nth % len(RUN_COLOURS)]


def _naturally(word: str) -> tuple[Any, ...]:
    try:
        return (0, float(word), word)
    except ValueError:
        return (1, 0.0, word)
