"""How a file gets into a run and back out: what log_image, log_table and the others build on.

Everything is first written to a temporary file, then put into the run's folder whole, then noted
in the journal.
"""

from __future__ import annotations

import json
import logging
import tempfile
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from jupyter_mltrack import settings
from jupyter_mltrack.artifacts import ArtifactFolder, Stored, check_intact, checked
from jupyter_mltrack.entities import FileInfo, Run
from jupyter_mltrack.errors import StoreError
from jupyter_mltrack.events import Artifact, Event

_log = logging.getLogger("jupyter_mltrack")


class RunFiles(ABC):
    """Files of runs; the concrete client says where they are and where events go."""

    _warned_of_files = False

    @abstractmethod
    def _artifact_folder(self, run_id: str) -> ArtifactFolder:
        """The artifact folder of a run; raises if there is no such run."""

    @abstractmethod
    def _append(self, event: Event) -> None:
        """Write an event to the store."""

    @abstractmethod
    def _digests(self, run_id: str, path: str) -> Mapping[str, Sequence[str]]:
        """The SHA-256 that were noted of files at or below ``path``, the newest last."""

    @abstractmethod
    def _runs_of(self, experiment_id: str) -> list[Run]:
        """All active runs of an experiment, with their data."""

    @abstractmethod
    def get_run(self, run_id: str) -> Run:
        """A run with its data; raises if there is none of this id."""

    @abstractmethod
    def set_tag(self, run_id: str, key: str, value: Any) -> Any:
        """Set a tag of a run, over an older value."""

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """What is directly in a folder of a run's artifacts, sorted by name.

        Args:
            run_id: The run.
            path: The folder; None is the top. There is nothing in a folder that does not exist.
        """
        return self._artifact_folder(run_id).list(path or "")

    def download_artifacts(self, run_id: str, path: str, dst_path: str | None = None) -> str:
        """Bring a file, or a folder with all below it, to this machine.

        Args:
            run_id: The run.
            path: Which; ``""`` is everything.
            dst_path: A folder, made if missing; the files keep their paths below it. Without it
                files that are on this machine stay where they are.

        Returns:
            Where it is now.

        Raises:
            ResourceDoesNotExist: if the run has nothing at ``path``.
            ArtifactChanged: if a file is not what was logged.
        """
        return str(self._fetched(run_id, path, None if dst_path is None else Path(dst_path)))

    @contextmanager
    def _new_file(self, run_id: str, artifact_file: str) -> Iterator[Path]:
        """A temporary file to write; after the block it is the run's ``artifact_file``."""
        path = checked(artifact_file)
        with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
            passing = Path(folder) / path.rpartition("/")[2]
            yield passing
            self._put(run_id, self._artifact_folder(run_id), passing, path)

    @contextmanager
    def _copy_of(self, run_id: str, path: str) -> Iterator[Path]:
        """A file of a run, to be read within the block."""
        with tempfile.TemporaryDirectory(prefix="mltrack-") as folder:
            yield self._fetched(run_id, checked(path), Path(folder))

    def _fetched(self, run_id: str, path: str, destination: Path | None) -> Path:
        """A file or folder of a run on this machine, each file as it was logged."""
        folder = self._artifact_folder(run_id)
        place = folder.fetch(path, destination)
        below = "" if path in {"", "."} else checked(path)
        check_intact(place, below, self._digests(run_id, below), folder.uri)
        return place

    def _put(self, run_id: str, folder: ArtifactFolder, source: Path, path: str) -> None:
        """Store a file and note it; if the disk refuses, warn once and go on."""

        def note(stored: Stored) -> None:
            self._append(
                Artifact(run=run_id, path=stored.path, size=stored.size, sha256=stored.sha256)
            )

        try:
            folder.put(source, path, note)
        except StoreError as error:
            self._file_refused(error)

    def _file_refused(self, error: StoreError) -> None:
        """Trouble of the machine never stops the training, unless the user asked for it."""
        if settings.strict():
            raise error
        if not self._warned_of_files:
            self._warned_of_files = True
            _log.warning("%s The file is not in the run; your code goes on.", error)


def plain(value: Any) -> Any:
    """What JSON writes for a value it does not know: the number in a NumPy scalar, or its text."""
    for name in ("tolist", "isoformat"):
        if hasattr(value, name):
            try:
                return getattr(value, name)()
            except (TypeError, ValueError):
                continue
    return str(value)


def tag_list(run: Run, key: str) -> list[Any]:
    """The JSON list in a tag of a run; empty if there is none, or something else."""
    try:
        found = json.loads(run.data.tags.get(key, "[]"))
    except ValueError:
        return []
    return found if isinstance(found, list) else []
