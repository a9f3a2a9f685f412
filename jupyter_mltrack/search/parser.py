r"""From a search string to a tree: one function per rule of the grammar, the rule its docstring.

The rules in one view; keywords in any case, white space free::

    filter    := [anyof [AND]]
    anyof     := allof (OR allof)*
    allof     := term (AND term)*
    term      := NOT term | "(" anyof ")" | clause
    clause    := field operator value
    field     := [prefix "."] key | metrics "." key "." stat
    stat      := min | max | last | count | step
    operator  := = | != | < | <= | > | >= | [NOT] LIKE | [NOT] ILIKE | [NOT] RLIKE
               | [NOT] IN | [NOT] BETWEEN | IS [NOT] NULL
    value     := nothing | list | range | operand
    list      := "(" operand ("," operand)* [","] ")"
    range     := operand AND operand
    operand   := number | string
    order     := field [ASC | DESC]

Which operators and operands a field takes is written in ``grammar.py``, how dates and durations
are written in ``times.py``, and what it all means for users in ``__init__.py``.

A key needs quotes (`` ` ``, ``"`` or ``'``) only if it has other characters than letters, digits
and ``_ . - / :``, or ends like a stat and is none. A quote inside the same quotes is written
twice: ``'it''s'`` means *it's*. This is more lenient than MLflow, which keeps both quotes. A
backslash is an ordinary character.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import get_args

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search.grammar import STATS, Grammar, Key
from jupyter_mltrack.search.tokens import Tokenizer, unquote
from jupyter_mltrack.search.tree import (
    And,
    Comparison,
    Entity,
    Field,
    Node,
    Not,
    Operator,
    Or,
    Order,
    Place,
)
from jupyter_mltrack.search.values import label, value

#: Parentheses and NOT within one another; a tree is walked by recursion, here and in SQL.
DEEPEST = 50

_OPERATORS: dict[str, Operator] = {operator: operator for operator in get_args(Operator)}


def parse_filter(text: str, grammar: Grammar, now: float | None = None) -> And:
    """``filter := [anyof [AND]]``.

    Args:
        text: The filter; the empty string matches everything.
        grammar: What can be searched: ``RUNS``, ``EXPERIMENTS``.
        now: The time that ``'7 days ago'`` counts from, in seconds since 1970; default is now.

    Returns:
        The clauses, all of which must hold.

    Raises:
        FilterSyntaxError: The text is no filter; the error holds the position.

    Example:
        >>> parse_filter("metrics.rmse < 0.8", RUNS).children
        (Comparison(field=Field(entity='metric', key='rmse', stat=None), op='<', value=0.8),)
    """
    if not text:
        return And(())
    tokens = Tokenizer(text, time.time() if now is None else now)
    if tokens.check("END"):
        tokens.fail("The filter is blank: pass '' to match everything", 0)
    node = _any_of(tokens, grammar, 0)
    tokens.expect("END", "AND, OR or the end of the filter")
    return node if isinstance(node, And) else And((node,))


def parse_order_by(clauses: Sequence[str], grammar: Grammar) -> tuple[Order, ...]:
    """``order_by := order*``, each order a string of its own.

    Args:
        clauses: Such as ``["metrics.rmse DESC", "start_time"]``; one bare string is one clause.
        grammar: What can be sorted: ``RUNS``, ``EXPERIMENTS``.

    Returns:
        The sort keys, the most important first.

    Raises:
        FilterSyntaxError: A clause does not parse, or names a field a second time.
    """
    if isinstance(clauses, str):
        clauses = [clauses]
    orders: dict[Field, Order] = {}
    for clause in clauses:
        order = _order(Tokenizer(clause), grammar)
        if order.field in orders:
            reason = "This field is in order_by already: name each field once"
            raise FilterSyntaxError(reason, clause, len(clause) - len(clause.lstrip()))
        orders[order.field] = order
    return tuple(orders.values())


def parse_columns(names: Sequence[str], grammar: Grammar) -> tuple[Field, ...]:
    """``columns := field*``, each field a string of its own.

    Raises:
        FilterSyntaxError: A name is no field, or one that has several values.
    """
    fields = []
    for name in names:
        tokens = Tokenizer(name)
        field, _ = _field(tokens, grammar)
        if field.entity not in grammar.sortable:
            tokens.fail(f"A column cannot hold {grammar.prefix(field.entity)}", 0)
        tokens.expect("END", "the end of the field: give one field per string")
        fields.append(field)
    return tuple(fields)


def _order(tokens: Tokenizer, grammar: Grammar) -> Order:
    """``order := field [ASC | DESC]``."""
    start = tokens.position
    field, _ = _field(tokens, grammar)
    if field.entity not in grammar.sortable:
        known = ", ".join(grammar.prefix(entity) for entity in sorted(grammar.sortable))
        prefix = grammar.prefix(field.entity)
        tokens.fail(f"order_by does not take {prefix}: sort {grammar.noun} by {known}", start)
    ascending = True
    if tokens.check("DIRECTION"):
        ascending = tokens.read().text.upper() == "ASC"
    tokens.expect("END", "ASC, DESC or the end of the clause: give one field per clause")
    return Order(field, ascending)


def _any_of(tokens: Tokenizer, grammar: Grammar, depth: int) -> Node:
    """``anyof := allof (OR allof)*``."""
    nodes = [_all_of(tokens, grammar, depth)]
    while tokens.consume("OR"):
        nodes.append(_all_of(tokens, grammar, depth))
    return nodes[0] if len(nodes) == 1 else Or(tuple(nodes))


def _all_of(tokens: Tokenizer, grammar: Grammar, depth: int) -> Node:
    """``allof := term (AND term)*``, and at the very end an AND may be left hanging."""
    nodes = [_term(tokens, grammar, depth)]
    while tokens.consume("AND") and not tokens.check("END"):
        nodes.append(_term(tokens, grammar, depth))
    return nodes[0] if len(nodes) == 1 else And(tuple(nodes))


def _term(tokens: Tokenizer, grammar: Grammar, depth: int) -> Node:
    """``term := NOT term | "(" anyof ")" | clause``."""
    if depth > DEEPEST:
        tokens.fail(f"Parentheses and NOT go {DEEPEST} levels deep: write a flatter filter")
    if tokens.consume("NOT"):
        return Not(_term(tokens, grammar, depth + 1))
    if tokens.consume("OPEN"):
        node = _any_of(tokens, grammar, depth + 1)
        tokens.expect("CLOSE", "AND, OR or the ')' that closes the parentheses")
        return node
    return _clause(tokens, grammar)


def _clause(tokens: Tokenizer, grammar: Grammar) -> Comparison:
    """``clause := field operator value``."""
    field, key = _field(tokens, grammar)
    operator = _operator(tokens, field, key)
    place = Place(tokens.text, tokens.position)
    return Comparison(field, operator, value(tokens, field, key, operator), place)


def _field(tokens: Tokenizer, grammar: Grammar) -> tuple[Field, Key]:
    """``field := [prefix "."] key | metrics "." key "." stat``; default is an attribute."""
    entity: Entity = "attribute"
    start = tokens.position
    if tokens.check("PREFIX"):
        entity = _prefix(tokens, grammar)
        token = tokens.expect("KEY", "a key after the dot, in quotes if it has odd characters")
    else:
        token = tokens.expect("NAME", f"a field, such as {grammar.example}")
    spelling = unquote(token.text)
    key = grammar.key(entity, spelling)
    if key is None:
        unknown = tokens.word(start) if entity == "attribute" else None
        tokens.fail(grammar.unknown_key(entity, spelling), token.position, unknown)
    if not spelling:
        tokens.fail("Write a key between the quotes", token.position)
    name, _, stat = token.text.rpartition(".")
    if entity == "metric" and stat in STATS and name and spelling == token.text:
        return Field(entity, name, stat), key
    return Field(entity, key.name or spelling), key


def _prefix(tokens: Tokenizer, grammar: Grammar) -> Entity:
    """``prefix := metrics | params | tags | attributes | …`` and their other spellings."""
    text, position = tokens.read()
    spelling = unquote(text[:-1])
    entity = grammar.prefixes.get(spelling)
    if entity is None:
        tokens.fail(grammar.unknown_prefix(spelling), position, tokens.word(position))
    return entity


def _operator(tokens: Tokenizer, field: Field, key: Key) -> Operator:
    """``operator := = | != | < | <= | > | >= | [NOT] LIKE | …``, see above."""
    known = ", ".join(key.operators)
    token = tokens.expect("OPERATOR", f"an operator: one of {known}")
    operator = _OPERATORS[" ".join(token.text.upper().split())]
    if operator not in key.operators:
        subject = f"{label(field)}, whose values are {key.values}"
        tokens.fail(f"{operator} does not go with {subject}: write one of {known}", token.position)
    return operator
