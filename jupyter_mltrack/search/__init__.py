"""The language of ``filter_string`` and ``order_by``: text in, a small frozen tree out."""

from __future__ import annotations

from jupyter_mltrack.search.grammar import EXPERIMENTS, RUNS, Grammar, Key
from jupyter_mltrack.search.parser import parse_filter, parse_order_by
from jupyter_mltrack.search.tree import And, Comparison, Entity, Field, Node, Operator, Order, Value

__all__ = [
    "EXPERIMENTS",
    "RUNS",
    "And",
    "Comparison",
    "Entity",
    "Field",
    "Grammar",
    "Key",
    "Node",
    "Operator",
    "Order",
    "Value",
    "parse_filter",
    "parse_order_by",
]
