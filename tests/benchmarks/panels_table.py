"""The runs table in a browser: first paint, a new window, sort and search at 100,000 runs."""

from __future__ import annotations

import random
from collections.abc import Iterator
from statistics import median
from typing import TYPE_CHECKING

from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.panels_page import Seen, Stopwatch

if TYPE_CHECKING:
    from tests.benchmarks.setting import Setting

CELL = "mlt.runs(experiment_ids=['0'])"
PEER_CELL = "mlt.search_runs(['0'], max_results={runs})"
_FRAME = "out.querySelector('.jp-mltrack-runs-frame')"
_SUMMARY = "out.querySelector('.jp-mltrack-runs-summary')"
_FULL = "out.querySelectorAll('[role=row][data-id]').length > 10"
_NONE_WAITS = "!out.querySelector('[role=row][aria-busy]')"
_SORTED_BY = "metrics.rmse"
_FILTERS = ("metrics.rmse < 0.7", "params.model = 'ridge'", "metrics.metric_1 > 0.9")


def measure(setting: Setting, watch: Stopwatch, cell: int, runs: int) -> Iterator[Figure]:
    """Run the table's cell some times, then use what the last one shows."""
    first = watch.cell_until(cell, _FULL)
    paints = [watch.cell_until(cell, _FULL) for _ in range(setting.rounds)]
    columns = int(
        watch.notebook.output(cell).locator("[aria-colcount]").get_attribute("aria-colcount") or 0
    )
    what = f"of {runs:,} runs x 40 columns"
    yield _ns(f"table {what}, first of a kernel", [first])
    note = f"{columns - 1} columns shown, median of {len(paints)}"
    yield _ns(f"table {what}, first paint", paints, 1_000, note)
    received = median(one.received for one in [first, *paints])
    yield Figure(
        what=f"table {what}, over the websocket",
        contender="ours",
        value=received,
        unit=Unit.BYTES,
        at_most=100_000,
    )
    yield _ns(f"table {what}, scroll to a new window", _scrolls(setting, watch, cell, runs), 150)
    yield _ns(f"table {what}, sort", _sorts(setting, watch, cell))
    yield _ns(f"table {what}, search", _searches(setting, watch, cell))


def measure_peer(setting: Setting, watch: Stopwatch, cell: int, runs: int) -> Iterator[Figure]:
    """A DataFrame of the same runs: pandas shows its first and last five."""
    test = "out.querySelectorAll('table tbody tr').length > 4"
    paints = [watch.cell_until(cell, test) for _ in range(setting.rounds)]
    what = f"table of {runs:,} runs x 40 columns"
    note = "search_runs(), 10 rows shown"
    yield _ns(f"{what}, first paint", paints, note=note, contender="pandas_frame")
    yield Figure(
        what=f"{what}, over the websocket",
        contender="pandas_frame",
        value=median(one.received for one in paints),
        unit=Unit.BYTES,
        note=note,
    )


def _scrolls(setting: Setting, watch: Stopwatch, cell: int, runs: int) -> list[Seen]:
    """Jump to places that were not shown before."""
    dice = random.Random(0)
    seen = []
    for _ in range(3 * setting.rounds):
        row = dice.randrange(runs // 10, runs - 100)
        there = f"out.querySelector('[data-index=\"{row + 2}\"][data-id]') && {_NONE_WAITS}"
        height = "out.querySelector('[data-index]').offsetHeight"
        scroll = f"{_FRAME}.scrollTop = {row} * {height}"
        seen.append(watch.act_until(cell, scroll, there))
    return seen


def _sorts(setting: Setting, watch: Stopwatch, cell: int) -> list[Seen]:
    """Click a header: one way, the other, and back to the first order."""
    header = f"out.querySelector('[data-column=\"{_SORTED_BY}\"]')"
    seen = []
    for _ in range(setting.rounds):
        for direction in ("ascending", "descending", "none"):
            sorted_so = f"{header}.getAttribute('aria-sort') === '{direction}' && {_NONE_WAITS}"
            seen.append(watch.act_until(cell, f"{header}.click()", sorted_so))
    return seen


def _searches(setting: Setting, watch: Stopwatch, cell: int) -> list[Seen]:
    """Type a filter and press Enter, until the table says how many it found."""
    box = "out.querySelector('.jp-mltrack-runs-search')"
    enter = "new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true })"
    seen = []
    for _ in range(setting.rounds):
        for text in (*_FILTERS, ""):
            act = (
                f'window.mltrackBefore = {_SUMMARY}.textContent; {box}.value = "{text}"; '
                f"{box}.dispatchEvent({enter})"
            )
            told = (
                f"!{_SUMMARY}.textContent.startsWith('searching') && "
                f"{_SUMMARY}.textContent !== window.mltrackBefore && {_NONE_WAITS}"
            )
            seen.append(watch.act_until(cell, act, told))
    return seen


def _ns(
    what: str,
    seen: list[Seen],
    limit_ms: int | None = None,
    note: str = "",
    contender: str = "ours",
) -> Figure:
    return Figure(
        what=what,
        contender=contender,
        value=median(one.ns for one in seen),
        unit=Unit.NS,
        note=note or (f"median of {len(seen)}" if len(seen) > 1 else ""),
        at_most=limit_ms * 1e6 if limit_ms else None,
    )
