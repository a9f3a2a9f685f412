"""A finished run as text for people, as Markdown for the README and as JSON for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from tests.benchmarks.contenders import TITLES
from tests.benchmarks.figures import Figure, Unit
from tests.benchmarks.machine import Machine
from tests.benchmarks.table import aligned, ratio, written

Results = Mapping[str, Sequence[Figure]]
"""Name of a benchmark → its figures."""


def heading(machine: Machine) -> str:
    """Name the machine and the moment."""
    load = "" if machine["load"] is None else f", load {machine['load']} at the start"
    return (
        f"{machine['date']}; {machine['python']}; {machine['system']}; {machine['processor']};"
        f" {machine['cpus']} CPUs{load}"
    )


def table(figures: Sequence[Figure]) -> str:
    """Lay out the figures of one benchmark, contenders side by side."""
    rows = [["what", "contender", "figure", "ours is better", "target", ""]]
    rows += [
        [
            one.what + (f" ({one.note})" if one.note else ""),
            TITLES.get(one.contender, one.contender),
            written(one.value, one.unit),
            _better(one, figures),
            *_target(one),
        ]
        for one in figures
    ]
    return aligned(rows, left=2)


def summary(results: Results) -> str:
    """Lay out every target with what was reached."""
    rows = [["target", "reached", "wanted", ""]]
    rows += [
        [f"{name}: {one.what}", written(one.value, one.unit), *_target(one)]
        for name, one in _targets(results)
    ]
    missed = [one.what for _, one in _targets(results) if not one.is_met]
    told = f"{len(rows) - 1 - len(missed)} of {len(rows) - 1} targets met"
    return f"{aligned(rows, left=1)}\n\n{told}"


def markdown(results: Results, machine: Machine) -> str:
    """Write the table of the README: ours, its targets, and the peers at the same task."""
    peers = [
        name
        for name in TITLES
        if name != "ours" and any(one.contender == name for _, one in _compared(results))
    ]
    measured = f"Measured by `python -m tests.benchmarks` on {machine['date'][:10]}"
    lines = [
        f"{measured} ({machine['cpus']} cores, {machine['processor']}, {machine['python']}).",
        "",
        _row("", TITLES["ours"], "target", *(TITLES[name] for name in peers)),
        _row(*["---"] * (3 + len(peers))),
    ]
    for figures in results.values():
        for ours in (one for one in figures if one.contender == "ours"):
            beside = [_beside(ours, figures, name) for name in peers]
            if ours.is_target or any(beside):
                lines.append(_row(ours.what, _cell(ours), _target(ours)[0], *beside))
    return "\n".join(lines)


def as_json(results: Results, machine: Machine) -> dict[str, Any]:
    """Return everything measured."""
    return {
        "machine": machine,
        "benchmarks": {
            name: [asdict(one) | {"met": one.is_met if one.is_target else None} for one in figures]
            for name, figures in results.items()
        },
    }


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"


def _targets(results: Results) -> Iterator[tuple[str, Figure]]:
    return ((name, one) for name, figures in results.items() for one in figures if one.is_target)


def _compared(results: Results) -> Iterator[tuple[str, Figure]]:
    """Give the figures of others that stand beside one of ours."""
    for name, figures in results.items():
        ours = {one.what for one in figures if one.contender == "ours"}
        yield from ((name, one) for one in figures if one.contender != "ours" and one.what in ours)


def _target(one: Figure) -> list[str]:
    if not one.is_target:
        return ["", ""]
    sign, limit = ("≤", one.at_most) if one.at_most is not None else ("≥", one.at_least)
    return [f"{sign} {written(limit or 0, one.unit)}", "met" if one.is_met else "MISSED"]


def _better(one: Figure, figures: Sequence[Figure]) -> str:
    """Write how many times better ours is at the same task."""
    ours = next((o for o in figures if o.contender == "ours" and o.what == one.what), None)
    if ours is None or one.contender == "ours" or one.unit in {Unit.COUNT, Unit.TIMES}:
        return ""
    if one.unit is Unit.RATE:
        return ratio(ours.value, one.value)
    return ratio(one.value, ours.value)


def _beside(ours: Figure, figures: Sequence[Figure], name: str) -> str:
    """Write a contender's figure at the task of ours, with how much better ours is."""
    for one in figures:
        if one.contender == name and one.what == ours.what:
            return _cell(one, _better(one, figures))
    return ""


def _cell(one: Figure, better: str = "") -> str:
    """Write a figure with all that stands beside it, for a table without columns for it."""
    remarks = ", ".join(filter(None, [better, one.note]))
    return written(one.value, one.unit) + (f" ({remarks})" if remarks else "")
