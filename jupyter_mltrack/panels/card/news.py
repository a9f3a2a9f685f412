"""What the runs of this process log, as cards need it while the runs are open.

It is read from the journal that this process writes: no database is opened, no lock is taken
and nothing is in the way of a logging call.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from pathlib import Path

import msgspec

from jupyter_mltrack.entities import Run, RunData
from jupyter_mltrack.panels.card.card import MOST_METRICS

#: Of a longer history every second value is dropped.
_MOST_VALUES = 2_000

#: So many lines are decoded at a time; of more, the last ones and some of the others.
_MOST_LINES = 4_000

_OPS = (b'"op":"metric"', b'"op":"param"')


class Line(msgspec.Struct):
    """A line of a journal, as far as a card cares; see `events`."""

    op: str
    run: str = ""
    key: str = ""
    text: str | None = None
    value: float | str = 0.0
    step: int = 0


_decode = msgspec.json.Decoder(Line).decode


class JournalTail:
    """What is appended to a journal from now on.

    Args:
        folder: Where the journals are.
        token: Of the journal.
    """

    def __init__(self, folder: Path, token: str) -> None:
        self._path = next(folder.glob(f"*-{token}.ndjson"), None)
        self._offset = self._path.stat().st_size if self._path else 0

    def read(self) -> list[Line]:
        """The params and metrics that were logged since it was asked last; [] if none.

        Of very many, some points of the metrics are left out.
        """
        if self._path is None:
            return []
        try:
            with self._path.open("rb") as journal:
                journal.seek(self._offset)
                lines = journal.read().splitlines(keepends=True)
        except OSError:  # a journal that is gone has no news
            return []
        if lines and not lines[-1].endswith(b"\n"):
            lines.pop()
        self._offset += sum(map(len, lines))
        found = []
        for line in _thinned([line for line in lines if any(op in line for op in _OPS)]):
            try:
                found.append(_decode(line))
            except msgspec.DecodeError:  # damaged, or of a later release
                continue
        return found


def _thinned(lines: list[bytes]) -> list[bytes]:
    if len(lines) <= _MOST_LINES:
        return lines
    last = len(lines) - _MOST_LINES // 2
    chosen = set(random.sample(range(last), _MOST_LINES // 2))
    return [
        line
        for at, line in enumerate(lines)
        if at >= last or at in chosen or _OPS[1] in line  # each param comes once
    ]


@dataclass(slots=True)
class RunNews:
    """A run as it is now, by what was read of it.

    Attributes:
        run: As it was when it was opened.
        keeps_histories: Whether all values of the metrics that a card could draw are wanted,
            not only the latest.
        metrics: The latest value of each metric.
        histories: The values since then, by metric.
        drawn: The metrics that a card could draw: the first of the run and of its machine.
        params: All its params.
        step: The highest step; None if none was given.
    """

    run: Run
    keeps_histories: bool = True
    metrics: dict[str, float] = field(default_factory=dict)
    histories: dict[str, list[float]] = field(default_factory=dict)
    drawn: set[str] = field(default_factory=set)
    params: dict[str, str] = field(default_factory=dict)
    step: int | None = None

    def __post_init__(self) -> None:
        for key, value in self.run.data.metrics.items():
            self._note(key, value)
        self.params |= self.run.data.params

    def take(self, line: Line) -> None:
        """Note a param or a point."""
        if line.op == "param":
            self.params.setdefault(line.key, line.text or "")
            return
        value = float(line.value)
        self._note(line.key, value)
        if self.keeps_histories and line.key in self.drawn:
            values = self.histories.setdefault(line.key, [])
            values.append(value)
            if len(values) > _MOST_VALUES:
                del values[1::2]
        if not _is_system(line.key):
            self.step = max(self.step or 0, line.step)

    def _note(self, key: str, value: float) -> None:
        if key not in self.metrics:
            alike = [one for one in self.drawn if _is_system(one) == _is_system(key)]
            if len(alike) < MOST_METRICS:
                self.drawn.add(key)
        self.metrics[key] = value

    def now(self) -> Run:
        """The run with all that is known of it; its metrics in the order in which they came."""
        data = RunData(dict(self.metrics), dict(self.params), self.run.data.tags)
        return Run(self.run.info, data)


def _is_system(key: str) -> bool:
    return key.startswith("system/")
