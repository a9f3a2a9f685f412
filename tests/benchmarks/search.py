"""The ``search`` benchmark: filter and order runs, and get the first page as a DataFrame.

The stores have 20 params and 20 metrics a run. MLflow is measured at the smallest size: making its
runs takes 20 s a thousand.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from tests.benchmarks.contenders import Searcher
from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.setting import Setting

KEPT = "runs of ours"
"""The kept store that grows here."""
SIZES = (1_000, 10_000, 100_000)
_COLD = 3
_LIMITS_MS = {0: 150, len(SIZES) - 1: 300}
"""Place in ``SIZES`` → the target for the first page."""


def fill(contender: Searcher, folder: Path, first: int, last: int) -> None:
    """Job: make runs."""
    contender.fill(folder, first, last)


def warm(contender: Searcher, folder: Path, rounds: int) -> dict[str, dict[str, int]]:
    """Job: repeat every search, in turns, after one round that does not count."""
    searches = contender.searches(folder)
    found = {name: len(search()) for name, search in searches.items()}  # type: ignore[arg-type]
    spent: dict[str, list[int]] = {name: [] for name in searches}
    for _ in range(rounds):
        for name, search in searches.items():
            began = time.perf_counter_ns()
            search()
            spent[name].append(time.perf_counter_ns() - began)
    return {n: {"p50": int(median(spent[n])), "runs": found[n]} for n in searches}


def cold(contender: Searcher, folder: Path) -> int:
    """Job: the first search of a process that has imported the tool and done nothing with it."""
    search = contender.searches(folder)["first page"]
    began = time.perf_counter_ns()
    search()
    return time.perf_counter_ns() - began


def measure(setting: Setting) -> list[Figure]:
    """Search our store while it grows, and MLflow's at the first size."""
    figures: list[Figure] = []
    sizes = [setting.share(size) for size in SIZES]
    if "ours" in setting.only:
        figures += _ours(setting, sizes)
    for name in setting.who("mlflow_sqlite"):
        with setting.attempt(), setting.workers.store() as folder:
            print(f"making {sizes[0]:,} runs of MLflow", flush=True)
            setting.workers.ask(folder, name, fill, 0, sizes[0])
            figures += _figures(setting, folder, name, sizes[0], None)
    return figures


def _ours(setting: Setting, sizes: list[int]) -> Iterator[Figure]:
    folder = setting.kept / KEPT
    folder.mkdir(exist_ok=True)
    pages = []
    for place, (before, size) in enumerate(zip([0, *sizes], sizes, strict=False)):
        print(f"making our runs up to {size:,}", flush=True)
        setting.workers.ask(folder, "ours", fill, before, size)
        told = list(_figures(setting, folder, "ours", size, _LIMITS_MS.get(place)))
        pages.append(told[0].value)
        yield from told
    yield Figure(
        what=f"first page, {sizes[-1]:,} runs against {sizes[0]:,}",
        contender="ours",
        value=pages[-1] / pages[0],
        unit=Unit.TIMES,
        at_most=3,
    )


def _figures(
    setting: Setting, folder: Path, name: str, size: int, limit_ms: int | None
) -> Iterator[Figure]:
    ask = setting.workers.ask
    told: dict[str, Any] = ask(folder, name, warm, 3 * setting.rounds)
    for place, (search, figure) in enumerate(told.items()):
        yield Figure(
            what=f"{search} of {size:,} runs, p50",
            contender=name,
            value=figure["p50"],
            unit=Unit.NS,
            note=f"{figure['runs']:,} found",
            at_most=limit_ms * 1e6 if limit_ms and not place else None,
        )
    first = [ask(folder, name, cold) for _ in range(setting.share(_COLD))]
    yield Figure(
        what=f"first page of {size:,} runs, first search of a process",
        contender=name,
        value=median(first),
        unit=Unit.NS,
    )
