"""Tables of runs in a real store, and a browser that asks them."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from jupyter_mltrack.entities import Run
from jupyter_mltrack.events import Event, Metric, Param, RunStarted, RunStatus, Tag
from jupyter_mltrack.panels.table import RunsTable
from jupyter_mltrack.tracking.client import TrackingClient

_NOT_FINITE = {"nan": "NaN", "inf": "Infinity", "-inf": "-Infinity"}
_numbers = itertools.count(1)


class Asked(RunsTable):
    """A table that keeps what it would send to a browser."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self.sent: list[Any] = []
        super().__init__(*arguments, **options)

    def send(self, content: Any, *_: Any) -> None:
        """Instead of a browser."""
        self.sent.append(content)

    def hear(self, content: object) -> Any:
        """What a browser's message is answered with; None if it is not."""
        self.sent.clear()
        self._handle_custom_msg(content, [])
        return self.sent[0] if self.sent else None

    def ask(self, kind: str, **details: Any) -> Any:
        """What a question is answered with, without its id."""
        number = next(_numbers)
        answer = self.hear({"id": number, "kind": kind, **details})
        assert answer.pop("id") == number
        return answer

    def numbers(self) -> list[str]:
        """What the runs of the first page are called, up to the first space."""
        place = self.place("attributes.run_name")
        return [row["texts"][place].partition(" ")[0] for row in self.page["rows"]]

    def columns(self, *groups: str) -> list[str]:
        """The labels of the columns, of some groups or of all but those about the run."""
        return [
            one["label"]
            for one in self.head["columns"]
            if (one["group"] in groups if groups else one["group"] != "Run")
        ]

    def place(self, column: str) -> int:
        """Which of the columns has this id."""
        return [one["id"] for one in self.head["columns"]].index(column)

    def texts(self, column: str) -> list[str]:
        """What stands in a column of the first page."""
        place = self.place(column)
        return [row["texts"][place] for row in self.page["rows"]]

    def more(self, column: str, what: str) -> list[Any]:
        """What more there is in the cells of a column: None where it is not."""
        place = str(self.place(column))
        return [row["more"].get(place, {}).get(what) for row in self.page["rows"]]


def client_of(folder: Path, runs: Iterable[Run] = ()) -> TrackingClient:
    """The client of a store in a folder, in which runs of the experiment Default are logged."""
    client = TrackingClient(str(folder / "mltrack.duckdb"))
    for run in runs:
        log(client, run)
    return client


def log(client: TrackingClient, run: Run, **tags: str) -> str:
    """Log a run of the experiment Default, with these tags; its id."""
    client.store.append_all(list(_events(run, tags)))
    return run.info.run_id


def table_of(folder: Path, runs: Iterable[Run] = (), **options: Any) -> Asked:
    """The table of runs that are logged to a store in a folder."""
    return Asked(client_of(folder, runs), ["0"], **options)


def _events(run: Run, tags: dict[str, str]) -> Iterable[Event]:
    run_id, info = run.info.run_id, run.info
    yield RunStarted(run_id, "0", info.start_time, info.number or 0, info.user_id or "")
    yield Tag(run_id, "mlflow.runName", info.run_name)
    for key, text in tags.items():
        yield Tag(run_id, key, text)
    for key, text in run.data.params.items():
        yield Param(run_id, key, text)
    for key, value in run.data.metrics.items():
        number = value if math.isfinite(value) else _NOT_FINITE[str(value)]
        yield Metric(run_id, key, number, 0, info.start_time)
    if info.end_time is not None:
        yield RunStatus(run_id, info.status, info.end_time, info.duration)
