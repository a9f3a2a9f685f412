"""The client's files of logged models: put them, list them, bring them back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from jupyter_mltrack.artifacts import ArtifactFolder, Stored, check_intact, checked, open_folder
from jupyter_mltrack.entities import LoggedModelStatus
from jupyter_mltrack.errors import InvalidState, ResourceDoesNotExist
from jupyter_mltrack.events import Artifact, Event, ModelFile
from jupyter_mltrack.store import model_search
from jupyter_mltrack.tracking.files import FileMethods, files_below, joined
from jupyter_mltrack.tracking.records import LoggingMethods

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jupyter_mltrack.entities import FileInfo
    from jupyter_mltrack.tracking.known import Home

#: The file that says what a model is; it is stored last.
_MLMODEL = "MLmodel"


class ModelFileMethods(LoggingMethods, FileMethods):
    """Files of logged models."""

    def log_model_artifact(
        self, model_id: str, local_path: str | Path, artifact_path: str | None = None
    ) -> None:
        """Store a file with a model.

        Args:
            model_id: The model.
            local_path: The file, or a folder, which is stored under its own name.
            artifact_path: The folder of the model to put it in; None is the top.

        Raises:
            FileNotFoundError: if there is nothing at ``local_path``.
            StoreError: if the disk does not take it; then the model is not whole.
        """
        source = Path(local_path)
        path = joined(artifact_path, source.name)
        if source.is_dir():
            self.log_model_artifacts(model_id, source, path)
        else:
            self._put_model_file(self._model_home(model_id), model_id, source, checked(path))

    def log_model_artifacts(
        self, model_id: str, local_dir: str | Path, artifact_path: str | None = None
    ) -> None:
        """Store everything in a folder with a model, the file ``MLmodel`` last.

        Each file is noted with its SHA-256, which is checked when it is loaded.

        Args:
            model_id: The model.
            local_dir: The folder.
            artifact_path: The folder of the model to put its content in; None is the top.

        Raises:
            FileNotFoundError: if there is no folder ``local_dir``.
            UnsafePath: if a file in it has a name that cannot be kept; then nothing is stored.
            StoreError: if the disk does not take a file; then the model is not whole.
        """
        folder = Path(local_dir)
        if not folder.is_dir():
            msg = f"No such folder: '{folder}'"
            raise FileNotFoundError(msg)
        found = [
            (checked(joined(artifact_path, source.relative_to(folder).as_posix())), source)
            for source in files_below(folder)
        ]
        home = self._model_home(model_id)
        for path, source in sorted(found, key=lambda one: (one[0] == _MLMODEL, one[0])):
            self._put_model_file(home, model_id, source, path)

    def list_logged_model_artifacts(self, model_id: str, path: str | None = None) -> list[FileInfo]:
        """What is directly in a folder of a model, sorted by name.

        Args:
            model_id: The model.
            path: The folder; None is the top.
        """
        return open_folder(self._model_home(model_id).uri).list(path or "")

    def download_logged_model(
        self, model_id: str, path: str = "", dst_path: str | None = None
    ) -> str:
        """Bring the files of a model to this machine, each as it was logged.

        Args:
            model_id: The model.
            path: A file or folder of it; ``""`` is everything.
            dst_path: A folder, made if missing; the files keep their paths below it. Without it
                files that are on this machine stay where they are.

        Returns:
            Where it is now.

        Raises:
            ResourceDoesNotExist: if there is no such model, or nothing at ``path``.
            InvalidState: if the model is not READY: it may not be whole.
            ArtifactChanged: if a file is not what was logged.
        """
        found = self.get_logged_model(model_id)
        if found.status != LoggedModelStatus.READY:
            reason = f" ({found.status_message})" if found.status_message else ""
            msg = (
                f"The model {model_id!r} is {found.status}{reason}, so its files may not be whole."
                " Log it again, or say that it is whole with finalize_logged_model()."
            )
            raise InvalidState(msg)
        home = self._model_home(model_id)
        below = checked(path) if path not in {"", "."} else ""
        place = open_folder(home.uri).fetch(below, None if dst_path is None else Path(dst_path))
        check_intact(place, below, self._model_digests(home, model_id, below), home.uri)
        return str(place)

    def list_artifacts(self, run_id: str, path: str | None = None) -> list[FileInfo]:
        """What is directly in a folder of a run's artifacts, sorted by name.

        Args:
            run_id: The run.
            path: The folder; None is the top. Where there is none, but a logged model of that
                name, it is that of the newest one that is READY.
        """
        return super().list_artifacts(run_id, path) or self.list_model_around(run_id, path or "")

    def download_artifacts(self, run_id: str, path: str, dst_path: str | None = None) -> str:
        """Bring a file, or a folder with all below it, to this machine.

        Args:
            run_id: The run.
            path: Which; ``""`` is everything. Where there is nothing, but a logged model of that
                name, it is that of the newest one that is READY.
            dst_path: A folder, made if missing; the files keep their paths below it. Without it
                files that are on this machine stay where they are.

        Returns:
            Where it is now.

        Raises:
            ResourceDoesNotExist: if the run has nothing at ``path``.
            ArtifactChanged: if a file is not what was logged.
        """
        try:
            return super().download_artifacts(run_id, path, dst_path)
        except ResourceDoesNotExist:
            model = self.model_around(run_id, path)
            if model is None:
                raise
        return self.download_logged_model(*model, dst_path)

    def list_model_around(self, run_id: str, path: str) -> list[FileInfo]:
        """As `list_artifacts`, of the model that `model_around` finds; [] if it finds none."""
        model = self.model_around(run_id, path)
        if model is None:
            return []
        name = checked(path).removesuffix(model[1]).rstrip("/")
        inside = self.list_logged_model_artifacts(*model)
        return [replace(info, path=f"{name}/{info.path}") for info in inside]

    def model_around(self, run_id: str, path: str) -> tuple[str, str] | None:
        """The newest READY model of a run whose name a path begins with, and the rest of the path.

        Returns:
            Its id and the rest; None if there is none.
        """
        below = checked(path) if path not in {"", "."} else ""
        return model_search.around(self._store, run_id, below) if below else None

    def _put_model_file(self, home: Home, model_id: str, source: Path, path: str) -> None:
        def note(stored: Stored) -> None:
            self._store.append(_noted(home, model_id, stored))

        folder, prefix = self._files_of(home)
        folder.put(source, prefix + path, note)

    def _files_of(self, home: Home) -> tuple[ArtifactFolder, str]:
        """The folder that must not be left, and how paths of the model begin in it."""
        if home.run_id is None:
            return open_folder(home.uri), ""
        return self._artifact_folder(home.run_id), f"{home.folder}/"

    def _model_digests(self, home: Home, model_id: str, path: str) -> Mapping[str, Sequence[str]]:
        if home.run_id is None:
            return model_search.file_digests(self._store, model_id, path)
        within = self._digests(home.run_id, joined(home.folder, path) if path else str(home.folder))
        return {name.removeprefix(f"{home.folder}/"): found for name, found in within.items()}


def _noted(home: Home, model_id: str, stored: Stored) -> Event:
    if home.run_id is None:
        return ModelFile(model_id, stored.path, stored.size, stored.sha256)
    return Artifact(home.run_id, stored.path, stored.size, stored.sha256)
