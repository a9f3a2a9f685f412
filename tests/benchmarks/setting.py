"""How a benchmark is run: who takes part, how large, in which folders."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.benchmarks.contenders import TITLES
from tests.benchmarks.process import Job, WorkerError, Workers

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(kw_only=True)
class Setting:
    """The options of a run, and what went wrong in it.

    Attributes:
        workers: Where jobs run.
        only: The contenders that take part.
        shrink: Sizes are divided by this; targets are meant for 1.
        rounds: How often the latency of every call is measured; searches, three times as often.
        kills: How many writers of each contender are killed, at each pace.
        kept: Folder of stores that several benchmarks look at.
        answers: What the jobs answered that made those stores.
        failures: What contenders complained of before they were left out.
    """

    workers: Workers = field(default_factory=Workers)
    only: Sequence[str] = tuple(TITLES)
    shrink: int = 1
    rounds: int = 5
    kills: int = 3
    kept: Path
    answers: dict[str, Any] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)

    def share(self, full: int, *, least: int = 1) -> int:
        """Return the size to take instead of the ``full`` one."""
        return max(full // self.shrink, least)

    def who(self, *contenders: str) -> list[str]:
        """Return those of the contenders that take part."""
        return [name for name in contenders if name in self.only]

    @contextmanager
    def attempt(self) -> Iterator[None]:
        """Go on without a contender if it fails, and say so."""
        try:
            yield
        except WorkerError as error:
            print(error, flush=True)
            self.failures.append(str(error))

    def kept_store(self, name: str, contender: str, job: Job, *options: object) -> Path:
        """Return a folder that the job has filled, in this benchmark or an earlier one."""
        folder = self.kept / name
        if not folder.exists():
            print(f"making a store: {name}", flush=True)
            folder.mkdir()
            self.answers[name] = self.workers.ask(folder, contender, job, *options)
        return folder

    def ask(self, contender: str, job: Job, *options: object) -> Any:
        """Run a job in a folder of its own, which is gone afterwards."""
        with self.workers.store() as folder:
            return self.workers.ask(folder, contender, job, *options)
