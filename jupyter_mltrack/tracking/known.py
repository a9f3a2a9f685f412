"""What a process knows of a store without asking it."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_mltrack.entities import LoggedModel


@dataclass(frozen=True, slots=True)
class Home:
    """Where the files of a logged model are.

    Attributes:
        run_id: The run among whose files they are; None if they have a folder of their own.
        folder: Their folder there.
        uri: The place, a path or a URI.
    """

    run_id: str | None
    folder: str | None
    uri: str


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
        models: Where the files of each logged model are that may be logged to.
        begun: The logged models that this process began and did not finish.
        uses: For each run that logged a metric of a model or on a dataset, what it is known to
            use or make: ids of models, names and digests of datasets.
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
    models: dict[str, Home] = field(default_factory=dict)
    begun: dict[str, LoggedModel] = field(default_factory=dict)
    uses: dict[str, set[str | tuple[str, str]]] = field(default_factory=dict)
    counting: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Know nothing any more: the store was deleted."""
        for known in (self.params, self.began, self.locations, self.artifact_uris, self.packages):
            known.clear()
        self.models.clear()
        self.begun.clear()
        self.uses.clear()
        self.experiments = {"0"}
