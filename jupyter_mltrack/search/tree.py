"""The small frozen tree a search string becomes; the store floor turns it into SQL.

A later OR, NOT or BETWEEN is one more class here and one more member of :data:`Node`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

#: What a key belongs to, under its one canonical name.
Entity: TypeAlias = Literal["metric", "param", "tag", "attribute", "dataset"]

#: Every comparison, in upper case with single spaces.
Operator: TypeAlias = Literal[
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "LIKE",
    "ILIKE",
    "IN",
    "NOT IN",
    "IS NULL",
    "IS NOT NULL",
]

#: A finite number (an int fits 64 bits), a string, the list of IN, or None after IS [NOT] NULL.
Value: TypeAlias = float | int | str | tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Field:
    """What is compared or sorted by.

    Args:
        entity: What the key belongs to.
        key: The key without quotes; for attributes and datasets its canonical name.
    """

    entity: Entity
    key: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """One clause of a filter.

    A run that lacks the key matches no clause about it, ``!=`` and ``NOT IN`` included; only
    ``IS NULL`` finds it. Metrics compare by their latest value, and NaN matches ``!=`` alone.
    ``LIKE`` minds upper and lower case, ``ILIKE`` does not; both know ``%`` and ``_`` and no
    escape character. The compiler sees to all of this, as MLflow does.

    Args:
        field: The left side.
        op: The operator.
        value: The right side; its type follows from the field and the operator.
    """

    field: Field
    op: Operator
    value: Value


@dataclass(frozen=True, slots=True)
class And:
    """All children hold; without children it matches everything.

    Args:
        children: The clauses, in the order they were written.
    """

    children: tuple[Node, ...]


#: Whatever may stand in a filter.
Node: TypeAlias = Comparison | And


@dataclass(frozen=True, slots=True)
class Order:
    """One sort key; missing values come last in both directions, after NaN.

    Args:
        field: What to sort by.
        ascending: False for DESC.
    """

    field: Field
    ascending: bool = True
