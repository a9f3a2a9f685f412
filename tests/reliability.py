"""Figures that the tests of the promises measure, gathered into RELIABILITY.md by the nightly run.

A test asks for the fixture ``promise`` and notes what it counted::

    def test_killed_writers_lose_nothing(promise):
        ...
        promise(1, "writers killed at random times", kills=100, acknowledged=9000, lost=0)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable


class Note(NamedTuple):
    """What one test measured for one promise."""

    promise: int
    what: str
    figures: dict[str, float | str]


class Noting(Protocol):
    """The fixture ``promise``."""

    def __call__(self, number: int, what: str, **figures: float | str) -> None:
        """Note figures of a promise, by its number in ``PROMISES``."""


_NOTES = pytest.StashKey[list[Note]]()


@pytest.fixture
def promise(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Notes and prints what a test measured for a promise."""
    notes = request.config.stash.setdefault(_NOTES, [])

    def note(number: int, what: str, **figures: float | str) -> None:
        notes.append(Note(number, what, figures))
        said = ", ".join(f"{key} {value}" for key, value in figures.items())
        print(f"promise {number}: {what}: {said}")

    return note
