"""What a process knows of a store without asking it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field


@dataclass(slots=True, eq=False)
class Known:
    """Shared by all clients of one store in this process.

    Attributes:
        params: For each run that may be logged to, the params it has.
        began: Monotonic clock at the start of each run that was started here, seconds.
        experiments: Ids of experiments that are not in the bin.
        locations: Artifact location of each experiment.
        artifact_uris: Where the files of each run are.
        metric_keys: Metric names that were checked.
        packages: Per journal, the packages of its last environment event.
        counting: Held while a run gets its number: the first of an experiment asks the database,
            which fifty threads need not all do.
    """

    params: dict[str, dict[str, str]] = field(default_factory=dict)
    began: dict[str, float] = field(default_factory=dict)
    experiments: set[str] = field(default_factory=lambda: {"0"})
    locations: dict[str, str] = field(default_factory=dict)
    artifact_uris: dict[str, str] = field(default_factory=dict)
    metric_keys: set[str] = field(default_factory=set)
    packages: dict[str, dict[str, str]] = field(default_factory=dict)
    counting: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Know nothing any more: the store was deleted."""
        for known in (self.params, self.began, self.locations, self.artifact_uris, self.packages):
            known.clear()
        self.experiments = {"0"}
