"""Figures that the tests of the promises measure, gathered into RELIABILITY.md by the nightly run.

A test asks for the fixture ``promise`` and notes what it counted::

    def test_killed_writers_lose_nothing(promise):
        ...
        promise(1, "writers killed at random times", kills=100, lost=0)

and a test that puts a fault in on purpose, to see its check go red, notes that::

        promise(1, "mutation: points are kept in Python", caught="yes")

``python -m pytest -m nightly`` runs the long tests and all that ask for the fixture, and writes
the page if they passed and none was left out. Of two notes with the same words the later one,
which is that of the longer version, stands in the page.
"""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol

import pytest

from tests.benchmarks.machine import describe

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PAGE = Path(__file__).parents[1] / "RELIABILITY.md"

#: What is promised, by number; 14, 18 and 19 are of parts that have tests of their own.
PROMISES = {
    1: "What a logging call has accepted, no kill can take back",
    2: "Logging waits for nobody: no other kernel, no reader, no database",
    3: "Trouble with the disk never stops the training",
    4: "A damaged line hides no other and is never shown as a value",
    5: "Every point counts exactly once, whatever dies during a fold",
    6: "The database file is a cache: whatever happens to it, nothing is lost",
    7: "Eight kernels share a store, also when all create it at once",
    8: "Power loss costs at most the last second; what has ended is synced first",
    9: "A dead run shows as KILLED within 5 s, a living one does not",
    10: "Fork, spawn, threads and Ctrl-C: nothing lost, doubled or mixed",
    11: "Order and durations do not depend on the wall clock",
    12: "Odd numbers and names come back as logged, or are refused with a reason",
    13: "Artifacts are whole or absent",
    14: "Nothing in a model of others runs before it was trusted",
    15: "Viewing never executes what was logged",
    16: "Nothing is fetched or sent anywhere",
    17: "No path, archive, link or URI reaches outside the store",
    18: "No parameter reaches a shell",
    19: "Every route of the server asks who is there",
    20: "The store is private, whatever the umask",
    21: "Credentials are masked before they are written",
    22: "A filter can neither read a file nor change anything",
    23: "Newer releases open older stores; older ones refuse newer stores",
}

HEAD = """# Reliability

What jupyter_mltrack promises about the data it is given, and what was measured. Every table is
written by the tests themselves, from one run of

    python -m pytest -m nightly

in which all of them passed. A test that cannot fail shows nothing, so for each promise faults
were put into the program on purpose: the last row says whether the checks noticed them.

Promises 14, 18 and 19 are about models, projects and the server; their tests stand beside those
parts.

Measured {date} with {python} on {system}, {cpus} CPUs ({processor}).
"""

_PLAIN = str.maketrans({"×": "x", "µ": "u", "−": "-", "–": "-", "’": "'", "≤": "<=", "|": "/"})
_MUTATION = "mutation: "


class Note(NamedTuple):
    """What one test measured for one promise."""

    promise: int
    what: str
    figures: dict[str, float | str]

    def measured(self) -> str:
        """The figures as a text: ``kills 1,000, lost 0``."""
        return ", ".join(f"{key.replace('_', ' ')} {_text(v)}" for key, v in self.figures.items())


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
        assert number in PROMISES
        notes.append(Note(number, what, figures))
        print(f"promise {number}: {what}: {notes[-1].measured()}")

    return note


# The nightly run -------------------------------------------------------------------------------


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """With ``-m nightly``, every test that notes figures is a nightly one."""
    if config.option.markexpr == "nightly":
        for item in items:
            if "promise" in getattr(item, "fixturenames", ()):
                item.add_marker("nightly")


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, exitstatus: int, config: pytest.Config
) -> None:
    """Write the page after a complete run without failures, or say why it is not written."""
    if config.option.markexpr != "nightly":
        return
    if reason := _left_out(config) or ("tests failed" if exitstatus else ""):
        terminalreporter.write_line(f"{PAGE.name} is not written: {reason}.")
        return
    skipped = sorted({_skip(report) for report in terminalreporter.stats.get("skipped", [])})
    PAGE.write_text(page(config.stash.get(_NOTES, []), skipped), encoding="ascii")
    terminalreporter.write_line(f"{PAGE.name} is written.")


def _left_out(config: pytest.Config) -> str:
    """Why this run does not say all; nothing if it does."""
    option = config.option
    everything = {config.rootpath / path for path in config.getini("testpaths")}
    if {config.invocation_params.dir / path for path in config.args} != everything:
        return "only some folders or files were asked for"
    narrow = {"keyword": "-k", "deselect": "--deselect", "lf": "--lf", "ignore": "--ignore"}
    for name, flag in narrow.items():
        if getattr(option, name, None):
            return f"{flag} leaves out tests"
    return "nothing was run" if option.collectonly else ""


def _skip(report: pytest.TestReport) -> str:
    """A skipped test and its reason."""
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else str(report.longrepr)
    return f"{report.nodeid.rpartition('::')[2]} ({reason.removeprefix('Skipped: ')})"


# The page --------------------------------------------------------------------------------------


def page(notes: list[Note], skipped: list[str]) -> str:
    """The page: one table for each promise, in the order in which the tests noted their rows."""
    latest = list({(note.promise, note.what): note for note in notes}.values())
    latest.sort(key=lambda note: note.promise)
    lines = [_plain(HEAD.format(**describe()))]
    for number, rows in groupby(latest, key=lambda note: note.promise):
        lines += [f"## {number}. {PROMISES[number]}", "", "| done | measured |", "|---|---|"]
        lines += [*_rows(list(rows)), ""]
    if skipped:
        lines += ["## Not run here", "", *(f"- {_plain(test)}" for test in skipped), ""]
    return "\n".join(lines)


def _rows(notes: list[Note]) -> Iterator[str]:
    faults = [note for note in notes if note.what.startswith(_MUTATION)]
    for note in notes:
        if note not in faults:
            yield f"| {_plain(note.what)} | {_plain(note.measured())} |"
    if faults:
        told = "; ".join(
            f"{note.what.removeprefix(_MUTATION)}: {note.figures['caught']}" for note in faults
        )
        yield f"| faults put in on purpose, and noticed | {_plain(told)} |"


def _plain(text: str) -> str:
    """The text in ASCII, without what would end a cell of a table."""
    return text.translate(_PLAIN).encode("ascii", "replace").decode("ascii")


def _text(figure: float | str) -> str:
    """A figure with separators between the thousands, and no more digits than mean something."""
    if isinstance(figure, str):
        return figure
    whole = isinstance(figure, int) or abs(figure) >= 100
    return f"{figure:,.0f}" if whole else f"{figure:.3g}"
