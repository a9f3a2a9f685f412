"""How what a user asks for changes what is chosen; the rows follow from that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import msgspec

from jupyter_mltrack.errors import InvalidParameterValue
from jupyter_mltrack.panels.table import questions
from jupyter_mltrack.panels.table.columns import is_column
from jupyter_mltrack.panels.table.state import TableState, field_of, group_field, sorted_by

Change = (
    questions.Sort
    | questions.Columns
    | questions.OneColumn
    | questions.Group
    | questions.Expand
    | questions.Pin
    | questions.Baseline
    | questions.Deleted
)

_MOST_PINS = 20
_MOST_CHOSEN = 200


def changed(state: TableState, asked: Change, shown: Sequence[str]) -> TableState:
    """What is chosen after a question.

    Args:
        state: What was chosen before.
        asked: What is asked for.
        shown: The ids of the columns that are shown.

    Raises:
        InvalidParameterValue: if there is no such column, or it cannot be sorted or grouped by.
    """
    return _CHANGES[type(asked)](state, asked, shown)


def _sort(state: TableState, asked: questions.Sort, _: Sequence[str]) -> TableState:
    field = field_of(asked.column)
    if field is None:
        msg = f"The runs cannot be sorted by {asked.column!r}."
        raise InvalidParameterValue(msg)
    return replace(state, orders=sorted_by(state.orders, field, asked.direction, add=asked.add))


def _columns(state: TableState, asked: questions.Columns, _: Sequence[str]) -> TableState:
    if asked.ids is None:
        return replace(state, columns=None)
    for column in asked.ids:
        _check(column)
    if len(asked.ids) > _MOST_CHOSEN:
        msg = f"{len(asked.ids)} columns are too many: choose {_MOST_CHOSEN} at most."
        raise InvalidParameterValue(msg)
    return replace(state, columns=tuple(dict.fromkeys(asked.ids)))


def _column(state: TableState, asked: questions.OneColumn, shown: Sequence[str]) -> TableState:
    column = asked.column
    _check(column)
    if asked.pinned is not msgspec.UNSET:
        others = tuple(one for one in state.pinned_columns if one != column)
        state = replace(state, pinned_columns=(*others, column) if asked.pinned else others)
    if asked.hidden is not msgspec.UNSET:
        others = tuple(one for one in shown if one != column)
        state = replace(state, columns=others if asked.hidden else (*others, column))
    if asked.format is not msgspec.UNSET:
        formats = {one: how for one, how in state.formats.items() if one != column}
        state = replace(state, formats=formats | ({column: asked.format} if asked.format else {}))
    if asked.better is not msgspec.UNSET:
        state = replace(state, better={**state.better, column: asked.better})
    return state


def _group(state: TableState, asked: questions.Group, _: Sequence[str]) -> TableState:
    if asked.column is not None and group_field(asked.column) is None:
        msg = f"The runs cannot be grouped by {asked.column!r}."
        raise InvalidParameterValue(msg)
    return replace(state, group=asked.column, open=frozenset())


def _expand(state: TableState, asked: questions.Expand, _: Sequence[str]) -> TableState:
    key = asked.key.removeprefix("pin:")
    return replace(state, open=state.open | {key} if asked.open else state.open - {key})


def _pin(state: TableState, asked: questions.Pin, _: Sequence[str]) -> TableState:
    pins = tuple(one for one in state.pins if one != asked.run)
    if asked.on and len(pins) >= _MOST_PINS:
        msg = f"{_MOST_PINS} runs are pinned already: take one away first."
        raise InvalidParameterValue(msg)
    return replace(state, pins=(*pins, asked.run) if asked.on else pins)


def _baseline(state: TableState, asked: questions.Baseline, _: Sequence[str]) -> TableState:
    return replace(state, baseline=asked.run)


def _deleted(state: TableState, asked: questions.Deleted, _: Sequence[str]) -> TableState:
    return replace(state, deleted=asked.on)


def _check(column: str) -> None:
    if not is_column(column):
        msg = f"There is no column {column!r}."
        raise InvalidParameterValue(msg)


_CHANGES: dict[type[Change], Callable[[TableState, Any, Sequence[str]], TableState]] = {
    questions.Sort: _sort,
    questions.Columns: _columns,
    questions.OneColumn: _column,
    questions.Group: _group,
    questions.Expand: _expand,
    questions.Pin: _pin,
    questions.Baseline: _baseline,
    questions.Deleted: _deleted,
}
