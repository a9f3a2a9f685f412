"""What stands in the cells of the table, column by column, for the rows of one window."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from jupyter_mltrack.panels.sparkline import sparkline_lines
from jupyter_mltrack.panels.table.columns import Column
from jupyter_mltrack.panels.table.state import Format
from jupyter_mltrack.panels.wording import (
    duration,
    exact,
    moment,
    number,
    numbers,
    one_line,
    param_value,
    status,
)
from jupyter_mltrack.store.listed_rows import GroupFigures, ListedRun
from jupyter_mltrack.store.listing import Spread

LONGEST_TEXT = 60
_LONGEST_HOVER = 500
_DIGEST = 8

More = dict[str, object]


class Cell(NamedTuple):
    """A text, and what there is more of it: see `Row` in `windows`."""

    text: str
    more: More


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What the cells of a column depend on besides the run.

    Attributes:
        column: The column.
        place: Which of the values of its kind it is.
        baseline: The run to compare with, if there is one.
        spread: What all runs have under the key of the column.
        experiments: Names by id.
    """

    column: Column
    place: int
    baseline: ListedRun | None
    spread: Spread | None
    experiments: Mapping[str, str]


def cells(runs: Sequence[ListedRun], sight: Sight) -> list[Cell]:
    """The cells of some runs in one column."""
    return _KINDS[sight.column["kind"]](runs, sight)


def group_cell(figures: GroupFigures | None, column: Column) -> Cell:
    """Mean and standard deviation of a group."""
    if figures is None:
        return Cell("", {})
    write: Callable[[float], str] = (
        duration if column["kind"] == "duration" else _writer(column["format"])
    )
    text = write(figures.mean)
    hover = f"mean {exact(figures.mean)} of {_runs(figures.runs)}"
    if figures.deviation is not None:
        text += f" ± {write(figures.deviation)}"
        hover += f", standard deviation {exact(figures.deviation)}"
    return Cell(text, {"h": hover})


def run_name(run: ListedRun) -> str:
    """What a run is called: ``#41 brisk-otter``."""
    name = one_line(run.run_name or "", LONGEST_TEXT) or run.run_id[:_DIGEST]
    return f"#{run.number} {name}" if run.number else one_line(name, LONGEST_TEXT)


def _status(runs: Sequence[ListedRun], _: Sight) -> list[Cell]:
    states = [status(run.status) for run in runs]
    return [Cell(state.glyph, {"h": state.word}) for state in states]


def _run(runs: Sequence[ListedRun], _: Sight) -> list[Cell]:
    return [Cell(run_name(run), {"h": one_line(run.run_id, LONGEST_TEXT)}) for run in runs]


def _started(runs: Sequence[ListedRun], _: Sight) -> list[Cell]:
    moments = [moment(run.start_time) for run in runs]
    return [Cell(text[:16], {"h": text}) for text in moments]


def _duration(runs: Sequence[ListedRun], _: Sight) -> list[Cell]:
    lengths = [seconds(run) for run in runs]
    return [
        Cell("", {}) if one is None else Cell(duration(one), {"h": f"{one:.3f} s"})
        for one in lengths
    ]


def seconds(run: ListedRun) -> float | None:
    """How long a run took; None while it is open."""
    if run.duration is not None or run.end_time is None:
        return run.duration
    return max(0.0, (run.end_time - run.start_time) / 1000)


def _metric(runs: Sequence[ListedRun], sight: Sight) -> list[Cell]:
    values = [run.metrics[sight.place] for run in runs]
    column = sight.column
    best = _best(sight)
    before = sight.baseline.metrics[sight.place] if sight.baseline else None
    found = []
    for run, value, text in zip(runs, values, formatted(values, column["format"]), strict=True):
        more: More = {}
        if value is not None:
            if (full := exact(value)) != text:
                more["h"] = full
            if best is not None and value == best:
                more["b"] = 1
            if before is not None and sight.baseline and run.run_id != sight.baseline.run_id:
                more |= _delta(value, before, column)
        found.append(Cell(text, more))
    return found


def _best(sight: Sight) -> float | None:
    """The best value of all runs; None if there is nothing to choose from."""
    spread, wanted = sight.spread, sight.column["better"]
    if spread is None or wanted is None or spread.low == spread.high:
        return None
    found: float = spread.low if wanted == "lower" else spread.high
    return found


def _delta(value: float, before: float, column: Column) -> More:
    """How far a value is from that of the baseline, and whether that is good."""
    step, wanted = value - before, column["better"]
    if step == 0 or not math.isfinite(step):
        return {}
    write = number if column["format"] == "exact" else _writer(column["format"])
    verdict = "" if wanted is None else "good" if (step > 0) == (wanted == "higher") else "bad"
    return {"d": f"{'▲' if step > 0 else '▼'} {write(abs(step))}", "w": verdict}


def _param(runs: Sequence[ListedRun], sight: Sight) -> list[Cell]:
    raw = [run.params[sight.place] for run in runs]
    if sight.column["format"] == "exact" or not sight.column["numeric"]:
        return [_text(one) for one in raw]
    texts = ["" if one is None else param_value(one, LONGEST_TEXT) for one in raw]
    return [_shortened(text, full) for text, full in zip(texts, raw, strict=True)]


def _tag(runs: Sequence[ListedRun], sight: Sight) -> list[Cell]:
    match sight.column["id"]:
        case "attributes.user":
            return [_text(run.user_id) for run in runs]
        case "attributes.experiment":
            return [_text(sight.experiments.get(run.experiment_id)) for run in runs]
        case _:
            return [_text(run.tags[sight.place]) for run in runs]


def _data(runs: Sequence[ListedRun], _: Sight) -> list[Cell]:
    return [_text(run.data) for run in runs]


def _code(runs: Sequence[ListedRun], _: Sight) -> list[Cell]:
    return [_shortened(run.code[:_DIGEST], run.code) for run in runs]


def _curve(runs: Sequence[ListedRun], sight: Sight) -> list[Cell]:
    drawn = [sparkline_lines(run.curves[sight.place]) for run in runs]
    return [Cell("", {"s": lines} if lines else {}) for lines in drawn]


def _text(full: str | None) -> Cell:
    return _shortened("" if full is None else one_line(full, LONGEST_TEXT), full)


def _shortened(text: str, full: str | None) -> Cell:
    """A text, with the whole of it on hover if it is longer."""
    if full is None:
        return Cell("", {})
    hover = one_line(full, _LONGEST_HOVER)
    return Cell(text or "''" * (not full), {} if hover == text else {"h": hover or "empty"})


def formatted(values: Sequence[float | None], how: Format | None) -> list[str]:
    """A column of numbers in one format."""
    if how in (None, "short"):
        return numbers(values)
    write = _writer(how)
    return ["" if value is None else write(value) for value in values]


def _writer(how: Format | None) -> Callable[[float], str]:
    return _FORMATS[how or "short"]


def _percent(value: float) -> str:
    return f"{value:.2%}" if math.isfinite(value) else number(value)


def _scientific(value: float) -> str:
    return f"{value:.3e}" if math.isfinite(value) else number(value)


def _runs(count: int) -> str:
    return "1 run" if count == 1 else f"{count:,} runs"


_FORMATS: dict[Format, Callable[[float], str]] = {
    "short": number,
    "exact": exact,
    "percent": _percent,
    "scientific": _scientific,
}
_KINDS: dict[str, Callable[[Sequence[ListedRun], Sight], list[Cell]]] = {
    "status": _status,
    "run": _run,
    "started": _started,
    "duration": _duration,
    "metric": _metric,
    "param": _param,
    "tag": _tag,
    "data": _data,
    "code": _code,
    "curve": _curve,
}
