"""The right side of a clause: one function per rule, the rule its docstring."""

from __future__ import annotations

import math
from typing import NoReturn

from jupyter_mltrack.search.grammar import ORDER_OPERATORS, PATTERN_OPERATORS, Key
from jupyter_mltrack.search.mistakes import shorten
from jupyter_mltrack.search.times import DURATIONS, MOMENTS, duration, moment
from jupyter_mltrack.search.tokens import Tokenizer, unquote
from jupyter_mltrack.search.tree import Field, Operand, Operator, Value

_SURELY_INT64 = 18  # characters; a longer integer becomes a float
_SORTING = frozenset(ORDER_OPERATORS[2:]) | {"BETWEEN", "NOT BETWEEN"}


def value(tokens: Tokenizer, field: Field, key: Key, operator: Operator) -> Value:
    """``value := nothing | list | range | operand``, as the operator and the key ask.

    Raises:
        FilterSyntaxError: Something else comes next.
    """
    if operator in {"IS NULL", "IS NOT NULL"}:
        return None
    start = tokens.position
    result: Value
    if operator in {"IN", "NOT IN"}:
        result = _list(tokens, field, key)
    elif operator in {"BETWEEN", "NOT BETWEEN"}:
        result = _range(tokens, field, key)
    elif operator in PATTERN_OPERATORS:
        result = _pattern(tokens, field, key, operator)
    else:
        result = _operand(tokens, field, key)
    if key.kind == "text":
        _check_text(tokens, field, operator, result, start)
    return result


def label(field: Field) -> str:
    """A field in the words of a message: metric 'rmse'."""
    key = f"{field.key}.{field.stat}" if field.stat else field.key
    return f"{field.entity} {shorten(key)}"


def _list(tokens: Tokenizer, field: Field, key: Key) -> tuple[Operand, ...]:
    """``list := "(" operand ("," operand)* [","] ")"``; Python prints one as ('a',)."""
    if not tokens.consume("OPEN"):
        example = "('a', 'b')" if key.values == "strings" else "(1, 2)"
        tokens.missing(f"a list in parentheses after IN, such as {example}")
    if tokens.check("CLOSE"):
        tokens.fail("The list after IN is empty: write at least one value")
    operands = [_operand(tokens, field, key)]
    while tokens.consume("COMMA") and not tokens.check("CLOSE"):
        operands.append(_operand(tokens, field, key))
    tokens.expect("CLOSE", "',' or ')' in the list after IN")
    return tuple(operands)


def _range(tokens: Tokenizer, field: Field, key: Key) -> tuple[Operand, ...]:
    """``range := operand AND operand``, both ends within."""
    low = _operand(tokens, field, key)
    tokens.expect("AND", "AND and the upper end after BETWEEN")
    return low, _operand(tokens, field, key)


def _operand(tokens: Tokenizer, field: Field, key: Key) -> Operand:
    """``operand := number | string``, where a string may be a date or a duration."""
    if key.kind == "string":
        return _string(tokens, field, key)
    if key.kind == "text":
        return _number(tokens) if tokens.check("NUMBER") else _string(tokens, field, key)
    if key.quoted and tokens.check("STRING"):
        return _quoted_number(tokens, field, key)
    if key.kind != "number" and tokens.check("STRING"):
        return _time(tokens, field, key)
    if not tokens.check("NUMBER"):
        _missing(tokens, f"a number without quotes for {label(field)}{_unit(key)}")
    return _number(tokens)


def _string(tokens: Tokenizer, field: Field, key: Key) -> str:
    """``string := "'" text "'" | '"' text '"'``."""
    if not tokens.check("STRING"):
        number = " or a number" if key.kind == "text" else ""
        _missing(tokens, f"a string in quotes for {label(field)}, such as 'text'{number}")
    text = unquote(tokens.read().text)
    if key.case is None:
        return text
    return text.upper() if key.case == "upper" else text.lower()


def _pattern(tokens: Tokenizer, field: Field, key: Key, operator: Operator) -> str:
    r"""A string; its case is left alone in a regular expression, where ``\d`` is not ``\D``."""
    if not operator.endswith("RLIKE"):
        return _string(tokens, field, key)
    pattern = _string(tokens, field, Key(kind="string"))
    return f"(?i){pattern}" if key.case else pattern


def _time(tokens: Tokenizer, field: Field, key: Key) -> Operand:
    """``date := "'" ISO 8601, today, 7 days ago, -7d "'"``; ``duration := "'" 1h30m "'"``."""
    text, position = tokens.read()
    try:
        if key.kind == "moment":
            return moment(unquote(text), tokens.now)
        return duration(unquote(text))
    except ValueError:
        known = MOMENTS if key.kind == "moment" else DURATIONS
        noun = "date" if key.kind == "moment" else "duration"
        reason = f"This is no {noun} for {label(field)}: write {known}, or a number{_unit(key)}"
        tokens.fail(reason, position)


def _number(tokens: Tokenizer) -> float:
    """``number := ["+" | "-"] (digits ["." [digits]] | "." digits) ["e" ["+" | "-"] digits]``."""
    text, position = tokens.read()
    if len(text) <= _SURELY_INT64 and text.lstrip("+-").isdigit():
        return int(text)
    result = float(text)
    if not math.isfinite(result):
        tokens.fail("This number is too large: write one below 1.8e308", position)
    return result


def _quoted_number(tokens: Tokenizer, field: Field, key: Key) -> float:
    """A number in quotes."""
    text, position = tokens.read()
    if not _is_number(unquote(text)):
        tokens.fail(f"This is no number for {label(field)}{_unit(key)}", position)
    return float(unquote(text))


def _check_text(
    tokens: Tokenizer, field: Field, operator: Operator, result: Value, start: int
) -> None:
    """Params and tags compare with numbers or with strings, and it must be clear with which."""
    operands = result if isinstance(result, tuple) else (result,)
    strings = [operand for operand in operands if isinstance(operand, str)]
    if operator in _SORTING and any(map(_is_number, strings)):
        tokens.fail(f"Write numbers without quotes to compare {label(field)} by size", start)
    if strings and len(strings) < len(operands):
        tokens.fail(f"Write all values for {label(field)} with quotes, or none of them", start)


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False


def _missing(tokens: Tokenizer, expected: str) -> NoReturn:
    """Say which value was expected here."""
    if tokens.check("PREFIX"):
        tokens.fail("Two fields cannot be compared with each other: write a value here")
    tokens.missing(expected)


def _unit(key: Key) -> str:
    return f": {key.unit}" if key.unit else ""
