"""Tokens: the four verbs, and what each pattern of the table takes."""

from __future__ import annotations

import pytest

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search.tokens import RULES, Tokenizer, unquote


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PREFIX", "metrics."),
        ("PREFIX", "`metrics`."),
        ("NAME", "start_time"),
        ("NAME", "`Run name`"),
        ("NAME", "ñandú"),
        ("KEY", "mlflow.source.git/branch-1:a"),
        ("KEY", "'a `b` c'"),
        ("OPERATOR", "!="),
        ("OPERATOR", "Not \t\n iN"),
        ("OPERATOR", "is not null"),
        ("NUMBER", ".70"),
        ("NUMBER", "4e-1"),
        ("NUMBER", "-1"),
        ("NUMBER", "+1.E+5"),
        ("STRING", "''"),
        ("STRING", "'it''s'"),
        ("STRING", '"L\'Hosp"'),
        ("AND", "aNd"),
        ("DIRECTION", "desc"),
        ("END", ""),
    ],
)
def test_rule_takes_the_whole_token(name: str, text: str) -> None:
    """Each pattern takes its whole token and none of the white space after it."""
    tokens = Tokenizer(f"{text}  ")
    if name != "END":
        assert tokens.check(name)
        assert tokens.read() == (text, 0)
    assert tokens.check("END")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PREFIX", "metrics"),
        ("NAME", "AND"),
        ("NAME", "'single'"),
        ("NAME", "1st"),
        ("KEY", "@"),
        ("OPERATOR", "=="),
        ("OPERATOR", "<>"),
        ("OPERATOR", "=>"),
        ("OPERATOR", "INTO"),
        ("OPERATOR", "LI\N{KELVIN SIGN}E"),
        ("NUMBER", "1_000"),
        ("NUMBER", "1.2.3"),
        ("NUMBER", "\N{ARABIC-INDIC DIGIT ONE}"),
        ("NUMBER", "0x1F"),
        ("STRING", "'open"),
        ("STRING", "'open''"),
        ("STRING", "`back`"),
        ("AND", "ANDY"),
        ("END", "x"),
    ],
)
def test_rule_leaves_what_is_not_its_own(name: str, text: str) -> None:
    """A pattern does not take what only looks like its token."""
    assert not Tokenizer(text).check(name)


def test_check_does_not_move() -> None:
    """Only read moves on, and it moves past the white space too."""
    tokens = Tokenizer("  metrics.a")
    assert tokens.check("PREFIX")
    assert tokens.position == 2
    assert tokens.read().position == 2
    assert tokens.position == 10


def test_consume_tells_whether_it_moved() -> None:
    """Consume moves past its own token only."""
    tokens = Tokenizer("AND x")
    assert not tokens.consume("COMMA")
    assert tokens.consume("AND")
    assert tokens.position == 4


def test_expect_says_what_was_expected() -> None:
    """A missing token raises with the place and the words of the caller."""
    tokens = Tokenizer("x")
    with pytest.raises(FilterSyntaxError) as caught:
        tokens.expect("COMMA", "a comma")
    assert caught.value.reason == "Expected a comma"
    assert caught.value.position == 0


def test_read_needs_a_check() -> None:
    """Reading with nothing found is a fault of the parser, not of the user."""
    with pytest.raises(RuntimeError, match="check"):
        Tokenizer("x").read()


@pytest.mark.parametrize(
    ("text", "meaning"),
    [("plain", "plain"), ("'it''s'", "it's"), ('"a"', "a"), ("`a``b`", "a`b"), ("'a\\'", "a\\")],
)
def test_unquote(text: str, meaning: str) -> None:
    """Quotes go, a doubled quote becomes one, a backslash stays."""
    assert unquote(text) == meaning


def test_no_rule_has_a_group_of_its_own() -> None:
    """Group 1 is the token in every pattern."""
    assert {pattern.groups for pattern in RULES.values()} == {1}
