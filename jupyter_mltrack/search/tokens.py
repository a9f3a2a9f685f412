"""Tokens of the filter language: a table of named patterns, and the place in the text.

No pattern can match in two ways, so each takes time linear in the text it looks at. There is
no list of tokens: the parser asks at each place for what the grammar allows there, as
``packaging._tokenizer`` does.
"""

from __future__ import annotations

import re
from typing import NamedTuple, NoReturn

from jupyter_mltrack.errors import FilterSyntaxError
from jupyter_mltrack.search.grammar import BARE_KEY
from jupyter_mltrack.search.mistakes import advice


def _keyword(words: str) -> str:
    """Pattern of ASCII words in any case, with any white space between them."""
    return r"\s+".join(f"(?ai:{word})" for word in words.split()) + r"\b"


def _quoted(quote: str) -> str:
    """Pattern of quoted text; the quote itself is written twice inside."""
    return f"{quote}[^{quote}]*(?:{quote}{quote}[^{quote}]*)*{quote}(?!{quote})"


_KEYWORDS = ("AND", "OR", "NOT", "IN", "IS", "NULL", "LIKE", "ILIKE", "RLIKE", "BETWEEN")
_NEGATABLE = ("IN", "LIKE", "ILIKE", "RLIKE", "BETWEEN")
_RESERVED = "|".join(map(_keyword, _KEYWORDS))
_SINGLE, _DOUBLE, _BACKTICK = map(_quoted, ("'", '"', "`"))
_NAME = rf"(?!{_RESERVED})[^\W\d]\w*|{_BACKTICK}|{_DOUBLE}"

#: Name → pattern; white space after a token belongs to it, outside group 1.
RULES: dict[str, re.Pattern[str]] = {
    name: re.compile(rf"({pattern})\s*")
    for name, pattern in {
        "PREFIX": rf"(?:{_NAME})\.",
        "NAME": _NAME,
        "KEY": rf"{BARE_KEY.pattern}|{_BACKTICK}|{_DOUBLE}|{_SINGLE}",
        "OPERATOR": "|".join(
            (
                r"!=|<=|>=|=(?![=<>])|<(?!>)|>",
                *map(_keyword, _NEGATABLE),
                *(_keyword(f"NOT {word}") for word in _NEGATABLE),
                *map(_keyword, ("IS NULL", "IS NOT NULL")),
            )
        ),
        "NUMBER": r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?(?![\w.])",
        "STRING": f"{_DOUBLE}|{_SINGLE}",
        "OPEN": r"\(",
        "COMMA": ",",
        "CLOSE": r"\)",
        "AND": _keyword("AND"),
        "OR": _keyword("OR"),
        "NOT": _keyword("NOT"),
        "DIRECTION": f"{_keyword('ASC')}|{_keyword('DESC')}",
        "END": r"\Z",
    }.items()
}


class Token(NamedTuple):
    """A piece of the text, and the index at which it begins."""

    text: str
    position: int


class Tokenizer:
    """A place in a search string, moved by four verbs: check, expect, read, consume.

    Args:
        text: The search string.
        now: The time from which relative times count, in seconds since 1970.

    Raises:
        FilterSyntaxError: The text holds half of a surrogate pair, which no store can keep.
    """

    __slots__ = ("_match", "now", "position", "text")

    def __init__(self, text: str, now: float = 0.0) -> None:
        try:
            text.encode()
        except UnicodeEncodeError as error:
            reason = "Remove this character: it is half of a surrogate pair, which is not text"
            printable = text.encode(errors="replace").decode()
            raise FilterSyntaxError(reason, printable, error.start) from None
        self.text = text
        self.now = now
        self.position = len(text) - len(text.lstrip())
        self._match: re.Match[str] | None = None

    def check(self, name: str) -> bool:
        """Whether the named token comes next; if so, ``read`` takes it."""
        self._match = RULES[name].match(self.text, self.position)
        return self._match is not None

    def read(self) -> Token:
        """Take the token that the last ``check`` found, and move past it."""
        match = self._match
        if match is None:
            message = "read() must follow a check() that returned True"
            raise RuntimeError(message)
        self._match = None
        token = Token(match[1], self.position)
        self.position = match.end()
        return token

    def expect(self, name: str, expected: str) -> Token:
        """Take the named token, or say what was expected here.

        Raises:
            FilterSyntaxError: Something else comes next.
        """
        if not self.check(name):
            self.missing(expected)
        return self.read()

    def consume(self, name: str) -> bool:
        """Move past the named token if it comes next; tell whether it did."""
        if not self.check(name):
            return False
        self.read()
        return True

    def missing(self, expected: str) -> NoReturn:
        """Say what was expected here, or what to write instead of a known mistake."""
        self.fail(advice(self.text, self.position) or f"Expected {expected}")

    def fail(
        self, reason: str, position: int | None = None, unknown: str | None = None
    ) -> NoReturn:
        """Raise with the caret at a position, by default the present one."""
        if position is None:
            position = self.position
        raise FilterSyntaxError(reason, self.text, position, unknown)

    def word(self, position: int) -> str:
        """The bare word at a position, or the quoted one without its quotes."""
        match = RULES["KEY"].match(self.text, position)
        return unquote(match[1]) if match else ""


def unquote(text: str) -> str:
    """The text between quotes, a doubled quote made single; text without quotes as it is."""
    quote = text[:1]
    if quote not in {"'", '"', "`"}:
        return text
    return text[1:-1].replace(quote * 2, quote)
