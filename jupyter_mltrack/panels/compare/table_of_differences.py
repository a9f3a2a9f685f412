"""What differs among runs as a table: one row for each key, one column for each run."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from jupyter_mltrack.entities import Run
from jupyter_mltrack.panels.comparison import best, direction, equal_keys, keys_of
from jupyter_mltrack.panels.palette import run_colour
from jupyter_mltrack.panels.wording import (
    exact,
    identity,
    number,
    one_line,
    param_value,
    parsed,
    status,
)

MOST_ROWS = 500
NOTHING = "–"
_LONGEST_KEY, _LONGEST_VALUE, _LONGEST_HOVER = 80, 60, 400
_DIFFERENT = 0.45  # how strongly a text is shaded that is not the commonest one


class Head(TypedDict):
    """A run at the top of its column."""

    id: str
    label: str
    colour: str
    glyph: str
    word: str


class Row(TypedDict):
    """One key.

    `shades` go from 0 (as most, or lowest) to 1; `best` are the places of the best values;
    `hovers` has what is longer than what is shown, by place.
    """

    key: str
    texts: list[str]
    shades: list[float]
    best: list[int]
    hovers: dict[str, str]
    numeric: bool


class Section(TypedDict):
    """One kind of keys: the rows that differ, and key and value of those that are equal."""

    title: str
    rows: list[Row]
    equal: list[tuple[str, str]]
    omitted: int


def heads(runs: Sequence[Run]) -> list[Head]:
    """The columns."""
    found: list[Head] = []
    for run in runs:
        shown = status(run.info.status)
        found.append(
            {
                "id": run.info.run_id,
                "label": identity(run.info),
                "colour": run_colour(run.info.run_id),
                "glyph": shown.glyph,
                "word": shown.word,
            }
        )
    return found


def section(title: str, records: Sequence[Mapping[str, Any]], *, metrics: bool = False) -> Section:
    """The keys of a section, those that differ apart from those that are equal in all runs.

    Args:
        title: What it is called.
        records: For each run its values by key: texts, or numbers of ``metrics``.
        metrics: Whether the best value of each key is marked.
    """
    equal = set(equal_keys(records)) if len(records) > 1 else set()
    keys = sorted(keys_of(records))
    differing = [key for key in keys if key not in equal]
    return {
        "title": title,
        "rows": [
            _row(key, [record.get(key) for record in records], metrics=metrics)
            for key in differing[:MOST_ROWS]
        ],
        "equal": [
            (one_line(key, _LONGEST_KEY), _written(records[0][key])) for key in keys if key in equal
        ][:MOST_ROWS],
        "omitted": max(0, len(differing) - MOST_ROWS),
    }


def _row(key: str, values: Sequence[Any], *, metrics: bool) -> Row:
    numbers = [_number(value) for value in values]
    numeric = all(
        value is None or as_number is not None
        for value, as_number in zip(values, numbers, strict=True)
    )
    texts = [_written(value) for value in values]
    hovers = {str(at): _hover(value) for at, value in enumerate(values)}
    return {
        "key": one_line(key, _LONGEST_KEY),
        "texts": texts,
        "shades": _by_size(numbers) if numeric else _by_rarity(values),
        "best": best(numbers, direction(key)) if metrics else [],
        "hovers": {at: text for at, text in hovers.items() if text and text != texts[int(at)]},
        "numeric": numeric,
    }


def _written(value: Any) -> str:
    if value is None:
        return NOTHING
    return number(value) if isinstance(value, float) else param_value(value, _LONGEST_VALUE)


def _hover(value: Any) -> str:
    if isinstance(value, float):
        return exact(value) if math.isfinite(value) else ""
    return "" if value is None else one_line(value, _LONGEST_HOVER)


def _number(value: Any) -> float | None:
    return parsed(value) if isinstance(value, str) else value


def _by_size(numbers: Sequence[float | None]) -> list[float]:
    """From the lowest to the highest value."""
    finite = [value for value in numbers if value is not None and math.isfinite(value)]
    low, high = min(finite, default=0.0), max(finite, default=0.0)
    span = high / 2 - low / 2  # of halves: the span of huge numbers stays finite
    return [
        round((value / 2 - low / 2) / span, 2)
        if value is not None and math.isfinite(value) and span
        else 0.0
        for value in numbers
    ]


def _by_rarity(values: Sequence[Any]) -> list[float]:
    """All but the commonest value."""
    [(commonest, count), *_] = Counter(values).most_common(1)
    if count == 1:
        commonest = values[0]
    return [0.0 if value == commonest else _DIFFERENT for value in values]
