"""Latencies to figures: one round's sample, and one row out of all rounds' samples."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import TypedDict

from tests.benchmarks.figures import percentile


class Sample(TypedDict):
    """One round of one row; times in nanoseconds.

    ``calls_per_s`` counts until the last call returned, ``stored_per_s`` until the
    store was closed, so work put off to a thread is paid for as well.
    """

    version: str
    calls: int
    p50: int
    p99: int
    max: int
    calls_per_s: float
    stored_per_s: float


class Figures(TypedDict):
    """A row over all rounds: medians of the rounds, the worst max, the range of p50."""

    p50: float
    p50_low: int
    p50_high: int
    p99: float
    max: int
    calls_per_s: float
    stored_per_s: float


def summarise(spent: Sequence[int], *, returned_ns: int, stored_ns: int, version: str) -> Sample:
    """Make a round's sample from the nanoseconds of each call."""
    ordered = sorted(spent)
    return {
        "version": version,
        "calls": len(ordered),
        "p50": percentile(ordered, 0.50),
        "p99": percentile(ordered, 0.99),
        "max": ordered[-1],
        "calls_per_s": len(ordered) / returned_ns * 1e9,
        "stored_per_s": len(ordered) / stored_ns * 1e9,
    }


def combine(samples: Sequence[Sample]) -> Figures:
    """Make a row's figures from the samples of all rounds."""
    return {
        "p50": median(s["p50"] for s in samples),
        "p50_low": min(s["p50"] for s in samples),
        "p50_high": max(s["p50"] for s in samples),
        "p99": median(s["p99"] for s in samples),
        "max": max(s["max"] for s in samples),
        "calls_per_s": median(s["calls_per_s"] for s in samples),
        "stored_per_s": median(s["stored_per_s"] for s in samples),
    }
