"""The smallest client that can log files; tests of files, images and tables use it."""

from __future__ import annotations

from typing import Any

from jupyter_mltrack.artifacts import ArtifactFolder, open_folder
from jupyter_mltrack.entities import Run, RunData, RunInfo
from jupyter_mltrack.events import Artifact, Event
from jupyter_mltrack.tracking.files import FileMethods


class FileClient(FileMethods):
    """The smallest client: runs are folders, tags are in memory, events in a list."""

    def __init__(self, root: str) -> None:
        self.root = root
        self.events: list[Event] = []
        self.tags: dict[str, dict[str, str]] = {}

    def _artifact_folder(self, run_id: str) -> ArtifactFolder:
        return open_folder(f"{self.root}/{run_id}")

    def _append(self, event: Event) -> None:
        self.events.append(event)

    def _digests(self, run_id: str, path: str) -> dict[str, list[str]]:
        found: dict[str, list[str]] = {}
        for event in self.events:
            known = isinstance(event, Artifact) and event.run == run_id
            if known and (path in {"", event.path} or event.path.startswith(f"{path}/")):
                found.setdefault(event.path, []).append(event.sha256)
        return found

    def _runs_of(self, experiment_id: str) -> list[Run]:
        return [self.get_run(run_id) for run_id in self.tags if experiment_id == "0"]

    def get_run(self, run_id: str) -> Run:
        """A run with its tags, and its id as a param."""
        info = RunInfo(run_id, "0", "me", "RUNNING", 0, None, "active", self.root, run_id)
        tags = self.tags.get(run_id, {})
        return Run(info, RunData(params={"id": run_id}, tags=tags, metrics={"m": 0.5}))

    def set_tag(self, run_id: str, key: str, value: Any) -> None:
        """Keep the tag."""
        self.tags.setdefault(run_id, {})[key] = str(value)

    def paths(self, run_id: str = "run", below: str = "") -> list[str]:
        """Every file of a run."""
        found: list[str] = []
        for info in self.list_artifacts(run_id, below):
            found += self.paths(run_id, info.path) if info.is_dir else [info.path]
        return found
