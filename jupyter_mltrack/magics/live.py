"""The card of a tracked cell while the cell runs: its metrics, about once a second.

They are read from the journal that this process writes: no database is opened, no lock is taken
and nothing in the way of a logging call.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from typing import TYPE_CHECKING

import msgspec

from jupyter_mltrack.entities import Run, RunData
from jupyter_mltrack.events import Metric

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jupyter_mltrack.tracking.active import OpenRun

#: Seconds between two looks.
INTERVAL = 1.0

#: Of a longer history every second value is dropped.
_MOST_VALUES = 10_000

_decode = msgspec.json.Decoder(Metric).decode


class OwnMetrics:
    """The metrics that this process has logged to a run.

    Args:
        folder: Where the journals are.
        token: Of the journal of this process.
        run_id: The run.

    Attributes:
        histories: All values of a metric, by its name.
    """

    def __init__(self, folder: Path, token: str, run_id: str) -> None:
        self._path = next(folder.glob(f"*-{token}.ndjson"), None)
        self._offset = self._path.stat().st_size if self._path else 0
        self._is_ours = f'"run":"{run_id}"'.encode()
        self.histories: dict[str, list[float]] = {}

    def read(self) -> bool:
        """Read what is new; returns whether there is anything."""
        if self._path is None:
            return False
        with self._path.open("rb") as journal:
            journal.seek(self._offset)
            lines = journal.read().splitlines(keepends=True)
        if lines and not lines[-1].endswith(b"\n"):
            lines.pop()
        self._offset += sum(map(len, lines))
        ours = [line for line in lines if b'"op":"metric"' in line and self._is_ours in line]
        for line in ours:
            point = _decode(line)
            values = self.histories.setdefault(point.key, [])
            values.append(float(point.value))
            if len(values) > _MOST_VALUES:
                del values[1::2]
        return bool(ours)


class Refresher:
    """Shows an open run again and again until `stop`.

    Args:
        opened: The run.
        params: Its params.
        show: Is called, from a thread, with the run and the histories of its metrics.
    """

    def __init__(
        self,
        opened: OpenRun,
        params: dict[str, str],
        show: Callable[[Run, dict[str, list[float]]], None],
    ) -> None:
        store = opened.client.store
        self._run = opened.run
        self._params = params
        self._show = show
        self._metrics = OwnMetrics(store.folder, store.journal.token, opened.run_id)
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._go_on, name="mltrack-card", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """When this returns, nothing is shown any more."""
        self._ended.set()
        self._thread.join()

    def _go_on(self) -> None:
        with suppress(OSError, ValueError):  # a journal that is gone or damaged has no news
            while not self._ended.wait(INTERVAL):
                if self._metrics.read():
                    histories = self._metrics.histories
                    latest = {key: histories[key][-1] for key in sorted(histories)}
                    data = RunData(latest, self._params, self._run.data.tags)
                    self._show(Run(self._run.info, data), histories)
