r"""From a search string to a tree: one function per rule of the grammar, the rule its docstring.

The rules in one view; keywords in any case, white space free::

    filter    := [clause (AND clause)* [AND]]
    clause    := field operator value
    field     := [prefix "."] key
    operator  := = | != | < | <= | > | >= | [I]LIKE | [NOT] IN | IS [NOT] NULL
    value     := nothing | list | number | string
    list      := "(" string ("," string)* [","] ")"
    order     := field [ASC | DESC]

A key needs quotes (`` ` ``, ``"`` or ``'``) only if it has other characters than letters, digits
and ``_ . - / :``. A quote inside the same quotes is written twice: ``'it''s'`` means *it's*. This
is more lenient than MLflow, which keeps both quotes. A backslash is an ordinary character.

OR, NOT and parentheses will come between ``filter`` and ``clause``, BETWEEN into ``value``.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NoReturn, get_args

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search.grammar import Grammar, Key
from jupyter_mltrack.search.mistakes import shorten
from jupyter_mltrack.search.tokens import Tokenizer, unquote
from jupyter_mltrack.search.tree import And, Comparison, Entity, Field, Operator, Order, Value

_OPERATORS: dict[str, Operator] = {operator: operator for operator in get_args(Operator)}
_SURELY_INT64 = 18  # characters; a longer integer becomes a float


def parse_filter(text: str, grammar: Grammar) -> And:
    """``filter := [clause (AND clause)* [AND]]``.

    Args:
        text: The filter; the empty string matches everything.
        grammar: What can be searched: ``RUNS``, ``EXPERIMENTS``.

    Returns:
        The clauses, all of which must hold.

    Raises:
        FilterSyntaxError: The text is no filter; the error holds the position.

    Example:
        >>> parse_filter("metrics.rmse < 0.8", RUNS).children
        (Comparison(field=Field(entity='metric', key='rmse'), op='<', value=0.8),)
    """
    if not text:
        return And(())
    tokens = Tokenizer(text)
    if tokens.check("END"):
        tokens.fail("The filter is blank: pass '' to match everything", 0)
    clauses = [_clause(tokens, grammar)]
    while tokens.consume("AND") and not tokens.check("END"):
        clauses.append(_clause(tokens, grammar))
    tokens.expect("END", "AND or the end of the filter")
    return And(tuple(clauses))


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


def _clause(tokens: Tokenizer, grammar: Grammar) -> Comparison:
    """``clause := field operator value``."""
    field, key = _field(tokens, grammar)
    operator = _operator(tokens, field, key)
    return Comparison(field, operator, _value(tokens, field, key, operator))


def _field(tokens: Tokenizer, grammar: Grammar) -> tuple[Field, Key]:
    """``field := [prefix "."] key``; without a prefix the key is an attribute."""
    entity: Entity = "attribute"
    if tokens.check("PREFIX"):
        entity = _prefix(tokens, grammar)
        token = tokens.expect("KEY", "a key after the dot, in quotes if it has odd characters")
    else:
        token = tokens.expect("NAME", f"a field, such as {grammar.example}")
    spelling = unquote(token.text)
    key = grammar.key(entity, spelling)
    if key is None:
        tokens.fail(grammar.unknown_key(entity, spelling), token.position)
    if not spelling:
        tokens.fail("Write a key between the quotes", token.position)
    return Field(entity, key.name or spelling), key


def _prefix(tokens: Tokenizer, grammar: Grammar) -> Entity:
    """``prefix := metrics | params | tags | attributes | datasets`` and their other spellings."""
    text, position = tokens.read()
    spelling = unquote(text[:-1])
    entity = grammar.prefixes.get(spelling)
    if entity is None:
        tokens.fail(grammar.unknown_prefix(spelling), position)
    return entity


def _operator(tokens: Tokenizer, field: Field, key: Key) -> Operator:
    """``operator := = | != | < | <= | > | >= | [I]LIKE | [NOT] IN | IS [NOT] NULL``."""
    known = ", ".join(key.operators)
    token = tokens.expect("OPERATOR", f"an operator: one of {known}")
    operator = _OPERATORS[" ".join(token.text.upper().split())]
    if operator not in key.operators:
        subject = f"{_label(field)}, whose values are {key.kind}s"
        tokens.fail(f"{operator} does not go with {subject}: write one of {known}", token.position)
    return operator


def _value(tokens: Tokenizer, field: Field, key: Key, operator: Operator) -> Value:
    """``value := nothing | list | number | string``, as the operator and the key ask."""
    if operator in {"IS NULL", "IS NOT NULL"}:
        return None
    if operator in {"IN", "NOT IN"}:
        return _list(tokens, field, key)
    if key.kind == "number":
        return _number(tokens, field, key)
    return _string(tokens, field, key)


def _list(tokens: Tokenizer, field: Field, key: Key) -> tuple[str, ...]:
    """``list := "(" string ("," string)* [","] ")"``; Python prints a tuple of one as ('a',)."""
    if not tokens.consume("OPEN"):
        tokens.missing("a list in parentheses after IN, such as ('a', 'b')")
    if tokens.check("CLOSE"):
        tokens.fail("The list after IN is empty: write at least one value")
    values = [_string(tokens, field, key)]
    while tokens.consume("COMMA") and not tokens.check("CLOSE"):
        values.append(_string(tokens, field, key))
    tokens.expect("CLOSE", "',' or ')' in the list after IN")
    return tuple(values)


def _string(tokens: Tokenizer, field: Field, key: Key) -> str:
    """``string := "'" text "'" | '"' text '"'``."""
    if not tokens.check("STRING"):
        _missing_value(tokens, f"a string in quotes for {_label(field)}, such as 'text'")
    text = unquote(tokens.read().text)
    return text.upper() if key.upper else text


def _number(tokens: Tokenizer, field: Field, key: Key) -> float:
    """``number := ["+" | "-"] (digits ["." [digits]] | "." digits) ["e" ["+" | "-"] digits]``."""
    if not tokens.check("NUMBER"):
        unit = f": {key.unit}" if key.unit else ""
        _missing_value(tokens, f"a number without quotes for {_label(field)}{unit}")
    text, position = tokens.read()
    if len(text) <= _SURELY_INT64 and text.lstrip("+-").isdigit():
        return int(text)
    value = float(text)
    if not math.isfinite(value):
        tokens.fail("This number is too large: write one below 1.8e308", position)
    return value


def _missing_value(tokens: Tokenizer, expected: str) -> NoReturn:
    """Say which value was expected here."""
    if tokens.check("PREFIX"):
        tokens.fail("Two fields cannot be compared with each other: write a value here")
    tokens.missing(expected)


def _label(field: Field) -> str:
    """A field in the words of a message: metric 'rmse'."""
    return f"{field.entity} {shorten(field.key)}"
