"""The small frozen tree a search string becomes; the store floor turns it into SQL."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

#: What a key belongs to, under its one canonical name.
Entity: TypeAlias = Literal["metric", "param", "tag", "attribute", "dataset", "experiment"]

#: What is known of all points of a metric; without one its latest value is meant.
Stat: TypeAlias = Literal["min", "max", "last", "count", "step"]

#: Every comparison, in upper case with single spaces.
Operator: TypeAlias = Literal[
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "LIKE",
    "NOT LIKE",
    "ILIKE",
    "NOT ILIKE",
    "RLIKE",
    "NOT RLIKE",
    "IN",
    "NOT IN",
    "BETWEEN",
    "NOT BETWEEN",
    "IS NULL",
    "IS NOT NULL",
]


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time, such as a day: equal is what lies within, less what is before it.

    Args:
        start: Its first millisecond since 1970.
        end: The first one after it.
    """

    start: int
    end: int


#: One value: a finite number (an int fits 64 bits), a string, or a stretch of time.
Operand: TypeAlias = float | int | str | Span

#: A tuple is the list of IN or the two ends of BETWEEN; None stands after IS [NOT] NULL.
Value: TypeAlias = Operand | tuple[Operand, ...] | None


class Place(NamedTuple):
    """A place in a search string, for messages about what was found wrong only later."""

    text: str
    position: int


@dataclass(frozen=True, slots=True)
class Field:
    """What is compared or sorted by.

    Args:
        entity: What the key belongs to.
        key: The key without quotes; of a closed set of keys the canonical name.
        stat: Of all points of the metric ``key``. A metric that is itself called ``key.stat``
            comes first, run by run.
    """

    entity: Entity
    key: str
    stat: Stat | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One clause of a filter.

    A run that lacks the key matches no clause about it, ``!=`` and ``NOT IN`` included; only
    ``IS NULL`` finds it. Metrics compare by their latest value, and NaN matches only what says
    "not equal": ``!=`` and ``NOT IN``. Params and tags compare as numbers with a number, as text
    with a string. ``LIKE`` minds upper and lower case, ``ILIKE`` does not; both know ``%`` and
    ``_`` and no escape character. ``RLIKE`` finds a regular expression (RE2) anywhere in the text.
    The compiler sees to all of this.

    Args:
        field: The left side.
        op: The operator.
        value: The right side; its type follows from the field and the operator.
        place: Where the value stands; two clauses are equal wherever they stand.
    """

    field: Field
    op: Operator
    value: Value
    place: Place | None = dataclasses.field(default=None, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class And:
    """All children hold; without children it matches everything.

    Args:
        children: The clauses, in the order they were written.
    """

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Or:
    """One of the children holds, or several.

    Args:
        children: The alternatives, in the order they were written.
    """

    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The child does not hold: exactly the runs that it does not match, also for lack of a key.

    Args:
        child: What is denied.
    """

    child: Node


#: Whatever may stand in a filter.
Node: TypeAlias = Comparison | And | Or | Not


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key; missing values come last in both directions, after NaN.

    Params, tags and experiment ids that are numbers are sorted as numbers, before other text.

    Args:
        field: What to sort by.
        ascending: False for DESC.
    """

    field: Field
    ascending: bool = True
