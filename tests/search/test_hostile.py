"""Hostile input: any text ends in a tree or in one kind of error, and soon."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search import (
    EXPERIMENTS,
    RUNS,
    And,
    Grammar,
    Order,
    parse_filter,
    parse_order_by,
)

MEGABYTE = 1_000_000
SECONDS = 30  # half a second is usual, ten times that under coverage; quadratic would take hours
PIECES = st.sampled_from(
    [
        *("metrics.", "params.", "tags.a", "status", "run_id", "1", "-1", ".5", "1e9", "nan"),
        *("=", "!=", "<", "<=", ">", ">=", "==", "<>", "LIKE", "ILIKE", "IN", "NOT", "IS", "NULL"),
        *("RLIKE", "metrics.a.min", "start_time", "duration", "'today'", "'-7d'", "'a('"),
        *("AND", "OR", "BETWEEN", "ASC", "'", "''", '"', '""', "`", "``", "'a'", "('a')"),
        *("(", ")", ",", ";", ".", "\\", "--", "/*", "\0", "\n", "é"),
    ]
)
GRAMMARS = st.sampled_from([RUNS, EXPERIMENTS])


def outcome(text: str, grammar: Grammar) -> list[And | tuple[Order, ...] | FilterSyntaxError]:
    """What a text gives as a filter and as a sort clause."""
    results: list[And | tuple[Order, ...] | FilterSyntaxError] = []
    for parse in (parse_filter, parse_order_by):
        try:
            results.append(parse(text, grammar))
        except FilterSyntaxError as error:
            results.append(error)
    return results


def check(text: str, grammar: Grammar) -> None:
    """Every error has its caret within the text, and a message that can be printed."""
    for result in outcome(text, grammar):
        if isinstance(result, FilterSyntaxError):
            assert 0 <= result.position <= len(text)
            assert str(result).encode()


@given(st.text(st.characters()), GRAMMARS)
def test_any_text(text: str, grammar: Grammar) -> None:
    """No text makes anything but a tree or the one error, half surrogate pairs included."""
    check(text, grammar)


@given(st.lists(PIECES, max_size=12), st.sampled_from(["", " "]), GRAMMARS)
def test_any_pieces_of_the_language(pieces: list[str], glue: str, grammar: Grammar) -> None:
    """The same for pieces of the language in any order, which get further into the parser."""
    check(glue.join(pieces), grammar)


@pytest.mark.parametrize(
    "text",
    [
        "metrics.a>1 AND " * 62_500,
        "tag.a='' AND " * 77_000,
        "run_id IN (" + "'a'," * 250_000 + ")",
        f"tags.a = '{'x' * MEGABYTE}'",
        f"metrics.a > 0.{'0' * MEGABYTE}1",
        "NOT tag.a='' OR " * 62_000 + "tag.a = ''",
        "(number = 1) OR " * 62_000 + "number = 1",
        "number IN (" + "1," * 500_000 + ")",
        f"tags.a RLIKE '{'a*' * (MEGABYTE // 2)}'",
    ],
    ids=["metrics", "tags", "list", "string", "number", "not", "parentheses", "numbers", "pattern"],
)
def test_long_filter(text: str) -> None:
    """A filter of a megabyte parses in linear time."""
    start = process_time()
    assert parse_filter(text, RUNS).children
    assert process_time() - start < SECONDS


@pytest.mark.parametrize(
    ("before", "repeated", "after"),
    [
        ("", "'", ""),
        ("", "`", "."),
        ("", '"', "x"),
        ("", "(", ""),
        ("", "NOT ", ""),
        ("", "AND ", ""),
        ("", "\0", ""),
        ("", " ", "\0"),
        ("", "a", ""),
        ("", "a", "."),
        ("", "a.", ""),
        ("metrics.", "a", ""),
        ("metrics.a", " ", "x"),
        ("metrics.a > ", "1", ""),
        ("metrics.a > ", "1", "x"),
        ("metrics.a > 1.", "1", "x"),
        ("metrics.a > 1e", "1", "x"),
        ("metrics.a > 1", " ", "x"),
        ("tags.a = '", "''", ""),
        ("tags.a = '", "x", ""),
        ("tags.a = ", "a", ""),
        ("tags.a NOT", " ", "x"),
        ("tags.a IS NOT", "\n", "x"),
        ("tags.a IN (", "(", ""),
        ("tags.a IN ('a'", ",", ""),
        ("", "(NOT ", ""),
        ("", "(number = 1 OR ", ""),
        ("number = 1 OR ", "(", ""),
        ("number = 1", ")", ""),
        ("tags.a BETWEEN", " ", "x"),
        ("tags.a NOT LIKE", " ", "x"),
        ("start_time > '", "9", "'"),
        ("start_time > '-", "1h", "'"),
        ("start_time > '", " ", "ago'"),
        ("duration > '1", " ", "x'"),
        ("duration > '", "1m", "'"),
        ("metrics.", "a.min", ""),
    ],
)
def test_long_mistake(before: str, repeated: str, after: str) -> None:
    """A mistake of a megabyte is found in linear time: no pattern backtracks at length."""
    text = before + repeated * (MEGABYTE // len(repeated)) + after
    start = process_time()
    with pytest.raises(FilterSyntaxError):
        parse_filter(text, RUNS)
    assert process_time() - start < SECONDS


def test_half_a_surrogate_pair() -> None:
    """Text that no store can keep is refused, with a message that can be printed."""
    with pytest.raises(FilterSyntaxError, match="surrogate") as caught:
        parse_filter("tags.a = '\ud800'", RUNS)
    assert caught.value.position == 10
    assert str(caught.value).encode()
